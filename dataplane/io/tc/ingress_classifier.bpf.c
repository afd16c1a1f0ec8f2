// SPDX-License-Identifier: Apache-2.0
// The classifier of af_packet mode: ends the host's own copy of a media packet where it enters,
// right behind the packet sockets, instead of four layers up at the filter of the reserve socket.
//
// What is to be ended is asked of the kernel itself: the datagram would go to a socket that bears
// our mark. So it ends nothing but what that socket would have dropped, whatever else the host has
// on the same address, and nothing at all when weir-media is gone.
// The helpers need the types of linux/bpf.h before them.
// clang-format off
#include <linux/bpf.h>
#include <linux/if_ether.h>
#include <linux/in.h>
#include <linux/ip.h>
#include <linux/ipv6.h>

#include <bpf/bpf_endian.h>
#include <bpf/bpf_helpers.h>
// clang-format on

#include "dataplane/io/tc/reserved_mark.h"

// As in linux/bpf.h since 6.6; TC_ACT_UNSPEC and TC_ACT_SHOT have the same numbers.
#define NEXT (-1) /* to the next program of the device, then to the host */
#define DROP 2

#define IPV4_FRAGMENT 0x3FFF /* "more fragments" and the offset, RFC 791 3.1 */

static __always_inline int is_reserved(struct __sk_buff* packet, void* tuple, __u32 bytes) {
    struct bpf_sock* socket =
        bpf_sk_lookup_udp(packet, tuple, bytes, (__u64)BPF_F_CURRENT_NETNS, 0);
    if (!socket) return 0;
    int is_ours = socket->mark == WEIR_RESERVED_MARK;
    bpf_sk_release(socket);
    return is_ours;
}

// Options, fragments, extension headers and tags go the long way: no telephone sends them.
SEC("tc")
int weir_ingress(struct __sk_buff* packet) {
    void* end = (void*)(long)packet->data_end;
    struct ethhdr* ethernet = (void*)(long)packet->data;
    if ((void*)(ethernet + 1) > end) return NEXT;
    // The addresses and, right behind them, the ports: as they stand in the packet.
    if (ethernet->h_proto == bpf_htons(ETH_P_IP)) {
        struct iphdr* ip = (void*)(ethernet + 1);
        struct bpf_sock_tuple* tuple = (void*)&ip->saddr;
        if ((void*)tuple + sizeof(tuple->ipv4) > end) return NEXT;
        if (ip->version != 4 || ip->ihl != 5 || ip->protocol != IPPROTO_UDP) return NEXT;
        if (ip->frag_off & bpf_htons(IPV4_FRAGMENT)) return NEXT;
        return is_reserved(packet, tuple, sizeof(tuple->ipv4)) ? DROP : NEXT;
    }
    if (ethernet->h_proto == bpf_htons(ETH_P_IPV6)) {
        struct ipv6hdr* ip = (void*)(ethernet + 1);
        struct bpf_sock_tuple* tuple = (void*)&ip->saddr;
        if ((void*)tuple + sizeof(tuple->ipv6) > end) return NEXT;
        if (ip->version != 6 || ip->nexthdr != IPPROTO_UDP) return NEXT;
        return is_reserved(packet, tuple, sizeof(tuple->ipv6)) ? DROP : NEXT;
    }
    return NEXT;
}

// Needs no helper that the kernel keeps for GPL programs.
char kernel_license[] SEC("license") = "Apache-2.0";

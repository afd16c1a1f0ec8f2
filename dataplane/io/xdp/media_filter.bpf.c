// SPDX-License-Identifier: Apache-2.0
// The XDP program of af_xdp mode: takes UDP to the media ports of our addresses and leaves
// everything else to the kernel: ARP, ND, ICMP, TCP, SIP over UDP, other addresses.
//
// A frame that is aimed at a media port but is odd (IPv4 options, IPv6 extension headers, the first
// fragment, a wrong length or checksum) is taken too: the engine drops and counts it by its
// verdict. Later fragments have no ports and pass.
// The helpers need the types of linux/bpf.h before them.
// clang-format off
#include <linux/bpf.h>
#include <linux/if_ether.h>
#include <linux/in.h>
#include <linux/ip.h>
#include <linux/ipv6.h>
#include <linux/udp.h>

#include <bpf/bpf_endian.h>
#include <bpf/bpf_helpers.h>
// clang-format on

#include "dataplane/io/xdp/filter_maps.h"

// Extension headers that are walked through; the engine drops them all, so that this decides only
// which of two counters sees a frame that no telephone sends.
#define MAX_EXTENSION_HEADERS 6
#define IPV4_OFFSET_MASK 0x1FFF
#define IPV6_OFFSET_MASK 0xFFF8

struct {
    __uint(type, BPF_MAP_TYPE_XSKMAP);
    __uint(max_entries, WEIR_XDP_MAX_QUEUES);
    __type(key, __u32);
    __type(value, __u32);
} xsks_map SEC(".maps");

struct {
    __uint(type, BPF_MAP_TYPE_ARRAY);
    __uint(max_entries, 1);
    __type(key, __u32);
    __type(value, struct weir_media_ports);
} weir_ports SEC(".maps");

struct {
    __uint(type, BPF_MAP_TYPE_HASH);
    __uint(max_entries, WEIR_XDP_MAX_ADDRESSES);
    __type(key, __be32);
    __type(value, __u8);
} weir_ipv4 SEC(".maps");

struct {
    __uint(type, BPF_MAP_TYPE_HASH);
    __uint(max_entries, WEIR_XDP_MAX_ADDRESSES);
    __type(key, struct weir_ipv6_key);
    __type(value, __u8);
} weir_ipv6 SEC(".maps");

struct {
    __uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
    __uint(max_entries, WEIR_XDP_COUNTERS);
    __type(key, __u32);
    __type(value, __u64);
} weir_counts SEC(".maps");

struct vlan_tag {
    __be16 tci;
    __be16 type;
};

// The first eight bytes of IPv6 extension headers; of the fragment header, `rest` is offset and M.
struct extension {
    __u8 next;
    __u8 length;
    __be16 rest;
    __be32 more;
};

struct ports {
    __be16 source;
    __be16 destination;
};

static __always_inline int is_media_port(const void* udp, const void* end) {
    const struct ports* ports = udp;
    __u32 zero = 0;
    const struct weir_media_ports* media = bpf_map_lookup_elem(&weir_ports, &zero);
    if (!media || (const void*)(ports + 1) > end) return 0;
    __u32 port = bpf_ntohs(ports->destination);
    return media->first != 0 && port >= media->first && port <= media->last;
}

static __always_inline int is_media_ipv4(const void* at, const void* end) {
    const struct iphdr* ip = at;
    if ((const void*)(ip + 1) > end) return 0;
    if (ip->version != 4 || ip->ihl < 5 || ip->protocol != IPPROTO_UDP) return 0;
    if (ip->frag_off & bpf_htons(IPV4_OFFSET_MASK)) return 0;
    if (!is_media_port(at + ip->ihl * 4, end)) return 0;
    __be32 to = ip->daddr;
    return bpf_map_lookup_elem(&weir_ipv4, &to) != 0;
}

// RFC 8200 4: walks to the UDP header; 0 when there is none in sight.
static __always_inline const void* find_udp(__u8 protocol, const void* at, const void* end) {
#pragma unroll
    for (int i = 0; i <= MAX_EXTENSION_HEADERS; ++i) {
        if (protocol == IPPROTO_UDP) return at;
        const struct extension* header = at;
        if ((const void*)(header + 1) > end) return 0;
        if (protocol == IPPROTO_FRAGMENT) {
            if (header->rest & bpf_htons(IPV6_OFFSET_MASK)) return 0;
            at += sizeof(*header);
        } else if (protocol == IPPROTO_HOPOPTS || protocol == IPPROTO_ROUTING ||
                   protocol == IPPROTO_DSTOPTS) {
            at += (header->length + 1) * 8;
        } else if (protocol == IPPROTO_AH) {  // RFC 4302 2.2: in 32-bit words, less 2
            at += (header->length + 2) * 4;
        } else {
            return 0;
        }
        protocol = header->next;
    }
    return 0;
}

static __always_inline int is_media_ipv6(const void* at, const void* end) {
    const struct ipv6hdr* ip = at;
    if ((const void*)(ip + 1) > end || ip->version != 6) return 0;
    const void* udp = find_udp(ip->nexthdr, ip + 1, end);
    if (!udp || !is_media_port(udp, end)) return 0;
    struct weir_ipv6_key to;
    __builtin_memcpy(&to, &ip->daddr, sizeof(to));
    return bpf_map_lookup_elem(&weir_ipv6, &to) != 0;
}

static __always_inline int is_media(const void* at, const void* end) {
    const struct ethhdr* ethernet = at;
    if ((const void*)(ethernet + 1) > end) return 0;
    __be16 type = ethernet->h_proto;
    const void* network = ethernet + 1;
    if (type == bpf_htons(ETH_P_8021Q)) {
        const struct vlan_tag* tag = network;
        if ((const void*)(tag + 1) > end) return 0;
        type = tag->type;
        network = tag + 1;
    }
    if (type == bpf_htons(ETH_P_IP)) return is_media_ipv4(network, end);
    if (type == bpf_htons(ETH_P_IPV6)) return is_media_ipv6(network, end);
    return 0;
}

#ifdef WEIR_XDP_OFFLOAD
#include "dataplane/io/xdp/flow_relay.bpf.h"
#endif

// The object's first program: DPDK's driver takes that one.
SEC("xdp")
int weir_media(struct xdp_md* context) {
#ifdef WEIR_XDP_OFFLOAD
    int relayed = relay_flow(context);
    if (relayed != NOT_RELAYED) return relayed;
#endif
    const void* data = (const void*)(long)context->data;
    const void* end = (const void*)(long)context->data_end;
    if (!is_media(data, end)) return XDP_PASS;
    int action = bpf_redirect_map(&xsks_map, context->rx_queue_index, XDP_PASS);
    if (action == XDP_PASS) {  // a queue that came after we were started
        __u32 index = WEIR_XDP_NO_SOCKET;
        __u64* count = bpf_map_lookup_elem(&weir_counts, &index);
        if (count) ++*count;
    }
    return action;
}

#ifdef WEIR_XDP_OFFLOAD
#include "dataplane/io/xdp/flow_fork.bpf.h"
#endif

// Needs no helper that the kernel keeps for GPL programs.
char kernel_license[] SEC("license") = "Apache-2.0";

/* SPDX-License-Identifier: Apache-2.0 */
/* Flow offload, the kernel's half: relays what a worker has asked it to relay and leaves the worker a
 * record of each packet, so that books and recordings stay the worker's.
 *
 * What is not plainly the next packet of the stream goes to the worker like any other frame. If it
 * could be one of the stream, the program relays no more of the flow: everything that comes later
 * goes to the worker too, behind it, and nothing is overtaken. */
#pragma once

#include "dataplane/io/xdp/flow_maps.h"
#include "dataplane/io/xdp/flow_send.bpf.h"

struct {
    __uint(type, BPF_MAP_TYPE_ARRAY);
    __uint(map_flags, BPF_F_MMAPABLE);
    __uint(max_entries, WEIR_FLOW_COUNT);
    __type(key, __u32);
    __type(value, struct weir_flow);
} weir_flows SEC(".maps");

struct {
    __uint(type, BPF_MAP_TYPE_ARRAY);
    __uint(max_entries, 1);
    __type(key, __u32);
    __type(value, struct weir_locals);
} weir_locals SEC(".maps");

struct record_ring {
    __uint(type, BPF_MAP_TYPE_RINGBUF);
    __uint(max_entries, WEIR_RECORD_RING);
};

/* By receive queue: a queue is one CPU's at a time, and its records keep the order of its frames. */
struct {
    __uint(type, BPF_MAP_TYPE_ARRAY_OF_MAPS);
    __uint(max_entries, WEIR_XDP_MAX_QUEUES);
    __type(key, __u32);
    __array(values, struct record_ring);
} weir_records SEC(".maps");

#define NOT_RELAYED (-1)
#define RTP_PLAIN 0x80 /* version 2, nothing else: RFC 3550 5.1 */

struct rtp_header {
    __u8 first;
    __u8 second;
    __be16 sequence;
    __be32 timestamp;
    __be32 ssrc;
};

/* Where the headers of a frame stand that has no tag and no options. */
struct plain_frame {
    struct ethhdr* ethernet;
    struct iphdr* ip;
    struct udphdr* udp;
    struct rtp_header* rtp;
};
#define PLAIN_BYTES (WEIR_FLOW_HEADER + sizeof(struct rtp_header))

static __always_inline struct plain_frame plain_frame_at(void* at) {
    struct plain_frame frame;
    frame.ethernet = at;
    frame.ip = at + sizeof(struct ethhdr);
    frame.udp = at + sizeof(struct ethhdr) + sizeof(struct iphdr);
    frame.rtp = at + WEIR_FLOW_HEADER;
    return frame;
}

static __always_inline __u16 fold_sum(__u64 sum) {
    sum = (sum & 0xFFFFFFFF) + (sum >> 32);
    sum = (sum & 0xFFFF) + (sum >> 16);
    sum = (sum & 0xFFFF) + (sum >> 16);
    sum = (sum & 0xFFFF) + (sum >> 16);
    return (__u16)sum;
}

/* Untagged IPv4 without options or fragments, whole, long enough for RTP. */
static __always_inline int is_plain(const struct plain_frame* frame, const void* end) {
    if ((const void*)(frame->rtp + 1) > end) return 0;
    if (frame->ethernet->h_proto != bpf_htons(ETH_P_IP)) return 0;
    if (*(const __u8*)frame->ip != 0x45 || frame->ip->protocol != IPPROTO_UDP) return 0;
    if (frame->ip->frag_off & bpf_htons(0x3FFF)) return 0;
    __u32 datagram = bpf_ntohs(frame->udp->len);
    return datagram >= sizeof(struct udphdr) + sizeof(struct rtp_header) &&
           datagram + sizeof(struct iphdr) <= bpf_ntohs(frame->ip->tot_len);
}

/* Nothing behind the datagram, neither of IP nor of the link: it is not sent on. Nor metadata in front
 * of the frame, which another XDP program at the sender's end may have left: at the way out it would
 * pass for a note of ours. */
static __always_inline int is_bare(const struct xdp_md* context, const struct plain_frame* frame,
                                   const void* end, __u32 bytes) {
    if ((void*)(long)context->data_meta + 1 <= (void*)(long)context->data) return 0;
    return bpf_ntohs(frame->udp->len) + sizeof(struct iphdr) == bpf_ntohs(frame->ip->tot_len) &&
           end - (const void*)frame->ethernet == bytes;
}

/* A line of memory is asked for before its time, together with others: the tables are larger than the
 * caches, and samples of 1,500 calls show some 600 cycles for each wait, half of what the program takes. */
static __always_inline void fetch(const void* line) {
    asm volatile("" : : "r"(*(const volatile __u8*)line));
}

/* The place of the port's flow; WEIR_FLOW_COUNT: it can have none. */
static __always_inline __u32 flow_index(const struct plain_frame* frame) {
    __u32 zero = 0;
    const struct weir_locals* locals = bpf_map_lookup_elem(&weir_locals, &zero);
    __u32 port = bpf_ntohs(frame->udp->dest);
    if (!locals || (port & 1)) return WEIR_FLOW_COUNT;
    if (frame->ip->daddr == locals->address[0]) return port / 2;
    if (frame->ip->daddr == locals->address[1]) return port / 2 + WEIR_FLOW_PORTS;
    return WEIR_FLOW_COUNT;
}

/* RFC 5761 4: these payload types are RTCP's where both share a port. */
static __always_inline int is_rtp(const struct rtp_header* rtp) {
    return (rtp->first & 0xC0) == RTP_PLAIN && (rtp->second < 192 || rtp->second > 223);
}

/* The packet that the flow waits for, or one behind a gap. */
static __always_inline int is_next(const struct weir_flow* flow, __u32 given,
                                   const struct rtp_header* rtp) {
    if (rtp->first != RTP_PLAIN || rtp->ssrc != flow->ssrc) return 0;
    __u16 ahead = bpf_ntohs(rtp->sequence) - flow->next_sequence;
    /* The worker may have one before it in its hands when it gives the flow away. */
    return flow->begun == given ? ahead < WEIR_FLOW_MAX_GAP : ahead == 0;
}

static __always_inline __u64 header_sum(const void* header, int words) {
    const __u32* word = header;
    __u64 sum = 0;
#pragma unroll
    for (int i = 0; i < words; ++i)
        sum += word[i];
    return sum;
}

/* RFC 768; a zero is none, and a veth or tap peer leaves the bare sum of the pseudo-header. */
static __always_inline int is_udp_sum_good(const struct plain_frame* frame, __u32 payload_sum) {
    __u64 pseudo = (__u64)frame->ip->saddr + frame->ip->daddr + bpf_htons(IPPROTO_UDP) +
                   frame->udp->len;
    __u16 written = frame->udp->check;
    if (written == 0 || fold_sum(pseudo + header_sum(frame->udp, 2) + payload_sum) == 0xFFFF) return 1;
    return written == fold_sum(pseudo);
}

/* `payload_sum`: of the UDP payload as it leaves. */
static __always_inline void write_headers(const struct plain_frame* frame,
                                          const struct weir_headers* headers, __u64 payload_sum) {
    __be16 total = frame->ip->tot_len;
    __be16 length = frame->udp->len;
    /* 42 bytes; in words, as both processors that have this mode store them anywhere. */
    __u64* to = (__u64*)frame->ethernet;
    const __u64* from = (const __u64*)headers->header;
    to[0] = from[0];
    to[1] = from[1];
    to[2] = from[2];
    to[3] = from[3];
    to[4] = from[4];
    frame->ip->tot_len = total;
    frame->ip->check = ~fold_sum((__u64)headers->ip_sum + total);
    frame->udp->len = length;
    /* The length stands in the pseudo-header and in the header. */
    __u16 check = ~fold_sum((__u64)headers->udp_sum + length + length + payload_sum);
    frame->udp->check = check == 0 ? 0xFFFF : check;
}

/* Copies the packet into a record; the checksums of the copy decide: 0 if one is not good. */
static __always_inline int fill_record(struct xdp_md* context, struct weir_record* record, __u32 bytes) {
    if (bytes < PLAIN_BYTES || bytes > WEIR_RECORD_FRAME) return 0;
    *(__u32*)(record->frame + bytes) = 0;
    if (bpf_xdp_load_bytes(context, 0, record->frame, bytes) != 0) return 0;
    record->arrival_ns = bpf_ktime_get_ns();
    record->bytes = bytes;
    struct plain_frame frame = plain_frame_at(record->frame);
    if (fold_sum(header_sum(frame.ip, sizeof(struct iphdr) / 4)) != 0xFFFF) return 0;
    __u32 payload = bytes - WEIR_FLOW_HEADER;
    barrier_var(payload); /* else the compiler folds the bound into what the verifier cannot follow */
    if (payload > WEIR_RECORD_FRAME - WEIR_FLOW_HEADER) return 0;
    __u32 words = (payload + 3) & ~3U;
    record->payload_sum = (__u32)bpf_csum_diff(0, 0, (__be32*)frame.rtp, words, 0);
    return is_udp_sum_good(&frame, record->payload_sum);
}

/* Of a packet that is the stream's next one. Answers the action, or NOT_RELAYED: the flow is to end. */
static __always_inline int relay_next(struct xdp_md* context, struct weir_flow* flow, __u32 index,
                                      __u32 given, __u32 bytes, int* is_bad) {
    __u32 queue = context->rx_queue_index;
    void* ring = bpf_map_lookup_elem(&weir_records, &queue);
    if (!ring) return NOT_RELAYED;
    struct weir_record* record = bpf_ringbuf_reserve(ring, sizeof(struct weir_record), 0);
    if (!record) return NOT_RELAYED;
    *is_bad = !fill_record(context, record, bytes);
    if (*is_bad || !choose_ways(context, flow, index, record->payload_sum)) {
        bpf_ringbuf_discard(record, BPF_RB_NO_WAKEUP);
        return NOT_RELAYED;
    }
    struct plain_frame frame = plain_frame_at((void*)(long)context->data);
    if ((void*)(frame.rtp + 1) > (void*)(long)context->data_end) { /* never: the verifier asks */
        bpf_ringbuf_discard(record, BPF_RB_NO_WAKEUP);
        return XDP_DROP;
    }
    flow->next_sequence = bpf_ntohs(frame.rtp->sequence) + 1;
    flow->begun = given;
    write_headers(&frame, &flow->headers, record->payload_sum);
    record->fork = flow->fork;
    bpf_ringbuf_submit(record, BPF_RB_NO_WAKEUP);
    return XDP_REDIRECT;
}

/* Answers the action, or NOT_RELAYED: the frame is the worker's or the kernel's. */
static __always_inline int relay_flow(struct xdp_md* context) {
    struct plain_frame frame = plain_frame_at((void*)(long)context->data);
    const void* end = (const void*)(long)context->data_end;
    if (!is_plain(&frame, end)) return NOT_RELAYED;
    __u32 index = flow_index(&frame);
    struct weir_flow* flow = bpf_map_lookup_elem(&weir_flows, &index);
    const struct weir_copy* copy = bpf_map_lookup_elem(&weir_copies, &index);
    if (!flow || !copy) return NOT_RELAYED;
    fetch(flow);
    fetch(flow->headers.header + 24);
    fetch(copy);
    /* A full barrier: what was written before `given` is read after it. */
    __u32 given = __sync_fetch_and_add(&flow->given, 0);
    if (given == 0 || flow->ended == given) return NOT_RELAYED;
    /* Somebody else's, or no RTP: the stream is not concerned. */
    if (frame.ip->saddr != flow->source || frame.udp->source != flow->source_port ||
        !is_rtp(frame.rtp))
        return NOT_RELAYED;
    __u32 bytes = sizeof(struct ethhdr) + bpf_ntohs(frame.ip->tot_len);
    int is_bad = 0;
    int action = NOT_RELAYED;
    if (is_next(flow, given, frame.rtp) && bytes <= WEIR_RECORD_FRAME &&
        is_bare(context, &frame, end, bytes) && bytes <= WEIR_FLOW_HEADER + (__u32)flow->longest)
        action = relay_next(context, flow, index, given, bytes, &is_bad);
    /* A damaged packet is dropped by the worker: nothing of the stream goes that way. */
    if (action == NOT_RELAYED && !is_bad) flow->ended = given;
    return action;
}

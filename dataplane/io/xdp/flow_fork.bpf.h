/* SPDX-License-Identifier: Apache-2.0 */
/* Flow offload, at the way out: of a packet's two frames one becomes the recorder's copy. */
#pragma once

#include "dataplane/io/xdp/flow_relay.bpf.h"

static __always_inline int is_first_seen(__u32 number) {
    __u32 place = number % SEEN_NUMBERS;
    __u32* seen = bpf_map_lookup_elem(&weir_seen, &place);
    if (!seen || *seen == number) return 0;
    *seen = number;
    return 1;
}

/* The recorder's headers, SSRC and numbers; the checksum follows (RFC 1624): what was there is taken
 * away by adding its complement. */
static __always_inline void make_copy(const struct plain_frame* frame, const struct weir_copy* copy,
                                      __u32 payload_sum) {
    __be16 sequence = frame->rtp->sequence;
    __be32 ssrc = frame->rtp->ssrc;
    __be16 new_sequence = bpf_htons(bpf_ntohs(sequence) + copy->sequence_offset);
    frame->rtp->sequence = new_sequence;
    frame->rtp->ssrc = copy->ssrc;
    __u64 sum = (__u64)payload_sum + (__u16)~sequence + new_sequence + (__u32)~ssrc + copy->ssrc;
    write_headers(frame, &copy->headers, sum);
}

SEC("xdp/devmap")
int weir_fork(struct xdp_md* context) {
    const struct copy_note* at = (const void*)(long)context->data_meta;
    if ((const void*)(at + 1) > (const void*)(long)context->data) return XDP_PASS; /* has no copy */
    struct copy_note note = *at;
    /* It is nobody else's business: the other end of a veth would see it. */
    if (bpf_xdp_adjust_meta(context, sizeof(note)) != 0) return XDP_DROP;
    int is_copy = note.device ? context->egress_ifindex == note.device : is_first_seen(note.number);
    if (!is_copy) return XDP_PASS;
    struct plain_frame frame = plain_frame_at((void*)(long)context->data);
    const struct weir_copy* copy = bpf_map_lookup_elem(&weir_copies, &note.flow);
    if (!copy || (void*)(frame.rtp + 1) > (void*)(long)context->data_end) return XDP_DROP;
    make_copy(&frame, copy, note.payload_sum);
    return XDP_PASS;
}

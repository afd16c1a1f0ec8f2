/* SPDX-License-Identifier: Apache-2.0 */
/* Flow offload, how a packet leaves: by its way, and where a recorder hears the stream, as two frames
 * of the same content (BPF_F_BROADCAST). What makes one of them the recorder's copy runs at the way
 * out (flow_fork.bpf.h), for each frame before its device gets it.
 *
 * The kernel keeps one such program for all frames that one run of NAPI sends to one device, the
 * first one's. So all frames of ours go by way of these maps, never by bpf_redirect(), and each entry
 * has the same program. */
#pragma once

struct {
    __uint(type, BPF_MAP_TYPE_ARRAY);
    __uint(map_flags, BPF_F_MMAPABLE);
    __uint(max_entries, WEIR_FLOW_WAYS);
    __type(key, __u32);
    __type(value, struct weir_way);
} weir_ways SEC(".maps");

struct {
    __uint(type, BPF_MAP_TYPE_ARRAY);
    __uint(map_flags, BPF_F_MMAPABLE);
    __uint(max_entries, WEIR_FLOW_COUNT);
    __type(key, __u32);
    __type(value, struct weir_copy);
} weir_copies SEC(".maps");

/* By way: its device. */
struct {
    __uint(type, BPF_MAP_TYPE_DEVMAP);
    __uint(max_entries, WEIR_FLOW_WAYS);
    __type(key, __u32);
    __type(value, struct bpf_devmap_val);
} weir_outs SEC(".maps");

/* By a packet's way and its copy's: the copy's device and the packet's, in this order. They may be one. */
struct way_pair {
    __uint(type, BPF_MAP_TYPE_DEVMAP);
    __uint(max_entries, 2);
    __type(key, __u32);
    __type(value, struct bpf_devmap_val);
};
struct {
    __uint(type, BPF_MAP_TYPE_ARRAY_OF_MAPS);
    __uint(max_entries, WEIR_FLOW_PAIRS);
    __type(key, __u32);
    __array(values, struct way_pair);
} weir_pairs SEC(".maps");

/* Numbers of packets whose two frames leave by one device: the last one given, behind it those whose
 * first frame has been seen. They come one behind the other; the places between are for a kernel
 * whose softirqs are preempted. */
#define SEEN_NUMBERS 64
struct {
    __uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
    __uint(max_entries, SEEN_NUMBERS + 1);
    __type(key, __u32);
    __type(value, __u32);
} weir_seen SEC(".maps");

/* In front of both frames, as metadata: how to make the copy. */
struct copy_note {
    __u32 flow; /* index */
    __u32 payload_sum;
    __u32 device; /* of the copy; 0: both leave by one, the first frame is the copy */
    __u32 number; /* of the packet, where `device` is 0 */
};

static __always_inline const struct weir_way* usable_way(__u32 index) {
    const struct weir_way* way = bpf_map_lookup_elem(&weir_ways, &index);
    return way && way->usable ? way : 0;
}

static __always_inline __u32 next_number(void) {
    __u32 place = SEEN_NUMBERS;
    __u32* last = bpf_map_lookup_elem(&weir_seen, &place);
    return last ? ++*last : 0;
}

/* Moves the frame's start: pointers into it are not valid any more. */
static __always_inline int leave_note(struct xdp_md* context, const struct copy_note* text) {
    if (bpf_xdp_adjust_meta(context, -(int)sizeof(struct copy_note)) != 0) return 0;
    struct copy_note* note = (void*)(long)context->data_meta;
    if ((void*)(note + 1) > (void*)(long)context->data) return 0;
    *note = *text;
    return 1;
}

/* Tells the kernel where the packet is to go when the program answers XDP_REDIRECT. 0: nowhere; one of
 * the ways cannot be used now. */
static __always_inline int choose_ways(struct xdp_md* context, const struct weir_flow* flow,
                                       __u32 index, __u32 payload_sum) {
    const struct weir_way* way = usable_way(flow->way);
    if (!way) return 0;
    if (!flow->fork) return bpf_redirect_map(&weir_outs, flow->way, 0) == XDP_REDIRECT;
    const struct weir_copy* copy = bpf_map_lookup_elem(&weir_copies, &index);
    const struct weir_way* copy_way = copy ? usable_way(copy->way) : 0;
    if (!copy_way) return 0;
    __u32 place = (__u32)flow->way * WEIR_FLOW_WAYS + copy->way;
    void* pair = bpf_map_lookup_elem(&weir_pairs, &place);
    if (!pair) return 0;
    struct copy_note note = {.flow = index, .payload_sum = payload_sum};
    if (copy_way->device == way->device)
        note.number = next_number();
    else
        note.device = copy_way->device;
    if (!leave_note(context, &note)) return 0;
    return bpf_redirect_map(pair, 0, BPF_F_BROADCAST) == XDP_REDIRECT;
}

/* SPDX-License-Identifier: Apache-2.0 */
/* What the XDP program and the process that fills its maps must agree on; C and C++. */
#pragma once

#include <linux/types.h>

/* The program's name as `bpftool prog` shows it, and the names of its maps. */
#define WEIR_XDP_PROGRAM "weir_media"
#define WEIR_XDP_SOCKETS "xsks_map" /* DPDK's driver looks for this name */
#define WEIR_XDP_PORTS "weir_ports"
#define WEIR_XDP_IPV4 "weir_ipv4"
#define WEIR_XDP_IPV6 "weir_ipv6"
#define WEIR_XDP_COUNTS "weir_counts"

enum {
    WEIR_XDP_MAX_QUEUES = 64,    /* receive queues of one device: twice the usual core count */
    WEIR_XDP_MAX_ADDRESSES = 16, /* kMaxRealms: one address each */
};

/* Destination ports that are media, both included, host byte order. first 0: none. Eight aligned
 * bytes, which the kernel copies as one word: the program never sees half an update. */
struct weir_media_ports {
    __u32 first;
    __u32 last;
};

struct weir_ipv6_key {
    __u8 bytes[16];
};

/* Indices into the map of counters, which has one value for each CPU. */
enum weir_xdp_count {
    WEIR_XDP_NO_SOCKET, /* a media frame of a receive queue that has no socket: the kernel got it */
    WEIR_XDP_COUNTERS,
};

/* SPDX-License-Identifier: Apache-2.0 */
/* Flow offload: what the XDP program that relays by itself and the process that tells it what to
 * relay must agree on; C and C++. */
#pragma once

#include <linux/types.h>

#define WEIR_XDP_FLOWS "weir_flows"
#define WEIR_XDP_WAYS "weir_ways"
#define WEIR_XDP_LOCALS "weir_locals"
#define WEIR_XDP_RECORDS "weir_records"
#define WEIR_XDP_COPIES "weir_copies"
#define WEIR_XDP_OUTS "weir_outs"
#define WEIR_XDP_PAIRS "weir_pairs"
#define WEIR_XDP_FORK_PROGRAM "weir_fork" /* the one at the way out */

enum {
    WEIR_FLOW_LOCALS = 2,       /* IPv4 addresses of a device whose flows are relayed: inside, outside */
    WEIR_FLOW_PORTS = 32768,    /* of an address: the even ones, RTP's (RFC 3550 11) */
    WEIR_FLOW_COUNT = 65536,    /* a flow for each of them; 8 MiB */
    WEIR_FLOW_HEADER = 42,      /* Ethernet, IPv4 without options, UDP */
    WEIR_FLOW_WAYS = 16,        /* kMaxDevices: devices by which a flow may leave */
    WEIR_FLOW_PAIRS = 256,      /* of a packet's way and its copy's: WEIR_FLOW_WAYS squared */
    WEIR_FLOW_MAX_GAP = 256,    /* a longer jump of the sequence numbers is judged by the worker */
    WEIR_RECORD_FRAME = 352,    /* bytes of the longest frame: 37 ms of G.711; longer ones are the worker's */
    WEIR_RECORD_RING = 4194304, /* bytes for one receive queue: 10,922 records, 72 ms of 150,000 a second */
};

/* Our addresses on the device, 0: none. */
struct weir_locals {
    __be32 address[WEIR_FLOW_LOCALS];
};

/* New headers of a packet, with lengths and checksums zero, and their sums without them (RFC 1071). */
struct weir_headers {
    __u32 ip_sum;
    __u32 udp_sum; /* pseudo-header and UDP header */
    __u8 header[WEIR_FLOW_HEADER];
    __u16 reserved;
};

/* What arrives at one port of ours and is to go on. `given` is the worker's: a number that was never
 * used before for this port while the program shall relay, else 0. `begun` and `ended` are the
 * program's: the number for which it has relayed a packet, and the one that it has given up. Nobody
 * writes another's field, so that no word of either is lost. The rest is written by the worker while
 * `given` has been 0 for so long that no run of the program can still see it otherwise. */
struct weir_flow {
    __u32 given;
    __u32 last; /* the worker's: what `given` was when it was last not 0 */
    __u32 begun;
    __u32 ended;
    __u16 next_sequence; /* of the packet that comes next; the program's from its first one on */
    __u16 longest;       /* bytes of a UDP payload that all its ways out carry */
    __be32 source;       /* from where it is accepted */
    __be32 ssrc;
    __be16 source_port;
    __u8 way;  /* index into weir_ways */
    __u8 fork; /* who gets a copy, index + 1: weir_copies says how; 0: nobody */
    struct weir_headers headers;
    __u8 padding[44];
};

/* A copy of each packet of the flow at the same place: for a recorder. Written with the flow. */
struct weir_copy {
    struct weir_headers headers;
    __be32 ssrc;
    __u16 sequence_offset; /* sent = received + offset */
    __u8 way;
    __u8 reserved[5];
};

/* A device by which flows leave. */
struct weir_way {
    __u32 device; /* the kernel's number */
    __u32 usable; /* it is up, and takes frames from XDP programs */
};

/* A packet that the program has relayed, as it had come. */
struct weir_record {
    __u64 arrival_ns; /* CLOCK_MONOTONIC */
    __u16 bytes;      /* of the frame */
    __u16 fork;       /* who was sent a copy, index + 1; 0: nobody */
    __u32 payload_sum; /* of 16-bit words of the UDP payload, not folded */
    __u8 frame[WEIR_RECORD_FRAME];
    __u8 padding[8]; /* the checksum is computed over whole words */
};

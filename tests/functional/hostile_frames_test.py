#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Frames that no telephone sends, on the wire of a call: counted by verdict, never relayed, and the call is whole."""

import random
import struct
import time

from harness import cable
from harness import case as functional
from harness import rtp, sipp
from harness.call import Call, PARTIES
from harness.case import check
from harness.frames import FOREIGN_PORT, PAYLOAD_TYPE, Frames
from harness.node import Node
from harness.process import wait_until

TIMES = 10  # of each kind
CALLER_MTU = 1900
CALLEE_MTU = 1300
LONG_OCTETS = 1400
OVERLONG_OCTETS = 1700


def frames_ipv4(wire):
    """Name, frame, and the verdict that must rise; None: it is the host's, or another part's, to judge."""
    def udp(**how):
        return wire.udp(wire.rtp(), **how)
    fragment, later, more = 0x2000, 100, 0x2000 | 100
    router_alert = b"\x94\x04\0\0"  # RFC 2113
    yield "wrong UDP checksum", wire.ethernet(wire.ipv4(udp(bad=True))), "bad_checksum"
    yield "wrong IP checksum", wire.ethernet(wire.ipv4(udp(), bad=True)), "bad_checksum"
    yield "first fragment", wire.ethernet(wire.ipv4(udp(), fragment=fragment)), "fragment"
    yield "later fragment", wire.ethernet(wire.ipv4(udp(), fragment=later)), None
    yield "fragment in the middle", wire.ethernet(wire.ipv4(udp(), fragment=more)), None
    yield "IP options", wire.ethernet(wire.ipv4(udp(), options=router_alert)), "ip_options"
    yield "UDP longer than the frame", wire.ethernet(wire.ipv4(udp(length=900))), "truncated"
    yield "UDP shorter than its header", wire.ethernet(wire.ipv4(udp(length=4))), "truncated"
    yield "IP longer than the frame", wire.ethernet(wire.ipv4(udp(), length=1400)), "truncated"
    yield "longer than the way out carries", wire.ethernet(wire.ipv4(wire.udp(wire.rtp(LONG_OCTETS)))), "exceeds_mtu"
    yield "longer than RTP", wire.ethernet(wire.ipv4(wire.udp(wire.rtp(OVERLONG_OCTETS)))), "too_long"
    yield "another VLAN", wire.ethernet(wire.ipv4(udp()), tag=77), None
    yield "a port without a call", wire.good(target_port=wire.unused_port()), "no_session"
    yield "another source", wire.good(source_port=FOREIGN_PORT), "wrong_source"


def frames_ipv6(wire):
    def udp(**how):
        return wire.udp(wire.rtp(), **how)
    padding = b"\1\4\0\0\0\0"  # RFC 8200 4.2: PadN of six octets
    options = b"\x11\0" + padding
    yield "wrong UDP checksum", wire.ethernet(wire.ipv6(udp(bad=True))), "bad_checksum"
    yield "hop-by-hop options", wire.ethernet(wire.ipv6(options + udp(), next_header=0)), "ip_options"
    yield "destination options", wire.ethernet(wire.ipv6(options + udp(), next_header=60)), "ip_options"
    yield "a routing header", wire.ethernet(wire.ipv6(b"\x11\0\0\0\0\0\0\0" + udp(), next_header=43)), "ip_options"
    yield "first fragment", wire.ethernet(
        wire.ipv6(struct.pack("!BBHI", 17, 0, 1, 7) + udp(), next_header=44)), "fragment"
    yield "later fragment", wire.ethernet(
        wire.ipv6(struct.pack("!BBHI", 17, 0, 8 * 20, 7) + udp(), next_header=44)), None
    yield "IP longer than the frame", wire.ethernet(wire.ipv6(udp(), length=1400)), "truncated"
    yield "another source", wire.good(source_port=FOREIGN_PORT), "wrong_source"


def noise(wire, chance):
    """Runts, foreign types, random bytes behind each header."""
    for kind in (0x0800, 0x86DD, 0x0806, 0x8100, 0x88A8, 0x8847, 0x0000):
        for length in (0, 1, 7, 19, 20, 27, 28, 39, 47, 60, 600):
            yield wire.macs + struct.pack("!H", kind) + chance.randbytes(length)
    whole = wire.good()
    # Behind the IP header, whose IPv6 form has fields that no checksum covers.
    for _ in range(200):
        at = chance.randrange(34 if wire.family == 4 else 54, len(whole))
        yield whole[:at] + bytes([whole[at] ^ chance.randrange(1, 256)]) + whole[at + 1:]
        yield whole[:chance.randrange(14, len(whole))]


def attack(case, call, mode):
    """Everything, several times; which verdicts must have risen."""
    wire = Frames(case, "caller", sipp.RTP_PORTS["caller"], call.media_port("caller"))
    expected = {}
    for name, frame, verdict in (frames_ipv4 if case.network.family == 4 else frames_ipv6)(wire):
        for _ in range(TIMES):
            wire.send(frame)
        if verdict:
            expected[verdict] = expected.get(verdict, 0) + TIMES
        time.sleep(0.002)  # a trickle: nothing is lost before it is judged
    seed = random.randrange(2**32)
    print(f"{mode}: seed {seed}")
    for frame in noise(wire, random.Random(seed)):
        wire.send(frame)
    return expected


def hostile_frames(case, mode, media=()):
    node = Node(case, io=mode, media=media)
    case.network.set_mtu("caller", CALLER_MTU)
    case.network.set_mtu("callee", CALLEE_MTU)
    node.start()
    node.check_mode(mode)
    before = node.child("weir-media")
    call = Call(case)
    call.start(4)
    wait_until(lambda: case.captured_packets("callee") > 50, 20, "the call to run")
    expected = attack(case, call, mode)
    if mode != "af_xdp":
        expected.pop("fragment")  # the kernel puts fragments together before a packet socket gets them (packet(7))
    def verdicts():
        text = node.metrics()
        return {name: node.metric(DROPS, text, verdict=name) for name in expected}
    wait_until(lambda: all(found >= expected[name] for name, found in verdicts().items()), 10, f"the verdicts {expected}")
    print(verdicts())
    call.wait()
    call.finish_captures()
    call.check_relay()
    for party in PARTIES:
        strange = rtp.packets_of([udp for udp in call.datagrams[party]
                                  if udp.target[0] == case.network.address(party)], PAYLOAD_TYPE)
        check(not strange, f"{len(strange)} hostile frames were relayed to the {party}")
    check(node.child("weir-media") == before, "weir-media was restarted")
    node.stop()


DROPS = "weir_dataplane_drops_total"


def hostile_frames_af_packet(case):
    hostile_frames(case, "af_packet")


def hostile_frames_af_xdp(case):
    hostile_frames(case, "af_xdp")


@functional.on_network(cable=True)
def hostile_frames_memif(case):
    hostile_frames(case, "dpdk", cable.join(case, callee=CALLEE_MTU))


@functional.on_network(family=6)
def hostile_frames_ipv6_af_packet(case):
    hostile_frames(case, "af_packet")


@functional.on_network(family=6)
def hostile_frames_ipv6_af_xdp(case):
    hostile_frames(case, "af_xdp")


if __name__ == "__main__":
    functional.run(hostile_frames_af_packet, hostile_frames_af_xdp, hostile_frames_memif,
                   hostile_frames_ipv6_af_packet, hostile_frames_ipv6_af_xdp)

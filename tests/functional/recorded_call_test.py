#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""A recorded call in each I/O mode: what was relayed and recorded is what the parties sent, byte for byte."""

import itertools
import json
import time

from harness import cable
from harness import case as functional
from harness import recorder
from harness.call import Call, PARTIES
from harness.case import check
from harness.media_peer import TalkedCall
from harness.node import Node
from harness.process import wait_until


def record(case, mode, media=()):
    node = Node(case, io=mode, media=media)
    recordings = recorder.start(case)
    node.start()
    node.check_mode(mode)
    call = Call(case)
    call.start()
    recorder.check_recorded_call(node, call, recordings)
    node.stop()


def recorded_call(case):
    record(case, "socket")


def recorded_call_af_packet(case):
    record(case, "af_packet")


def recorded_call_af_xdp(case):
    record(case, "af_xdp")


@functional.on_network(cable=True)
def recorded_call_memif(case):
    """Every realm on a shared memory device; ARP and SIP, also over TCP, go through the exception ports."""
    record(case, "dpdk", cable.join(case))


def swapped():
    """Numbers of packets of which each pair comes the other way round."""
    for number in itertools.count(0, 2):
        yield number + 1
        yield number


def swapped_first_packets(case):
    """What comes late before the recording's fork is there is late, and not lost."""
    node = Node(case)
    recorder.start(case)
    node.start()
    calls = [TalkedCall(case, offset=10 * number, sip_offset=number) for number in range(4)]
    for call in calls:
        call.connect(calls[0].callee, 2000, orders={party: swapped() for party in PARTIES})
        begin = time.monotonic()
        wait_until(lambda flowing=call, since=begin: flowing.is_flowing(since, 400), 10, "media both ways")
        for peer in call.peers.values():
            peer.hush()
        call.hang_up()
    lines = wait_until(lambda: len(node.cdr_lines()) == len(calls) and node.cdr_lines(), 20, "the CDRs")
    for line in lines:
        for track in json.loads(line)["recordings"][0]["tracks"]:
            # Who sends no more may have been in the middle of a pair.
            check(track["missing"] <= 1 and track["lost_ours"] == 0, f"something is missing: {track}")
    node.stop()


if __name__ == "__main__":
    functional.run(recorded_call, recorded_call_af_packet, recorded_call_af_xdp, recorded_call_memif,
                   swapped_first_packets)

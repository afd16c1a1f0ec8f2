#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""A recorded call in each I/O mode: what was relayed and recorded is what the parties sent, byte for byte."""

from harness import cable
from harness import case as functional
from harness import recorder
from harness.call import Call
from harness.node import Node


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


if __name__ == "__main__":
    functional.run(recorded_call, recorded_call_af_packet, recorded_call_af_xdp, recorded_call_memif)

#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Two workers on each interface: calls of both, each packet once and in order, whoever received it."""

import time

from harness import case as functional
from harness.case import check
from harness.media_peer import TalkedCall
from harness.node import Node
from harness.process import wait_until

CALLS = 6  # a session goes to the worker with the fewest: three each
CORES = "cores: [0, 1]"


def wait_for_all(node, near, far):
    """Until the far one has heard what the near one has sent; what is missing otherwise, and the node's counters."""
    sent = [number for _, number in near.sent]
    try:
        wait_until(lambda: len(far.received) >= len(sent), 5, "the last packets")
    except functional.TestFailure:
        pass
    heard = far.numbers_received()
    if heard != sent:
        counters = [line for line in node.metrics().splitlines()
                    if line.startswith("weir_dataplane_") and not line.endswith(" 0")]
        check(False, f"{near.party} to {far.party}: {len(sent)} sent, {len(heard)} heard, "
                     f"missing {sorted(set(sent) - set(heard))[:20]}\n" + "\n".join(counters))


def check_calls(case, node, packets):
    """Calls until each party has heard so many packets: all that were sent, in order."""
    calls = [TalkedCall(case, offset=10 * number, sip_offset=number) for number in range(CALLS)]
    for call in calls:
        call.connect(calls[0].callee, per_second=100)
    begin = time.monotonic()
    wait_until(lambda: all(call.is_flowing(begin, packets) for call in calls), 20, "media of all calls")
    # Nobody sends any more; what is on its way arrives.
    for call in calls:
        for peer in call.peers.values():
            peer.hush()
    for call in calls:
        for near, far in (("caller", "callee"), ("callee", "caller")):
            wait_for_all(node, call.peers[near], call.peers[far])
    for call in calls:
        call.hang_up()
    print(f"handed over: {node.metric('weir_dataplane_handed_over_frames_total'):.0f}")


def two_workers(case, mode):
    node = Node(case, io=mode, media=[CORES])
    node.start()
    node.check_mode(mode)
    check_calls(case, node, 100)
    node.stop()


def two_workers_socket(case):
    two_workers(case, "socket")


def two_workers_af_packet(case):
    two_workers(case, "af_packet")


def two_workers_af_xdp(case):
    """A veth has one receive queue: what comes for the other worker is handed over."""
    two_workers(case, "af_xdp")


if __name__ == "__main__":
    functional.run(two_workers_socket, two_workers_af_packet, two_workers_af_xdp)

#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""A recorded call over IPv6 alone: caller, callee, recorder and node have no other address."""

from harness import case as functional
from harness import recorder
from harness.call import Call
from harness.node import Node


def record(case, mode):
    node = Node(case, io=mode)
    recordings = recorder.start(case)
    node.start()
    node.check_mode(mode)
    call = Call(case)
    call.start()
    call.wait()
    ledger = node.wait_for_ledger("proven")
    call.finish_captures()
    call.check_relay()
    recorder.check_tracks(recordings, call, ledger)
    node.stop()


def recorded_over_ipv6(case):
    record(case, "socket")


def recorded_over_ipv6_af_xdp(case):
    record(case, "af_xdp")


if __name__ == "__main__":
    functional.run(recorded_over_ipv6, recorded_over_ipv6_af_xdp, family=6)

#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""weir-sip is killed in the middle of a recorded call: relay and forks go on without one lost packet."""

import os
import signal

from harness import case as functional
from harness import sipp
from harness.call import Call
from harness.case import check
from harness.node import Node
from harness.process import wait_until

TALK_SECONDS = 6


def killed_in_mid_call(case):
    node = Node(case)
    sipp.recorder(case)
    node.start()
    call = Call(case, ("caller", "callee", "recorder"))
    # Nobody can end this call: its dialogs died with weir-sip. The parties are stopped with the case.
    call.start(TALK_SECONDS, tail_ms=60_000)
    wait_until(lambda: case.captured_packets("recorder") > 100, 20, "the fork to run")
    victim = node.child("weir-sip")
    check(victim, "no weir-sip runs")
    os.kill(victim, signal.SIGKILL)
    successor = wait_until(lambda: (found := node.child("weir-sip")) != victim and found, 15, "a successor of weir-sip")
    check(successor, "no successor")
    # Two parties and, at least, two copies; none of them belongs to a call of the successor.
    rows = wait_until(lambda: (text := node.execute_if_up("show voip rtp connections"))
                      and sum(" - " in line and line[:1].isdigit() for line in text.splitlines()) >= 4 and text,
                      20, "the successor to list the session")
    check(rows, "the successor does not list the session")
    call.wait_for_streams()
    call.finish_captures()
    call.check_relay()
    call.check_forks()


if __name__ == "__main__":
    functional.run(killed_in_mid_call)

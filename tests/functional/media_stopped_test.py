#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""weir-media stands still for a second: an ordinary call loses nothing, of an overload the ledger says `ours`."""

import os
import signal
import time

from harness import case as functional
from harness import losses, recorder
from harness.call import Call, PARTIES
from harness.case import check
from harness.node import Node
from harness.process import wait_until
from harness.talker import Talker

STOP_SECONDS = 1.0  # at least
# 2000 packets/s of 960 octets: the kernel accounts more than 1 KB for each, so the 2 MiB that it gives a
# socket of weir-media hold less than a second of it.
PER_SECOND = 2000
COUNT = 6000
OVERFLOW = 2100  # of them at least do not fit into those 2 MiB
CALL_MS = 12000


def stop_for_a_second(node, also_until=lambda: True):
    """The length of the stop is the fault itself, not a wait for something."""
    media = node.child("weir-media")
    check(media, "no weir-media runs")
    os.kill(media, signal.SIGSTOP)
    try:
        time.sleep(STOP_SECONDS)
        wait_until(also_until, 10, "the voices to go on")
    finally:
        os.kill(media, signal.SIGCONT)


def check_same_process(node, before):
    check(node.child("weir-media") == before, "weir-media was restarted: a stop of a second is no death")


def ordinary(case):
    """Two voices of 50 packets/s: the sockets hold them until the process goes on."""
    node = Node(case)
    recordings = recorder.start(case)
    node.start()
    before = node.child("weir-media")
    call = Call(case)
    call.start(5)
    wait_until(lambda: case.captured_packets("callee") > 100, 20, "the call to run")
    stop_for_a_second(node)
    recorder.check_recorded_call(node, call, recordings)
    check_same_process(node, before)
    node.stop()


def overloaded(case):
    """Voices that no socket can hold for a second."""
    node = Node(case)
    recordings = recorder.start(case)
    node.start()
    before = node.child("weir-media")
    call = Call(case, ("caller", "callee", "recorder"))
    call.start_without_streams(CALL_MS)
    talkers = [Talker(case, call, party, PER_SECOND, COUNT) for party in PARTIES]
    wait_until(lambda: case.captured_packets("callee") > PER_SECOND, 20, "both voices")
    before_stop = case.captured_packets("caller")
    # A talker that a busy machine slows down needs longer than a second to overflow a socket.
    stop_for_a_second(node, lambda: case.captured_packets("caller") - before_stop > OVERFLOW)
    for talker in talkers:
        talker.wait()
    check(node.cdr_lines() == [], "the call ended before its voices: the test is void")
    call.wait()
    cdr = node.wait_for_cdr()
    found = losses.of_recorded_call(call, recordings)
    for party in PARTIES:
        check(len(call.sent_by(party)) == COUNT, f"{party}: {len(call.sent_by(party))} of {COUNT} packets captured")
    losses.check_all_ours(call, found, cdr)
    check(all(len(one.relayed) < COUNT for one in found), "nothing was lost: the test is void")
    check_same_process(node, before)
    node.stop()


if __name__ == "__main__":
    functional.run(ordinary, overloaded)

#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Bytes that no peer should send: nothing crashes, and a call that runs meanwhile does not notice."""

import os
import random
import subprocess
import sys

from harness import case as functional
from harness import hostile
from harness.call import Call
from harness.case import check
from harness.node import Node

PROCESSES = ("weir-sip", "weir-media")


def attack(case, party, kind, port, seed):
    subprocess.run(["ip", "netns", "exec", case.network.namespace(party), sys.executable,
                    os.path.abspath(hostile.__file__), kind, case.network.sbc_address(party), str(port), str(seed)],
                   check=True, timeout=60)


def garbage_around_a_call(case):
    seed = random.randrange(2**32)
    print(f"seed {seed}")
    node = Node(case)
    node.start()
    before = {name: node.child(name) for name in PROCESSES}
    # The caller's address is trusted, the recorder's is a dial-peer's target, so both reach the parsers.
    for party in ("caller", "recorder"):
        attack(case, party, "sip", 5060, seed)
    call = Call(case)
    call.start()
    port = call.media_port("caller")
    attack(case, "caller", "rtp", port, seed)      # not from the port that was signalled
    attack(case, "caller", "rtp", port + 1, seed)  # RTCP
    attack(case, "caller", "sip", 5060, seed + 1)
    call.wait()
    call.finish_captures()
    call.check_relay()
    after = {name: node.child(name) for name in PROCESSES}
    check(before == after, f"a process was restarted: {before} before, {after} after")
    node.stop()


if __name__ == "__main__":
    functional.run(garbage_around_a_call)

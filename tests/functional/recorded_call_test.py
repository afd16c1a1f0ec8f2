#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""A recorded call: what was relayed and what was recorded is what the parties sent, byte for byte."""

from harness import case as functional
from harness import recorder
from harness.call import Call
from harness.node import Node


def recorded_call(case):
    node = Node(case)
    recordings = recorder.start(case)
    node.start()
    call = Call(case)
    call.start()
    call.wait()
    ledger = node.wait_for_ledger("proven")
    call.finish_captures()
    call.check_relay()
    recorder.check_tracks(recordings, call, ledger)
    node.stop()


if __name__ == "__main__":
    functional.run(recorded_call)

#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""A recorded call: what was relayed and what was recorded is what the parties sent, byte for byte."""

import glob
import json
import os

from harness import case as functional
from harness import rtp, wave_file
from harness.call import Call
from harness.case import check
from harness.node import Node
from harness.process import wait_until

def start_recorder(case):
    """weir-recorder as a process of its own in the recorder's namespace; the folder of its files."""
    folder = os.path.join(case.folder, "recordings")
    address = case.network.address("recorder")
    program = case.start("weir-recorder", "recorder", [case.binary("weir-recorder"), "--listen", f"{address}:5060",
                                                       "--directory", folder])
    program.wait_for_line("recorder.ready", 15)
    return folder


def recorded_audio(folder):
    """The sidecar and the audio of each track, near end (the caller) first."""
    sidecars = wait_until(lambda: glob.glob(os.path.join(folder, "**", "*.json"), recursive=True), 10,
                          f"a sidecar in {folder}")
    check(len(sidecars) == 1, f"one recording was expected, found {sidecars}")
    with open(sidecars[0], encoding="utf-8") as file:
        sidecar = json.load(file)
    tracks = sorted(glob.glob(os.path.join(folder, "**", "*.wav"), recursive=True))
    check(len(tracks) == 2, f"two tracks were expected, found {tracks}")
    return sidecar, [wave_file.data(path) for path in tracks]


def recorded_call(case):
    node = Node(case)
    recordings = start_recorder(case)
    node.start()
    call = Call(case)
    call.start()
    call.wait()
    ledger = node.wait_for_ledger("proven")
    call.finish_captures()
    call.check_relay()
    _, tracks = recorded_audio(recordings)
    for track, party in zip(tracks, ("caller", "callee")):
        expected = rtp.audio(call.sent_by(party))
        check(track == expected, f"the track of the {party} has {len(track)} bytes and is not the {len(expected)} "
                                 f"bytes that the {party} sent\n{ledger}")
    node.stop()


if __name__ == "__main__":
    functional.run(recorded_call)

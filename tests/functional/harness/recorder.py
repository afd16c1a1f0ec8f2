# SPDX-License-Identifier: Apache-2.0
"""weir-recorder as a process of its own in the recorder's namespace, and the files that it leaves."""

import glob
import json
import os

from . import rtp, wave_file
from .call import PARTIES
from .case import check
from .process import wait_until


def start(case):
    """weir-recorder as a process of its own in the recorder's namespace; the folder of its files."""
    folder = os.path.join(case.folder, "recordings")
    host = case.network.uri_host(case.network.address("recorder"))
    program = case.start("weir-recorder", "recorder", [case.binary("weir-recorder"), "--listen", f"{host}:5060",
                                                       "--directory", folder])
    program.wait_for_line("recorder.ready", 15)
    return folder


def audio(folder):
    """The sidecar and the audio of each track, near end (the caller) first."""
    sidecars = wait_until(lambda: glob.glob(os.path.join(folder, "**", "*.json"), recursive=True), 10,
                          f"a sidecar in {folder}")
    check(len(sidecars) == 1, f"one recording was expected, found {sidecars}")
    with open(sidecars[0], encoding="utf-8") as file:
        sidecar = json.load(file)
    tracks = sorted(glob.glob(os.path.join(folder, "**", "*.wav"), recursive=True))
    check(len(tracks) == 2, f"two tracks were expected, found {tracks}")
    return sidecar, [wave_file.data(path) for path in tracks]


def check_recorded_call(node, call, recordings):
    """Waits for the end of the call. Nothing of it is lost: each party has heard the other, each track is its party's."""
    call.wait()
    ledger = node.wait_for_ledger("proven")
    call.finish_captures()
    call.check_relay()
    check_tracks(recordings, call, ledger)


def check_tracks(folder, call, ledger):
    """Each track is what its party sent, byte for byte."""
    _, tracks = audio(folder)
    for track, party in zip(tracks, PARTIES):
        expected = rtp.audio(call.sent_by(party))
        check(track == expected, f"the track of the {party} has {len(track)} bytes and is not the {len(expected)} "
                                 f"bytes that the {party} sent\n{ledger}")
        call.note_recorded(party, len(rtp.in_order(call.sent_by(party))))


def check_recorded(folder, expected):
    """The files hold what was captured on the way to the recorder, byte for byte."""
    _, tracks = audio(folder)
    for number, (track, payload) in enumerate(zip(tracks, expected)):
        check(track == payload, f"track {number} has {len(track)} bytes and is not the {len(payload)} bytes captured")

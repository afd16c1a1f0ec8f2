#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""weir-media is killed in mid-call: its successor relays and records on the same ports, the gap is `ours`."""

import os
import signal
import time

from harness import case as functional
from harness import losses, recorder
from harness.call import Call
from harness.case import check
from harness.media_peer import TalkedCall
from harness.node import Node
from harness.process import wait_until

TALK_SECONDS = 8


def killed(case, mode):
    node = Node(case, io=mode)
    recordings = recorder.start(case)
    node.start()
    node.check_mode(mode)
    call = Call(case, ("caller", "callee", "recorder"))
    call.start(TALK_SECONDS)
    wait_until(lambda: case.captured_packets("recorder") > 100, 20, "the fork to run")
    victim = node.child("weir-media")
    check(victim, "no weir-media runs")
    os.kill(victim, signal.SIGKILL)
    wait_until(lambda: (found := node.child("weir-media")) != victim and found, 15, "a successor of weir-media")
    call.wait()
    cdr = node.wait_for_cdr()
    found = losses.of_recorded_call(call, recordings)
    losses.check_all_ours(call, found, cdr, is_killed=True)
    for one in found:
        check(len(one.relay_ports) == 1, f"{one.party}: relayed from several ports {one.relay_ports}")
        check(one.recorded and one.recorded[-1] == one.sent[-1],
              f"{one}: the recording did not go on to the end of the call")
    check(cdr["cause"] == 16 and cdr["released_by"] == "caller", f"the call did not end by the caller's BYE: {cdr}")
    check(node.log("weir-media").count(f" media.ready io={mode} ") == 2, "the successor took another I/O mode")
    node.stop()


def media_killed_before_the_answer(case):
    """The callee answers while nobody relays: the successor is told what its predecessor was not."""
    node = Node(case)
    recordings = recorder.start(case)
    node.start()
    call = TalkedCall(case)
    victim = node.child("weir-media")

    def kill():
        os.kill(victim, signal.SIGKILL)
        wait_until(lambda: not os.path.exists(f"/proc/{victim}") or node.child("weir-media") != victim, 10, "its end")
    call.connect(before_answer=kill)
    begin = time.monotonic()
    wait_until(lambda: call.is_flowing(begin, 100), 15, "media both ways by the successor")
    check(node.child("weir-media") != victim, "nobody was killed: the test is void")
    call.hang_up()
    cdr = node.wait_for_cdr()
    tracks = cdr["recordings"][0]["tracks"]
    check(len(tracks) == 2 and all(track["verdict"] in ("proven", "incomplete") for track in tracks),
          f"the call was not recorded: {cdr['recordings']}")
    sidecar, audio = recorder.audio(recordings)
    check(all(len(track) >= 100 * 160 for track in audio), f"tracks of {[len(track) for track in audio]} octets: {sidecar}")
    node.stop()


def media_killed_in_mid_call(case):
    killed(case, "socket")


def media_killed_in_mid_call_af_packet(case):
    killed(case, "af_packet")


def media_killed_in_mid_call_af_xdp(case):
    """Its XDP program stays attached when it is killed; the successor finds and detaches it."""
    killed(case, "af_xdp")


if __name__ == "__main__":
    functional.run(media_killed_in_mid_call, media_killed_before_the_answer, media_killed_in_mid_call_af_packet,
                   media_killed_in_mid_call_af_xdp)

#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The kernel sends a recorder's copies, and the recorder's link goes, its device is removed, its MAC address changes, or
weir-media dies: the call between the parties loses nothing by it, and the ledger says what the recording lost."""

import itertools
import os
import signal
import threading
import time

import link_test
from harness import case as functional
from harness import copies, offload, recorder
from harness.call import PARTIES
from harness.case import check
from harness.network import ip
from harness.process import wait_until

JUMP = 20000  # of sequence numbers: a new beginning (RFC 3550 A.1)


def numbers_in(audio):
    """Of the packets of MediaPeer in a file."""
    return [int.from_bytes(audio[at:at + 4], "big") for at in range(0, len(audio), 160)]


def begin(case, per_second=link_test.PER_SECOND, **options):
    recordings = recorder.start(case)
    node = offload.start(case, **options)
    call = copies.RecordedCall(case, node, recordings, captured=False)
    call.connect(per_second=per_second)
    copies.wait_for_copies(node)
    return call


def finish(call, media):
    """The parties have heard all; the recording goes on, and the ledger counts exactly what it lost, none of it as the
    network's before us."""
    copies.wait_for_copies(call.node, 500)
    check(call.node.child("weir-media") == media, "weir-media was restarted")
    call.check_parties()
    call.hang_up()
    tracks = copies.books(call.node)
    _, files = recorder.audio(call.recordings)
    lost = 0
    for party, track, audio in zip(PARTIES, tracks, files):
        sent, got = call.numbers_sent(party), numbers_in(audio)
        text = f"{party}: {len(sent)} sent, {len(got)} recorded: {track}"
        print(text)
        check(got == sorted(set(got)) and set(got) <= set(sent), f"the recording is no part of what was sent: {text}")
        check(track["fork"]["eligible"] + track["fork"]["drops"]["pool_short"] >= len(sent), f"not all counted: {text}")
        check(track["missing"] == len(sent) - len(got), f"{len(sent) - len(got)} are missing: {text}")
        check(track["lost_before_us"] == 0, f"the network before us is blamed: {text}")
        check(track["verdict"] == ("incomplete" if track["missing"] else "proven"), f"wrong verdict: {text}")
        lost += len(sent) - len(got)
    copies.check_share(call.node, sum(track["fork"]["sent"] for track in tracks), 0.3)
    call.node.stop()
    return lost, tracks


def check_was_away(lost):
    check(lost > link_test.AWAY_SECONDS * link_test.PER_SECOND, f"only {lost} copies were lost: the test is void")


def recorder_link_down(case):
    call = begin(case)
    media = call.node.child("weir-media")
    device = case.network.sbc_device("recorder")
    ip("-n", case.network.namespace("sbc"), "link", "set", device, "down")
    time.sleep(link_test.AWAY_SECONDS)  # the length of the fault
    ip("-n", case.network.namespace("sbc"), "link", "set", device, "up")
    check_was_away(finish(call, media)[0])


def recorder_has_no_carrier(case):
    """The recorder's own end of its link goes down."""
    call = begin(case)
    media = call.node.child("weir-media")
    case.network.cut("recorder")
    time.sleep(link_test.AWAY_SECONDS)  # the length of the fault
    ip("-n", case.network.namespace("recorder"), "link", "set", "eth0", "up")
    check_was_away(finish(call, media)[0])


def recorder_device_removed(case):
    call = begin(case)
    media = call.node.child("weir-media")
    case.network.unplug("recorder")
    time.sleep(link_test.AWAY_SECONDS)  # the length of the fault
    case.network.plug("recorder")
    case.network.take_xdp_frames("recorder")
    check_was_away(finish(call, media)[0])


def recorder_refuses_frames(case):
    """The recorder's end takes no redirected frames for a while: the worker copies."""
    call = begin(case)
    media = call.node.child("weir-media")
    device = case.network.sbc_device("recorder")
    case.network.take_xdp_frames("recorder", False)
    wait_until(lambda: not offload.is_offloaded(call.node, device), 5, "the node to see it")
    away = time.monotonic()
    wait_until(lambda: call.is_flowing(away, 300), 5, "media by the worker")
    case.network.take_xdp_frames("recorder")
    wait_until(lambda: offload.is_offloaded(call.node, device), 5, "the node to see that it is back")
    lost, _ = finish(call, media)
    check(lost < link_test.PER_SECOND, f"{lost} copies were lost")


def recorder_other_mac(case):
    """Its new MAC address reaches the kernel's copies, too."""
    call = begin(case)
    media = call.node.child("weir-media")
    far = case.network.namespace("recorder")
    ip("netns", "exec", far, "sysctl", "-qw", "net.ipv4.conf.eth0.arp_notify=1")
    ip("-n", far, "link", "set", "eth0", "address", "02:00:00:00:00:77")
    lost, _ = finish(call, media)
    check(lost < 2 * link_test.PER_SECOND, f"{lost} copies of both parties were lost: more than a second's")


def callee_link_down(case):
    """What the callee does not get, the recorder does."""
    call = begin(case)
    media = call.node.child("weir-media")
    device = case.network.sbc_device("callee")
    ip("-n", case.network.namespace("sbc"), "link", "set", device, "down")
    time.sleep(link_test.AWAY_SECONDS)  # the length of the fault
    ip("-n", case.network.namespace("sbc"), "link", "set", device, "up")
    back = time.monotonic()
    wait_until(lambda: call.is_flowing(back), 10, "media both ways after the link came back")
    copies.wait_for_copies(call.node, 500)
    check(call.node.child("weir-media") == media, "weir-media was restarted")
    for peer in call.peers.values():
        peer.hush()
    call.hang_up()
    tracks = copies.books(call.node)
    _, files = recorder.audio(call.recordings)
    sent, heard = call.numbers_sent("caller"), call.peers["callee"].numbers_received()
    got = numbers_in(files[0])
    text = f"{len(sent)} sent, {len(heard)} heard, {len(got)} recorded: {tracks[0]}"
    print(text)
    check(len(heard) == len(set(heard)) and len(sent) - len(heard) > link_test.PER_SECOND / 4, f"void: {text}")
    check(got == sent and tracks[0]["verdict"] == "proven", f"the recording is not whole: {text}")
    call.node.stop()


def kill(node):
    """weir-media dies; waits for its successor."""
    victim = node.child("weir-media")
    os.kill(victim, signal.SIGKILL)
    wait_until(lambda: (found := node.child("weir-media")) != victim and found, 15, "a successor of weir-media")


def check_killed(call, is_counted):
    """What came to the recorder is each voice less some packets. Of what the dead one's program has copied since, nobody
    knows but the recorder: the ledger calls it lost, and it was not. `is_counted`: gaps of the numbers tell the successor
    how much was missed."""
    for peer in call.peers.values():
        peer.hush()
    call.hang_up()
    tracks = copies.books(call.node)
    for party, track, got in zip(PARTIES, tracks, call.tracks()):
        sent, recorded = call.numbers_sent(party), track["recorder"]["packets"]
        missing, untold = len(sent) - len(got), len(got) - track["fork"]["sent"]
        text = f"{party}: {len(sent)} sent, {len(got)} copies, {untold} of them not booked: {track}"
        print(text)
        copies.check_track(party, got)
        numbers = [copy.number for copy in got]
        check(numbers == sorted(numbers), f"copies out of order: {text}")
        check(recorded == len(got), f"the recorder has not got what came: {text}")
        check(untold > 0, f"the dead one's program has copied nothing: the test is void: {text}")
        check(track["lost_before_us"] == 0 and track["lost_behind_us"] == 0, f"others are blamed: {text}")
        check(not is_counted or track["lost_ours"] == missing + untold, f"{missing} copies are missing: {text}")
        # Numbers that began anew tell nobody how many were missed: then it is doubted, at least.
        verdicts = ("incomplete",) if is_counted else ("incomplete", "unconfirmed")
        check(track["verdict"] in verdicts, f"wrong verdict: {text}")
    call.node.stop()


def killed_under_copies(case):
    """weir-media dies, and its program goes on copying behind it until the successor has come."""
    call = copies.start(case, 500)
    kill(call.node)
    copies.wait_for_copies(call.node, 500)
    check_killed(call, is_counted=True)


def killed_and_renumbered(case):
    """The same, and the streams' numbers begin anew before the successor is there: it does not use the recorder's again
    that the dead one's program has used."""
    jump = threading.Event()

    def order():
        for number in itertools.count():
            if jump.is_set():
                break
            yield number
        yield from itertools.count(number + JUMP)

    call = copies.start(case, 500, {party: order() for party in PARTIES})
    threading.Timer(0.3, jump.set).start()  # the successor has more to do before it receives
    kill(call.node)
    copies.wait_for_copies(call.node, 500)
    check_killed(call, is_counted=False)


def killed_under_fast_copies(case):
    """More packets than a gap of a stream may have (RFC 3550 A.1) pass by the successor."""
    call = copies.start(case, 2500)
    kill(call.node)
    copies.wait_for_copies(call.node, 2000)
    check_killed(call, is_counted=False)


if __name__ == "__main__":
    functional.run(recorder_link_down, recorder_has_no_carrier, recorder_device_removed, recorder_refuses_frames,
                   recorder_other_mac, callee_link_down, killed_under_copies, killed_and_renumbered,
                   killed_under_fast_copies)

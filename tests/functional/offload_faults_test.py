#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Flow offload of af_xdp when something dies or goes away: a link, a device, the peer's MAC address or its will to take
frames, weir-media. It costs no more than without offload, and the accounts say whose the loss was."""

import os
import signal
import time

import link_test
from harness import case as functional
from harness import losses, offload, recorder
from harness.call import Call, PARTIES
from harness.case import check
from harness.media_peer import TalkedCall
from harness.network import ip
from harness.process import wait_until

RING = 10922  # records that wait for a worker (WEIR_RECORD_RING)


def link_down_offloaded(case):
    node = offload.start(case)
    call = offload.talked_call(case, node, link_test.PER_SECOND)
    media = node.child("weir-media")
    device = case.network.sbc_device("callee")
    ip("-n", case.network.namespace("sbc"), "link", "set", device, "down")
    time.sleep(link_test.AWAY_SECONDS)  # the length of the fault
    ip("-n", case.network.namespace("sbc"), "link", "set", device, "up")
    back_and_finish(node, call, media)


def device_removed_offloaded(case):
    node = offload.start(case)
    call = offload.talked_call(case, node, link_test.PER_SECOND)
    media = node.child("weir-media")
    case.network.unplug("callee")
    time.sleep(link_test.AWAY_SECONDS)
    case.network.plug("callee")
    case.network.take_xdp_frames("callee")
    back_and_finish(node, call, media)


def back_and_finish(node, call, media):
    back = time.monotonic()
    wait_until(lambda: call.is_flowing(back), 10, "media both ways after the link came back")
    offload.wait_for_kernel(node, 500)
    link_test.finish(node, call, media)


def other_mac_offloaded(case):
    """The callee's new MAC address reaches the kernel's program, too."""
    node = offload.start(case)
    call = offload.talked_call(case, node, link_test.PER_SECOND)
    far = case.network.namespace("callee")
    ip("netns", "exec", far, "sysctl", "-qw", "net.ipv4.conf.eth0.arp_notify=1")
    ip("-n", far, "link", "set", "eth0", "address", "02:00:00:00:00:77")
    changed = time.monotonic()
    wait_until(lambda: call.is_flowing(changed), 3, "media after the change of the MAC address")
    offload.wait_for_kernel(node, 500)
    times = [at for at, _ in call.peers["callee"].received]
    gap = max(later - earlier for earlier, later in zip(times, times[1:]))
    print(f"the longest silence of the callee was {gap:.3f} s")
    check(gap < 1.0, f"the callee heard nothing for {gap:.2f} s")
    call.hang_up()
    node.stop()


def peer_refuses_frames(case):
    """The callee's end of the link takes no redirected frames any more: the worker relays, until it does again."""
    node = offload.start(case)
    call = offload.talked_call(case, node, link_test.PER_SECOND)
    device = case.network.sbc_device("callee")
    case.network.take_xdp_frames("callee", False)
    wait_until(lambda: not offload.is_offloaded(node, device), 5, "the node to see it")
    away = time.monotonic()
    wait_until(lambda: call.is_flowing(away, 500), 5, "media both ways by the worker")
    case.network.take_xdp_frames("callee")
    wait_until(lambda: offload.is_offloaded(node, device), 5, "the node to see that it is back")
    offload.wait_for_kernel(node, 1000)
    for peer in call.peers.values():
        peer.hush()
    sent, heard = call.peers["caller"].sent, call.peers["callee"].numbers_received()
    lost = sorted({number for _, number in sent} - set(heard))
    print(f"{len(sent)} sent, {len(lost)} lost: {lost[:1]} to {lost[-1:]}")
    check(heard == sorted(set(heard)), "the callee heard packets twice or out of order")
    check(len(lost) < 0.2 * link_test.PER_SECOND, f"{len(lost)} packets were lost")
    offload.check_heard(call.peers["callee"], call.peers["caller"])
    call.hang_up()
    print(node.wait_for_cdr()["media"][0])
    node.stop()


def media_killed_offloaded(case):
    """The kernel goes on relaying behind the process that has died; its successor's accounts do not say that all is well."""
    recordings = recorder.start(case)
    node = offload.start(case)
    call = Call(case, ("caller", "callee", "recorder"))
    call.start(8)
    offload.wait_for_kernel(node, 100)
    victim = node.child("weir-media")
    os.kill(victim, signal.SIGKILL)
    wait_until(lambda: (found := node.child("weir-media")) != victim and found, 15, "a successor of weir-media")
    offload.wait_for_kernel(node, 100)
    call.wait()
    cdr = node.wait_for_cdr()
    found = losses.of_recorded_call(call, recordings)
    for one, media, track in zip(found, cdr["media"], cdr["recordings"][0]["tracks"]):
        text = f"{one}\n{media}\n{track}"
        print(text)
        missing = len(one.sent) - len(one.recorded)
        check(track["laws"] == "ok", f"a law is broken: {text}")
        check(media["expected"] == len(one.sent), f"not every packet sent was expected: {text}")
        check(media["lost_before_us"] == 0 and track["lost_before_us"] == 0, f"the network is blamed: {text}")
        # What the dead one's program relayed nobody has counted: it is called lost, and was not.
        check(media["lost_ours"] >= len(one.sent) - len(one.relayed), f"a loss of ours is hidden: {text}")
        # The same of its copies: the recorder has them, and the books do not.
        untold = len(one.recorded) - track["fork"]["sent"]
        check(untold >= 0 and track["recorder"]["packets"] == len(one.recorded), f"not what the recorder got: {text}")
        check(track["lost_ours"] == missing + untold, f"{missing} packets are not recorded: {text}")
        check(track["lost_behind_us"] == 0, f"the recorder is blamed: {text}")
        check(track["verdict"] == ("proven" if track["missing"] == 0 else "incomplete"), f"wrong verdict: {text}")
    node.stop()


def media_stopped_offloaded(case):
    """weir-media stands still until the kernel has no room for records left: what nobody could take is ours."""
    recordings = recorder.start(case)
    node = offload.start(case)
    call = TalkedCall(case)
    call.connect(per_second=4000)
    offload.wait_for_kernel(node, 2000)
    media = node.child("weir-media")
    caller = call.peers["caller"]
    heard = len(call.peers["callee"].received)
    os.kill(media, signal.SIGSTOP)
    try:
        begin = len(caller.sent)
        time.sleep(3.0)
        wait_until(lambda: len(caller.sent) > begin + RING + 4096, 10, "more packets than all rings hold")
    finally:
        os.kill(media, signal.SIGCONT)
    heard = len(call.peers["callee"].received) - heard
    print(f"{heard} of {len(caller.sent) - begin} were heard while weir-media stood still")
    back = time.monotonic()
    wait_until(lambda: call.is_flowing(back, 1000), 10, "media both ways afterwards")
    check(node.child("weir-media") == media, "weir-media was restarted")
    for peer in call.peers.values():
        peer.hush()
    last = caller.sent[-1][1]
    wait_until(lambda: call.peers["callee"].received[-1][1] == last, 5, "the last packet")
    call.hang_up()
    cdr = node.wait_for_cdr()
    for (near, far), media, track in zip((PARTIES, PARTIES[::-1]), cdr["media"], cdr["recordings"][0]["tracks"]):
        sent, got = len(call.peers[near].sent), call.peers[far].numbers_received()
        text = f"{near}: {sent} sent, {len(got)} heard\n{media}\n{track}"
        print(text)
        check(got == sorted(set(got)), f"packets came twice or out of order: {text}")
        check(media["expected"] == sent and media["lost_before_us"] == 0, f"the network is blamed: {text}")
        # What waited goes out in one piece; of it the party's own socket may lose some, behind us.
        check(media["lost_ours"] == sent - media["received"], f"the relay's loss is not ours: {text}")
        check(len(got) <= media["relayed"], f"more was heard than relayed: {text}")
        check(track["laws"] == "ok" and track["lost_before_us"] == 0, f"the ledger is wrong: {text}")
    node.stop()


if __name__ == "__main__":
    functional.run(link_down_offloaded, device_removed_offloaded, other_mac_offloaded, peer_refuses_frames,
                   media_killed_offloaded, media_stopped_offloaded)

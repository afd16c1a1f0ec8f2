#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The interface of a realm goes and comes back under a call, and a party changes its MAC address: media go on."""

import time

from harness import case as functional
from harness.case import check
from harness.media_peer import TalkedCall
from harness.network import ip
from harness.node import Node
from harness.process import wait_until

AWAY_SECONDS = 1.0
PER_SECOND = 500
# The kernel stops a device's queue, waits for its readers (an RCU grace period: 5 to 30 ms seen, longer on a busy
# host), and only then tells the node that the device goes. What is sent in between, nobody can name.
UNTOLD_SECONDS = 0.1


def begin(case, mode):
    node = Node(case, io=mode)
    node.start()
    node.check_mode(mode)
    call = TalkedCall(case)
    call.connect(per_second=PER_SECOND)
    start = time.monotonic()
    wait_until(lambda: call.is_flowing(start), 10, "media both ways")
    return node, call, node.child("weir-media")


def finish(node, call, media, seconds=10):
    """Media flow again, the process is the same, and what was lost is ours by name."""
    back = time.monotonic()
    wait_until(lambda: call.is_flowing(back), seconds, "media both ways after the link came back")
    check(node.child("weir-media") == media, "weir-media was restarted")
    call.hang_up()
    cdr = node.wait_for_cdr()
    # What the caller sent reached the node, whose way to the callee was away.
    sent, heard = call.peers["caller"].sent, call.peers["callee"].numbers_received()
    lost = len(sent) - len(set(heard))
    media = cdr["media"][0]
    print(f"{len(sent)} sent by the caller, {lost} lost; {media}")
    check(lost > AWAY_SECONDS * PER_SECOND / 4, f"only {lost} packets were lost: the test is void")
    check(media["lost_before_us"] == 0, f"the network is blamed for a link of ours: {media}")
    check(heard == sorted(set(heard)), "the callee heard packets twice or out of order")
    # The route goes with the device: until the node has looked, and until the neighbour answers when the link
    # is back, it may be the next hop that is missing.
    check(media["drops"].get("link_down", 0) > AWAY_SECONDS * PER_SECOND / 2, f"the link is not named: {media}")
    named = sum(media["drops"].get(verdict, 0) for verdict in ("link_down", "no_neighbour"))
    check(named == media["dropped"] and media["received"] == len(sent), f"other losses: {media}")
    check(lost - named <= UNTOLD_SECONDS * PER_SECOND, f"{lost} packets were lost, {named} have a name: {media}")
    node.stop()


def taken_down(case, mode):
    node, call, media = begin(case, mode)
    device = case.network.sbc_device("callee")
    ip("-n", case.network.namespace("sbc"), "link", "set", device, "down")
    time.sleep(AWAY_SECONDS)  # the length of the fault
    ip("-n", case.network.namespace("sbc"), "link", "set", device, "up")
    finish(node, call, media)


def removed(case, mode):
    node, call, media = begin(case, mode)
    case.network.unplug("callee")
    time.sleep(AWAY_SECONDS)
    case.network.plug("callee")
    finish(node, call, media)


def link_down_af_packet(case):
    taken_down(case, "af_packet")


def link_down_af_xdp(case):
    taken_down(case, "af_xdp")


def device_removed_af_packet(case):
    removed(case, "af_packet")


def device_removed_af_xdp(case):
    removed(case, "af_xdp")


def other_mac(case, mode):
    """The callee gets another MAC address and says so with a gratuitous ARP, as a spare machine does (RFC 5227 3)."""
    node, call, _ = begin(case, mode)
    far = case.network.namespace("callee")
    ip("netns", "exec", far, "sysctl", "-qw", "net.ipv4.conf.eth0.arp_notify=1")
    ip("-n", far, "link", "set", "eth0", "address", "02:00:00:00:00:77")
    changed = time.monotonic()
    wait_until(lambda: call.is_flowing(changed), 3, "media after the change of the MAC address")
    gap = max(later - earlier for (earlier, _), (later, _) in
              zip(call.peers["callee"].received, call.peers["callee"].received[1:]))
    check(gap < 1.0, f"the callee heard nothing for {gap:.2f} s")
    print(f"the longest silence of the callee was {gap:.3f} s")
    call.hang_up()
    node.stop()


def other_mac_af_packet(case):
    other_mac(case, "af_packet")


def other_mac_af_xdp(case):
    other_mac(case, "af_xdp")


if __name__ == "__main__":
    functional.run(link_down_af_packet, link_down_af_xdp, device_removed_af_packet, device_removed_af_xdp,
                   other_mac_af_packet, other_mac_af_xdp)

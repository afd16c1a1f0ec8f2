# SPDX-License-Identifier: Apache-2.0
"""A node whose kernel relays established streams (flow offload of af_xdp), and whether all went on as if it did not."""

import sys

from .case import SKIPPED, check
from .media_peer import TalkedCall
from .node import Node
from .process import TestFailure, wait_until

BY_KERNEL = "weir_dataplane_relayed_by_kernel_packets_total"
MODE = "af_xdp"


def start(case, **options):
    """A node whose kernel relays between all parties."""
    for party in case.network.parties:
        case.network.take_xdp_frames(party)
    node = Node(case, io=MODE, **options)
    node.start()
    node.check_mode(MODE)
    if "the kernel does not tell what its devices can do for XDP" in node.log("weir-media"):
        print("skipped: this kernel is older than 6.3")
        sys.exit(SKIPPED)
    devices = {case.network.sbc_device(party) for party in case.network.parties}
    wait_until(lambda: all(is_offloaded(node, device) for device in devices), 10, "the kernel to relay by all devices")
    return node


def is_offloaded(node, device):
    """Whether the last thing that weir-media has said of the device is that the kernel relays."""
    states = [line for line in node.log("weir-media").splitlines()
              if " io.offload " in line and f"device={device} " in line]
    return bool(states) and "the kernel relays established streams" in states[-1]


def talked_call(case, node, per_second):
    """One whose streams the kernel relays, both."""
    call = TalkedCall(case)
    call.connect(per_second=per_second)
    wait_for_kernel(node)
    return call


def wait_for_kernel(node, more=200):
    """Until the kernel has relayed so many packets from now on."""
    before = node.metric(BY_KERNEL)
    wait_until(lambda: node.metric(BY_KERNEL) >= before + more, 20, f"{more} packets relayed by the kernel")


def check_heard(near, far, heard=None):
    """All that was sent, each packet once, in its order; nobody sends any more."""
    sent = [number for _, number in near.sent]
    if heard is None:
        try:
            wait_until(lambda: len(far.received) >= len(sent), 3, "the last packets")
        except TestFailure:
            pass
        heard = far.numbers_received()
    if heard == sent:
        return
    at = next((at for at, pair in enumerate(zip(sent, heard)) if pair[0] != pair[1]), min(len(sent), len(heard)))
    check(False, f"{near.party} to {far.party}: {len(sent)} sent, {len(heard)} heard, missing "
                 f"{sorted(set(sent) - set(heard))[:20]}; from {at} on {sent[at:at + 8]} became {heard[at:at + 8]}")


def check_all_heard(call):
    for peer in call.peers.values():
        peer.hush()
    check_heard(call.peers["caller"], call.peers["callee"])
    check_heard(call.peers["callee"], call.peers["caller"])

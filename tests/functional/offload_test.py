#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Flow offload of af_xdp: the kernel relays established streams by itself, and nobody can tell: not the parties, not the
recorder, not the accounts. What moves, breaks or attacks such a stream costs no more than without."""

import itertools
import os
import random
import signal
import socket
import struct
import sys
import time

import link_test
import workers_test
from harness import case as functional
from harness import losses, recorder
from harness.call import Call, PARTIES
from harness.case import check
from harness.frames import Frames
from harness.media_peer import SSRC, MediaPeer, TalkedCall
from harness.network import ip
from harness.node import Node
from harness.process import wait_until
from harness.user_agent import sdp

MODE = "af_xdp"
BY_KERNEL = "weir_dataplane_relayed_by_kernel_packets_total"
DROPS = "weir_dataplane_drops_total"


def start(case, **options):
    """A node whose kernel relays between all parties."""
    for party in case.network.parties:
        case.network.take_xdp_frames(party)
    node = Node(case, io=MODE, **options)
    node.start()
    node.check_mode(MODE)
    if "the kernel does not tell what its devices can do for XDP" in node.log("weir-media"):
        print("skipped: this kernel is older than 6.3")
        sys.exit(77)
    devices = {case.network.sbc_device(party) for party in case.network.parties}
    wait_until(lambda: all(is_offloaded(node, device) for device in devices), 10, "the kernel to relay by all devices")
    return node


def offload_states(node, device):
    """What weir-media has said of the device, the last one at the end."""
    return [line for line in node.log("weir-media").splitlines()
            if " io.offload " in line and f"device={device} " in line]


def is_offloaded(node, device):
    states = offload_states(node, device)
    return bool(states) and "the kernel relays established streams" in states[-1]


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
        except functional.TestFailure:
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


def recorded_call_offloaded(case):
    """What was relayed by the kernel and recorded is what the parties sent, byte for byte."""
    recordings = recorder.start(case)
    node = start(case)
    call = Call(case)
    call.start()
    call.wait()
    ledger = node.wait_for_ledger("proven")
    call.finish_captures()
    call.check_relay()
    recorder.check_tracks(recordings, call, ledger)
    sent = sum(len(call.sent_by(party)) for party in PARTIES)
    by_kernel = node.metric(BY_KERNEL)
    print(f"{sent} packets, {by_kernel:.0f} of them relayed by the kernel")
    check(by_kernel > sent / 2, f"the kernel relayed {by_kernel:.0f} of {sent} packets: the test is void")
    node.stop()


def moved_offloaded(case):
    """The caller goes to another port and back in mid-stream; each packet comes once, in order, at one of the two."""
    node = start(case)
    call = TalkedCall(case)
    call.connect(per_second=500)
    wait_for_kernel(node)
    caller = call.peers["caller"]
    other = MediaPeer(case, "caller", caller.port + 100)
    other.listen()
    settled = []
    for _ in range(3):
        call.change(sdp(call.caller.address, [other.port]))
        settled.append((time.monotonic(), caller))
        wait_until(lambda: other.received and other.received[-1][0] > settled[-1][0] + 0.7, 5, "media at the other port")
        call.change(sdp(call.caller.address, [caller.port]))
        settled.append((time.monotonic(), other))
        wait_until(lambda: caller.received[-1][0] > settled[-1][0] + 0.7, 5, "media at the first port")
    call.peers["callee"].hush()
    sent = call.peers["callee"].sent
    wait_until(lambda: len(caller.received) + len(other.received) >= len(sent), 5, "the last packets")
    by_time = sorted(caller.received + other.received)
    check_heard(call.peers["callee"], caller, [number for _, number in by_time])
    for (at, old), (until, _) in zip(settled, settled[1:]):
        late = [number for when, number in old.received if at < when < until - 0.1]
        check(not late, f"{len(late)} packets came to the old port after the answer: {late[:10]}")
    print(f"{node.metric(BY_KERNEL):.0f} relayed by the kernel")
    node.stop()



def uneven(seed):
    """Numbers of packets as a bad network delivers them: of a hundred, one pair is swapped, one is doubled, one missing."""
    chance = random.Random(seed)
    numbers = itertools.count()
    for number in numbers:
        fate = chance.random()
        if fate < 0.01:
            yield next(numbers)
        if fate < 0.02:
            yield number
        if fate < 0.99:
            yield number


def uneven_calls(case, **options):
    """Streams of which the kernel gives up each a few times a second: nothing is overtaken on the way to the worker and back."""
    seed = random.randrange(2**32)
    print(f"seed {seed}")
    node = start(case, **options)
    calls = [TalkedCall(case, offset=10 * number, sip_offset=number) for number in range(4)]
    for call in calls:
        call.connect(calls[0].callee, per_second=200,
                     orders={party: uneven(f"{seed} {call.peers[party].port}") for party in PARTIES})
    begin = time.monotonic()
    wait_until(lambda: all(call.is_flowing(begin, 2000) for call in calls), 20, "media of all calls")
    for call in calls:
        check_all_heard(call)
    sent = sum(len(peer.sent) for call in calls for peer in call.peers.values())
    by_kernel = node.metric(BY_KERNEL)
    print(f"{sent} sent, {by_kernel:.0f} relayed by the kernel")
    check(by_kernel > 0, "the kernel relayed nothing: the test is void")
    check(node.metric("weir_dataplane_laws_broken_total") == 0, "a law is broken")
    for call in calls:
        call.hang_up()
    node.stop()


def uneven_offloaded(case):
    uneven_calls(case)


def talked_call(case, node, per_second=link_test.PER_SECOND):
    """One whose streams the kernel relays, both."""
    call = TalkedCall(case)
    call.connect(per_second=per_second)
    wait_for_kernel(node)
    return call


def link_down_offloaded(case):
    node = start(case)
    call = talked_call(case, node)
    media = node.child("weir-media")
    device = case.network.sbc_device("callee")
    ip("-n", case.network.namespace("sbc"), "link", "set", device, "down")
    time.sleep(link_test.AWAY_SECONDS)  # the length of the fault
    ip("-n", case.network.namespace("sbc"), "link", "set", device, "up")
    back_and_finish(node, call, media)


def device_removed_offloaded(case):
    node = start(case)
    call = talked_call(case, node)
    media = node.child("weir-media")
    case.network.unplug("callee")
    time.sleep(link_test.AWAY_SECONDS)
    case.network.plug("callee")
    case.network.take_xdp_frames("callee")
    back_and_finish(node, call, media)


def back_and_finish(node, call, media):
    back = time.monotonic()
    wait_until(lambda: call.is_flowing(back), 10, "media both ways after the link came back")
    wait_for_kernel(node, 500)
    link_test.finish(node, call, media)


def other_mac_offloaded(case):
    """The callee's new MAC address reaches the kernel's program, too."""
    node = start(case)
    call = talked_call(case, node)
    far = case.network.namespace("callee")
    ip("netns", "exec", far, "sysctl", "-qw", "net.ipv4.conf.eth0.arp_notify=1")
    ip("-n", far, "link", "set", "eth0", "address", "02:00:00:00:00:77")
    changed = time.monotonic()
    wait_until(lambda: call.is_flowing(changed), 3, "media after the change of the MAC address")
    wait_for_kernel(node, 500)
    times = [at for at, _ in call.peers["callee"].received]
    gap = max(later - earlier for earlier, later in zip(times, times[1:]))
    print(f"the longest silence of the callee was {gap:.3f} s")
    check(gap < 1.0, f"the callee heard nothing for {gap:.2f} s")
    call.hang_up()
    node.stop()


def peer_refuses_frames(case):
    """The callee's end of the link takes no redirected frames any more: the worker relays, until it does again."""
    node = start(case)
    call = talked_call(case, node)
    device = case.network.sbc_device("callee")
    case.network.take_xdp_frames("callee", False)
    wait_until(lambda: not is_offloaded(node, device), 5, "the node to see it")
    away = time.monotonic()
    wait_until(lambda: call.is_flowing(away, 500), 5, "media both ways by the worker")
    case.network.take_xdp_frames("callee")
    wait_until(lambda: is_offloaded(node, device), 5, "the node to see that it is back")
    wait_for_kernel(node, 1000)
    for peer in call.peers.values():
        peer.hush()
    sent, heard = call.peers["caller"].sent, call.peers["callee"].numbers_received()
    lost = sorted({number for _, number in sent} - set(heard))
    print(f"{len(sent)} sent, {len(lost)} lost: {lost[:1]} to {lost[-1:]}")
    check(heard == sorted(set(heard)), "the callee heard packets twice or out of order")
    check(len(lost) < 0.2 * link_test.PER_SECOND, f"{len(lost)} packets were lost")
    check_heard(call.peers["callee"], call.peers["caller"])
    call.hang_up()
    print(node.wait_for_cdr()["media"][0])
    node.stop()



INJECTED = 0x80000000  # numbers of packets that are no party's


class Injector:
    """RTP of any kind to the caller's port of the node, each packet with a number of its own."""

    def __init__(self, case, call):
        self._peer = call.peers["caller"]
        self.wire = Frames(case, "caller", self._peer.port, call.ports["caller"])
        self.number = INJECTED

    def rtp(self, ahead=1, first=0x80, second=0, ssrc=SSRC["caller"], octets=160, before=b""):
        """`ahead` of the last packet that the caller has sent."""
        self.number += 1
        sequence = (self._peer.sent[-1][1] + ahead) % 0x10000
        return (struct.pack("!BBHII", first, second, sequence, 0, ssrc) + before +
                struct.pack("!I", self.number) * (octets // 4))

    def rtcp(self):
        """A sender report (RFC 3550 6.4.1) with the number where RTP has it."""
        self.number += 1
        return struct.pack("!BBHIIIIII", 0x80, 200, 6, SSRC["caller"], 0, self.number, 0, 0, 0)

    def send(self, payload, options=b"", fragment=0, bad_ip=False, behind=b"", **udp):
        wire = self.wire
        wire.send(wire.ethernet(wire.ipv4(wire.udp(payload, **udp) + behind, options=options, fragment=fragment,
                                          bad=bad_ip)))


def strangers(injector):
    """What is none of the stream's packets: dropped and counted, or RTCP; the kernel goes on relaying."""
    rtp = injector.rtp
    yield "wrong_source", lambda: injector.send(rtp(), source_port=39999)
    yield "wrong_source", lambda: send_from(injector, "10.77.1.77")
    yield "bad_checksum", lambda: injector.send(rtp(), bad=True)
    yield "bad_checksum", lambda: injector.send(rtp(ahead=20), bad=True)
    yield "bad_checksum", lambda: injector.send(rtp(), bad_ip=True)
    yield "fragment", lambda: injector.send(rtp(), fragment=0x2000)
    yield "ip_options", lambda: injector.send(rtp(), options=bytes.fromhex("94040000"))
    yield "truncated", lambda: injector.send(rtp(), length=900)
    yield "truncated", lambda: injector.send(rtp(), length=4)
    yield "too_short", lambda: injector.send(bytes.fromhex("8000"))
    yield "bad_version", lambda: injector.send(rtp(first=0x00))  # STUN (RFC 7983)
    yield "wrong_source", lambda: injector.send(injector.rtcp(), source_port=39999)
    yield None, lambda: injector.send(injector.rtcp())  # RFC 5761: the stream's own, and the worker's to relay

def send_from(injector, address):
    wire = injector.wire
    ours, wire.source = wire.source, socket.inet_aton(address)
    injector.send(injector.rtp())
    wire.source = ours


def insiders(injector):
    """From the caller's own address: relayed as they are or dropped by verdict, and the worker has the stream for a while."""
    rtp = injector.rtp
    yield None, lambda: injector.send(rtp(ssrc=0xBAD))
    yield None, lambda: injector.send(rtp(ahead=-100))
    yield None, lambda: injector.send(rtp(ahead=5))
    yield None, lambda: injector.send(rtp(ahead=300))
    yield None, lambda: injector.send(rtp(ahead=-20000))
    yield None, lambda: injector.send(rtp(first=0x90, before=bytes.fromhex("bede000100000000")))
    yield None, lambda: injector.send(rtp(octets=1000))
    yield None, lambda: injector.send(rtp() + b"odd")
    yield None, lambda: injector.send(rtp(), behind=b"behind")
    yield "bad_header", lambda: injector.send(rtp(first=0x8F, octets=20))
    yield "exceeds_mtu", lambda: injector.send(rtp(octets=1400))


def attack(injector, kinds, times):
    """All of them, in turn; the verdicts that must rise, and how many packets had none."""
    expected = {}
    relayed = 0
    for _ in range(times):
        for verdict, send in kinds(injector):
            send()
            if verdict:
                expected[verdict] = expected.get(verdict, 0) + 1
            else:
                relayed += 1
            time.sleep(0.005)  # a trickle among the stream's packets
    return expected, relayed


def wait_for_verdicts(node, before, expected):
    def risen():
        text = node.metrics()
        return {name: node.metric(DROPS, text, verdict=name) - node.metric(DROPS, before, verdict=name)
                for name in expected}
    try:
        wait_until(lambda: risen() == expected, 5, "the verdicts")
    except functional.TestFailure:
        check(False, f"expected {expected}, counted {risen()}")


def check_strange(party, count):
    strange = [number for number in party.numbers_received() if number >= INJECTED]
    check(len(strange) == count, f"{count} were to be relayed, {len(strange)} were")


def attacked_offloaded(case):
    """A sprayer at the media port of a stream that the kernel relays."""
    case.network.set_mtu("callee", 1300)
    node = start(case)
    call = talked_call(case, node, per_second=200)
    injector = Injector(case, call)
    caller, callee = call.peers["caller"], call.peers["callee"]
    before = node.metrics()
    sent = len(caller.sent) + len(callee.sent)
    expected, relayed = attack(injector, strangers, 20)
    wait_for_verdicts(node, before, expected)
    sent = len(caller.sent) + len(callee.sent) - sent
    by_kernel = node.metric(BY_KERNEL) - node.metric(BY_KERNEL, before)
    print(f"{expected}: {by_kernel:.0f} of {sent} packets by the kernel meanwhile")
    check(by_kernel > 0.8 * sent, f"strangers took the stream from the kernel: {by_kernel:.0f} of {sent} packets")
    check_strange(callee, relayed)
    before = node.metrics()
    expected, more = attack(injector, insiders, 20)
    wait_for_verdicts(node, before, expected)
    wait_for_kernel(node)
    for peer in call.peers.values():
        peer.hush()
    check_strange(callee, relayed + more)
    check_heard(caller, callee, [number for number in callee.numbers_received() if number < INJECTED])
    check_heard(callee, caller)
    call.hang_up()
    print(node.wait_for_cdr()["media"][0])
    check(node.metric("weir_dataplane_laws_broken_total") == 0, "a law is broken")
    node.stop()


def media_killed_offloaded(case):
    """The kernel goes on relaying behind the process that has died; its successor's accounts do not say that all is well."""
    recordings = recorder.start(case)
    node = start(case)
    call = Call(case, ("caller", "callee", "recorder"))
    call.start(8)
    wait_for_kernel(node, 100)
    victim = node.child("weir-media")
    os.kill(victim, signal.SIGKILL)
    wait_until(lambda: (found := node.child("weir-media")) != victim and found, 15, "a successor of weir-media")
    wait_for_kernel(node, 100)
    call.wait()
    cdr = node.wait_for_cdr()
    call.finish_captures()
    found = [losses.Losses(call, track, party) for track, party in enumerate(PARTIES)]
    for one, media, track in zip(found, cdr["media"], cdr["recordings"][0]["tracks"]):
        text = f"{one}\n{media}\n{track}"
        print(text)
        one.check_nothing_is_invented()
        missing = len(one.sent) - len(one.recorded)
        check(track["laws"] == "ok", f"a law is broken: {text}")
        check(media["expected"] == len(one.sent), f"not every packet sent was expected: {text}")
        check(media["lost_before_us"] == 0 and track["lost_before_us"] == 0, f"the network is blamed: {text}")
        # What the dead one's program relayed nobody has counted: it is called lost, and was not.
        check(media["lost_ours"] >= len(one.sent) - len(one.relayed), f"a loss of ours is hidden: {text}")
        check(track["lost_ours"] == missing, f"{missing} packets are not recorded: {text}")
        check(track["verdict"] == ("proven" if track["missing"] == 0 else "incomplete"), f"wrong verdict: {text}")
    recorder.check_recorded(recordings, [b"".join(one.recorded) for one in found])
    node.stop()


def media_stopped_offloaded(case):
    """weir-media stands still until the kernel has no room for records left: what nobody could take is ours."""
    recordings = recorder.start(case)
    node = start(case)
    call = TalkedCall(case)
    call.connect(per_second=4000)
    wait_for_kernel(node, 2000)
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


RING = 10922  # records that wait for a worker (WEIR_RECORD_RING)


def two_workers_offloaded(case):
    """Fast calls of both workers, given to the kernel and taken back again and again: of the worker that sends by the
    other one's queue nothing is overtaken."""
    node = start(case, media=[workers_test.CORES])
    calls = [TalkedCall(case, offset=10 * number, sip_offset=number) for number in range(2)]
    for call in calls:
        call.connect(calls[0].callee, per_second=1500)
    for _ in range(15):
        wait_for_kernel(node, 1500)
        for call in calls:
            call.change(sdp(call.caller.address, [call.peers["caller"].port]))
    for call in calls:
        check_all_heard(call)
    sent = sum(len(peer.sent) for call in calls for peer in call.peers.values())
    print(f"{sent} sent, {node.metric(BY_KERNEL):.0f} relayed by the kernel")
    for call in calls:
        call.hang_up()
    node.stop()


def uneven_two_workers_offloaded(case):
    uneven_calls(case, media=[workers_test.CORES])


@functional.on_network(beside={"callee": "caller"})
def one_device_offloaded(case):
    """Both realms on one device: what the kernel relays leaves as it came."""
    uneven_calls(case)


if __name__ == "__main__":
    functional.run(recorded_call_offloaded, moved_offloaded, uneven_offloaded, link_down_offloaded,
                   device_removed_offloaded, other_mac_offloaded, peer_refuses_frames, attacked_offloaded,
                   media_killed_offloaded, media_stopped_offloaded, two_workers_offloaded, uneven_two_workers_offloaded,
                   one_device_offloaded)

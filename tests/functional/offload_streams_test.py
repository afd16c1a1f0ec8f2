#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Flow offload of af_xdp: the kernel relays established streams by itself, and nobody can tell: not the parties, not the
recorder, not the accounts. Streams that move, come uneven or are attacked are whole and in order."""

import itertools
import random
import socket
import struct
import time

import workers_test
from harness import case as functional
from harness import copies, offload, recorder
from harness.call import Call, PARTIES
from harness.case import check
from harness.frames import Frames
from harness.media_peer import SSRC, MediaPeer, TalkedCall
from harness.process import wait_until
from harness.user_agent import sdp

DROPS = "weir_dataplane_drops_total"


def recorded_call_offloaded(case):
    """What was relayed by the kernel and recorded is what the parties sent, byte for byte."""
    recordings = recorder.start(case)
    node = offload.start(case)
    call = Call(case)
    call.start()
    recorder.check_recorded_call(node, call, recordings)
    sent = sum(len(call.sent_by(party)) for party in PARTIES)
    by_kernel = node.metric(offload.BY_KERNEL)
    print(f"{sent} packets, {by_kernel:.0f} of them relayed by the kernel")
    check(by_kernel > sent / 2, f"the kernel relayed {by_kernel:.0f} of {sent} packets: the test is void")
    node.stop()


def moved_offloaded(case):
    """The caller goes to another port and back in mid-stream; each packet comes once, in order, at one of the two."""
    node = offload.start(case)
    call = TalkedCall(case)
    call.connect(per_second=500)
    offload.wait_for_kernel(node)
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
    offload.check_heard(call.peers["callee"], caller, [number for _, number in by_time])
    for (at, old), (until, _) in zip(settled, settled[1:]):
        late = [number for when, number in old.received if at < when < until - 0.1]
        check(not late, f"{len(late)} packets came to the old port after the answer: {late[:10]}")
    print(f"{node.metric(offload.BY_KERNEL):.0f} relayed by the kernel")
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
    node = offload.start(case, **options)
    calls = [TalkedCall(case, offset=10 * number, sip_offset=number) for number in range(4)]
    for call in calls:
        call.connect(calls[0].callee, per_second=200,
                     orders={party: uneven(f"{seed} {call.peers[party].port}") for party in PARTIES})
    begin = time.monotonic()
    wait_until(lambda: all(call.is_flowing(begin, 2000) for call in calls), 20, "media of all calls")
    for call in calls:
        offload.check_all_heard(call)
    sent = sum(len(peer.sent) for call in calls for peer in call.peers.values())
    by_kernel = node.metric(offload.BY_KERNEL)
    print(f"{sent} sent, {by_kernel:.0f} relayed by the kernel")
    check(by_kernel > 0, "the kernel relayed nothing: the test is void")
    check(node.metric("weir_dataplane_laws_broken_total") == 0, "a law is broken")
    for call in calls:
        call.hang_up()
    node.stop()


def uneven_offloaded(case):
    uneven_calls(case)


def two_workers_offloaded(case):
    """Fast calls of both workers, given to the kernel and taken back again and again: of the worker that sends by the
    other one's queue nothing is overtaken."""
    node = offload.start(case, media=[workers_test.CORES])
    calls = [TalkedCall(case, offset=10 * number, sip_offset=number) for number in range(2)]
    for call in calls:
        call.connect(calls[0].callee, per_second=1500)
    for turn in range(15):
        offload.wait_for_kernel(node, 1500)
        for call in calls:
            copies.take_back(call, turn)
    for call in calls:
        offload.check_all_heard(call)
    sent = sum(len(peer.sent) for call in calls for peer in call.peers.values())
    print(f"{sent} sent, {node.metric(offload.BY_KERNEL):.0f} relayed by the kernel")
    for call in calls:
        call.hang_up()
    node.stop()


def uneven_two_workers_offloaded(case):
    uneven_calls(case, media=[workers_test.CORES])


@functional.on_network(beside={"callee": "caller"})
def one_device_offloaded(case):
    """Both realms on one device: what the kernel relays leaves as it came."""
    uneven_calls(case)


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
    node = offload.start(case)
    call = offload.talked_call(case, node, per_second=200)
    injector = Injector(case, call)
    caller, callee = call.peers["caller"], call.peers["callee"]
    before = node.metrics()
    sent = len(caller.sent) + len(callee.sent)
    expected, relayed = attack(injector, strangers, 20)
    wait_for_verdicts(node, before, expected)
    sent = len(caller.sent) + len(callee.sent) - sent
    by_kernel = node.metric(offload.BY_KERNEL) - node.metric(offload.BY_KERNEL, before)
    print(f"{expected}: {by_kernel:.0f} of {sent} packets by the kernel meanwhile")
    check(by_kernel > 0.8 * sent, f"strangers took the stream from the kernel: {by_kernel:.0f} of {sent} packets")
    check_strange(callee, relayed)
    before = node.metrics()
    expected, more = attack(injector, insiders, 20)
    wait_for_verdicts(node, before, expected)
    offload.wait_for_kernel(node)
    for peer in call.peers.values():
        peer.hush()
    check_strange(callee, relayed + more)
    offload.check_heard(caller, callee, [number for number in callee.numbers_received() if number < INJECTED])
    offload.check_heard(callee, caller)
    call.hang_up()
    print(node.wait_for_cdr()["media"][0])
    check(node.metric("weir_dataplane_laws_broken_total") == 0, "a law is broken")
    node.stop()


if __name__ == "__main__":
    functional.run(recorded_call_offloaded, moved_offloaded, uneven_offloaded, two_workers_offloaded,
                   uneven_two_workers_offloaded, one_device_offloaded, attacked_offloaded)

#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The kernel sends a recorder's copies while the recording is paused and resumed again and again, and while the recorder
moves: nothing twice, nothing that belongs to a hold, and the recorder's numbers go on by one."""

import random
import time

from harness import case as functional
from harness import copies, offload, recorder
from harness.call import PARTIES
from harness.case import check
from harness.network import ip
from harness.user_agent import Dialog, UserAgent, sdp

SETTLED_SECONDS = 0.3  # after the last message of a change: its command is with the worker


class PlayedRecorder:
    """A recorder that the test plays: takes whatever comes, at the ports that it names last."""

    def __init__(self, case, media_address=None):
        self._case = case
        self.agent = UserAgent(case, "recorder")
        self.media_address = media_address or self.agent.address
        self.ports = []
        self.invite = None  # the last one
        self.move()

    def move(self):
        """Names two new ports from now on."""
        first = self.ports[1] + 2 if self.ports else 32000
        self.ports = [first, first + 2]

    def answer(self, seconds=15):
        """To the next INVITE: each track as it is offered. What the directions of the tracks are now."""
        invite = self.invite = self.agent.expect("INVITE", seconds)
        offered = [line[2:] for line in invite.body.split("\r\n") if line in ("a=sendonly", "a=inactive")]
        self.respond(invite, offered)
        return offered

    def respond(self, invite, offered):
        parts = [sdp(self.media_address, [port], "recvonly" if way == "sendonly" else "inactive")
                 for port, way in zip(self.ports, offered)]
        lines = parts[0] + "".join(part[part.index("m=audio"):] for part in parts[1:])
        self.agent.respond(invite, 200, lines)
        self.agent.expect("ACK")


class HeldCall:
    """A recorded call that is held and resumed while both parties go on talking."""

    def __init__(self, call, after_change=lambda: None):
        self.call = call
        self._after_change = after_change
        self.steps = []  # (begin, end, who may talk) of each change

    def change(self, caller_way, callee_way):
        call = self.call
        begin = time.monotonic()
        call.change(sdp(call.caller.address, [call.peers["caller"].port], caller_way),
                    sdp(call.callee.address, [call.peers["callee"].port], callee_way))
        self._after_change()
        talking = {"caller": caller_way.startswith("send"), "callee": callee_way.startswith("send")}
        self.steps.append((begin, time.monotonic(), talking))

    def check_numbers(self, party, numbers):
        """All that was said outside of the holds is there, nothing that was said when a hold had settled."""
        spans = []  # (begin, end, whether the party may talk)
        since, talks = 0.0, True
        for begin, end, talking in [*self.steps, (float("inf"), 0, {})]:
            spans.append((since, begin, talks))
            since, talks = end, talking.get(party)
        got = set(numbers)
        for begin, end, talks in spans:
            settled = begin if talks else begin + SETTLED_SECONDS
            said = [number for at, number in self.call.peers[party].sent if settled < at < end]
            wrong = [number for number in said if (number in got) != talks]
            check(not wrong, f"{party}: {len(wrong)} of {len(said)} packets "
                             f"{'are not there' if talks else 'were said in a hold and are there'}: {wrong[:10]}")


def check_streams(call, held, share=0.4):
    """Of both parties: one SSRC each, numbers that rise by one, payload in the order of the party."""
    call.wire.finish()
    found = copies.on_wire(call.wire.path, call.case.network.sbc_address("recorder"))
    streams = [[copy for copy in found if copy.ssrc == ssrc] for ssrc in dict.fromkeys(copy.ssrc for copy in found)]
    check(len(streams) == 2, f"{len(streams)} SSRCs came to the recorder")
    streams.sort(key=lambda stream: stream[0].port)
    for party, stream in zip(PARTIES, streams):
        numbers = [copy.number for copy in stream]
        print(f"{party}: {len(call.peers[party].sent)} sent, {len(stream)} copies")
        damaged = [copy.number for copy in stream if not copy.is_sound]
        check(not damaged, f"{party}: damaged copies {damaged[:10]}")
        for before, after in zip(stream, stream[1:]):
            check(after.number > before.number, f"{party}: {before.number} came before {after.number}")
            check((after.sequence - before.sequence) % 0x10000 == 1,
                  f"{party}: {before.number} was sent as {before.sequence}, then {after.number} as {after.sequence}")
        held.check_numbers(party, numbers)
    copies.check_share(call.node, len(found), share)
    return streams


def check_books(tracks, streams):
    for party, track, stream in zip(PARTIES, tracks, streams):
        fork = track["fork"]
        print(f"{party}: {fork}")
        check(fork["sent"] == len(stream), f"{party}: {len(stream)} copies came, the books say {track}")
        check(track["missing"] == 0, f"{party}: something is missing: {track}")


def played(case, per_second=200):
    """A call with a recorder that the test plays; its recording is on."""
    node = offload.start(case, recorder_transport="udp")
    played_recorder = PlayedRecorder(case)
    call = copies.RecordedCall(case, node, None)
    call.connect(per_second=per_second)
    played_recorder.answer()
    copies.wait_for_copies(node)
    return call, played_recorder


def end(call, played_recorder):
    call.hang_up()
    played_recorder.agent.respond(played_recorder.agent.expect("BYE"), 200)
    return copies.books(call.node)


HOLDS = (("inactive", "inactive"), ("sendonly", "recvonly"), ("recvonly", "sendonly"))


def held_and_resumed(case):
    """Each kind of hold, short and long, under a recorder that answers at once."""
    call, played_recorder = played(case)
    held = HeldCall(call, played_recorder.answer)
    for number in range(9):
        held.change(*HOLDS[number % 3])
        time.sleep((0.6, 0.05, 0.15)[number // 3])  # the length of the hold
        held.change("sendrecv", "sendrecv")
        copies.wait_for_copies(call.node, 60)
    call.check_parties()
    tracks = end(call, played_recorder)
    check_books(tracks, check_streams(call, held))
    call.node.stop()


def slow_recorder(case):
    """The recorder answers a hold when it is over already, and its end when the next one has begun."""
    call, played_recorder = played(case)
    held = HeldCall(call)
    chance = random.Random(7)
    for _ in range(5):
        begin = time.monotonic()
        held.change("inactive", "inactive")
        invite = played_recorder.agent.expect("INVITE")
        time.sleep(chance.random() * 0.3)  # the recorder's
        call.change(sdp(call.caller.address, [call.peers["caller"].port]))
        time.sleep(chance.random() * 0.3)
        played_recorder.respond(invite, ["inactive", "inactive"])
        played_recorder.answer()
        # Of what was said meanwhile the recorder may have all or some.
        held.steps[-1] = (begin, time.monotonic(), {"caller": True, "callee": True})
        copies.wait_for_copies(call.node, 60)
    call.check_parties()
    tracks = end(call, played_recorder)
    check_books(tracks, check_streams(call, held))
    call.node.stop()


def recorder_moves(case):
    """With each answer the recorder is at new ports, of a track that goes on, too: each packet comes to one of them."""
    call, played_recorder = played(case)
    held = HeldCall(call, played_recorder.answer)
    for number in range(6):
        played_recorder.move()
        held.change(*HOLDS[1 + number % 2])
        time.sleep(0.2)  # the length of the hold
        played_recorder.move()
        held.change("sendrecv", "sendrecv")
        copies.wait_for_copies(call.node, 60)
    call.check_parties()
    tracks = end(call, played_recorder)
    streams = check_streams(call, held)
    check_books(tracks, streams)
    for party, stream in zip(PARTIES, streams):
        ports = [copy.port for copy in stream]
        moves = [port for before, port in zip([0, *ports], ports) if before != port]
        print(f"{party}: {moves}")
        check(moves == sorted(set(moves)) and len(moves) > 6, f"{party}: copies went from port to port: {moves}")
    call.node.stop()


def recorder_is_resolved_late(case):
    """Its media address answers ARP only a while after its SIP has answered: it gets all, from the first packet on."""
    late = case.network.address("recorder").rsplit(".", 1)[0] + ".9"
    node = offload.start(case, recorder_transport="udp")
    played_recorder = PlayedRecorder(case, late)
    call = copies.RecordedCall(case, node, None)
    call.connect(per_second=50)
    played_recorder.answer()
    time.sleep(0.7)  # the length of the silence
    ip("-n", case.network.namespace("recorder"), "address", "add", f"{late}/24", "dev", "eth0")
    copies.wait_for_copies(node, 60)
    call.check_parties()
    tracks = end(call, played_recorder)
    for party, track, books in zip(PARTIES, call.tracks(), tracks):
        copies.check_track(party, track)
        copies.check_whole(party, track, call.numbers_sent(party))
        check(books["missing"] == 0, f"{party}: something is missing: {books}")
    node.stop()


def holds_of_ours(case):
    """Under weir-recorder, whose account proves it."""
    call = copies.start(case)
    held = HeldCall(call)
    for number in range(8):
        held.change(*HOLDS[number % 3])
        time.sleep((0.4, 0.1)[number % 2])  # the length of the hold
        held.change("sendrecv", "sendrecv")
        copies.wait_for_copies(call.node, 60)
    call.check_parties()
    call.hang_up()
    tracks = copies.books(call.node)
    streams = check_streams(call, held, share=0.3)
    check_books(tracks, streams)
    _, files = recorder.audio(call.recordings)
    for party, audio, stream, track in zip(PARTIES, files, streams, tracks):
        check(audio == b"".join(copy.payload for copy in stream), f"the {party}'s file is not what came")
        check(track["verdict"] == "proven", f"{party}: wrong verdict: {track}")
    call.node.stop()


def recorder_leaves(case):
    """Its BYE in mid-call ends the copies, and nothing else; the books have each that left."""
    call, played_recorder = played(case, 500)
    agent = played_recorder.agent
    agent.request("BYE", Dialog.called(played_recorder.invite), 1)
    agent.expect_final()
    left = time.time()
    offload.wait_for_kernel(call.node, 500)
    call.check_parties()
    call.hang_up()
    tracks = copies.books(call.node)
    for party, track, got in zip(PARTIES, tracks, call.tracks()):
        text = f"{party}: {len(call.peers[party].sent)} sent, {len(got)} copies: {track}"
        print(text)
        copies.check_track(party, got, gaps=False)
        copies.check_whole(party, got, call.numbers_sent(party)[:len(got)])
        check(track["fork"]["sent"] == len(got), f"the books say otherwise: {text}")
        check(got[-1].time < left + SETTLED_SECONDS, f"copies came {got[-1].time - left:.2f} s after the BYE: {text}")
    call.node.stop()


if __name__ == "__main__":
    functional.run(held_and_resumed, slow_recorder, recorder_moves, recorder_is_resolved_late, holds_of_ours, recorder_leaves)

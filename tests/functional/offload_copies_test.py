#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The kernel sends a recorder's copies of what it relays, and nobody can tell: not the parties, not the recorder, not the
ledger. Also over holds, uneven streams, beside a party on one device, and where the recorder's link goes."""

import itertools
import json
import time

import offload_streams_test
import workers_test
from harness import case as functional
from harness import copies, offload, recorder
from harness.call import Call, PARTIES
from harness.case import check
from harness.media_peer import TalkedCall
from harness.network import ip
from harness.process import wait_until

EVERY_PARTY = ("caller", "callee", "recorder")


def check_captured(case, call, party, at):
    """Of a call of SIPp: the track is what the party sent, each packet once and sound; no copy is on another wire."""
    source = case.network.sbc_address("recorder")
    sent = [packet.payload for packet in call.sent_by(party)]
    track = copies.by_port(copies.on_wire(call.captures["recorder"].path, source))[at]
    copies.check_track(party, track, gaps=False)
    got = [copy.payload for copy in track]
    check(got == sent, f"{party}: {len(sent)} sent, {len(got)} copies; {copies.first_difference(sent, got)[:200]}")
    return len(track)


def recorded(case, **options):
    """A call of SIPp, captured at everybody: byte for byte, once, and most of it by the kernel."""
    recordings = recorder.start(case)
    node = offload.start(case, **options)
    call = Call(case, EVERY_PARTY)
    call.start(7)
    recorder.check_recorded_call(node, call, recordings)
    count = sum(check_captured(case, call, party, at) for at, party in enumerate(PARTIES))
    check_wires(case, call)
    copies.check_share(node, count)
    print([line for line in node.execute("show media").splitlines() if "kernel" in line])
    node.stop()


def check_wires(case, call):
    """Each frame of audio is where it belongs: at its addressee's device, under its MAC address."""
    targets = {party: bytes(int(part) for part in case.network.address(party).split(".")) for party in EVERY_PARTY}
    for party in EVERY_PARTY:
        space = case.network.namespace(party)
        mac = bytes.fromhex(ip("-n", space, "-br", "link", "show", "dev", "eth0").stdout.split()[2].replace(":", ""))
        here = {targets[each] for each in EVERY_PARTY if case.network.namespace(each) == space}
        for other in EVERY_PARTY:
            for copy in copies.on_wire(call.captures[party].path, case.network.sbc_address(other)):
                check(copy.target in here and copy.target_mac == mac,
                      f"a packet for {copy.target} port {copy.port} came to the {party}'s device")


def copied(case):
    """The recorder is behind a device of its own."""
    recorded(case)


@functional.on_network(beside={"recorder": "caller"})
def copied_beside_caller(case):
    recorded(case)


@functional.on_network(beside={"recorder": "callee"})
def copied_beside_callee(case):
    recorded(case)


@functional.on_network(beside={"callee": "caller"})
def copied_from_one_device(case):
    """Both parties on one device, the recorder on another."""
    recorded(case)


@functional.on_network(beside={"callee": "caller", "recorder": "caller"})
def copied_on_one_device(case):
    recorded(case)


BEGINNING = 600  # packets; those before the recording are of recorded_call_test.py


def uneven(seed):
    """In order until the recording is on."""
    yield from range(BEGINNING)
    yield from (BEGINNING + number for number in offload_streams_test.uneven(seed))


def check_uneven(case, **options):
    """Of a hundred packets one pair is swapped, one doubled, one missing: the recorder gets each once, as it came."""
    call = copies.start(case, 600, {party: uneven(f"{case.seed} {party}") for party in PARTIES}, **options)
    begin = time.monotonic()
    wait_until(lambda: call.is_flowing(begin, 3000), 20, "media both ways")
    call.check_parties()
    call.hang_up()
    tracks = copies.books(call.node)
    wire = call.tracks()
    for party, track, got in zip(PARTIES, tracks, wire):
        sent = call.numbers_sent(party)
        once = list(dict.fromkeys(sent))
        missing = max(once) - min(once) + 1 - len(once)
        copies.check_track(party, got)
        copies.check_whole(party, got, once)
        offset = {(copy.sequence - copy.number) % 0x10000 for copy in got}
        check(len(offset) == 1, f"{party}: the recorder's numbers differ from the party's by {sorted(offset)}")
        check(track["fork"]["sent"] == len(once) and track["lost_before_us"] == missing and
              track["lost_ours"] == track["lost_behind_us"] == 0, f"{party}: {len(once)} sent, {missing} missing: {track}")
        check(track["verdict"] == ("incomplete" if missing else "proven"), f"{party}: wrong verdict: {track}")
    check_files(call, [sorted(set(call.numbers_sent(party))) for party in PARTIES])
    copies.check_share(call.node, sum(len(got) for got in wire), 0.02)  # each of them ends a flow, and rests grow
    call.node.stop()


def check_files(call, expected):
    """The files hold the packets of these numbers."""
    _, tracks = recorder.audio(call.recordings)
    for party, audio, numbers in zip(PARTIES, tracks, expected):
        wanted = b"".join(number.to_bytes(4, "big") * 40 for number in numbers)
        check(audio == wanted, f"the {party}'s file has {len(audio)} bytes, {len(wanted)} expected")


def seeded(case):
    case.seed = time.time_ns() % 2**32
    print(f"seed {case.seed}")
    return case


def copied_uneven(case):
    check_uneven(seeded(case))


def copied_uneven_two_workers(case):
    check_uneven(seeded(case), media=[workers_test.CORES])


@functional.on_network(beside={"callee": "caller", "recorder": "caller"})
def copied_uneven_one_device(case):
    check_uneven(seeded(case))



TURNS = 8


def check_taken_back(case, **options):
    """Copies given to the kernel and taken back again and again: at the recorder nothing is overtaken."""
    call = copies.start(case, 800, **options)
    for turn in range(TURNS):
        copies.wait_for_copies(call.node, 300)
        copies.take_back(call, turn)
    call.check_parties()
    call.hang_up()
    tracks = copies.books(call.node)
    wire = call.tracks()
    for party, track, got in zip(PARTIES, tracks, wire):
        copies.check_track(party, got, gaps=False)
        copies.check_whole(party, got, call.numbers_sent(party))
        check(track["verdict"] == "proven", f"{party}: wrong verdict: {track}")
    count = sum(len(got) for got in wire)
    by_worker = count - copies.check_share(call.node, count, 0.3)
    check(by_worker > TURNS * 50, f"the worker sent {by_worker:.0f} copies: not taken back, the test is void")
    call.node.stop()


def copied_taken_back(case):
    check_taken_back(case)


def copied_taken_back_two_workers(case):
    check_taken_back(case, media=[workers_test.CORES])


CALLS = 12
NUMBERS = 100000  # of packets of one call


def short_calls(case):
    """One call behind the other, each while the parties of the last one still talk, on ports that come again: each book has
    its own call's copies, and each of them."""
    recorder.start(case)
    node = offload.start(case, rtp_ports=(20000, 20046))
    wire = case.capture("recorder")
    calls = []
    for number in range(CALLS):
        call = TalkedCall(case, offset=10 * number, sip_offset=number)
        calls.append(call)
        call.connect(calls[0].callee, 400, orders={party: itertools.count(number * NUMBERS) for party in PARTIES})
        copies.wait_for_copies(node, 100)
        call.end = {party: len(call.peers[party].sent) for party in PARTIES}
        call.caller.request("BYE", call.dialog, 2)
        call.callee.respond(call.callee.expect("BYE"), 200)
        call.caller.expect_final()
        if number:
            hush(calls[number - 1])
    hush(calls[-1])
    cdrs = [json.loads(line) for line in wait_until(lambda: len(node.cdr_lines()) == CALLS and node.cdr_lines(), 20,
                                                    "the CDRs")]
    wire.finish()
    found = copies.on_wire(wire.path, case.network.sbc_address("recorder"))
    check(len({copy.ssrc for copy in found}) == 2 * CALLS, "not one SSRC for each track")
    tracks = {track["fork"]["ssrc"]: track for cdr in cdrs for track in cdr["recordings"][0]["tracks"]}
    for number, call in enumerate(calls):
        for party in PARTIES:
            check_short(number, call, party, found, tracks)
    copies.check_share(node, len(found), 0.3)
    check(node.metric("weir_dataplane_laws_broken_total") == 0, "a law is broken")
    node.stop()


def hush(call):
    for peer in call.peers.values():
        peer.hush()


def check_short(number, call, party, found, tracks):
    source = {"caller": "a", "callee": "b"}[party]
    streams = [(ssrc, got) for ssrc in tracks if tracks[ssrc]["source"] == source
               if (got := [copy for copy in found if copy.ssrc == ssrc]) and got[0].number // NUMBERS == number]
    check(len(streams) == 1, f"call {number}: {len(streams)} tracks of the {party}")
    ssrc, got = streams[0]
    text = f"call {number}, {party}: {call.end[party]} sent until the BYE, {len(got)} copies: {tracks[ssrc]}"
    copies.check_track(text, got, gaps=False)
    copies.check_whole(text, got, [each for _, each in call.peers[party].sent][:len(got)])
    check(len(got) >= call.end[party] - 1, f"the end is missing: {text}")
    check(tracks[ssrc]["fork"]["sent"] == tracks[ssrc]["recorder"]["packets"] == len(got), f"wrong books: {text}")
    check(tracks[ssrc]["laws"] == "ok" and tracks[ssrc]["verdict"] == "proven", f"wrong verdict: {text}")


if __name__ == "__main__":
    functional.run(copied, copied_beside_caller, copied_beside_callee, copied_from_one_device, copied_on_one_device,
                   copied_uneven, copied_uneven_two_workers, copied_uneven_one_device, copied_taken_back,
                   copied_taken_back_two_workers, short_calls)

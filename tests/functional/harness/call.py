# SPDX-License-Identifier: Apache-2.0
"""One call between SIPp parties through the node, captured at the parties."""

import os
import re

from . import rtp, sipp
from .case import check
from .process import wait_until

NUMBER = "2000"
PARTIES = ("caller", "callee")
# That the node may add to an answer: far above its work, also on a busy machine, and below kRecorderNoAnswer.
ANSWER_DELAY_SECONDS = 0.7


class Call:
    """Places the call, waits for both parties, and holds what each of them sent and received."""

    def __init__(self, case, capture_parties=PARTIES):
        self._case = case
        self.captures = {party: case.capture(party) for party in capture_parties}
        self._expected_packets = 0
        self.datagrams = {}
        self.caller = None
        self.callee = None

    def start(self, seconds=4, tail_ms=500):
        """Both talk for `seconds` from the answer on; the caller hangs up `tail_ms` after its stream."""
        self._expected_packets += seconds * 50
        streams = self._write_streams("stream", seconds)
        self.callee = sipp.callee(self._case, "callee", {"STREAM": streams["callee"]})
        self.caller = sipp.caller(self._case, NUMBER, "caller",
                                  {"STREAM": streams["caller"], "TALK": seconds * 1000 + tail_ms})

    def start_with_hold(self, seconds=2, hold_ms=1000):
        """Both talk, the caller holds and resumes, both talk again."""
        self._expected_packets += 2 * seconds * 50
        first = self._write_streams("before-hold", seconds)
        second = self._write_streams("after-hold", seconds, skip_seconds=seconds)

        def values(party):
            return {"STREAM1": first[party], "STREAM2": second[party], "TALK": seconds * 1000 + 500, "HOLD": hold_ms}
        self.callee = sipp.callee(self._case, "callee_hold", values("callee"))
        self.caller = sipp.caller(self._case, NUMBER, "caller_hold", values("caller"))

    def start_without_streams(self, talk_ms):
        """Signalling alone: who talks, and how fast, is the business of the test. The caller hangs up after talk_ms."""
        self.callee = sipp.callee(self._case, "callee", {"STREAM": None})
        self.caller = sipp.caller(self._case, NUMBER, "caller", {"STREAM": None, "TALK": talk_ms})

    def media_port(self, party):
        """Where the party was told to send its RTP: the caller by the answer, the callee by the offer."""
        sipp_of_party = self.caller if party == "caller" else self.callee
        begin = "SIP/2.0 200" if party == "caller" else "INVITE sip:"

        def signalled():
            text = sipp_of_party.messages()
            at = text.find(begin)
            return re.search(r"^m=audio (\d+)", text[at:], re.MULTILINE) if at >= 0 else None
        return int(wait_until(signalled, 20, f"the SDP to the {party}").group(1))

    def wait(self):
        self.caller.wait()
        self.callee.wait()

    def wait_for_streams(self):
        """Until both streams have been sent whole and have arrived, and both copies where the recorder is captured."""
        def packets(party):
            return len(rtp.packets_of(self.captures[party].so_far()))
        # At a party: its own stream and the other one's. At the recorder: two copies.
        wait_until(lambda: all(packets(party) >= 2 * self._expected_packets for party in self.captures), 30,
                   "the end of both streams")

    def finish_captures(self):
        self.datagrams = {party: capture.finish() for party, capture in self.captures.items()}

    def sent_by(self, party):
        """The audio packets that a party sent, captured at its own interface."""
        source = (self._case.network.address(party), sipp.RTP_PORTS[party])
        return rtp.packets_of([udp for udp in self.datagrams[party] if udp.source == source])

    def received_by(self, party):
        target = (self._case.network.address(party), sipp.RTP_PORTS[party])
        return rtp.packets_of([udp for udp in self.datagrams[party] if udp.target == target])

    def check_relay(self):
        """Each party received exactly the packets of the other, byte for byte."""
        for sender, receiver in (PARTIES, PARTIES[::-1]):
            sent, received = self.sent_by(sender), self.received_by(receiver)
            # A busy machine slows SIPp down, and the caller hangs up by the clock.
            check(len(sent) >= self._expected_packets / 5, f"{sender} sent only {len(sent)} packets: the test is void")
            check(len(received) == len(sent), f"{sender} sent {len(sent)} packets, {receiver} got {len(received)}")
            check([packet.payload for packet in sent] == [packet.payload for packet in received],
                  f"{receiver} did not get the packets of {sender} byte for byte and in order")
            self._case.note(sender, sent=len(sent), relayed=len(received))

    def note_losses(self, losses):
        self._case.note(losses.party, sent=len(losses.sent), relayed=len(losses.relayed),
                        recorded=len(losses.recorded))

    def note_recorded(self, party, packets):
        self._case.note(party, recorded=packets)

    def check_forks(self):
        """The recorder received exactly what each party sent, each on one stream of its own."""
        forked = rtp.packets_of(self.datagrams["recorder"])
        for track, party in enumerate(PARTIES):
            packets = [packet for packet in forked if packet.target[1] == sipp.RTP_PORTS["recorder"] + 2 * track]
            sent = self.sent_by(party)
            check(packets, f"track {track} got no packet; the {party} sent {len(sent)}")
            check(len({packet.ssrc for packet in packets}) == 1, f"track {track} has several SSRCs")
            check([packet.payload for packet in rtp.in_order(packets)] == [packet.payload for packet in sent],
                  f"track {track} got {len(packets)} packets and is not the {len(sent)} that the {party} sent")
            self._case.note(party, recorded=len(rtp.in_order(packets)))

    def check_answer_was_not_delayed(self):
        """The 200 reached the caller right after the callee had sent it (both captured)."""
        sent = self._first_answer("callee", self._case.network.address("callee"))
        received = self._first_answer("caller", self._case.network.sbc_address("caller"))
        check(received - sent < ANSWER_DELAY_SECONDS, f"the 200 took {received - sent:.3f} s through the node")

    def _first_answer(self, party, source):
        for udp in self.datagrams[party]:
            if udp.source[0] == source and udp.payload.startswith(b"SIP/2.0 200") and b"INVITE\r\n" in udp.payload:
                return udp.time
        check(False, f"no 200 to the INVITE was captured at the {party}")

    def _write_streams(self, name, seconds, skip_seconds=0):
        streams = {}
        for seed, party in enumerate(PARTIES):
            streams[party] = os.path.join(self._case.folder, f"{party}-{name}.pcap")
            rtp.write_stream(streams[party], seconds, seed, skip_seconds)
        return streams

# SPDX-License-Identifier: Apache-2.0
"""One call between SIPp parties through the node, captured at every party."""

import os

from . import rtp, sipp
from .case import check

NUMBER = "2000"
TALK_SECONDS = 4


class Call:
    """Places the call, waits for both parties, and holds what each of them sent and received."""

    def __init__(self, case, capture_parties=("caller", "callee")):
        self._case = case
        self._captures = {party: case.capture(party) for party in capture_parties}
        self.datagrams = {}

    def place(self):
        streams = {}
        for seed, party in enumerate(("caller", "callee")):
            streams[party] = os.path.join(self._case.folder, f"{party}-stream.pcap")
            rtp.write_stream(streams[party], TALK_SECONDS, seed)
        callee = sipp.callee(self._case, streams["callee"])
        # The caller stays longer than its stream, so that its last packet belongs to the call.
        caller = sipp.caller(self._case, NUMBER, streams["caller"], TALK_SECONDS * 1000 + 500)
        caller.wait()
        callee.wait()

    def finish_captures(self):
        self.datagrams = {party: capture.finish() for party, capture in self._captures.items()}

    def sent_by(self, party):
        """The audio packets that a party sent, captured at its own interface."""
        address = self._case.network.address(party)
        return rtp.packets_of([udp for udp in self.datagrams[party] if udp.source[0] == address])

    def received_by(self, party):
        address = self._case.network.address(party)
        return rtp.packets_of([udp for udp in self.datagrams[party] if udp.target[0] == address])

    def check_relay(self):
        """Each party received exactly the packets of the other, byte for byte."""
        for sender, receiver in (("caller", "callee"), ("callee", "caller")):
            sent, received = self.sent_by(sender), self.received_by(receiver)
            check(len(sent) >= TALK_SECONDS * 40, f"{sender} sent only {len(sent)} packets: the test is void")
            check(len(received) == len(sent), f"{sender} sent {len(sent)} packets, {receiver} got {len(received)}")
            check([packet.payload for packet in sent] == [packet.payload for packet in received],
                  f"{receiver} did not get the packets of {sender} byte for byte and in order")

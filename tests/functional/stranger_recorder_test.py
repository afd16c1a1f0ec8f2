#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""A recorder that is not ours: the INVITE of spec F.3, the packets it gets, and a ledger that claims no proof."""

import re

from harness import case as functional
from harness import rtp, sipp
from harness.call import Call
from harness.case import check
from harness.node import Node


def check_invite(case, text):
    """The rows of spec F.3 that a recorder depends on."""
    caller, callee = case.network.address("caller"), case.network.address("callee")
    sbc = case.network.sbc_address("recorder")
    recorder = case.network.address("recorder")
    expected = [
        rf"^INVITE sip:9001@{recorder}(:5060)? SIP/2\.0",
        rf'^X-Cisco-Recording-Participant: sip:1000@{caller};media-index="0"',
        rf'^X-Cisco-Recording-Participant: sip:2000@{callee};media-index="1"',
        rf"^From: <sip:{sbc}>;tag=",
        rf"^To: <sip:9001@{recorder}>",
        r"^CSeq: 101 INVITE",
        r"^Cisco-Guid: \d{10}-\d{10}-\d{10}-\d{10}",
        r"^User-Agent: Weir/",
        r"^Content-Disposition: session;handling=required",
    ]
    for pattern in expected:
        check(re.search(pattern, text, re.MULTILINE), f"no line of the recorder's INVITE matches {pattern}:\n{text}")
    check(len(re.findall(r"^m=audio \d+ RTP/AVP 0 101", text, re.MULTILINE)) == 2, f"not two m-lines:\n{text}")
    check(len(re.findall(r"^a=sendonly", text, re.MULTILINE)) == 2, f"not two times sendonly:\n{text}")


def test(case):
    node = Node(case)
    recorder = sipp.recorder(case)
    node.start()
    call = Call(case, ("caller", "callee", "recorder"))
    call.place()
    recorder.wait()
    node.wait_for_ledger("unconfirmed")
    call.finish_captures()
    call.check_relay()
    check_invite(case, recorder.messages().replace("\r", ""))
    forked = rtp.packets_of(call.datagrams["recorder"])
    for track, party in enumerate(("caller", "callee")):
        packets = [packet for packet in forked if packet.target[1] == sipp.RECORDER_RTP + 2 * track]
        check(len({packet.ssrc for packet in packets}) == 1, f"track {track} has several SSRCs, or none")
        check([packet.payload for packet in rtp.in_order(packets)] ==
              [packet.payload for packet in call.sent_by(party)],
              f"track {track} has {len(packets)} packets and is not what the {party} sent")
    node.stop()


if __name__ == "__main__":
    functional.run(test)

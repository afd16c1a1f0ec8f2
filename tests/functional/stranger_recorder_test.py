#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""A recorder that is not ours: the INVITE of spec F.3, every packet, and a ledger that claims no proof."""

import re

from harness import case as functional
from harness import sipp
from harness.call import Call
from harness.case import check
from harness.node import Node

EVERY_PARTY = ("caller", "callee", "recorder")


def check_invite(case, text):
    """The rows of spec F.3 that a recorder depends on."""
    caller, callee = case.network.address("caller"), case.network.address("callee")
    sbc, recorder = case.network.sbc_address("recorder"), case.network.address("recorder")
    for pattern in (rf"^INVITE sip:9001@{recorder}(:5060)? SIP/2\.0",
                    rf'^X-Cisco-Recording-Participant: sip:1000@{caller};media-index="0"',
                    rf'^X-Cisco-Recording-Participant: sip:2000@{callee};media-index="1"',
                    rf"^From: <sip:{sbc}>;tag=",
                    rf"^To: <sip:9001@{recorder}>",
                    r"^CSeq: 101 INVITE",
                    r"^Cisco-Guid: \d{10}-\d{10}-\d{10}-\d{10}",
                    r"^User-Agent: Weir/",
                    r"^Content-Disposition: session;handling=required"):
        check(re.search(pattern, text, re.MULTILINE), f"no line of the recorder's INVITE matches {pattern}:\n{text}")
    invite = text[:text.find("SIP/2.0 200")]
    check(len(re.findall(r"^m=audio \d+ RTP/AVP 0 101", invite, re.MULTILINE)) == 2, f"not two m-lines:\n{invite}")
    check(len(re.findall(r"^a=sendonly", invite, re.MULTILINE)) == 2, f"not two times sendonly:\n{invite}")


def record(case, delay_ms, seconds, tail_ms=500):
    """One call with a recorder that answers late; its SIPp."""
    node = Node(case)
    recorder = sipp.recorder(case, delay_ms=delay_ms)
    node.start()
    call = Call(case, EVERY_PARTY)
    call.start(seconds, tail_ms)
    call.wait()
    recorder.wait()
    node.wait_for_ledger("unconfirmed")
    call.finish_captures()
    call.check_relay()
    call.check_answer_was_not_delayed()
    call.check_forks()
    node.stop()
    return recorder


def at_once(case):
    recorder = record(case, delay_ms=0, seconds=4)
    check_invite(case, recorder.messages())


def late(case):
    """The recorder takes 1.5 s: the recording still begins with the first packet of the conversation."""
    record(case, delay_ms=1500, seconds=4)


def after_the_call(case):
    """The caller has hung up before the recorder answers: it still gets everything."""
    record(case, delay_ms=1500, seconds=1, tail_ms=100)


def over_hold(case):
    """Hold and resume: one recording, and nothing missing around the hold."""
    node = Node(case)
    recorder = sipp.recorder(case, "recorder_hold")
    node.start()
    call = Call(case, EVERY_PARTY)
    call.start_with_hold()
    call.wait()
    recorder.wait()
    node.wait_for_ledger("unconfirmed")
    call.finish_captures()
    call.check_relay()
    call.check_forks()
    check(recorder.messages().count("a=inactive") >= 2, "the recorder was not told of the hold")
    node.stop()


def call_without_recorder(case, recorder):
    """The call that does not notice: relay whole, answer not delayed."""
    node = Node(case)
    node.start()
    call = Call(case)
    call.start()
    call.wait()
    if recorder:
        recorder.wait()
    call.finish_captures()
    call.check_relay()
    call.check_answer_was_not_delayed()
    node.stop()


def refuses(case):
    call_without_recorder(case, sipp.recorder(case, "recorder_refuses"))


def dead(case):
    """Nobody listens: the connection is refused at once."""
    call_without_recorder(case, None)


def silent(case):
    """Nobody is there at all: the connection hangs."""
    case.network.cut("recorder")
    call_without_recorder(case, None)


if __name__ == "__main__":
    functional.run(at_once, late, after_the_call, over_hold, refuses, dead, silent)

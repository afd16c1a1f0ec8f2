#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Reliable provisional responses and early media between two SIPp: whatever the caller's side can do, a call whose
provider sends a reliable 183 completes with ringback, or fails with the cause that names who was silent."""

import re

from harness import case as functional
from harness.case import check
from harness.scenario_node import ScenarioNode, from_caller, section, to_callee
from harness.script import Callee, Caller
from harness.sipp import Sipp

FILTERED = "voice-class sip block 183 sdp absent"
# The first digit of the number chooses what the caller's side can do, the second one the provider.
PEERS = [
    from_caller(20, "1...$", "voice-class sip rel1xx require 100rel", FILTERED),
    from_caller(21, "2...$", "voice-class sip rel1xx disable", "voice-class sip send 180 sdp"),
    # International: silent 183 and 180 filtered, 181 mapped. National: silent 183 alone.
    to_callee(40, ".0..$", FILTERED, "voice-class sip block 180 sdp absent", "voice-class sip map resp-code 181 to 183"),
    to_callee(41, ".1..$", FILTERED),
]


def start(case):
    node = ScenarioNode(case, PEERS, [section("sip-ua", "timers rel1xx 100")],
                        service=["sip", " rel1xx supported 100rel"])
    node.start()
    return node


def texts(messages, start):
    """The messages of a SIPp trace whose first line begins so, in order."""
    found = []
    for part in re.split(r"-{20,} .*\n", messages):
        text = part.split("\n\n", 1)[-1] if part.startswith(("UDP message", "TCP message")) else part
        if text.startswith(start):
            found.append(text)
    return found


def body(text):
    return text.split("\n\n", 1)[1].strip() if "\n\n" in text else ""


def header(text, name):
    found = re.search(rf"^{name}:\s*(.*)$", text.split("\n\n")[0], re.M | re.I)
    return found.group(1) if found else ""


def play(case, number, caller, callee):
    """One call between the two scripts; what the caller and the callee have in their traces."""
    answers = Sipp(case, "callee", callee.write(case))
    network = case.network
    calls = Sipp(case, "caller", caller.write(case), ["-s", number, "-nd"],
                 f"{network.sbc_address('caller')}:5060")
    calls.wait()
    answers.wait()
    return calls.messages(), answers.messages()


def caller_without_100rel(case):
    """Test A: the provider's reliable 183 is acknowledged by us; the caller gets it unreliably, and again in the 200."""
    node = start(case)
    callee = Callee().respond(183, sdp=True, rseq=3344).expect("PRACK").respond(200).expect("ACK").expect("BYE")
    caller = Caller().expect(183).expect(200).ack().bye()
    heard, seen = play(case, "2000", caller, callee)
    early, answer = texts(heard, "SIP/2.0 183"), texts(heard, "SIP/2.0 200")
    check(len(early) == 1 and not header(early[0], "RSeq"), f"the 183 should be unreliable:\n{early}")
    check(body(early[0]) and body(early[0]) == body(answer[0]), f"the 200 does not repeat the 183:\n{early}\n{answer}")
    prack = texts(seen, "PRACK ")[0]
    check(header(prack, "RAck") == "3344 101 INVITE", f"wrong RAck:\n{prack}")
    # Test E: 180 with SDP stays what it is for this caller.
    callee = Callee().respond(180, sdp=True).respond(200, sdp=True).expect("ACK").expect("BYE")
    heard, _ = play(case, "2000", Caller().expect(180).expect(200).ack().bye(), callee)
    check(body(texts(heard, "SIP/2.0 180")[0]), "the 180 has lost its SDP")
    node.stop()


def answer_waits_for_the_prack(case):
    """Test B: the provider answers before the caller's PRACK: its ACK comes at once, the 200 with the PRACK."""
    node = start(case)
    callee = Callee().respond(183, sdp=True, rseq=1).expect("PRACK").respond(200).expect("ACK").expect("BYE")
    # Long enough for the provider to answer, and far from the end of patience (6.4 s).
    caller = Caller("Supported: 100rel").expect(183, reliable=True).pause(1500).prack().expect(200).ack().bye()
    heard, seen = play(case, "1000", caller, callee)
    early = texts(heard, "SIP/2.0 183")
    check(len({header(each, "RSeq") for each in early}) == 1 and header(early[0], "Require") == "100rel",
          f"the 183 is not one reliable response, repeated:\n{early}")
    finals = [header(each, "CSeq") for each in texts(heard, "SIP/2.0 200")]
    check(finals[:2] == ["2 PRACK", "1 INVITE"], f"the 200 of the INVITE overtook that of the PRACK: {finals}")
    check(not body(texts(heard, "SIP/2.0 200")[1]), "the 200 has a second answer")
    check(len(texts(seen, "ACK ")) == 1, "the provider was not acknowledged")
    cdr = node.wait_for_cdr()
    check(cdr["cause"] == 16, f"not a normal end: {cdr}")
    node.stop()


def prack_never_comes(case):
    """Test C: the seed case. 504 with cause 102 to the caller, BYE with it to the provider; never a 200 and cause 65."""
    node = start(case)
    callee = Callee().respond(183, sdp=True, rseq=1).expect("PRACK").respond(200).expect("ACK").expect("BYE")
    caller = Caller("Supported: 100rel").expect(183).expect(504).ack_failure()
    heard, seen = play(case, "1000", caller, callee)
    check(len(texts(heard, "SIP/2.0 183")) == 7, "the 183 was not sent once and repeated six times (retry rel1xx 6)")
    check(not texts(heard, "SIP/2.0 200"), "the caller got a 200")
    check(header(texts(heard, "SIP/2.0 504")[0], "Reason").startswith("Q.850;cause=102"), "no cause 102 in the 504")
    check(header(texts(seen, "BYE ")[0], "Reason").startswith("Q.850;cause=102"), "no cause 102 in the BYE")
    check("peer 20 does not PRACK; consider rel1xx disable" in node.log("weir-sip"), "the log does not name the peer")
    cdr = node.wait_for_cdr()
    check(cdr["cause"] == 102, f"wrong cause: {cdr}")
    check(node.metric("weir_signaling_reliable_1xx_given_up_total") == 1, "the counter does not know")
    node.stop()


def silent_responses_are_blocked(case):
    """Tests D, E and F: 183 and 180 without SDP, 180 with SDP, 181 mapped."""
    node = start(case)
    # D: on peer 40 neither the silent 183 nor the silent 180 passes; F: the 181 does, as 183.
    callee = Callee().respond(183).respond(180).respond(181).respond(200, sdp=True).expect("ACK").expect("BYE")
    heard, _ = play(case, "2000", Caller().expect(183).expect(200).ack().bye(), callee)
    check(not texts(heard, "SIP/2.0 18")[1:] and not body(texts(heard, "SIP/2.0 183")[0]), "a blocked response passed")
    # D: on peer 41 the 180 passes.
    callee = Callee().respond(183).respond(180).respond(200, sdp=True).expect("ACK").expect("BYE")
    heard, _ = play(case, "2100", Caller().expect(180).expect(200).ack().bye(), callee)
    check(not texts(heard, "SIP/2.0 183"), "the silent 183 passed")
    # E: 180 with SDP becomes a reliable 183 for callers of peer 20.
    callee = Callee().respond(180, sdp=True).respond(200, sdp=True).expect("ACK").expect("BYE")
    caller = Caller("Supported: 100rel").expect(183, reliable=True).prack().expect(200).ack().bye()
    heard, _ = play(case, "1100", caller, callee)
    check(body(texts(heard, "SIP/2.0 183")[0]), "the 183 has no SDP")
    node.stop()


def late_prack(case):
    """A ringing without SDP does not hold the 200; its PRACK, which comes after, is answered all the same."""
    node = start(case)
    callee = Callee().respond(180).respond(200, sdp=True).expect("ACK").expect("BYE")
    caller = Caller("Require: 100rel").expect(180, reliable=True).expect(200).ack().prack().bye()
    play(case, "1100", caller, callee)
    check(node.metric("weir_signaling_prack_received_total") == 1, "the late PRACK was not taken")
    node.stop()


if __name__ == "__main__":
    functional.run(caller_without_100rel, answer_waits_for_the_prack, prack_never_comes, silent_responses_are_blocked,
                   late_prack)

#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Reliable provisional responses and early media between two SIPp: whatever the caller's side can do, a call whose
provider sends a reliable 183 completes with ringback, or fails with the cause that names who was silent."""

import re

from harness import case as functional
from harness.case import check
from harness.node import Node
from harness.script import Callee, Caller
from harness.sipp import Sipp

# The first digit of the number chooses what the caller's side can do, the second one the provider.
CONFIGURATION = """\
hostname reliable
!
voice service voip
 ip address trusted list
  ipv4 {caller} 255.255.255.255
  ipv4 {callee} 255.255.255.255
 mode border-element
 allow-connections sip to sip
 rtp-port range 20000 20398
 sip
  rel1xx supported 100rel
!
voice class codec 1
 codec preference 1 g711ulaw
 codec preference 2 g711alaw
!
interface Caller
 ip address {caller_side} 255.255.255.0
!
interface Callee
 ip address {callee_side} 255.255.255.0
!
interface Recorder
 ip address {recorder_side} 255.255.255.0
!
dial-peer voice 20 voip
 description callers that need reliable provisionals
 session protocol sipv2
 incoming called-number 1...$
 voice-class codec 1
 voice-class sip rel1xx require 100rel
 voice-class sip block 183 sdp absent
 dtmf-relay rtp-nte
 no vad
!
dial-peer voice 21 voip
 description callers without 100rel that want 180 with SDP
 session protocol sipv2
 incoming called-number 2...$
 voice-class codec 1
 voice-class sip rel1xx disable
 voice-class sip send 180 sdp
 dtmf-relay rtp-nte
 no vad
!
dial-peer voice 40 voip
 description international: silent 183 and 180 filtered, 181 mapped
 destination-pattern .0..$
 session protocol sipv2
 session target ipv4:{callee}:5060
 voice-class codec 1
 voice-class sip block 183 sdp absent
 voice-class sip block 180 sdp absent
 voice-class sip map resp-code 181 to 183
 dtmf-relay rtp-nte
 no vad
!
dial-peer voice 41 voip
 description national: only 183 without SDP filtered
 destination-pattern .1..$
 session protocol sipv2
 session target ipv4:{callee}:5060
 voice-class codec 1
 voice-class sip block 183 sdp absent
 dtmf-relay rtp-nte
 no vad
!
sip-ua
 timers rel1xx 100
!
end
"""


class ReliableNode(Node):
    """A node with the configuration above."""

    def _configuration(self, recorder_transport):
        network = self._case.network
        return CONFIGURATION.format(caller=network.address("caller"), callee=network.address("callee"),
                                    caller_side=network.sbc_address("caller"),
                                    callee_side=network.sbc_address("callee"),
                                    recorder_side=network.sbc_address("recorder"))


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
    node = ReliableNode(case)
    node.start()
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
    node = ReliableNode(case)
    node.start()
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
    node = ReliableNode(case)
    node.start()
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
    node = ReliableNode(case)
    node.start()
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
    node = ReliableNode(case)
    node.start()
    callee = Callee().respond(180).respond(200, sdp=True).expect("ACK").expect("BYE")
    caller = Caller("Require: 100rel").expect(180, reliable=True).expect(200).ack().prack().bye()
    play(case, "1100", caller, callee)
    check(node.metric("weir_signaling_prack_received_total") == 1, "the late PRACK was not taken")
    node.stop()


if __name__ == "__main__":
    functional.run(caller_without_100rel, answer_waits_for_the_prack, prack_never_comes, silent_responses_are_blocked,
                   late_prack)

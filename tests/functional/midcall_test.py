#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Offers inside a call, between two SIPp or two parties that the test plays: hold and resume, passed and blocked,
delayed offer made early, offers that cross, session timers, and a peer that is silent: failover in seconds."""

import re
import time

from harness import case as functional
from harness import script
from harness.case import check
from harness.scenario_node import ScenarioNode, from_caller, section, to_callee
from harness.sipp import Sipp
from harness.user_agent import Dialog, UserAgent, sdp

# The first digit of the number chooses what is special about the call.
PEERS = [
    from_caller(10, ".T"),
    to_callee(20, "2...$"),
    to_callee(30, "3...$", "voice-class sip midcall-signaling block"),
    to_callee(40, "4...$", "voice-class sip early-offer forced"),
    to_callee(50, "5...$", "voice-class sip session refresh", "voice-class sip min-se 90 session-expires 90"),
    to_callee(60, "6...$", "preference 1", "voice-class sip tenant 7", port=5098),  # nobody is there
    to_callee(61, "6...$", "preference 2"),
]
IMPATIENT = section("voice class tenant 7", "timers trying 500", "retry invite 2")
# 500 + 1000 + 2000 ms: two repetitions and the wait behind the last (spec B.12).
FAILOVER_SECONDS = 3.5


def start(case):
    node = ScenarioNode(case, PEERS, [IMPATIENT])
    node.start()
    return node


def described(lines, party, direction, options=""):
    """A message of SIPp with a description in that direction."""
    text = script.send(lines, party, options)
    return text.replace("a=sendrecv", f"a={direction}")


class Caller(script.Caller):
    """A caller that changes its call."""

    def reinvite(self, direction):
        self._cseq += 1
        self.steps.append(described([
            "INVITE [next_url] SIP/2.0", "Via: SIP/2.0/[transport] [local_ip]:[local_port];branch=[branch]",
            "From: <sip:1000@[local_ip]:[local_port]>;tag=[pid]caller[call_number]",
            "To: <sip:[service]@[remote_ip]:[remote_port]>[peer_tag_param]", "Call-ID: [call_id]",
            f"CSeq: {self._cseq} INVITE", "Contact: <sip:1000@[local_ip]:[local_port]>", "Max-Forwards: 70",
            "Supported: timer"], "caller", direction, 'retrans="500"'))
        self.steps.append('<recv response="100" optional="true"/>')
        self.expect(200)
        self._request("ACK", "[next_url]", cseq=self._cseq)
        return self

    def ack_with_answer(self):
        self._request("ACK", "[next_url]", sdp="caller", cseq=1)
        return self


class Callee(script.Callee):
    """A callee that answers changes."""

    def answer_change(self, direction):
        self.steps.append('<recv request="INVITE"/>')
        self.steps.append(described([
            "SIP/2.0 200 OK", "[last_Via:]", "[last_From:]", "[last_To:]", "[last_Call-ID:]", "[last_CSeq:]",
            "Contact: <sip:2000@[local_ip]:[local_port]>", "Allow: INVITE, ACK, CANCEL, BYE, UPDATE"], "callee",
            direction, 'retrans="500"'))
        return self.expect("ACK")


def play(case, number, caller, callee):
    """One call between the two scripts; what the caller and the callee have in their traces."""
    answers = Sipp(case, "callee", callee.write(case))
    network = case.network
    calls = Sipp(case, "caller", caller.write(case), ["-s", number, "-nd"], f"{network.sbc_address('caller')}:5060")
    calls.wait(100)
    answers.wait(100)
    return calls.messages(), answers.messages()


def messages(trace, start_line):
    """The messages of a SIPp trace whose first line begins so, in order."""
    found = []
    for part in re.split(r"-{20,} .*\n", trace):
        text = part.split("\n\n", 1)[-1] if part.startswith("UDP message") else part
        if text.startswith(start_line):
            found.append(text)
    return found


def hold_is_passed(case):
    """Both pass: the callee hears of the hold, the caller of the answer."""
    node = start(case)
    callee = Callee().respond(200, sdp=True).expect("ACK").answer_change("recvonly").answer_change("sendrecv")
    caller = Caller().expect(200).ack().reinvite("sendonly").reinvite("sendrecv").bye()
    heard, seen = play(case, "2000", caller, callee.expect("BYE"))
    invites = messages(seen, "INVITE ")
    check(len(invites) == 3, f"the callee got {len(invites)} INVITEs")
    check("a=sendonly" in invites[1] and "a=sendonly" not in invites[2], f"the hold came otherwise:\n{invites[1:]}")
    answers = [each for each in messages(heard, "SIP/2.0 200") if "2 INVITE" in each]
    check(answers and "a=recvonly" in answers[0], f"the hold was answered otherwise:\n{answers}")
    check(node.wait_for_cdr()["cause"] == 16, "not a normal end")
    node.stop()


def hold_is_blocked(case):
    """midcall-signaling block: the caller gets its answer, the callee hears nothing."""
    node = start(case)
    callee = Callee().respond(200, sdp=True).expect("ACK").expect("BYE")
    caller = Caller().expect(200).ack().reinvite("sendonly").reinvite("sendrecv").bye()
    heard, seen = play(case, "3000", caller, callee)
    check(len(messages(seen, "INVITE ")) == 1, "a re-INVITE passed")
    answers = [each for each in messages(heard, "SIP/2.0 200") if "2 INVITE" in each]
    check(answers and "a=recvonly" in answers[0], f"the hold was answered otherwise:\n{answers}")
    node.stop()


def delayed_offer_becomes_early(case):
    """early-offer forced: the callee gets an offer, the caller its answer as an offer, and answers in the ACK."""
    node = start(case)
    callee = Callee().respond(200, sdp=True).expect("ACK").expect("BYE")
    caller = Caller(sdp=False).expect(200).ack_with_answer().pause(500).bye()
    heard, seen = play(case, "4000", caller, callee)
    offer = messages(seen, "INVITE ")[0]
    check("m=audio" in offer and " RTP/AVP 0 8 101" in offer, f"no offer of our codecs:\n{offer}")
    check("m=audio" in messages(heard, "SIP/2.0 200")[0], "the 200 has no offer")
    check("m=audio" not in messages(seen, "ACK ")[0], "the callee got a second answer")
    cdr = node.wait_for_cdr()
    check(cdr["cause"] == 16, f"not a normal end: {cdr}")
    node.stop()


def connect(caller, callee, number):
    call = Dialog.calling(caller, number)
    caller.request("INVITE", call, 1, sdp(caller.address, [30000]))
    invite = callee.expect("INVITE")
    callee.respond(invite, 200, sdp(callee.address, [31000]))
    callee.expect("ACK")
    call.learn(caller.expect(200))
    caller.request("ACK", call, 1)
    return call, Dialog.called(invite)


def offers_cross(case):
    """Both sides change the call at once: 491 both ways, and the one that tries again later is heard."""
    node = start(case)
    caller, callee = UserAgent(case, "caller", 5070), UserAgent(case, "callee")
    call, called = connect(caller, callee, "2000")
    caller.request("INVITE", call, 2, sdp(caller.address, [30000], "sendonly"))
    theirs = callee.expect("INVITE")
    callee.request("INVITE", called, 1, sdp(callee.address, [31000], "sendonly"))
    check(callee.expect_final().status == 491, "the offer that crossed ours was not refused with 491")
    callee.request("ACK", called, 1)
    callee.respond(theirs, 491)
    callee.expect("ACK")
    check(caller.expect_final().status == 491, "the caller did not get the 491")
    caller.request("ACK", call, 2)
    caller.request("INVITE", call, 3, sdp(caller.address, [30000], "sendonly"))
    callee.respond(callee.expect("INVITE"), 200, sdp(callee.address, [31000], "recvonly"))
    callee.expect("ACK")
    answer = caller.expect_final()
    check(answer.status == 200 and "a=recvonly" in answer.body, f"the second try got {answer}")
    caller.request("ACK", call, 3)
    caller.request("BYE", call, 4)
    callee.respond(callee.expect("BYE"), 200)
    check(caller.expect_final().status == 200, "the BYE was not answered")
    node.stop()


def interval_too_small(case):
    """RFC 4028 9, N20: 422 with our Min-SE."""
    node = start(case)
    caller = UserAgent(case, "caller", 5070)
    call = Dialog.calling(caller, "2000")
    caller.request("INVITE", call, 1, sdp(caller.address, [30000]),
                   extra=("Supported: timer", "Session-Expires: 100"))
    answer = caller.expect_final()
    check(answer.status == 422 and answer.header("Min-SE") == "1800", f"{answer}: Min-SE {answer.header('Min-SE')}")
    call.remote = answer.header("To")
    caller.request("ACK", call, 1)
    node.stop()


def session_is_refreshed(case):
    """session refresh: an UPDATE at half of the interval; the call lives on."""
    node = start(case)
    callee = Callee().respond(200, sdp=True).expect("ACK").expect("UPDATE").expect("BYE")
    # The refresh comes 45 s after the answer: the BYE of the caller a little later.
    caller = Caller().expect(200).ack().pause(50000).bye()
    _, seen = play(case, "5000", caller, callee)
    check("Session-Expires: 90" in messages(seen, "INVITE ")[0], "the INVITE asks for no timer")
    check(len(messages(seen, "UPDATE ")) == 1, "not one refresh")
    check(node.wait_for_cdr()["cause"] == 16, "not a normal end")
    node.stop()


def silent_peer_costs_seconds(case):
    """retry invite 2 of the tenant: the next peer has the call after 3.5 s, not after 32."""
    node = start(case)
    silent, callee = UserAgent(case, "callee", 5098), UserAgent(case, "callee")
    caller = UserAgent(case, "caller", 5070)
    call = Dialog.calling(caller, "6000")
    caller.request("INVITE", call, 1, sdp(caller.address, [30000]))
    silent.expect("INVITE")
    begin = time.monotonic()
    invite = callee.expect("INVITE", 15)
    took = time.monotonic() - begin
    case.note("failover", seconds=round(took, 2))
    check(FAILOVER_SECONDS - 0.5 < took < FAILOVER_SECONDS + 3, f"the next peer was asked after {took:.1f} s")
    callee.respond(invite, 200, sdp(callee.address, [31000]))
    callee.expect("ACK")
    call.learn(caller.expect(200))
    caller.request("ACK", call, 1)
    caller.request("BYE", call, 2)
    callee.respond(callee.expect("BYE"), 200)
    print(f"the next peer was asked after {took:.2f} s")
    node.stop()


if __name__ == "__main__":
    functional.run(hold_is_passed, hold_is_blocked, delayed_offer_becomes_early, offers_cross, interval_too_small,
                   session_is_refreshed, silent_peer_costs_seconds)

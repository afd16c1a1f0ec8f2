#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Transfers: blind, passed and consumed, attended; and a provider that wants a password. SIPp and the test are the parties."""

import glob
import json
import os
import shutil
import sys

from harness import case as functional
from harness import recorder, rtp, sipp
from harness.baresip import Baresip
from harness.case import check
from harness.node import Node
from harness.process import wait_until
from harness.user_agent import Dialog, UserAgent, sdp

TARGET = """\
dial-peer voice 400 voip
 description the target of transfers
 destination-pattern 4...$
 session protocol sipv2
 session target ipv4:{target}
 voice-class codec 1
!
"""


def started_node(case, in_voice_service=(), at_callee=(), target=None):
    """A node that knows the target, with further lines. Nothing is recorded but with a `target` of another place."""
    node = Node(case)
    with open(node.config, encoding="utf-8") as file:
        text = file.read()
    if not target:
        text = text.replace(" media-class 1\n", "")
    text = text.replace(" mode border-element\n", "".join(f" {line}\n" for line in (*in_voice_service,
                                                                                      "mode border-element")))
    text = text.replace(" destination-pattern 2...$\n", "".join(f" {line}\n" for line in ("destination-pattern 2...$",
                                                                                           *at_callee)))
    text = text.replace("dial-peer voice 9001", TARGET.format(target=target or f"{case.network.address('recorder')}:5060") +
                        "dial-peer voice 9001")
    with open(node.config, "w", encoding="utf-8") as file:
        file.write(text)
    node.start()
    return node


def wait_until_idle(node):
    """No call, and no port or session left over."""
    wait_until(lambda: node.metric("weir_signaling_calls_active") == 0, 20, "the end of every call")


def silent(case, party, scenario):
    return sipp.Sipp(case, party, sipp.scenario_file(case, scenario, {"STREAM": None}))


def blind_consumed(case):
    """The callee sends the caller to 4000: we call it, and the caller hears of it by a re-INVITE."""
    node = started_node(case, ["no supplementary-service sip refer"])
    target = silent(case, "recorder", "callee_at_once")
    callee = silent(case, "callee", "callee_refers_us")
    caller = sipp.caller(case, "2000", "caller_transferred", {})
    for party in (callee, caller, target):
        party.wait()
    cdr = node.wait_for_cdr()
    check(cdr["cause"] == 16 and cdr["released_by"] == "caller", f"the CDR tells of another end: {cdr}")
    check(target.messages().count("INVITE sip:4000@") >= 1, "the target was not called by its number")
    check("Referred-By:" in target.messages(), "the target is not told who sent the call")
    wait_until_idle(node)
    node.stop()


def blind_passed(case):
    """By default the REFER is the caller's to follow, and its NOTIFY goes back."""
    node = started_node(case)
    callee = silent(case, "callee", "callee_refers")
    caller = sipp.caller(case, "2000", "caller_referred", {})
    for party in (callee, caller):
        party.wait()
    wait_until_idle(node)
    node.stop()


class Consultation:
    """The caller talks to the callee, which asks 4000 first and then refers the caller to that very dialog."""

    def __init__(self, case):
        self.node = started_node(case, ["no supplementary-service sip refer"])
        self.caller, self.callee = UserAgent(case, "caller", 5070), UserAgent(case, "callee")
        self.target = UserAgent(case, "recorder")
        caller, callee, target = self.caller, self.callee, self.target
        self.call = Dialog.calling(caller, "2000")
        caller.request("INVITE", self.call, 1, sdp(caller.address, [30000]))
        invite = callee.expect("INVITE")
        callee.respond(invite, 200, sdp(callee.address, [31000]))
        callee.expect("ACK")
        self.call.learn(caller.expect(200))
        caller.request("ACK", self.call, 1)
        # The consultation.
        consultation = Dialog.calling(callee, "4000")
        callee.request("INVITE", consultation, 1, sdp(callee.address, [31002]))
        self.first = target.expect("INVITE")
        target.respond(self.first, 200, sdp(target.address, [32000]), tag="first")
        target.expect("ACK")
        consultation.learn(callee.expect(200))
        callee.request("ACK", consultation, 1)
        # The transfer.
        tags = [value.split("tag=")[1] for value in (consultation.remote, consultation.local)]
        replaces = f"{consultation.call_id}%3Bto-tag%3D{tags[0]}%3Bfrom-tag%3D{tags[1]}".replace("@", "%40")
        callee.request("REFER", Dialog.called(invite), 1,
                       extra=[f"Refer-To: <sip:4000@{callee.node}?Replaces={replaces}>"])
        check(callee.expect_final().status == 202, "the REFER was not accepted")
        self.second = target.expect("INVITE")
        first = self.first
        wanted = f"{first.header('Call-ID')};to-tag=first;from-tag={first.header('From').split('tag=')[1]}"
        check(self.second.header("Replaces") == wanted,
              f"Replaces is {self.second.header('Replaces')}, not {wanted}")

    def hear_the_end(self, byes):
        """The callee is told of the success and leaves its calls; the caller hears of the target."""
        update = self.caller.expect("INVITE")
        self.caller.respond(update, 200, sdp(self.caller.address, [30000]))
        self.caller.expect("ACK")
        told = []
        while not told or "200" not in told[-1]:
            notify = self.callee.expect("NOTIFY")
            told.append(notify.body.split("\r\n")[0])
            self.callee.respond(notify, 200)
        for _ in range(byes):
            self.callee.respond(self.callee.expect("BYE"), 200)

    def hang_up(self):
        self.caller.request("BYE", self.call, 2)
        self.target.respond(self.target.expect("BYE"), 200)
        check(self.caller.expect_final().status == 200, "the caller's BYE was not answered")
        wait_until_idle(self.node)
        self.node.stop()


def attended(case):
    """4000 is asked to replace the dialog that it has."""
    talk = Consultation(case)
    target = talk.target
    target.respond(talk.second, 200, sdp(target.address, [32002]), tag="second")
    target.expect("ACK")
    # RFC 3891 3: the one who is asked ends what was replaced.
    target.request("BYE", Dialog.called(talk.first, "first"), 1)
    check(target.expect_final().status == 200, "the BYE of the replaced dialog was refused")
    talk.callee.respond(talk.callee.expect("BYE"), 200)
    talk.hear_the_end(byes=1)
    talk.hang_up()


def attended_without_replaces(case):
    """4000 knows no Replaces (420): it keeps its dialog, in which it hears of the caller."""
    talk = Consultation(case)
    target = talk.target
    target.respond(talk.second, 420, tag="second")
    target.expect("ACK")
    update = target.expect("INVITE")
    check(update.header("Call-ID") == talk.first.header("Call-ID"), "the target is called anew")
    target.respond(update, 200, sdp(target.address, [32000]))
    target.expect("ACK")
    talk.hear_the_end(byes=2)
    check(talk.node.metric("weir_signaling_calls_active") == 2, "the two calls do not stand one behind the other")
    talk.hang_up()


def tables_of_recordings(node):
    """The one recording in the router's tables, with both of its copies."""
    def recordings():
        return json.loads(node.execute("show voip recmsp session | json"))
    wait_until(lambda: [len(each["streams"]) for each in recordings()] == [2], 10, "two copies")
    [one] = recordings()
    check({stream["end"] for stream in one["streams"]} == {"near", "far"} and one["failed"] == 0, f"{one}")
    text = node.execute_all(["show voip recmsp session", "show media-proxy sessions", "show call media-forking",
                             f"show voip recmsp session detail call-id {one['id']}",
                             f"show media-proxy sessions call-id {one['anchor_leg']}"])
    check(text.count("Found 1 active sessions") == 2 and " near  " in text and " far   " in text, text)
    check(f"AnchorLeg Details:\nCall ID: {one['anchor_leg']}\n" in text, text)
    check(text.count("Forked-leg (Primary)") == 2, text)


def recorded_into_another_realm(case):
    """The target is in the caller's realm: the call moves to other ports, and its recording goes on there."""
    recordings = recorder.start(case)
    node = started_node(case, ["no supplementary-service sip refer"], target=f"{case.network.address('caller')}:5080")
    caller, callee = UserAgent(case, "caller", 5070), UserAgent(case, "callee")
    target = UserAgent(case, "caller", 5080)
    call = Dialog.calling(caller, "2000")
    caller.request("INVITE", call, 1, sdp(caller.address, [30000]))
    invite = callee.expect("INVITE")
    callee.respond(invite, 200, sdp(callee.address, [31000]))
    callee.expect("ACK")
    call.learn(caller.expect(200))
    caller.request("ACK", call, 1)
    wait_until(lambda: "recording" in node.execute("show recording ledger"), 10, "the first recording")
    tables_of_recordings(node)
    callee.request("REFER", Dialog.called(invite), 1, extra=[f"Refer-To: <sip:4000@{callee.node}>"])
    check(callee.expect_final().status == 202, "the REFER was not accepted")
    asked = target.expect("INVITE")
    target.respond(asked, 200, sdp(target.address, [32000]))
    target.expect("ACK")
    update = caller.expect("INVITE")
    caller.respond(update, 200, sdp(caller.address, [30000]))
    caller.expect("ACK")
    told = []
    while not told or "200" not in told[-1]:
        notify = callee.expect("NOTIFY")
        told.append(notify.body.split("\r\n")[0])
        callee.respond(notify, 200)
    callee.respond(callee.expect("BYE"), 200)
    wait_until(lambda: len(glob.glob(os.path.join(recordings, "**", "*.wav"), recursive=True)) == 4, 10,
               "the tracks of both parts")
    caller.request("BYE", call, 2)
    target.respond(target.expect("BYE"), 200)
    parts = [recording.get("part", 1) for recording in node.wait_for_cdr()["recordings"]]
    check(sorted(parts) == [1, 2], f"the call's record has the recordings {parts}")
    wait_until_idle(node)
    node.stop()


def provider_asks_for_a_password(case):
    """401 with a nonce: the INVITE again, with an answer that SIPp checks."""
    node = started_node(case, at_callee=["authentication username weir password 0 secret realm provider"])
    callee = silent(case, "callee", "callee_challenges")
    caller = sipp.caller(case, "2000", "caller", {"STREAM": None, "TALK": 300})
    for party in (caller, callee):
        party.wait()
    check("403 Forbidden" not in callee.messages(), "the answer to the challenge is wrong")
    wait_until_idle(node)
    node.stop()


def heard(case, capture, party):
    """How many RTP packets have come to the party so far."""
    address = case.network.address(party)
    return len(rtp.packets_of([udp for udp in capture.so_far() if udp.target[0] == address]))


def between_real_endpoints(case):
    """baresip transfers baresip to baresip: the caller and the target talk, the transferor is gone."""
    if shutil.which("baresip") is None:
        print("skipped: baresip is not installed (package baresip-core)")
        sys.exit(functional.SKIPPED)
    node = started_node(case, ["no supplementary-service sip refer"])
    captures = {party: case.capture(party) for party in ("caller", "callee", "recorder")}
    Baresip(case, "recorder", 4000, 32000)
    callee = Baresip(case, "callee", 2000, 31000)
    caller = Baresip(case, "caller", 1000, 30000)
    caller.command("dial", f"sip:2000@{case.network.sbc_address('caller')}")
    wait_until(lambda: heard(case, captures["callee"], "callee") >= 50, 30, "the caller's voice at the callee")
    callee.command("transfer", f"sip:4000@{case.network.sbc_address('callee')}")
    wait_until(lambda: heard(case, captures["recorder"], "recorder") >= 100, 30, "the caller's voice at the target")
    before = heard(case, captures["caller"], "caller")
    wait_until(lambda: heard(case, captures["caller"], "caller") >= before + 100, 30,
               "the target's voice at the caller")
    caller.command("hangup")
    wait_until_idle(node)
    node.stop()


if __name__ == "__main__":
    functional.run(blind_consumed, blind_passed, attended, attended_without_replaces, recorded_into_another_realm,
                   between_real_endpoints, provider_asks_for_a_password)

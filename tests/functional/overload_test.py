#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""More calls than the limits allow: 503 with Retry-After for those too many, emergency calls pass, strangers are mute."""

import socket

from harness import case as functional
from harness.case import check
from harness.node import Node
from harness.process import wait_until
from harness.user_agent import Dialog, UserAgent, sdp, socket_in

CALLS = 100  # at once
LIMIT = 10


def invite(caller, number):
    call = Dialog.calling(caller, number)
    caller.request("INVITE", call, 1, sdp(caller.address, [30000]))
    return call


def ten_times_the_limit(case):
    """Of 100 calls in one burst 10 are taken, as call spike says; the others get 503 and Retry-After."""
    node = Node(case)
    node.start()
    caller, callee = UserAgent(case, "caller", 5070), UserAgent(case, "callee", 5060)
    # A window of 2.5 s: longer than the burst, also on a slow machine.
    node.execute_all(["configure terminal", f"call spike {LIMIT} steps 10 size 250", "end"])
    for _ in range(CALLS):
        invite(caller, "2000")
    refused = []
    for _ in range(CALLS - LIMIT):
        response = caller.expect(503, 30)
        refused.append(response)
    check(all(response.header("Retry-After") for response in refused), "a 503 without Retry-After")
    for _ in range(LIMIT):
        request = callee.expect("INVITE", 30)
        callee.respond(request, 486)
        callee.expect("ACK")
    for _ in range(LIMIT):
        check(caller.expect(486, 30).status == 486, "the calls within the limit must go on")
    counted = node.metric("weir_signaling_calls_refused_total", reason="spike")
    check(counted == CALLS - LIMIT, f"{CALLS - LIMIT} refused calls were expected in the metric, {counted} are there")
    check(f"{CALLS - LIMIT}" in node.execute("show call spike status"), "show call spike status does not count them")
    node.stop()


def emergency_calls_pass(case):
    """The window is full: a call to a peer marked e911 goes through, another one does not."""
    node = Node(case)
    node.start()
    caller, callee = UserAgent(case, "caller", 5070), UserAgent(case, "callee", 5060)
    node.execute_all(["configure terminal", "call threshold global total-calls low 1 high 2", "call treatment on",
                      "dial-peer voice 911 voip", "destination-pattern 911", "session protocol sipv2",
                      f"session target ipv4:{callee.address}:5060", "codec g711ulaw", "voice-class sip e911", "end"])
    for _ in range(2):
        invite(caller, "2000")
        callee.respond(callee.expect("INVITE"), 180)
    invite(caller, "2000")
    check(caller.expect_final().status == 503, "the third call is above the limit")
    check("Unavail" in node.execute("show call threshold status"), "show call threshold status does not say so")
    invite(caller, "911")
    request = callee.expect("INVITE")
    check("911@" in request.start, f"the emergency call was expected, {request} came")
    check(node.metric("weir_signaling_emergency_calls_total") == 1, "the emergency call is not counted")
    shown = node.execute("show call emergency")
    check("dial-peers (e911): 911" in shown and "in progress: 1" in shown, f"show does not name it:\n{shown}")
    node.stop()


def flood_of_a_stranger(case):
    """An untrusted source gets no byte back and is read no more; the peers' calls are not touched."""
    node = Node(case)
    node.start()
    caller, callee = UserAgent(case, "caller", 5070), UserAgent(case, "callee", 5060)
    stranger = socket_in(case.network.namespace("recorder"), socket.AF_INET, socket.SOCK_DGRAM)
    case.on_close(stranger.close)
    # The recorder's address is trusted as a target: with another target it is a stranger's.
    node.execute_all(["configure terminal", "dial-peer voice 9001 voip", "session target ipv4:192.0.2.77", "end"])
    target = case.network.sbc_address("recorder")
    for number in range(1000):
        text = (f"INVITE sip:2000@{target} SIP/2.0\r\nVia: SIP/2.0/UDP 192.0.2.9;branch=z9hG4bK{number}\r\n"
                f"From: <sip:x@192.0.2.9>;tag={number}\r\nTo: <sip:2000@{target}>\r\nCall-ID: {number}\r\n"
                "CSeq: 1 INVITE\r\nMax-Forwards: 70\r\nContact: <sip:x@192.0.2.9>\r\nContent-Length: 0\r\n\r\n")
        stranger.sendto(text.encode(), (target, 5060))
    wait_until(lambda: node.metric("weir_signaling_guard_drops_total", reason="source_rate") > 0, 30,
               "the stranger to be muted")
    invite(caller, "2000")
    callee.respond(callee.expect("INVITE"), 486)
    check(caller.expect_final().status == 486, "a peer's call must go on")
    stranger.setblocking(False)
    try:
        check(not stranger.recv(65536), "the stranger got an answer")
    except BlockingIOError:
        pass
    node.stop()


if __name__ == "__main__":
    functional.run(ten_times_the_limit, emergency_calls_pass, flood_of_a_stranger)

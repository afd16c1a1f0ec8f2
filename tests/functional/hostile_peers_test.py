#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Peers that break the rules inside a call: callers, callees, recorders and their disks. The node goes on."""

import os
import socket
import subprocess
import time

from harness import case as functional
from harness import recorder, sipp
from harness.call import Call
from harness.case import check
from harness.node import Node
from harness.process import wait_until
from harness.user_agent import Dialog, UserAgent, sdp, socket_in

MAX_REINVITES = 1000  # kMaxReInvites
T1_TIMES_64 = 32.0


def check_same_processes(node, before):
    after = {name: node.child(name) for name in before}
    check(after == before, f"a process was restarted: {before} before, {after} after")


def processes(node):
    return {name: node.child(name) for name in ("weir-sip", "weir-media")}


def connect(caller, callee, number="2000"):
    """A call between two parties that the test plays: both dialogs, after the caller's ACK."""
    call = Dialog.calling(caller, number)
    caller.request("INVITE", call, 1, sdp(caller.address, [30000]))
    invite = callee.expect("INVITE")
    callee.respond(invite, 200, sdp(callee.address, [31000]))
    callee.expect("ACK")
    call.learn(caller.expect(200))
    caller.request("ACK", call, 1)
    return call, Dialog.called(invite)


def hang_up(caller, callee, call, cseq):
    caller.request("BYE", call, cseq)
    callee.respond(callee.expect("BYE"), 200)
    check(caller.expect_final().status == 200, "the BYE was not answered with 200")


def call_through(case, node):
    """An ordinary call: the node still works."""
    call = Call(case)
    call.start(2)
    call.wait()
    call.finish_captures()
    call.check_relay()


def caller_never_acknowledges(case):
    """RFC 3261 13.3.1.4: the 2xx is repeated for 64*T1, then the call is ended with a BYE."""
    node = Node(case)
    node.start()
    callee = sipp.callee(case, "callee", {"STREAM": None})
    caller = UserAgent(case, "caller", 5070)
    call = Dialog.calling(caller, "2000")
    caller.request("INVITE", call, 1, sdp(caller.address, [30000]))
    caller.expect(200)
    begin = time.monotonic()
    bye = caller.expect("BYE", 45)
    took = time.monotonic() - begin
    caller.respond(bye, 200)
    check(T1_TIMES_64 - 2 < took < T1_TIMES_64 + 6, f"the BYE came after {took:.1f} s, not after 64*T1")
    check(caller.repeated >= 9, f"the 200 was repeated {caller.repeated} times")
    callee.wait()
    cdr = node.wait_for_cdr()
    check(cdr["cause"] == 102, f"the cause is not 'recovery on timer expiry': {cdr}")
    node.stop()


def reinvites_without_end(case):
    """Re-INVITEs by the thousand, some of them at once: bounded, and the call can still be ended."""
    node = Node(case)
    node.start()
    before = processes(node)
    caller, callee = UserAgent(case, "caller", 5070), UserAgent(case, "callee")
    call, _ = connect(caller, callee)
    cseq = 1
    # Many at once: one is passed on, the others are turned away (RFC 3261 14.2).
    for _ in range(50):
        cseq += 1
        caller.request("INVITE", call, cseq, sdp(caller.address, [30000 + 2 * cseq]))
    callee.respond(callee.expect("INVITE"), 200, sdp(callee.address, [31000]))
    statuses = []
    for _ in range(50):
        answer = caller.expect_final()
        statuses.append(answer.status)
        caller.request("ACK", call, int(answer.header("CSeq").split()[0]))
    check(sorted(statuses) == [200] + [500] * 49, f"answers to re-INVITEs at once: {statuses}")
    passed = 1
    for _ in range(MAX_REINVITES + 10):
        cseq += 1
        caller.request("INVITE", call, cseq, sdp(caller.address, [30000]))
        if passed < MAX_REINVITES:
            callee.respond(callee.expect("INVITE"), 200, sdp(callee.address, [31000]))
            passed += 1
        answer = caller.expect_final()
        caller.request("ACK", call, cseq)
        check(answer.status == 200 or passed == MAX_REINVITES, f"re-INVITE {passed} got {answer}")
    check(answer.status == 500, f"the last of {passed} re-INVITEs got {answer}")
    hang_up(caller, callee, call, cseq + 1)
    check_same_processes(node, before)
    node.stop()


def strange_descriptions(case):
    """SDP that would make us send to many, or in a form that we do not have: 488, no packet, no leak."""
    node = Node(case)
    node.start()
    before = processes(node)
    caller = UserAgent(case, "caller", 5070)
    capture = case.capture("callee")
    mine = caller.address
    bodies = {"multicast": sdp(mine, [30000], connection="239.1.2.3/127"),
              "broadcast": sdp(mine, [30000], connection="255.255.255.255"),
              "secured": sdp(mine, [30000], profile="RTP/SAVP"),
              "secured with feedback": sdp(mine, [30000], profile="UDP/TLS/RTP/SAVPF"),
              "no port": sdp(mine, [0])}
    for name, body in bodies.items():
        call = Dialog.calling(caller, "2000")
        caller.request("INVITE", call, 1, body)
        answer = caller.expect_final()
        check(answer.status == 488, f"{name}: {answer}")
        call.remote = answer.header("To")
        caller.request("ACK", call, 1)
    # A callee that answers so: it gets its BYE, the caller a failure.
    callee = UserAgent(case, "callee")
    for name in ("multicast", "secured"):
        call = Dialog.calling(caller, "2000")
        caller.request("INVITE", call, 1, sdp(mine, [30000]))
        callee.respond(callee.expect("INVITE"), 200, bodies[name], tag=name)
        callee.expect("ACK")
        callee.respond(callee.expect("BYE"), 200)
        answer = caller.expect_final()
        check(answer.status >= 400, f"an answer that is {name} became {answer}")
        call.remote = answer.header("To")
        caller.request("ACK", call, 1)
    wait_until(lambda: node.execute("show call active voice compact").count("callid") == 0 or
               "0 active" in node.execute("show call active voice compact"), 20, "no call to be left")
    rtp = [udp for udp in capture.finish() if udp.source[1] >= 20000]
    check(not rtp, f"packets were sent: {rtp}")
    check_same_processes(node, before)
    node.stop()


def recorded(case, play):
    """An ordinary call whose recorder is played by `play`: the call does not notice."""
    node = Node(case, recorder_transport="udp")
    node.start()
    before = processes(node)
    agent = UserAgent(case, "recorder")
    call = Call(case)
    call.start(2)
    invite = agent.expect("INVITE")
    play(agent, invite)
    call.wait()
    call.finish_captures()
    call.check_relay()
    call.check_answer_was_not_delayed()
    check_same_processes(node, before)
    return node, agent


def recorder_refuses_every_stream(case):
    """Port 0 in both lines: ACK, BYE, and a recording that failed."""
    def play(agent, invite):
        agent.respond(invite, 200, sdp(agent.address, [0, 0], "recvonly"))
        agent.expect("ACK")
        agent.respond(agent.expect("BYE"), 200)
    node, _ = recorded(case, play)
    cdr = node.wait_for_cdr()
    check(cdr["recordings"][0]["verdict"] == "failed", f"the recording is not called failed: {cdr['recordings']}")
    node.stop()


def recorder_forks(case):
    """A proxy before the recorders: three of them answer. Each is acknowledged, two are ended at once."""
    def play(agent, invite):
        for number, tag in enumerate(("first", "second", "third")):
            agent.respond(invite, 200, sdp(agent.address, [32000 + 10 * number, 32002 + 10 * number], "recvonly"), tag)
        ended = []
        for _ in range(2):
            bye = agent.expect("BYE")
            agent.respond(bye, 200)
            ended.append(bye.header("To").split("tag=")[1])
        check(sorted(ended) == ["second", "third"], f"ended in mid-call: {ended}")
        acknowledged = {agent.expect("ACK").header("To").split("tag=")[1] for _ in range(3)}
        check(acknowledged == {"first", "second", "third"}, f"acknowledged: {acknowledged}")
    node, agent = recorded(case, play)
    last = agent.expect("BYE", 40)
    agent.respond(last, 200)
    check(last.header("To").endswith("tag=first"), f"the recording was not ended in its dialog: {last.header('To')}")
    node.wait_for_cdr()
    node.stop()


def recorder_asks_for_everything(case):
    """A recorder with requests of its own: refreshes are answered, changes refused, loops bounded by themselves."""
    def play(agent, invite):
        body = sdp(agent.address, [32000, 32002], "recvonly")
        agent.respond(invite, 200, body)
        agent.expect("ACK")
        dialog = Dialog.called(invite)
        cseq = 0
        asked = [("INVITE", body, 200), ("UPDATE", "", 200), ("OPTIONS", "", 200), ("REFER", "", 405),
                 ("INVITE", sdp(agent.address, [33000, 33002], "recvonly"), 488),
                 ("INVITE", sdp(agent.address, [0, 0], "recvonly"), 488), ("INVITE", "garbage", 488)]
        for method, text, status in asked + [asked[0], asked[4]] * 100:
            cseq += 1
            agent.request(method, dialog, cseq, text)
            answer = agent.expect_final()
            check(answer.status == status, f"{method} of the recorder got {answer}, {status} was expected")
            if method == "INVITE":
                agent.request("ACK", dialog, cseq)
        agent.request("INVITE", dialog, 1, body)  # a stale number
        check(agent.expect_final().status == 500, "a stale request of the recorder was taken")
    node, agent = recorded(case, play)
    agent.respond(agent.expect("BYE", 40), 200)
    cdr = node.wait_for_cdr()
    check(cdr["recordings"][0]["verdict"] == "unconfirmed", f"the recording: {cdr['recordings']}")
    node.stop()


def disk_full(case):
    """weir-recorder has room for a second of audio: the call does not notice, the ledger says what is missing."""
    folder = os.path.join(case.folder, "recordings")
    os.makedirs(folder)
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=32k", "tmpfs", folder], check=True)
    case.on_close(lambda: subprocess.run(["umount", "-l", folder], check=False))
    node = Node(case)
    recorder.start(case)
    node.start()
    before = processes(node)
    call = Call(case)
    call.start(4)
    call.wait()
    call.finish_captures()
    call.check_relay()
    cdr = node.wait_for_cdr()
    recording = cdr["recordings"][0]
    check(recording["verdict"] == "incomplete", f"a recording on a full disk is called {recording['verdict']}")
    for track in recording["tracks"]:
        check(track["lost_behind_us"] > 0 and track["lost_ours"] == 0, f"who lost what: {track}")
    check_same_processes(node, before)
    node.stop()


def no_port_is_left(case):
    """The range holds one call; another program holds the rest: 503 with Retry-After, and the call goes on."""
    node = Node(case, rtp_ports=(20000, 20006))
    node.start()
    before = processes(node)
    call = Call(case)
    call.start(4)
    taken = call.media_port("caller")
    others = hold_ports(case, [port for port in range(20000, 20008) if port & ~1 != taken & ~1])
    caller = UserAgent(case, "caller", 5070)
    for _ in range(3):
        refused = Dialog.calling(caller, "2000")
        caller.request("INVITE", refused, 1, sdp(caller.address, [30100]))
        answer = caller.expect_final()
        check(answer.status == 503 and answer.header("Retry-After"), f"without a port: {answer}")
        refused.remote = answer.header("To")
        caller.request("ACK", refused, 1)
    call.wait()
    call.finish_captures()
    call.check_relay()
    for each in others:
        each.close()
    check_same_processes(node, before)
    node.stop()


def hold_ports(case, ports):
    sockets = []
    for port in ports:
        held = socket_in(case.network.namespace("sbc"), socket.AF_INET, socket.SOCK_DGRAM)
        try:
            held.bind((case.network.sbc_address("caller"), port))
        except OSError:
            continue  # the recording's
        sockets.append(held)
        case.on_close(held.close)
    return sockets


if __name__ == "__main__":
    functional.run(caller_never_acknowledges, reinvites_without_end, strange_descriptions, recorder_refuses_every_stream,
                   recorder_forks, recorder_asks_for_everything, disk_full, no_port_is_left)

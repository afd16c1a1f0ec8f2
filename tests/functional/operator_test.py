#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""An operator over live calls: debug of one number, show, clear with a cause, history, counters."""

import json
import os
import re
import socket
import time

from harness import case as functional
from harness.case import check
from harness.node import Node
from harness.process import PATIENCE, TestFailure
from harness.user_agent import Dialog, UserAgent, sdp, socket_in


# Commands of calls and of the SIP side; each answers as text and, behind | json, with values.
COMMANDS = [
    *(f"show call {state} {kind}{form}" for state in ("active", "history") for kind in ("voice", "video")
      for form in ("", " brief")),
    "show call active voice compact", "show call active voice compact duration more 5", "show call active total-calls",
    "show call active voice calling-number 1000", "show call history voice compact", "show call history voice last 1",
    "show call history voice compact duration less 5", "show sip-ua calls", "show sip-ua calls brief",
    "show sip-ua calls called-number 2002", "show sip-ua statistics", "show sip-ua status", "show sip-ua timers",
    "show sip-ua retry", "show sip-ua min-se", "show sip-ua map pstn-sip", "show sip-ua map sip-pstn",
    "show sip-ua register status", "show sip-ua service", "show sip service",
    *(f"show sip-ua connections {kind} {form}" for kind in ("udp", "tcp", "tcp tls", "tls")
      for form in ("brief", "detail")),
    "show call threshold status", "show call threshold config", "show call threshold stats", "show call spike status",
    "show dial-peer voice 200", "show dial-peer voice summary", "show dial-peer voice busy-trigger-counter",
    "show voip rtp connections", "show voip rtp connections detail", "show voip rtp stats", "show voip fpi calls",
    "show voip fpi stats", "show media", "show call active voice stats", "show call history voice stats",
    "show voip recmsp session", "show call media-forking", "show media-proxy sessions",
    "show media-proxy sessions summary", "show cube status", "show redundancy application group 1",
    "show sip-ua srtp", "show debugging"]


class Session:
    """One connection to the admin socket: commands, and what debug says between them."""

    def __init__(self, case, node):
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self._socket.connect(os.path.join(node.folder, "run", "admin.sock"))
        self._socket.settimeout(15 * PATIENCE)
        self._bytes = b""
        self.debugged = ""
        case.on_close(self._socket.close)

    def ask(self, line):
        self._socket.sendall(line.encode() + b"\n")
        while True:
            kind, text = self._frame()
            if kind == "event":
                self.debugged += text
                continue
            check(kind == "ok", f"'{line}' was refused: {text}")
            return text

    def wait_for(self, pattern):
        """Debug output that matches."""
        deadline = time.monotonic() + 15 * PATIENCE
        while not re.search(pattern, self.debugged):
            if time.monotonic() > deadline:
                raise TestFailure(f"no debug output like {pattern}:\n{self.debugged}")
            kind, text = self._frame()
            check(kind == "event", f"an answer that nobody asked for: {text}")
            self.debugged += text

    def _frame(self):
        while b"\n" not in self._bytes:
            self._receive()
        head, _, self._bytes = self._bytes.partition(b"\n")
        kind, size = head.decode().split()
        while len(self._bytes) < int(size):
            self._receive()
        text, self._bytes = self._bytes[:int(size)], self._bytes[int(size):]
        return kind, text.decode(errors="replace")

    def _receive(self):
        data = self._socket.recv(65536)
        check(data, "the admin socket was closed")
        self._bytes += data


def connect(caller, callee, number, tag):
    """A call that is answered; the caller's dialog and the callee's."""
    call = Dialog.calling(caller, number)
    caller.request("INVITE", call, 1, sdp(caller.address, [30000]))
    request = callee.expect("INVITE")
    callee.respond(request, 200, sdp(callee.address, [31000]), tag)
    callee.expect("ACK")
    call.learn(caller.expect(200))
    caller.request("ACK", call, 1)
    return call


def debug_clear_and_history(case):
    """Two calls; one is debugged and cleared with cause 17, the other ends by itself."""
    node = Node(case)
    node.start()
    caller, callee = UserAgent(case, "caller", 5070), UserAgent(case, "callee")
    session = Session(case, node)
    for line in ("configure terminal", "dial-peer voice 100 voip", "no media-class", "end"):
        session.ask(line)
    session.ask("debug ccsip messages number 2001")
    session.ask("debug ccsip states")
    check("ccsip messages number 2001" in session.ask("show debugging"), "show debugging does not name the debug")
    connect(caller, callee, "2001", "one")
    other = connect(caller, callee, "2002", "two")
    session.wait_for(r"-> connected\n(.|\n)*-> connected\n")
    seen = session.debugged
    check(re.search(r"//-1/x{12}/SIP/Msg/ccsipDisplayMsg:\nReceived:\nINVITE sip:2001@", seen), f"no INVITE:\n{seen}")
    check(re.search(r"//\d+/[0-9A-F]{12}/SIP/Msg/ccsipDisplayMsg:\nSent:\nINVITE sip:2001@", seen), "no INVITE out")
    check("sip:2002@" not in seen, f"a call that nobody asked for is debugged:\n{seen}")

    legs = json.loads(session.ask("show call active voice brief | json"))
    check(len(legs) == 4 and all(leg["state"] == "active" for leg in legs), f"two calls are four legs: {legs}")
    check(legs[0]["codec"] == "g711ulaw" and legs[0]["remote"] == f"{caller.address}:30000", f"{legs[0]}")
    check("Total SIP call legs:4, User Agent Client:2, User Agent Server:2" in session.ask("sh sip-ua calls"), "calls")
    check("connections/maximum = 2/unlimited" in session.ask("show dial-peer voice 200"), "calls of the dial-peer")
    first = [leg for leg in legs if leg["called"] == "2001"][0]
    brief = session.ask(f"show call active voice brief id {first['call']:x}")
    check(f"{first['call']:X} : {first['id']} " in brief and "Total call-legs: 2" in brief, brief)

    for command in COMMANDS:
        check(session.ask(command).strip(), f"'{command}' says nothing")
        value = json.loads(session.ask(command + " | json"))
        check(not isinstance(value, dict) or list(value) != ["text"], f"'{command}' has no values of its own")
    connections(case, session, caller)
    session.ask("no debug ccsip messages")
    session.ask(f"clear call voice causecode 17 id {first['call']:x}")
    for party in (caller, callee):
        bye = party.expect("BYE")
        check(bye.header("Reason") == "Q.850;cause=17", f"Reason is {bye.header('Reason')}")
        party.respond(bye, 200)
    session.wait_for(r"-> closing\n(.|\n)*-> (ended|finished)\n")
    session.ask("undebug all")
    quiet = session.debugged
    caller.request("BYE", other, 2)
    callee.respond(callee.expect("BYE"), 200)
    check(caller.expect_final().status == 200, "the BYE was not answered with 200")
    wait_for_history(session)
    check(session.debugged == quiet, "debug output came after undebug all")
    counters(node, session)
    node.stop()


def connections(case, session, caller):
    """TCP connections of a peer are shown, and closed on demand by their peer, their number or both: no others."""
    def connection():
        peer = socket_in(case.network.namespace("caller"), socket.AF_INET, socket.SOCK_STREAM)
        peer.settimeout(15 * PATIENCE)
        peer.connect((caller.node, 5060))
        ping(peer)
        return peer

    def ping(peer):
        peer.sendall(b"\r\n\r\n")
        check(peer.recv(2) == b"\r\n", "the ping of the connection was not answered")

    with connection() as other:
        for words in ("target ipv4:{remote}", "id {id}", "id {id} target ipv4:{remote}"):
            with connection() as peer:
                remote = f"{caller.address}:{peer.getsockname()[1]}"
                rows = json.loads(session.ask("show sip-ua connections tcp detail | json"))["connections"]
                [row] = [row for row in rows if row["remote"] == remote]
                detail = session.ask("show sip-ua connections tcp detail")
                check(f"Remote-Agent:{caller.address}, Connections-Count:" in detail, detail)
                session.ask(f"clear sip-ua tcp connection {words.format(**row)}")
                check(peer.recv(1) == b"", f"the connection was not closed by {words}")
        ping(other)


def wait_for_history(session):
    """Both calls have become history."""
    deadline = time.monotonic() + 15 * PATIENCE
    while "Total call-legs: 4" not in session.ask("show call history voice compact"):
        if time.monotonic() > deadline:
            raise TestFailure(session.ask("show call history voice"))
        time.sleep(0.02)


def counters(node, session):
    history = session.ask("show call history voice brief")
    check("11 (user busy (17))" in history and "10 (normal call clearing (16))" in history, history)
    ended = json.loads(session.ask("show call history voice | json"))
    check(sorted({leg["cause"] for leg in ended}) == [16, 17], f"{ended}")
    text = session.ask("show dial-peer voice 200")
    check("Successful Calls = 2, Failed Calls = 0" in text and 'Last Disconnect Text is "' in text, text)
    peer = json.loads(session.ask("show dial-peer voice 200 | json"))
    check(peer["counters"]["successful"] == 2, f"{peer}")
    statistics = json.loads(session.ask("show sip-ua statistics | json"))
    check(statistics["requests"]["BYE"] == {"in": 1, "out": 3}, f"{statistics}")
    check(statistics["responses"]["200"]["in"] >= 5, f"{statistics}")
    session.ask("clear sip-ua statistics")
    check("Last time SIP Statistics were cleared: <never>" not in session.ask("show sip-ua statistics"), "not cleared")
    check(json.loads(session.ask("show sip-ua statistics | json"))["requests"]["BYE"]["in"] == 0, "BYEs are left")
    check(node.metric("weir_signaling_requests_total", direction="in", method="BYE") == 1, "clear has reset a metric")
    with open(os.path.join(node.folder, "cdr.jsonl"), encoding="utf-8") as file:
        causes = sorted(json.loads(line)["cause"] for line in file)
    check(causes == [16, 17], f"the CDRs have the causes {causes}")


if __name__ == "__main__":
    functional.run(debug_clear_and_history)

# SPDX-License-Identifier: Apache-2.0
"""A SIP party that the test plays itself, message by message: for peers that misbehave as no program would."""

import ctypes
import os
import random
import select
import socket
import time

from .process import TestFailure

CLONE_NEWNET = 0x40000000  # sched.h


def socket_in(namespace, family, kind, protocol=0):
    """A socket of this process inside a network namespace: the namespace of a socket is where it was made."""
    libc = ctypes.CDLL(None, use_errno=True)
    home = os.open("/proc/self/ns/net", os.O_RDONLY)
    there = os.open(f"/run/netns/{namespace}", os.O_RDONLY)
    try:
        if libc.setns(there, CLONE_NEWNET) != 0:
            raise OSError(ctypes.get_errno(), f"setns {namespace}")
        try:
            return socket.socket(family, kind, protocol)
        finally:
            libc.setns(home, CLONE_NEWNET)
    finally:
        os.close(home)
        os.close(there)


class Message:
    """A received SIP message."""

    def __init__(self, text):
        head, _, self.body = text.partition("\r\n\r\n")
        lines = head.split("\r\n")
        self.start = lines[0]
        self.headers = [tuple(part.strip() for part in line.split(":", 1)) for line in lines[1:] if ":" in line]

    def all(self, name):
        return [value for key, value in self.headers if key.lower() == name.lower()]

    def header(self, name):
        found = self.all(name)
        return found[0] if found else ""

    @property
    def is_request(self):
        return not self.start.startswith("SIP/2.0 ")

    @property
    def method(self):
        return self.start.split()[0] if self.is_request else self.header("CSeq").split()[-1]

    @property
    def status(self):
        return 0 if self.is_request else int(self.start.split()[1])

    def __str__(self):
        return f"{self.start} / {self.header('CSeq')}"


def sdp(address, ports, direction="sendrecv", profile="RTP/AVP", connection=None):
    """Audio lines of PCMU; `ports` has one entry for each."""
    lines = ["v=0", f"o=- 1 1 IN IP4 {address}", "s=-", f"c=IN IP4 {connection or address}", "t=0 0"]
    for port in ports:
        lines += [f"m=audio {port} {profile} 0", "a=rtpmap:0 PCMU/8000", f"a={direction}"]
    return "\r\n".join(lines) + "\r\n"


class UserAgent:
    """One UDP socket in the namespace of a party. Retransmissions of what it has seen are left out."""

    def __init__(self, case, party, port=5060):
        self.address = case.network.address(party)
        self.node = case.network.sbc_address(party)
        self._port = port
        self._socket = socket_in(case.network.namespace(party), socket.AF_INET, socket.SOCK_DGRAM)
        self._socket.bind((self.address, port))
        self._seen = set()
        self._waiting = []
        self.repeated = 0  # retransmissions that came
        case.on_close(self.close)

    def close(self):
        self._socket.close()

    def send(self, text):
        self._socket.sendto(text.encode(), (self.node, 5060))

    def request(self, method, call, cseq, body="", uri=None, extra=()):
        """Sends a request of a Call or, as a string, of the Call-ID alone; the branch is new."""
        lines = [f"{method} {uri or call.target} SIP/2.0",
                 f"Via: SIP/2.0/UDP {self.address}:{self._port};branch=z9hG4bK{random.getrandbits(64):x}",
                 f"From: {call.local}", f"To: {call.remote}", f"Call-ID: {call.call_id}", f"CSeq: {cseq} {method}",
                 f"Contact: <sip:ua@{self.address}:{self._port}>", "Max-Forwards: 70",
                 "Allow: INVITE, ACK, BYE, CANCEL, OPTIONS, UPDATE", *extra]
        self._write(lines, body)

    def respond(self, request, status, body="", tag="ua"):
        self.respond_with(request, status, body, [], tag)

    def respond_with(self, request, status, body, routes, tag="ua"):
        """A response with the Record-Route lines `routes`."""
        to = request.header("To")
        lines = [f"SIP/2.0 {status} Whatever", *(f"Via: {via}" for via in request.all("Via")),
                 *(f"Record-Route: {route}" for route in routes),
                 f"From: {request.header('From')}", f"To: {to if ';tag=' in to else to + ';tag=' + tag}",
                 f"Call-ID: {request.header('Call-ID')}", f"CSeq: {request.header('CSeq')}",
                 f"Contact: <sip:{tag}@{self.address}:{self._port}>",
                 "Allow: INVITE, ACK, BYE, CANCEL, OPTIONS, UPDATE"]
        self._write(lines, body)

    def expect(self, what, seconds=15):
        """The next message that is `what`: a method or a status; provisional responses are passed over."""
        deadline = time.monotonic() + seconds
        while True:
            for at, message in enumerate(self._waiting):
                if what in ((message.method,) if message.is_request else (message.status,)):
                    return self._waiting.pop(at)
            left = deadline - time.monotonic()
            if left <= 0:
                raise TestFailure(f"{self.address} waited {seconds} s for {what}, has "
                                  f"{[str(each) for each in self._waiting]}")
            self._read(left)

    def expect_final(self, seconds=15):
        """The next final response, whatever it is."""
        deadline = time.monotonic() + seconds
        while True:
            for at, message in enumerate(self._waiting):
                if message.status >= 200:
                    return self._waiting.pop(at)
            left = deadline - time.monotonic()
            if left <= 0:
                raise TestFailure(f"{self.address} waited {seconds} s for a final response")
            self._read(left)

    def read_waiting(self):
        """Takes what has come, without waiting for more: for counting repetitions."""
        while select.select([self._socket], [], [], 0)[0]:
            self._read(1)

    def _read(self, seconds):
        self._socket.settimeout(seconds)
        try:
            text = self._socket.recv(65536).decode(errors="replace")
        except TimeoutError:
            return
        message = Message(text)
        # An ACK has no answer of its own and may come again with a new branch.
        mark = (message.start, message.header("CSeq"), message.header("To"), message.header("Call-ID"),
                message.all("Via")[:1] and message.all("Via")[0] if message.is_request else "")
        if mark in self._seen:
            self.repeated += 1
            return
        self._seen.add(mark)
        self._waiting.append(message)

    def _write(self, lines, body):
        if body:
            lines.append("Content-Type: application/sdp")
        self.send("\r\n".join([*lines, f"Content-Length: {len(body)}", "", body]))


class Dialog:
    """Ids of a dialog that the user agent began (as caller) or was called into (from the INVITE)."""

    def __init__(self, target, local, remote, call_id):
        self.target = target
        self.local = local
        self.remote = remote
        self.call_id = call_id

    @staticmethod
    def calling(agent, number):
        uri = f"sip:{number}@{agent.node}"
        return Dialog(uri, f"<sip:1000@{agent.address}>;tag={random.getrandbits(32):x}", f"<{uri}>",
                      f"{random.getrandbits(64):x}@{agent.address}")

    @staticmethod
    def called(invite, tag="ua"):
        contact = invite.header("Contact").strip("<>")
        return Dialog(contact, f"{invite.header('To')};tag={tag}", invite.header("From"), invite.header("Call-ID"))

    def learn(self, response):
        self.remote = response.header("To")
        self.target = response.header("Contact").strip("<>")

# SPDX-License-Identifier: Apache-2.0
"""A party's media in threads of the test: sends numbered RTP at a rate, notes what arrives, bears with a link that goes."""

import itertools
import socket
import struct
import threading
import time

from .user_agent import Dialog, UserAgent, sdp, socket_in

SSRC = {"caller": 0x1111, "callee": 0x2222}
PORTS = {"caller": 30000, "callee": 31000}
PAYLOAD_TYPE = 0


class MediaPeer:
    """Sends from the address of its SDP; `sent` and `received` are lists of (time, number)."""

    def __init__(self, case, party, port=None):
        self.party = party
        self.port = port or PORTS[party]
        self.sent = []
        self.received = []
        family = socket.AF_INET if case.network.family == 4 else socket.AF_INET6
        self._socket = socket_in(case.network.namespace(party), family, socket.SOCK_DGRAM)
        self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 21)
        self._socket.bind((case.network.address(party), self.port))
        self._socket.settimeout(0.1)
        self._ends = threading.Event()
        self._hushed = threading.Event()
        self._threads = []
        case.on_close(self.stop)

    def talk(self, target, per_second=200, octets=160, order=None):
        """`order` gives the numbers of the packets one by one; without it 0, 1, 2 ..."""
        numbers = order or itertools.count()
        self._begin(lambda: self._send(target, per_second, octets, numbers))
        self.listen()

    def listen(self):
        self._begin(self._receive)

    def hush(self):
        """Sends no more, and goes on listening. `sent` is final when it returns."""
        self._hushed.set()
        if self._threads:
            self._threads[0].join()

    def stop(self):
        self._ends.set()
        for thread in self._threads:
            thread.join()
        self._threads = []
        self._socket.close()

    def numbers_received(self):
        return [number for _, number in list(self.received)]

    def _begin(self, work):
        thread = threading.Thread(target=work, daemon=True)
        thread.start()
        self._threads.append(thread)

    def _send(self, target, per_second, octets, numbers):
        begin = time.monotonic()
        for count, number in enumerate(numbers):
            if self._ends.is_set() or self._hushed.is_set():
                return
            wait = begin + count / per_second - time.monotonic()
            if wait > 0:
                time.sleep(wait)
            rtp = struct.pack("!BBHII", 0x80, PAYLOAD_TYPE, number % 0x10000, number * octets, SSRC[self.party])
            try:
                self._socket.sendto(rtp + struct.pack("!I", number) * (octets // 4), target)
                self.sent.append((time.monotonic(), number))
            except OSError:
                pass  # its link is away: nothing left the party

    def _receive(self):
        while not self._ends.is_set():
            try:
                packet = self._socket.recv(4096)
            except OSError:
                continue
            self.received.append((time.monotonic(), struct.unpack_from("!I", packet, 12)[0]))


class TalkedCall:
    """A call whose signalling and media the test plays, so that it can do to the network what it wants."""

    def __init__(self, case, number="2000", offset=0, sip_offset=0):
        self.caller = UserAgent(case, "caller", 5070 + sip_offset)
        self.callee = UserAgent(case, "callee") if not sip_offset else None
        self.peers = {party: MediaPeer(case, party, PORTS[party] + offset) for party in PORTS}
        self._case = case
        self._number = number
        self._cseq = 1

    def connect(self, callee=None, per_second=200, before_answer=lambda: None, orders=None):
        """`callee` is the agent that takes the call, where one takes several; before_answer is called when it rings;
        `orders` are the parties' for MediaPeer.talk."""
        callee = self.callee = callee or self.callee
        self.dialog = Dialog.calling(self.caller, self._number)
        self.caller.request("INVITE", self.dialog, 1, sdp(self.caller.address, [self.peers["caller"].port]))
        invite = callee.expect("INVITE")
        before_answer()
        callee.respond(invite, 200, sdp(callee.address, [self.peers["callee"].port]))
        callee.expect("ACK")
        answer = self.caller.expect(200)
        self.dialog.learn(answer)
        self.caller.request("ACK", self.dialog, 1)
        ports = {"caller": media_port(answer.body), "callee": media_port(invite.body)}
        for party, peer in self.peers.items():
            peer.talk((self._case.network.sbc_address(party), ports[party]), per_second,
                      order=orders and orders[party])
        self.ports = ports

    def change(self, caller_sdp, callee_sdp=None):
        """The caller's re-INVITE and the callee's answer, which without an SDP of its own stays where it was."""
        self._cseq += 1
        self.caller.request("INVITE", self.dialog, self._cseq, caller_sdp)
        self.callee.respond(self.callee.expect("INVITE"), 200,
                            callee_sdp or sdp(self.callee.address, [self.peers["callee"].port]))
        self.callee.expect("ACK")
        self.caller.expect(200)
        self.caller.request("ACK", self.dialog, self._cseq)

    def hang_up(self):
        """Media first, so that what was sent has had its time."""
        for peer in self.peers.values():
            peer.stop()
        self.caller.request("BYE", self.dialog, self._cseq + 1)
        self.callee.respond(self.callee.expect("BYE"), 200)
        self.caller.expect_final()

    def close(self):
        """Its SIP ports are free for another call."""
        self.caller.close()
        self.callee.close()

    def is_flowing(self, since, packets=50):
        """Both parties have heard so much since that time."""
        return all(sum(at > since for at, _ in list(peer.received)) >= packets for peer in self.peers.values())


def media_port(body):
    return int(body.split("m=audio ")[1].split()[0])

#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""SIP over UDP (1,300 octets) and TCP, ping and a call's media share an address with 100,000 packets/s of RTP."""

import os
import re
import socket
import struct
import sys
import time

from harness import cable
from harness import case as functional
from harness.case import check
from harness.frames import checksum
from harness.media_peer import PORTS, media_port
from harness.network import ip
from harness.node import Node
from harness.user_agent import Dialog, UserAgent, sdp, socket_in

RATE = 100_000
SECONDS = 10
REQUESTS = 300  # of each transport
OCTETS = 1300


def mac_of(case, namespace, device):
    return ip("-n", case.network.namespace(namespace), "-br", "link", "show", "dev", device).stdout.split()[2]


def mac_of_sbc(case, party):
    found = ip("-n", case.network.namespace(party), "neighbour", "show", case.network.sbc_address(party)).stdout.split()
    return found[found.index("lladdr") + 1]


def load(case, port):
    """The generator at the caller's interface: frames of one RTP stream from where the SDP says."""
    network = case.network
    caller, sbc, callee = network.address("caller"), network.sbc_address("caller"), network.address("callee")
    flows = os.path.join(case.folder, "flows")
    with open(flows, "w", encoding="utf-8") as file:
        file.write(f"0 {caller}:{PORTS['caller']} {sbc}:{port} {callee}:{PORTS['callee']}\n")
    return case.start("weir-traffic-gen", "caller", [
        case.binary("weir-traffic-gen"), "--flows", flows, "--vdev",
        "net_af_packet0,iface=eth0,blocksz=4096,framesz=2048,framecnt=4096,qdisc_bypass=1",
        "--macs", f"{mac_of(case, 'caller', 'eth0')},{mac_of_sbc(case, 'caller')}",
        "--rate", RATE, "--warm-up", "1", "--seconds", SECONDS, "--memory", "256"])


def options(agent_address, port, node, transport, number):
    """An OPTIONS of OCTETS bytes."""
    def text(filling):
        return (f"OPTIONS sip:{node} SIP/2.0\r\nVia: SIP/2.0/{transport} {agent_address}:{port};"
                f"branch=z9hG4bK{number}{transport}\r\nFrom: <sip:1000@{agent_address}>;tag={number}\r\n"
                f"To: <sip:{node}>\r\nCall-ID: {number}{transport}@{agent_address}\r\nCSeq: 1 OPTIONS\r\n"
                f"Max-Forwards: 70\r\nSubject: {filling}\r\nContent-Length: 0\r\n\r\n").encode()
    return text("x" * (OCTETS - len(text(""))))


def answers(text):
    return len(re.findall(r"^SIP/2\.0 200 ", text, re.MULTILINE))


class Pinger:
    """OPTIONS at an even pace over one socket; the answers are counted, nothing is sent twice."""

    def __init__(self, case, kind, port):
        self._address, self._node = case.network.address("caller"), case.network.sbc_address("caller")
        self._transport = "UDP" if kind == socket.SOCK_DGRAM else "TCP"
        self._port = port
        self._socket = socket_in(case.network.namespace("caller"), socket.AF_INET, kind)
        self._socket.bind((self._address, port))
        self._socket.settimeout(10)
        self._socket.connect((self._node, 5060))
        case.on_close(self._socket.close)
        self.text = ""
        self.sent = 0

    def send(self):
        message = options(self._address, self._port, self._node, self._transport, self.sent)
        check(len(message) == OCTETS, f"{len(message)} octets")
        self._socket.sendall(message)
        self.sent += 1

    def read(self, seconds=0.0):
        deadline = time.monotonic() + seconds
        while True:
            self._socket.settimeout(max(0.001, deadline - time.monotonic()))
            try:
                self.text += self._socket.recv(1 << 16).decode()
            except TimeoutError:
                return
            if time.monotonic() >= deadline or answers(self.text) == self.sent:
                return

    def __str__(self):
        return f"{answers(self.text)} answers to {self.sent} OPTIONS over {self._transport}"

    def is_whole(self):
        return answers(self.text) == self.sent


class Echo:
    """Pings of the node's address (RFC 792)."""

    def __init__(self, case):
        self._target = (case.network.sbc_address("caller"), 0)
        self._socket = socket_in(case.network.namespace("caller"), socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_ICMP)
        case.on_close(self._socket.close)
        self.sent = 0
        self._answers = set()

    def send(self):
        head = struct.pack("!HHI", 0x0800, 0, self.sent)
        self._socket.sendto(struct.pack("!HHI", 0x0800, checksum(head), self.sent), self._target)
        self.sent += 1

    def read(self, seconds=0.0):
        deadline = time.monotonic() + seconds
        while True:
            self._socket.settimeout(max(0.001, deadline - time.monotonic()))
            try:
                packet = self._socket.recv(2048)
            except TimeoutError:
                return
            if packet[20] == 0:
                self._answers.add(struct.unpack_from("!I", packet, 24)[0])
            if time.monotonic() >= deadline or self.is_whole():
                return

    def __str__(self):
        return f"{len(self._answers)} answers to {self.sent} pings"

    def is_whole(self):
        return len(self._answers) == self.sent


def counters(node):
    return "\n".join(line for line in node.metrics().splitlines()
                     if re.search("punt|missed|device|host|tap", line) and not line.startswith("#"))


def sip_under_load(case, mode, media=()):
    if not case.has("weir-traffic-gen"):
        print("skipped: weir-traffic-gen is not built (WEIR_BENCH)")
        sys.exit(functional.SKIPPED)
    node = Node(case, io=mode, media=media)
    node.start()
    node.check_mode(mode)
    caller, callee = UserAgent(case, "caller", 5070), UserAgent(case, "callee")
    call = Dialog.calling(caller, "2000")
    caller.request("INVITE", call, 1, sdp(caller.address, [PORTS["caller"]]))
    invite = callee.expect("INVITE")
    # It takes what it can and answers nothing: the port is open, and nobody reads.
    sink = socket_in(case.network.namespace("callee"), socket.AF_INET, socket.SOCK_DGRAM)
    sink.bind((callee.address, PORTS["callee"]))
    case.on_close(sink.close)
    callee.respond(invite, 200, sdp(callee.address, [PORTS["callee"]]))
    callee.expect("ACK")
    answer = caller.expect(200)
    call.learn(answer)
    caller.request("ACK", call, 1)
    pingers = [Pinger(case, socket.SOCK_DGRAM, 5071), Pinger(case, socket.SOCK_STREAM, 5072), Echo(case)]
    generator = load(case, media_port(answer.body))
    generator.wait_for_line("measuring", 30)
    begin = time.monotonic()
    for number in range(REQUESTS):
        for each in pingers:
            each.send()
            each.read()
        time.sleep(max(0, begin + number * (SECONDS - 2) / REQUESTS - time.monotonic()))
    for each in pingers:
        each.read(5)
    check(generator.wait_for_end(60) == 0, f"the generator failed:\n{generator.log()}")
    print(", ".join(str(each) for each in pingers))
    for each in pingers:
        check(each.is_whole(), f"{each}\n{counters(node)}")
    caller.request("BYE", call, 2)
    callee.respond(callee.expect("BYE"), 200)
    check(caller.expect_final().status == 200, "the BYE was not answered")
    media_account = node.wait_for_cdr()["media"][0]
    print(f"the node received {media_account['received']} packets of the load and relayed {media_account['relayed']}")
    check(media_account["received"] > RATE * SECONDS / 3, f"the load was not there: {media_account}")
    node.stop()


def sip_under_load_af_packet(case):
    sip_under_load(case, "af_packet")


def sip_under_load_af_xdp(case):
    sip_under_load(case, "af_xdp")


@functional.on_network(cable=True)
def sip_under_load_memif(case):
    sip_under_load(case, "dpdk", cable.join(case, ring_bits=14))


if __name__ == "__main__":
    functional.run(sip_under_load_af_packet, sip_under_load_af_xdp, sip_under_load_memif)

# SPDX-License-Identifier: Apache-2.0
"""Ethernet frames as no telephone sends them, sent from a party's interface by a raw socket."""

import socket
import struct

from .network import ip
from .user_agent import socket_in

PAYLOAD_TYPE = 96  # marks what must not be relayed: no party offers it
FOREIGN_PORT = 39999


def ones_sum(data):
    if len(data) % 2:
        data += b"\0"
    total = sum(struct.unpack(f"!{len(data) // 2}H", data))
    while total >> 16:
        total = (total & 0xFFFF) + (total >> 16)
    return total


def checksum(data):
    return (~ones_sum(data) & 0xFFFF) or 0xFFFF


class Frames:
    """Builds frames from a party to a media port of the SBC, byte by byte."""

    def __init__(self, case, party, source_port, target_port):
        network = case.network
        self.family = network.family
        self._kind = socket.AF_INET if self.family == 4 else socket.AF_INET6
        self.source = socket.inet_pton(self._kind, network.address(party))
        self.target = socket.inet_pton(self._kind, network.sbc_address(party))
        self._ports = (source_port, target_port)
        self._number = 0
        near = network.namespace(party)
        mine = ip("-n", near, "-br", "link", "show", "dev", "eth0").stdout.split()[2]
        found = ip("-n", near, "neighbour", "show", network.sbc_address(party), "dev", "eth0").stdout.split()
        theirs = found[found.index("lladdr") + 1]
        self.macs = bytes.fromhex(theirs.replace(":", "")) + bytes.fromhex(mine.replace(":", ""))
        self._socket = socket_in(near, socket.AF_PACKET, socket.SOCK_RAW)
        self._socket.bind(("eth0", 0))
        case.on_close(self._socket.close)

    def send(self, frame):
        self._socket.send(frame)

    def unused_port(self):
        """Of the node's range, and not this call's: it has no other."""
        return 20398 if self._ports[1] != 20398 else 20396

    def rtp(self, octets=160):
        self._number += 1
        return struct.pack("!BBHII", 0x80, PAYLOAD_TYPE, self._number % 0x10000, 0, 0xBAD) + bytes(octets)

    def udp(self, payload, bad=False, length=None, target_port=None, source_port=None):
        ports = (source_port or self._ports[0], target_port or self._ports[1])
        length = 8 + len(payload) if length is None else length
        pseudo = self.source + self.target + struct.pack("!HH" if self.family == 4 else "!II",
                                                         *((17, length) if self.family == 4 else (length, 17)))
        sum_of = checksum(pseudo + struct.pack("!HHHH", *ports, length, 0) + payload)
        return struct.pack("!HHHH", *ports, length, sum_of ^ (0x5555 if bad else 0)) + payload

    def ipv4(self, content, options=b"", fragment=0, bad=False, length=None, protocol=17):
        words = 5 + len(options) // 4
        length = 4 * words + len(content) if length is None else length
        def header(total):
            return struct.pack("!BBHHHBBH4s4s", 0x40 | words, 0, length, self._number & 0xFFFF, fragment, 64, protocol,
                               total, self.source, self.target) + options
        return header(checksum(header(0)) ^ (0x5555 if bad else 0)) + content

    def ipv6(self, content, next_header=17, length=None):
        length = len(content) if length is None else length
        return struct.pack("!IHBB", 0x60000000, length, next_header, 64) + self.source + self.target + content

    def ethernet(self, content, kind=None, tag=None):
        kind = kind or (0x0800 if self.family == 4 else 0x86DD)
        return self.macs + (struct.pack("!HH", 0x8100, tag) if tag else b"") + struct.pack("!H", kind) + content

    def good(self, **udp):
        """One that is relayed, if it comes from where the SDP said."""
        return self.ethernet(self.ip(self.udp(self.rtp(), **udp)))

    def ip(self, content):
        return self.ipv4(content) if self.family == 4 else self.ipv6(content)

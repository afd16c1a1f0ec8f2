#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Sends what no peer should send: hostile.py {sip|rtp} ADDRESS PORT SEED, run in the namespace of a party."""

import random
import socket
import struct
import sys

INVITE = (b"INVITE sip:3000@%s SIP/2.0\r\nVia: SIP/2.0/UDP %s:5099;branch=z9hG4bK%s\r\nFrom: <sip:1@%s>;tag=1\r\n"
          b"To: <sip:3000@%s>\r\nCall-ID: %s\r\nCSeq: 1 INVITE\r\nContact: %s\r\nMax-Forwards: 70\r\n"
          b"Content-Type: application/sdp\r\nContent-Length: %d\r\n\r\n%s")

CONTACTS = (b"<tel:+14085550148>", b"<urn:service:sos>", b"<sip:>", b"<", b"*")

SDP_BODIES = (
    b"",
    b"v=0\r\n" * 2000,
    b"v=0\r\no=- 1 1 IN IP4 1.1.1.1\r\ns=-\r\nt=0 0\r\nm=audio 9 RTP/AVP 0\r\n",
    b"v=0\r\no=- 1 1 IN IP4 1.1.1.1\r\ns=-\r\nc=IN IP4 1.1.1.1\r\nt=0 0\r\n" + b"m=audio 9 RTP/AVP 0\r\n" * 100,
    b"v=0\r\no=- 1 1 IN IP4 1.1.1.1\r\ns=-\r\nc=IN IP4 1.1.1.1\r\nt=0 0\r\nm=audio 9 FOO (\r\n",
)


def sip_datagrams(chance, source, target):
    yield b""
    yield b"\r\n\r\n"
    yield bytes(65507)
    yield chance.randbytes(65507)
    for _ in range(200):
        yield chance.randbytes(chance.randrange(1, 2000))
    bodies = [(b"<sip:1@%s:5099>" % source, body) for body in SDP_BODIES]
    for number, (contact, body) in enumerate(bodies + [(contact, SDP_BODIES[2]) for contact in CONTACTS]):
        name = b"h%d" % number
        whole = INVITE % (target, source, name, source, target, name, contact, len(body), body)
        yield whole
        for _ in range(20):  # torn and bent
            at = chance.randrange(len(whole))
            yield whole[:at] + chance.randbytes(chance.randrange(4)) + whole[at + chance.randrange(3):]
            yield whole[:at]


def rtp_datagrams(chance):
    for length in range(12):
        yield chance.randbytes(length)
    for version in (0, 1, 3):
        yield struct.pack("!BBHII", version << 6, 0, 1, 1, 1) + bytes(160)
    yield struct.pack("!BBHII", 0x8F, 0, 1, 1, 1)           # 15 contributing sources that are not there
    yield struct.pack("!BBHII", 0xB0, 0, 1, 1, 1) + b"\xff" * 4  # an extension and padding beyond the end
    for _ in range(200):
        yield struct.pack("!BBHII", 0x80, 0, chance.getrandbits(16), 1, 1) + chance.randbytes(160)


def main():
    kind, address, port, seed = sys.argv[1], sys.argv[2], int(sys.argv[3]), int(sys.argv[4])
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender:
        sender.connect((address, port))
        source = sender.getsockname()[0].encode()
        chance = random.Random(seed)
        datagrams = sip_datagrams(chance, source, address.encode()) if kind == "sip" else rtp_datagrams(chance)
        for datagram in datagrams:
            try:
                sender.send(datagram)
            except ConnectionRefusedError:
                continue  # an ICMP error of an earlier one


if __name__ == "__main__":
    main()

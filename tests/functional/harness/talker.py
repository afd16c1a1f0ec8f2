#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""A party's voice at any rate: numbered RTP packets, no two with the same payload.

As a program: talker.py SOURCE SOURCE_PORT TARGET TARGET_PORT PER_SECOND COUNT SSRC, in the namespace of the party.
"""

import os
import socket
import struct
import sys
import time

UDP_HEADER = struct.Struct("!HHHH")  # RFC 768
FIRST_SEQUENCE = 0xFFF0  # wraps early
OCTETS = 960


class Talker:
    """Talks from where SIPp said its RTP comes from, to the port that the node named."""

    def __init__(self, case, call, party, per_second, count):
        from .sipp import RTP_PORTS
        network = case.network
        self.party = party
        self.count = count
        self.program = case.start(f"talker-{party}", party, [
            sys.executable, os.path.abspath(__file__), network.address(party), RTP_PORTS[party],
            network.sbc_address(party), call.media_port(party), per_second, count, RTP_PORTS[party]])

    def wait(self, seconds=40):
        if self.program.wait_for_end(seconds) != 0:
            raise RuntimeError(f"the talker of the {self.party} failed:\n{self.program.log()}")


def talk(source, source_port, target, target_port, per_second, count, ssrc):
    # SIPp holds the port itself; a raw socket (IPv4) sends from it all the same, as SIPp's own player does.
    raw = socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_UDP)
    raw.bind((source, 0))
    begin = time.monotonic()
    for number in range(count):
        wait = begin + number / per_second - time.monotonic()
        if wait > 0:
            time.sleep(wait)
        rtp = struct.pack("!BBHII", 0x80, 0x80 if number == 0 else 0, (FIRST_SEQUENCE + number) % 0x10000,
                          number * OCTETS, ssrc) + struct.pack("!I", number) * (OCTETS // 4)
        raw.sendto(UDP_HEADER.pack(source_port, target_port, 8 + len(rtp), 0) + rtp, (target, 0))


if __name__ == "__main__":
    talk(sys.argv[1], int(sys.argv[2]), sys.argv[3], *(int(word) for word in sys.argv[4:]))

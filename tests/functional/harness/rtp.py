# SPDX-License-Identifier: Apache-2.0
"""RTP packets: a stream to be sent as a pcap file, and streams found in a capture."""

import random
import struct

PCAP_HEADER = struct.pack("<IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, 65535, 1)
STEP_MS = 20
SAMPLES = 160  # of 8 kHz in one packet


class RtpPacket:
    """One packet of a capture. `time` in seconds."""

    def __init__(self, udp):
        first, second, self.sequence, self.timestamp, self.ssrc = struct.unpack_from("!BBHII", udp.payload)
        header = 12 + 4 * (first & 15)
        if first & 16:
            header += 4 + 4 * struct.unpack_from("!H", udp.payload, header + 2)[0]
        end = len(udp.payload) - (udp.payload[-1] if first & 32 else 0)
        self.payload_type = second & 127
        self.payload = udp.payload[header:end]
        self.time = udp.time
        self.source = udp.source
        self.target = udp.target


def is_rtp(payload):
    # RFC 5761 4: 192 to 223 in the second byte is RTCP.
    return len(payload) >= 12 and payload[0] >> 6 == 2 and not 192 <= payload[1] <= 223


def packets_of(datagrams, payload_type=0):
    """The audio packets among the datagrams, as they came."""
    packets = [RtpPacket(udp) for udp in datagrams if is_rtp(udp.payload)]
    return [packet for packet in packets if packet.payload_type == payload_type]


def in_order(packets):
    """By sequence number over its wrap, duplicates dropped."""
    if not packets:
        return []
    first = packets[0].sequence
    unique = {}
    for packet in packets:
        distance = (packet.sequence - first + 0x8000) % 0x10000 - 0x8000
        unique.setdefault(distance, packet)
    return [unique[distance] for distance in sorted(unique)]


def audio(packets):
    """The payload bytes in order of sequence."""
    return b"".join(packet.payload for packet in in_order(packets))


def write_stream(path, seconds, seed, skip_seconds=0):
    """A G.711 mu-law stream in which every packet is different, as SIPp's play_pcap_audio wants it.

    With skip_seconds it is the continuation of the stream of that seed, as after a hold.
    """
    chance = random.Random(seed)
    ssrc = chance.getrandbits(32)
    sequence = chance.randrange(0xFF00, 0x10000)  # wraps within the first seconds
    timestamp = chance.getrandbits(32)
    with open(path, "wb") as file:
        file.write(PCAP_HEADER)
        per_second = 1000 // STEP_MS
        begin = skip_seconds * per_second
        chance.randbytes(SAMPLES * begin)
        for number in range(begin, begin + seconds * per_second):
            rtp = struct.pack("!BBHII", 0x80, 0x80 if number == begin else 0, (sequence + number) % 0x10000,
                              (timestamp + number * SAMPLES) % 2**32, ssrc) + chance.randbytes(SAMPLES)
            udp = struct.pack("!HHHH", 4000, 4000, 8 + len(rtp), 0) + rtp
            packet = struct.pack("!BBHHHBBH4s4s", 0x45, 0, 20 + len(udp), number, 0, 64, 17, 0,
                                 b"\x0a\x00\x00\x01", b"\x0a\x00\x00\x02") + udp
            frame = bytes(12) + b"\x08\x00" + packet
            when = (number - begin) * STEP_MS
            file.write(struct.pack("<IIII", when // 1000, when % 1000 * 1000, len(frame), len(frame)) + frame)

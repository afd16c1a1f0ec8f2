# SPDX-License-Identifier: Apache-2.0
"""Speaks for a party where capturing is not permitted: sends a file as RTP and notes what it has sent.

    rtp_party.py LOCAL_ADDRESS LOCAL_PORT FAR_ADDRESS FAR_PORT SPEECH.ulaw SENT.ulaw

The note is written by the sender at the moment of sending, packet by packet; Weir has no part in it.
"""

import random
import socket
import struct
import sys
import time

FRAME = 160
INTERVAL = 0.020


def main():
    local, local_port, far, far_port, speech, note = sys.argv[1:7]
    sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    sock.bind((local, int(local_port)))
    sequence, timestamp, ssrc = random.getrandbits(16), random.getrandbits(32), random.getrandbits(32)
    with open(speech, "rb") as file:
        audio = file.read()
    start = time.monotonic()
    with open(note, "wb") as sent:
        for number in range(0, len(audio) // FRAME):
            payload = audio[number * FRAME:(number + 1) * FRAME]
            marker = 0x80 if number == 0 else 0
            header = struct.pack("!BBHII", 0x80, marker, sequence, timestamp, ssrc)
            sock.sendto(header + payload, (far, int(far_port)))
            sent.write(payload)
            sequence, timestamp = (sequence + 1) & 0xFFFF, (timestamp + FRAME) & 0xFFFFFFFF
            time.sleep(max(0.0, start + (number + 1) * INTERVAL - time.monotonic()))
    time.sleep(1.0)  # keeps the port: what still comes must not be answered by ICMP


if __name__ == "__main__":
    main()

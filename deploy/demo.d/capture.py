# SPDX-License-Identifier: Apache-2.0
"""A capture of the loopback device, and the RTP that each party sent in it."""

import os
import socket
import struct
import subprocess
import time

MARKER = b"end of the demo's capture"


class Capture:
    """tcpdump, where this user may capture."""

    def __init__(self, path, addresses):
        self.path = path
        self._addresses = addresses
        self._process = None

    def start(self):
        """False if capturing is not permitted (or tcpdump is not there)."""
        hosts = " or ".join(f"host {address}" for address in self._addresses)
        try:
            self._process = subprocess.Popen(
                ["tcpdump", "-i", "lo", "-U", "--immediate-mode", "-s", "0", "-B", "8192", "-w", self.path, hosts],
                stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
        except OSError:
            return False
        for line in self._process.stderr:
            if "listening on" in line:
                return True
        self._process.wait()
        return False

    def stop(self):
        """Ends it when all that was sent before is in the file: a marker packet, sent last, must be there."""
        if self._process is None or self._process.poll() is not None:
            return
        sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        deadline = time.monotonic() + 5
        while time.monotonic() < deadline:
            sock.sendto(MARKER, (self._addresses[0], 9))
            time.sleep(0.05)
            with open(self.path, "rb") as file:
                file.seek(max(0, os.path.getsize(self.path) - 4096))
                if MARKER in file.read():
                    break
        self._process.terminate()
        self._process.wait()
        self._process.stderr.close()


def udp_packets(path):
    """(source address, source port, payload) of every UDP datagram, in order."""
    with open(path, "rb") as file:
        data = file.read()
    order = "<" if data[:4] in (b"\xd4\xc3\xb2\xa1", b"\x4d\x3c\xb2\xa1") else ">"
    link, = struct.unpack_from(order + "I", data, 20)
    skip = {1: 14, 113: 16, 276: 20}[link]  # Ethernet, Linux cooked, Linux cooked 2
    at = 24
    while at + 16 <= len(data):
        size, = struct.unpack_from(order + "I", data, at + 8)
        frame = data[at + 16 + skip:at + 16 + size]
        at += 16 + size
        if len(frame) < 28 or frame[0] >> 4 != 4 or frame[9] != 17:
            continue
        header = (frame[0] & 15) * 4
        length, = struct.unpack_from("!H", frame, header + 4)
        port, = struct.unpack_from("!H", frame, header)
        yield socket.inet_ntoa(frame[12:16]), port, frame[header + 8:header + length]


def sent_speech(path, address, port):
    """The payloads of all RTP packets that left address:port, in the order of sending."""
    speech = bytearray()
    for source, source_port, payload in udp_packets(path):
        if source == address and source_port == port and len(payload) >= 12 and payload[0] >> 6 == 2 and payload[1] & 0x7F == 0:
            speech += payload[12 + 4 * (payload[0] & 15):]
    return bytes(speech)

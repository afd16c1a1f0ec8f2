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


class Datagram:
    """One UDP datagram of a capture."""

    __slots__ = ("time", "source", "source_port", "destination", "payload")

    def __init__(self, time_, source, source_port, destination, payload):
        self.time, self.source, self.source_port = time_, source, source_port
        self.destination, self.payload = destination, payload

    def is_speech(self):
        """RTP version 2 with payload type 0."""
        return len(self.payload) >= 12 and self.payload[0] >> 6 == 2 and self.payload[1] & 0x7F == 0


def datagrams(path):
    """Every UDP datagram over IPv4, in order."""
    with open(path, "rb") as file:
        data = file.read()
    order = "<" if data[:4] in (b"\xd4\xc3\xb2\xa1", b"\x4d\x3c\xb2\xa1") else ">"
    nanoseconds = data[:4] in (b"\x4d\x3c\xb2\xa1", b"\xa1\xb2\x3c\x4d")
    link, = struct.unpack_from(order + "I", data, 20)
    skip = {1: 14, 113: 16, 276: 20}[link]  # Ethernet, Linux cooked, Linux cooked 2
    at = 24
    while at + 16 <= len(data):
        seconds, fraction, size = struct.unpack_from(order + "III", data, at)
        frame = data[at + 16 + skip:at + 16 + size]
        at += 16 + size
        if len(frame) < 28 or frame[0] >> 4 != 4 or frame[9] != 17:
            continue
        header = (frame[0] & 15) * 4
        port, _, length = struct.unpack_from("!HHH", frame, header)
        yield Datagram(seconds + fraction / (1e9 if nanoseconds else 1e6), socket.inet_ntoa(frame[12:16]), port,
                       socket.inet_ntoa(frame[16:20]), frame[header + 8:header + length])


def sent_speech(path, address, port):
    """The payloads of all RTP packets that left address:port, in the order of sending."""
    speech = bytearray()
    for packet in datagrams(path):
        if packet.source == address and packet.source_port == port and packet.is_speech():
            speech += packet.payload[12 + 4 * (packet.payload[0] & 15):]
    return bytes(speech)


def speech_flows(path):
    """[(seconds of the first packet, source, destination, packets)] of every flow of speech."""
    flows = {}
    for packet in datagrams(path):
        if packet.is_speech():
            flow = flows.setdefault((packet.source, packet.source_port, packet.destination), [packet.time, 0])
            flow[1] += 1
    return [(flow[0], key[0], key[2], flow[1]) for key, flow in flows.items()]

# SPDX-License-Identifier: Apache-2.0
"""tcpdump at a party's own interface, and the UDP datagrams in what it wrote."""

import os
import re
import socket
import struct
import subprocess
import sys

from .process import Program, TestFailure, wait_until

MARKER = b"weir-functional-end-of-capture"
# One Ethernet frame. The kernel's ring has room for so many frames of this length: with the default of 256 KiB
# a burst of sixty packets overflows it.
SNAP_LENGTH = "2048"


class Datagram:
    """One UDP datagram. `source` and `target` are (address, port)."""

    def __init__(self, time, source, target, payload):
        self.time = time
        self.source = source
        self.target = target
        self.payload = payload


def frames_of(path):
    """(time, frame) of a pcap file of Ethernet frames; a torn last record is left out."""
    with open(path, "rb") as file:
        data = file.read()
    at = 24
    while at + 16 <= len(data):
        seconds, micros, kept = struct.unpack_from("<III", data, at)
        frame = data[at + 16:at + 16 + kept]
        at += 16 + kept
        if len(frame) == kept:
            yield seconds + micros / 1e6, frame


def read_pcap(path):
    """Every whole UDP datagram of a pcap file of Ethernet frames."""
    datagrams = (_datagram(time, frame) for time, frame in frames_of(path))
    return [datagram for datagram in datagrams if datagram]


def _datagram(time, frame):
    """The UDP datagram in an Ethernet frame, None if there is none."""
    if len(frame) >= 42 and frame[12:14] == b"\x08\x00" and frame[23] == 17:
        family, addresses, size, header = socket.AF_INET, 26, 4, 14 + 4 * (frame[14] & 15)
    elif len(frame) >= 62 and frame[12:14] == b"\x86\xdd" and frame[20] == 17:
        family, addresses, size, header = socket.AF_INET6, 22, 16, 54
    else:
        return None
    source, target = (socket.inet_ntop(family, frame[at:at + size]) for at in (addresses, addresses + size))
    source_port, target_port, length = struct.unpack_from("!HHH", frame, header)
    return Datagram(time, (source, source_port), (target, target_port), frame[header + 8:header + length])


class Capture:
    """UDP on eth0 of one party, from the moment the constructor returns."""

    def __init__(self, network, party, folder):
        self._network = network
        self.party = party
        self.path = os.path.join(folder, f"{party}.pcap")
        self._program = Program(f"tcpdump-{party}", network.namespace(party),
                                ["tcpdump", "-i", "eth0", "-n", "-U", "--immediate-mode", "-B", "16384",
                                 "-Z", "root", "-s", SNAP_LENGTH, "-w", self.path, "udp"], folder)
        self._program.wait_for_line("listening on", 10)

    def finish(self):
        """The datagrams captured. A marker is sent last; when it is in the file, everything before it is."""
        code = (f"import socket; socket.socket(socket.AF_INET{'6' if self._network.has_ipv6(self.party) else ''}, "
                f"socket.SOCK_DGRAM).sendto({MARKER!r}, ('{self._network.sbc_address(self.party)}', 9))")
        subprocess.run(["ip", "netns", "exec", self._network.namespace(self.party), sys.executable, "-c", code],
                       check=True)
        wait_until(self._has_marker, 10, f"the marker in {self.path}")
        self._program.stop()
        # What tcpdump missed would be called a loss of the node.
        dropped = re.search(r"(\d+) packets? dropped by kernel", self._program.log())
        if not dropped or dropped.group(1) != "0":
            raise TestFailure(f"the capture of the {self.party} is not whole: the test is void\n{self._program.log()}")
        return [udp for udp in read_pcap(self.path) if udp.payload != MARKER]

    def so_far(self):
        """The datagrams that are in the file by now."""
        return read_pcap(self.path)

    def stop(self):
        self._program.stop()

    def _has_marker(self):
        with open(self.path, "rb") as file:
            return MARKER in file.read()

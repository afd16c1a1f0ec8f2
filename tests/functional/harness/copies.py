# SPDX-License-Identifier: Apache-2.0
"""What a recorder is sent on its wire, frame by frame: whose copy it is, its numbers and its checksums."""

import collections
import struct

from . import capture, offload, recorder
from .call import PARTIES
from .case import check
from .frames import ones_sum
from .media_peer import TalkedCall
from .process import TestFailure, wait_until
from .user_agent import sdp

BY_KERNEL = "weir_dataplane_copied_by_kernel_packets_total"
COPIED = "weir_dataplane_copied_packets_total"
HEADERS = 42  # Ethernet, IPv4 without options, UDP


class Copy:
    """An RTP packet in a frame. `number` is what MediaPeer wrote into it."""

    def __init__(self, time, frame):
        self.time = time
        self.target_mac = frame[:6]
        self.source, self.target = frame[26:30], frame[30:34]
        self.source_port, self.port, length = struct.unpack_from("!HHH", frame, 34)
        self.sequence, self.timestamp, self.ssrc = struct.unpack_from("!HII", frame, HEADERS + 2)
        self.number = struct.unpack_from("!I", frame, HEADERS + 12)[0]
        self.payload = frame[HEADERS + 12:34 + length]
        datagram = frame[34:34 + length]
        pseudo = self.source + self.target + struct.pack("!HH", 17, length)
        self.is_sound = (ones_sum(frame[14:34]) == 0xFFFF and ones_sum(pseudo + datagram) == 0xFFFF and
                         len(frame) == 34 + length and struct.unpack_from("!H", frame, 16)[0] == 20 + length)


def is_audio(frame):
    """RTP of payload type 0 that MediaPeer and SIPp may have sent, in a frame without tag or options."""
    return (len(frame) >= HEADERS + 16 and frame[12:15] == b"\x08\x00\x45" and frame[23] == 17 and
            frame[HEADERS] == 0x80 and frame[HEADERS + 1] & 0x7F == 0)


def on_wire(path, source):
    """The audio that came from that address, as it came."""
    wanted = bytes(int(part) for part in source.split("."))
    return [Copy(time, frame) for time, frame in capture.frames_of(path)
            if is_audio(frame) and frame[26:30] == wanted]


def by_port(copies):
    """The copies of each track; the recorder's m-lines are in ascending order of port."""
    return [[copy for copy in copies if copy.port == port] for port in sorted({copy.port for copy in copies})]


def first_difference(wanted, got):
    at = next((at for at, pair in enumerate(zip(wanted, got)) if pair[0] != pair[1]), min(len(wanted), len(got)))
    return f"from {at} on {wanted[at:at + 8]} became {got[at:at + 8]}"


def check_track(party, copies, gaps=True):
    """Of one SSRC, sound, nothing twice; the numbers rise by one, or with gaps as the sent ones do."""
    check(len({copy.ssrc for copy in copies}) == 1, f"{party}: SSRCs {sorted({copy.ssrc for copy in copies})}")
    check(len({(copy.source_port, copy.target) for copy in copies}) == 1, f"{party}: copies from several ports of ours")
    damaged = [copy.number for copy in copies if not copy.is_sound]
    check(not damaged, f"{party}: {len(damaged)} of {len(copies)} copies are damaged: {damaged[:10]}")
    numbers = [copy.number for copy in copies]
    twice = [number for number, times in collections.Counter(numbers).items() if times > 1]
    check(not twice, f"{party}: {len(twice)} copies came twice: {sorted(twice)[:10]}")
    sequences = {}
    for copy in copies:
        twin = sequences.setdefault(copy.sequence, copy)
        check(twin is copy, f"{party}: packets {twin.number} and {copy.number} have one sequence number")
    if gaps:
        return
    for before, after in zip(copies, copies[1:]):
        check((after.sequence - before.sequence) % 0x10000 == 1,
              f"{party}: {before.number} was sent as {before.sequence}, then {after.number} as {after.sequence}")


def check_whole(party, copies, sent):
    """All that was sent, in its order."""
    numbers = [copy.number for copy in copies]
    check(numbers == sent, f"{party}: {len(sent)} sent, {len(numbers)} copies, missing "
                           f"{sorted(set(sent) - set(numbers))[:20]}; {first_difference(sent, numbers)}")


class RecordedCall(TalkedCall):
    """A recorded call whose copies the kernel sends, captured at the recorder's end of its link."""

    def __init__(self, case, node, recordings, captured=True, **options):
        super().__init__(case, **options)
        self.case, self.node, self.recordings = case, node, recordings
        self.wire = case.capture("recorder") if captured else None

    def tracks(self):
        """What the recorder got, the caller's track first. Ends the capture."""
        self.wire.finish()
        found = by_port(on_wire(self.wire.path, self.case.network.sbc_address("recorder")))
        check(len(found) == 2, f"two tracks were expected on the wire, found {len(found)}")
        return found

    def check_parties(self):
        """Nobody sends any more; each party has heard the other, each packet once."""
        try:
            offload.check_all_heard(self)
        except TestFailure as failure:
            raise TestFailure(f"{failure}\n{self.node.drops()}") from failure

    def numbers_sent(self, party):
        return [number for _, number in self.peers[party].sent]


def start(case, per_second=200, orders=None, **options):
    """A call that is recorded by the kernel, both ways."""
    recordings = recorder.start(case)
    node = offload.start(case, **options)
    call = RecordedCall(case, node, recordings)
    call.connect(per_second=per_second, orders=orders)
    wait_for_copies(node)
    return call


def wait_for_copies(node, more=200):
    """Until the kernel has sent so many copies from now on."""
    before = node.metric(BY_KERNEL)
    wait_until(lambda: node.metric(BY_KERNEL) >= before + more, 20, f"{more} copies by the kernel")


def take_back(call, turn):
    """A re-INVITE that moves the caller's RTCP, so that the worker takes both streams back; `turn` counts them."""
    port = call.peers["caller"].port
    call.change(sdp(call.caller.address, [port]) + f"a=rtcp:{port + 1 + 2 * (turn % 2)}\r\n")


def check_share(node, copies, share=0.5):
    """So many copies were the kernel's, which is answered: else the test is void."""
    by_kernel = node.metric(BY_KERNEL)
    print(f"{copies} copies, {by_kernel:.0f} of them by the kernel")
    check(by_kernel > share * copies, f"the kernel sent {by_kernel:.0f} of {copies} copies: the test is void")
    check(by_kernel <= copies, f"the kernel sent {by_kernel:.0f} copies by the books, {copies} came")
    return by_kernel


def books(node):
    """The call is over: the tracks of its CDR, the caller's first. No law is broken."""
    tracks = node.wait_for_cdr()["recordings"][0]["tracks"]
    for party, track in zip(PARTIES, tracks):
        check(track["laws"] == "ok", f"{party}: a law is broken: {track}")
    check(node.metric("weir_dataplane_laws_broken_total") == 0, "a law is broken")
    return tracks

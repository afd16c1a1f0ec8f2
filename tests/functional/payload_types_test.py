#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""telephone-event is 101 on the caller's leg and 96 on the callee's: each SIPp hears its own number, a recorder those
of the senders; what tshark reads of the captures at the parties is compared packet by packet."""

import re
import subprocess

from harness import case as functional
from harness import sipp
from harness.call import NUMBER, Call
from harness.case import check
from harness.node import Node

EVENTS = {"caller": 101, "callee": 96}
SECONDS = 1


class NumberedNode(Node):
    """The callee's dial-peer names its payload type for digits."""

    def _configuration(self, recorder_transport):
        text = super()._configuration(recorder_transport)
        return text.replace(" description to the callee\n", " description to the callee\n rtp payload-type nte 96\n")


def mix_events(path, number):
    """Every fifth packet of the stream gets that payload type, as a digit between the voice."""
    with open(path, "rb") as file:
        data = bytearray(file.read())
    at, index = 24, 0
    while at < len(data):
        second = at + 16 + 14 + 20 + 8 + 1  # headers of the record, Ethernet, IP and UDP; the RTP header's second octet
        if index % 5 == 4:
            data[second] = data[second] & 0x80 | number
        at += 16 + int.from_bytes(data[at + 8:at + 12], "little")
        index += 1
    with open(path, "wb") as file:
        file.write(data)


class NumberedCall(Call):
    """A call with digits in both streams."""

    def start_numbered(self):
        streams = self._write_streams("stream", SECONDS)
        for party, path in streams.items():
            mix_events(path, EVENTS[party])
        scenario = sipp.scenario_file(self._case, "callee", {"STREAM": streams["callee"]})
        with open(scenario, encoding="utf-8") as file:
            text = file.read().replace("RTP/AVP 0 101", "RTP/AVP 0 96").replace(":101 ", ":96 ")
        with open(scenario, "w", encoding="utf-8") as file:
            file.write(text)
        self.callee = sipp.Sipp(self._case, "callee", scenario)
        self.caller = sipp.caller(self._case, NUMBER, "caller",
                                  {"STREAM": streams["caller"], "TALK": SECONDS * 1000 + 500})


def rtp_seen(capture, direction, address, port):
    """(payload type, sequence, payload) of the RTP packets from or to that port, as tshark reads them."""
    rows = subprocess.run(
        ["tshark", "-r", capture.path, "-d", f"udp.port=={port},rtp",
         "-Y", f"rtp and ip.{direction}=={address} and udp.{direction}port=={port}",
         "-T", "fields", "-e", "rtp.p_type", "-e", "rtp.seq", "-e", "udp.payload"],
        capture_output=True, text=True, check=True).stdout.splitlines()
    # Behind the fixed header: tshark takes events apart, so that they have no rtp.payload.
    return [(int(kind), int(sequence), payload.replace(":", "")[24:])
            for kind, sequence, payload in (row.split("\t") for row in rows)]


def types(packets):
    return {kind for kind, _, _ in packets}


def check_direction(case, call, sender, receiver):
    """What the receiver got is what the sender sent, the digits by the receiver's number."""
    address = case.network.address
    sent = rtp_seen(call.captures[sender], "src", address(sender), sipp.RTP_PORTS[sender])
    got = rtp_seen(call.captures[receiver], "dst", address(receiver), sipp.RTP_PORTS[receiver])
    check(types(sent) == {0, EVENTS[sender]}, f"the {sender} sent {types(sent)}: the test is void")
    check([packet[1:] for packet in sent] == [packet[1:] for packet in got],
          f"the {receiver} got {len(got)} packets and not the {len(sent)} of the {sender}")
    expected = [EVENTS[receiver] if kind == EVENTS[sender] else kind for kind, _, _ in sent]
    check([kind for kind, _, _ in got] == expected, f"the {receiver} got payload types {types(got)}")
    case.note(sender, sent=len(sent), relayed=len(got))


def events_differ_by_leg(case):
    node = NumberedNode(case)
    recording = sipp.recorder(case)
    node.start()
    call = NumberedCall(case, capture_parties=("caller", "callee", "recorder"))
    call.start_numbered()
    call.wait()
    node.wait_for_ledger("unconfirmed")  # SIPp gives no account
    call.finish_captures()
    heard = re.findall(r"^m=audio \d+ (RTP/AVP .*)$", call.callee.messages(), re.MULTILINE)
    check(heard[0] == "RTP/AVP 0 96", f"the callee was offered {heard[0]}")
    heard = re.findall(r"^m=audio \d+ (RTP/AVP .*)$", call.caller.messages(), re.MULTILINE)
    check(heard[-1] == "RTP/AVP 0 101", f"the caller was answered {heard[-1]}")
    check_direction(case, call, "caller", "callee")
    check_direction(case, call, "callee", "caller")
    # A recorder hears each party by the numbers that its own offer names for that track.
    offered = re.findall(r"^m=audio \d+ (RTP/AVP .*)$", recording.messages(), re.MULTILINE)[:2]
    check(offered == ["RTP/AVP 0 101", "RTP/AVP 0 96"], f"the recorder was offered {offered}")
    for track, party in enumerate(("caller", "callee")):
        copies = rtp_seen(call.captures["recorder"], "dst", case.network.address("recorder"),
                          sipp.RTP_PORTS["recorder"] + 2 * track)
        check(types(copies) == {0, EVENTS[party]}, f"the track of the {party} has payload types {types(copies)}")
    node.stop()


if __name__ == "__main__":
    functional.run(events_differ_by_leg)

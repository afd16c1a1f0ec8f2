# SPDX-License-Identifier: Apache-2.0
"""rtpengine's ng control protocol, as far as a relayed call with one fork needs it: bencode over UDP."""
import os
import re
import socket


def bencode(value):
    if isinstance(value, int):
        return b"i%de" % value
    if isinstance(value, str):
        value = value.encode()
    if isinstance(value, bytes):
        return b"%d:%s" % (len(value), value)
    if isinstance(value, list):
        return b"l" + b"".join(map(bencode, value)) + b"e"
    return b"d" + b"".join(bencode(key) + bencode(value[key]) for key in sorted(value)) + b"e"


def bdecode(data, at=0):
    """The value at `at`, and where it ends."""
    kind = data[at:at + 1]
    if kind == b"i":
        end = data.index(b"e", at)
        return int(data[at + 1:end]), end + 1
    if kind in (b"l", b"d"):
        items, at = [], at + 1
        while data[at:at + 1] != b"e":
            item, at = bdecode(data, at)
            items.append(item)
        if kind == b"l":
            return items, at + 1
        return dict(zip((key.decode() for key in items[::2]), items[1::2])), at + 1
    colon = data.index(b":", at)
    end = colon + 1 + int(data[at:colon])
    return data[colon + 1:end], end


def sdp(address, ports):
    lines = ["v=0", f"o=bench 1 1 IN IP4 {address}", "s=-", f"c=IN IP4 {address}", "t=0 0"]
    for port in ports:
        lines += [f"m=audio {port} RTP/AVP 0", "a=rtpmap:0 PCMU/8000"]
    return "\r\n".join(lines) + "\r\n"


def media_of(text):
    """(address, port) of each m-line."""
    session = re.search(rb"^c=IN IP4 (\S+)", text, re.M)
    found = []
    for part in re.split(rb"^m=", text, flags=re.M)[1:]:
        port = int(part.split()[1])
        own = re.search(rb"^c=IN IP4 (\S+)", part, re.M) or session
        found.append((own.group(1).decode(), port))
    return found


class NgError(RuntimeError):
    pass


class NgClient:
    """Made in rtpengine's network namespace: the socket stays there."""

    def __init__(self, address=("127.0.0.1", 2223)):
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.socket.connect(address)
        self.socket.settimeout(1)
        self.count = 0
        self.prefix = f"weir{os.getpid()}"

    def close(self):
        self.socket.close()

    def ask(self, command, **values):
        self.count += 1
        cookie = f"{self.prefix}_{self.count}".encode()
        request = {"command": command}
        request.update((key.replace("_", "-"), value) for key, value in values.items() if value is not None)
        packet = cookie + b" " + bencode(request)
        for _ in range(5):
            try:
                self.socket.send(packet)
                while True:
                    answer = self.socket.recv(65536)
                    if answer.startswith(cookie + b" "):
                        break
            except (socket.timeout, ConnectionRefusedError):
                continue
            value, _ = bdecode(answer, len(cookie) + 1)
            if value.get("result") not in (b"ok", b"pong"):
                raise NgError(f"{command}: {value}")
            return value
        raise NgError(f"{command}: no answer")

    def open_call(self, call_id, party_a, party_b, direction=None):
        """Relays between two (address, port); answers rtpengine's own pair, [toward a, toward b]."""
        common = {"call_id": call_id, "from_tag": "a", "ICE": "remove", "transport_protocol": "RTP/AVP",
                  "replace": ["origin"]}
        offered = self.ask("offer", sdp=sdp(party_a[0], [party_a[1]]), direction=direction, **common)
        answered = self.ask("answer", to_tag="b", sdp=sdp(party_b[0], [party_b[1]]), **common)
        return [media_of(answered["sdp"])[0], media_of(offered["sdp"])[0]]

    def fork(self, call_id, recorder, interface=None):
        """Copies what each party sends to (address, [port of a's copy, port of b's copy])."""
        asked = self.ask("subscribe request", call_id=call_id, flags=["all"], ICE="remove",
                         transport_protocol="RTP/AVP", interface=interface)
        tracks = len(media_of(asked["sdp"]))
        if tracks != len(recorder[1]):
            raise NgError(f"subscribe request: {tracks} tracks were offered, not {len(recorder[1])}")
        self.ask("subscribe answer", call_id=call_id, to_tag=asked["to-tag"],
                 sdp=sdp(recorder[0], recorder[1]))

    def delete(self, call_id):
        self.ask("delete", call_id=call_id, delete_delay=0)

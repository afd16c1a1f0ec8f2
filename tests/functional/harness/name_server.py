# SPDX-License-Identifier: Apache-2.0
"""A tiny DNS server for tests: A, AAAA, SRV and NAPTR records out of a table, over UDP on loopback.

As a program: name_server.py PORT ZONE.json; a zone is {"name TYPE": [value, ...]}, an SRV value "10 0 5060 host", a NAPTR
value "10 1 u E2U+sip !^.*$!sip:a@host! .". A zone that is no file makes it read and never answer.
"""

import ipaddress
import json
import os
import socket
import struct
import sys

TYPES = {1: "A", 28: "AAAA", 33: "SRV", 35: "NAPTR"}
TTL = 30


def labels(name):
    return b"".join(bytes([len(label)]) + label.encode() for label in name.split(".") if label) + b"\0"


def data_of(kind, value):
    if kind in ("A", "AAAA"):
        return ipaddress.ip_address(value).packed
    if kind == "NAPTR":
        order, preference, *texts, replacement = value.split()
        return (struct.pack(">HH", int(order), int(preference)) +
                b"".join(bytes([len(text)]) + text.encode() for text in texts) + labels(replacement))
    priority, weight, port, target = value.split()
    return struct.pack(">HHH", int(priority), int(weight), int(port)) + labels(target)


def answer(query, zone):
    """The whole response to a query of one question."""
    at, parts = 12, []
    while query[at]:
        parts.append(query[at + 1:at + 1 + query[at]].decode().lower())
        at += query[at] + 1
    question = query[12:at + 5]
    kind_number = struct.unpack(">H", query[at + 1:at + 3])[0]
    name, kind = ".".join(parts), TYPES.get(kind_number, "?")
    records = [data_of(kind, value) for value in zone.get(f"{name} {kind}", [])]
    known = any(key.split()[0] == name for key in zone)
    flags = 0x8180 | (0 if known else 3)
    head = query[:2] + struct.pack(">HHHHH", flags, 1, len(records), 0, 0)
    body = b"".join(b"\xc0\x0c" + struct.pack(">HHIH", kind_number, 1, TTL, len(data)) + data for data in records)
    return head + question + body


def serve(port, path):
    zone = None
    if os.path.exists(path):
        with open(path, encoding="utf-8") as file:
            zone = json.load(file)
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as server:
        server.bind(("127.0.0.1", port))
        print("name server ready", flush=True)
        while True:
            query, source = server.recvfrom(2048)
            print(f"asked {query[12:].split(bytes(1))[0]!r}", flush=True)
            if zone is not None:
                server.sendto(answer(query, zone), source)


def start(case, zone, port=5353):
    """Beside the node, in its namespace; without a zone it is silent."""
    path = os.path.join(case.folder, "zone.json")
    if zone is not None:
        with open(path, "w", encoding="utf-8") as file:
            json.dump(zone, file)
    program = case.start("name-server", "sbc", [sys.executable, os.path.abspath(__file__), str(port), path])
    program.wait_for_line("name server ready", 10)
    return program


if __name__ == "__main__":
    serve(int(sys.argv[1]), sys.argv[2])

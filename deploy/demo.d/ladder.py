# SPDX-License-Identifier: Apache-2.0
"""The ladder of the call in text: who sent which SIP message to whom, and when."""

import re
import subprocess

import capture

WIDTH = 24


def _response(status_line, method):
    """"200 OK (BYE)"; a provisional response belongs to the INVITE anyway."""
    words = status_line.split(" ", 1)[1]
    return words if words.startswith("1") else f"{words} ({method})"


def from_capture(path):
    """[(seconds, source, destination, label)] of every SIP message and every flow of RTP in a capture."""
    fields = ["frame.time_epoch", "ip.src", "ip.dst", "sip.Method", "sip.Status-Line", "sip.CSeq.method", "sdp.media.port",
              "sdp.media_attr"]
    command = ["tshark", "-r", path, "-Y", "sip", "-T", "fields", "-E", "separator=\t", "-E", "occurrence=a", "-E", "aggregator=;"]
    for field in fields:
        command += ["-e", field]
    output = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, check=True).stdout
    rows = []
    for line in output.splitlines():
        columns = (line.split("\t") + [""] * len(fields))[:len(fields)]
        when, source, destination, method, status, cseq, ports, attributes = columns
        # A TCP segment may hold several messages; SIP over loopback is sent one by one, so this is rare.
        label = method.split(";")[0]
        if not label and status:
            label = _response(status.split(";")[0], cseq.split(";")[0])
        if ports:
            modes = [mode for mode in attributes.split(";") if mode in ("sendonly", "recvonly", "inactive")]
            label += " SDP" + (f" {modes[0]}" if modes else "")
        rows.append((float(when.split(";")[0]), source.split(";")[0], destination.split(";")[0], label))
    for when, source, destination, packets in capture.speech_flows(path):
        rows.append((when, source, destination, f"{packets} RTP"))
    return rows


def from_sipp(path, address, node):
    """The same from the message log of one SIPp: what it exchanged with the node."""
    rows = []
    with open(path, encoding="utf-8", errors="replace") as file:
        blocks = re.split(r"^-{20,} ", file.read(), flags=re.MULTILINE)[1:]
    for block in blocks:
        head, _, text = block.partition("\n")
        stamp = re.search(r"(\d{2}):(\d{2}):(\d{2}\.\d+)", head)
        lines = [line for line in text.split("\n\n", 1)[-1].splitlines() if line.strip()]
        if not stamp or not lines:
            continue
        hours, minutes, seconds = stamp.groups()
        sent = "message sent" in text.splitlines()[0]
        cseq = next((line.split()[-1] for line in lines if line.lower().startswith("cseq:")), "")
        first = lines[0]
        label = _response(first, cseq) if first.startswith("SIP/2.0") else first.split(" ")[0]
        if any(line.startswith("m=audio") for line in lines):
            label += " SDP"
        ends = (address, node) if sent else (node, address)
        rows.append((int(hours) * 3600 + int(minutes) * 60 + float(seconds), *ends, label))
    return rows


def joined(caller_rows, callee_rows):
    """Both logs on one time line. SIPp reads its clock once a turn, so one party's may lag: the callee's
    INVITE cannot come before the caller's."""
    lag = max(0.0, caller_rows[0][0] - callee_rows[0][0] + 0.0005) if caller_rows and callee_rows else 0.0
    return caller_rows + [(when + lag, *rest) for when, *rest in callee_rows]


def draw(rows, parties):
    """`parties`: [(name, address)], from left to right."""
    columns = {address: index for index, (_, address) in enumerate(parties)}
    head = " " * 9 + "".join(name.center(WIDTH) for name, _ in parties).rstrip()
    addresses = " " * 9 + "".join(address.center(WIDTH) for _, address in parties).rstrip()
    text = [head, addresses]
    rows = sorted((row for row in rows if row[1] in columns and row[2] in columns), key=lambda row: row[0])
    start = rows[0][0] if rows else 0
    for when, source, destination, label in rows:
        left, right = sorted((columns[source], columns[destination]))
        centre = [WIDTH * index + WIDTH // 2 for index in range(len(parties))]
        line = [" "] * (WIDTH * len(parties))
        for position in centre:
            line[position] = "|"
        span = centre[right] - centre[left] - 1
        body = f" {label} "[:span - 2].center(span - 1, "~" if label.endswith("RTP") else "-")
        forward = columns[source] < columns[destination]
        line[centre[left] + 1:centre[right]] = list(body + ">" if forward else "<" + body)
        text.append(f"{when - start:7.3f}  " + "".join(line).rstrip())
    return "\n".join(text) + "\n"

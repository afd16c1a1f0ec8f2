#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The flight recorder: a call of a moment ago as ladder, JSON and capture, and done again by `weir replay`."""

import json
import os
import subprocess

from harness import case as functional
from harness.case import check
from harness.node import Node
from harness.process import wait_until
from harness.user_agent import Dialog, UserAgent, sdp


def weir(case, *arguments, good=True):
    done = subprocess.run([case.binary("weir"), *arguments], capture_output=True, text=True, timeout=60,
                          check=False)
    check((done.returncode == 0) == good, f"weir {arguments}: {done.returncode}: {done.stdout}{done.stderr}")
    return done.stdout


def one_call(caller, callee, number="2000"):
    call = Dialog.calling(caller, number)
    caller.request("INVITE", call, 1, sdp(caller.address, [30000]))
    callee.respond(callee.expect("INVITE"), 200, sdp(callee.address, [31000]))
    callee.expect("ACK")
    call.learn(caller.expect(200))
    caller.request("ACK", call, 1)
    caller.request("BYE", call, 2)
    callee.respond(callee.expect("BYE"), 200)
    check(caller.expect_final().status == 200, "the BYE was not answered with 200")
    return call


def a_call_is_traced_and_replayed(case):
    node = Node(case)
    node.start()
    caller, callee = UserAgent(case, "caller", 5070), UserAgent(case, "callee", 5060)
    one_call(caller, callee)
    node.wait_for_cdr()

    ladder = wait_until(lambda: "-> finished" in (text := node.execute("show voip trace number 2000")) and text, 60,
                        "the end of the call in its trace")
    for words in ("INVITE sip:2000@", "100 Trying", "200 OK (SDP)", "ACK sip:", "BYE sip:", "connected"):
        check(words in ladder, f"no '{words}' in the ladder:\n{ladder}")
    check("Bytes given to the flight recorder" in node.execute("show voip trace statistics"), "no statistics")

    saved, capture = os.path.join(case.folder, "call.weir"), os.path.join(case.folder, "call.pcap")
    weir(case, "trace", "2000", "--platform", node.platform, "--save", saved)
    weir(case, "trace", "2000", "--platform", node.platform, "--pcap", capture)
    whole = json.loads(weir(case, "trace", "2000", "--platform", node.platform, "--json"))
    check(whole["called"] == "2000" and whole["finished"], f"the JSON says otherwise: {whole['called']}")
    seen = subprocess.run(["tshark", "-r", capture, "-d", "udp.port==5060,sip", "-d", "udp.port==5070,sip", "-Y",
                           "sip.Method==INVITE", "-T", "fields", "-e", "sip.Call-ID"], capture_output=True, text=True,
                          timeout=60, check=False).stdout.split()
    check(len(set(seen)) == 2, f"tshark sees other INVITEs: {seen}")

    node.stop()
    check("the machine does what it did" in weir(case, "replay", saved), "the replay is not the same")
    # Without a node the files are enough.
    check("2000" in weir(case, "trace", "--platform", node.platform), "the list is empty")
    damaged = os.path.join(case.folder, "damaged.weir")
    with open(saved, "rb") as file, open(damaged, "wb") as copy:
        copy.write(file.read()[:-7])
    weir(case, "replay", damaged, good=False)


def a_full_disk_costs_no_call(case):
    """The trace lies on a file system of 1 MiB that is full: records are lost and counted, the calls go on."""
    folder = os.path.join(case.folder, "small")
    os.mkdir(folder)
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", folder], check=True)
    case.on_close(lambda: subprocess.run(["umount", folder], check=True))
    with open(os.path.join(folder, "filler"), "wb", buffering=0) as file:
        try:
            while True:
                file.write(b"x" * 4096)
        except OSError:
            pass
    node = Node(case)
    with open(node.platform, encoding="utf-8") as file:
        text = file.read().replace("  cdr: cdr.jsonl\n", f"  cdr: cdr.jsonl\n  trace: {folder}\n")
    with open(node.platform, "w", encoding="utf-8") as file:
        file.write(text)
    node.start()
    caller, callee = UserAgent(case, "caller", 5070), UserAgent(case, "callee", 5060)
    one_call(caller, callee)
    wait_until(lambda: node.metric("weir_signaling_trace_lost_bytes_total") > 0, 20, "the loss to be counted")
    node.stop()


if __name__ == "__main__":
    functional.run(a_call_is_traced_and_replayed, a_full_disk_costs_no_call)

#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""What a call costs Weir and Kamailio side by side, how many Weir carries, what a held one takes, and what it delays.

SIPp calls SIPp through the server; the server has a core of its own, the parties share another one. Kamailio is a plain
record-routing proxy; Weir routes by dial-peers, translates the number, hides the topology, opens media ports, writes a
CDR and keeps every message in its flight recorder.
"""
import argparse
import contextlib
import datetime
import json
import os
import pathlib
import signal
import statistics
import subprocess
import sys
import tempfile
import time

from recorded_calls import cpu_model, say
from sip_parties import Kamailio, Load, Weir, resident_kib

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent.parent
sys.path.insert(0, str(ROOT / "tests" / "functional"))
from harness.capture import read_pcap  # noqa: E402

PARTS = ("cpu", "rate", "overload", "memory", "delay")
SETTLE_SECONDS = 3
# Of a spike of so many calls a second that is admitted, ten times as many are offered.
OVERLOAD_LIMIT = 100


class Bench:
    def __init__(self, args, work):
        self.args, self.work, self.number = args, work, 0
        self.binaries = args.build.resolve() / "bin"
        self.requirements = []

    def folder(self, name):
        self.number += 1
        path = self.work / f"{self.number:02}-{name}"
        path.mkdir()
        return path

    @contextlib.contextmanager
    def server(self, kind, **options):
        server = kind(self.binaries, self.folder(kind.name), **options)
        try:
            yield server
        finally:
            server.stop()

    def load(self, server, rate, calls, seconds=None, **options):
        load = Load(server, self.folder("load"), rate, calls, **options)
        try:
            return load.wait(seconds or calls / rate + 150)
        finally:
            load.stop()

    def require(self, what, value, limit, at_least=False):
        met = value >= limit if at_least else value <= limit
        self.requirements.append({"what": what, "value": round(value, 4), "limit": limit, "at_least": at_least,
                                  "met": met})


def cpu_of(bench, kind, rate, calls):
    """Microseconds a call of each process, at that rate."""
    with bench.server(kind) as server:
        bench.load(server, rate, rate)  # warm
        before = server.cpu()
        figures = bench.load(server, rate, calls)
        time.sleep(SETTLE_SECONDS)  # the transactions' ends belong to the calls
        after = server.cpu()
    row = {name: 1e6 * (after[name] - before[name]) / calls for name in before}
    say(f"CPU of a call, {kind.name}: " + ", ".join(f"{name} {value:.0f} us" for name, value in row.items())
        + f"; {figures['completed']} completed, {figures['failed']} failed")
    return {**row, **figures}


def part_cpu(bench, args):
    rounds = [{kind.name: cpu_of(bench, kind, args.cpu_rate, args.cpu_rate * args.seconds) for kind in (Kamailio, Weir)}
              for _ in range(args.rounds)]
    ratio = statistics.median(one["weir"]["signalling"] / one["kamailio"]["signalling"] for one in rounds)
    whole = statistics.median((one["weir"]["signalling"] + one["weir"]["media"]) / one["kamailio"]["signalling"]
                              for one in rounds)
    bench.require("CPU a call, weir-sip to Kamailio", ratio, 1.0)
    bench.require("calls that failed in it", sum(one[name]["failed"] for one in rounds for name in one), 0)
    return {"rounds": rounds, "ratio": ratio, "ratio_with_weir_media": whole}


def part_rate(bench, args):
    """Steps upwards until a call fails or the offered rate is not kept."""
    best, rows = 0, []
    for rate in args.rates:
        with bench.server(Weir, sessions=20000, ipv6_callee=True) as server:
            bench.load(server, 200, 200)
            began = time.monotonic()
            figures = bench.load(server, rate, rate * args.seconds)
            took = time.monotonic() - began
        row = {"offered": rate, "completed_a_second": figures["completed"] / took, **figures}
        rows.append(row)
        good = figures["failed"] == 0 and figures["completed"] == rate * args.seconds and \
            row["completed_a_second"] > 0.9 * rate
        say(f"{rate} calls/s: {row['completed_a_second']:.0f} completed a second, {figures['failed']} failed, "
            f"{figures['sent_again']} messages sent again")
        if not good:
            break
        best = rate
    bench.require("calls a second on one core, completed, none failed", best, 3000, at_least=True)
    return {"best": best, "rows": rows}


def part_overload(bench, args):
    limits = f"call spike {OVERLOAD_LIMIT} steps 5 size 200\n!\ncall treatment on\n!\n"
    with bench.server(Weir, limits=limits) as server:
        offered = 10 * OVERLOAD_LIMIT
        began = time.monotonic()
        figures = bench.load(server, offered, offered * args.seconds)
        took = time.monotonic() - began
    # SIPp may be slower than it was told: what was to be admitted is counted by the time it took.
    goodput = figures["completed"] / (OVERLOAD_LIMIT * took)
    say(f"{offered} calls/s offered to a limit of {OVERLOAD_LIMIT}: {figures['completed']} completed, "
        f"{figures['failed']} refused")
    bench.require("goodput at ten times the limit", goodput, 0.9, at_least=True)
    return {"limit": OVERLOAD_LIMIT, "offered": offered, "seconds": took, "goodput": goodput, **figures}


def part_memory(bench, args):
    calls = args.held
    with bench.server(Weir, sessions=max(calls + 100, 2000), ipv6_callee=True) as server:
        bench.load(server, 200, 1000)
        time.sleep(40)  # until the transactions of these are gone
        pid = server.signalling_pid()
        start = resident_kib(pid)
        load = Load(server, bench.folder("held"), 300, calls, hold_ms=1000 * (calls // 300 + 60), limit=calls + 100,
                    seconds=calls // 300 * 2 + 400)
        try:
            time.sleep(calls / 300 + 45)
            held = resident_kib(pid)
            there = server.execute("show call active total-calls").split(":")[-1].strip()
            say(f"{there} calls held: {(held - start) / calls:.1f} KiB each")
            figures = load.wait(calls / 300 + 300)
        finally:
            load.stop()
        time.sleep(45)
        end = resident_kib(pid)
    bench.require("KiB of weir-sip for each held call", (held - start) / calls, 12)
    bench.require("memory when they have ended, to the start", end / start, 1.1)
    return {"calls": calls, "held_by_show": there, "start_kib": start, "held_kib": held, "end_kib": end, **figures}


def added_delays(path, server):
    """Of each call: what Weir took to pass the INVITE on and the ringing back, together, ms."""
    came, passed, rang, told = {}, {}, {}, {}
    for packet in read_pcap(path):
        line, _, rest = packet.payload.decode(errors="replace").partition("\r\n")
        number = rest.partition("To: ")[2].partition("sip:")[2].partition("@")[0].lstrip("4")
        if "INVITE" not in rest.partition("CSeq: ")[2].split("\r\n")[0]:
            continue
        if line.startswith("INVITE"):
            (came if packet.source[1] == server.uac else passed).setdefault(number, packet.time)
        elif line.startswith("SIP/2.0 18"):
            (rang if packet.source[1] == server.uas else told).setdefault(number, packet.time)
    return [1000 * (passed[one] - came[one] + told[one] - rang[one])
            for one in came if one in passed and one in rang and one in told]


def part_delay(bench, args):
    with bench.server(Weir, sessions=20000, ipv6_callee=True) as server:
        bench.load(server, 200, 400)
        folder = bench.folder("capture")
        capture = subprocess.Popen(["tcpdump", "-i", "lo", "-n", "-U", "-B", "65536", "-Z", "root", "-s", "700", "-w",
                                    folder / "calls.pcap", "udp", "port", str(server.sip)],
                                   stderr=open(folder / "tcpdump.log", "w"))
        time.sleep(2)
        figures = bench.load(server, args.half_load, args.half_load * args.seconds)
        time.sleep(2)
        capture.send_signal(signal.SIGTERM)
        capture.wait(timeout=30)
        delays = sorted(added_delays(folder / "calls.pcap", server))
    row = {"calls": len(delays), **figures}
    for name, share in (("p50", 0.5), ("p99", 0.99), ("p99.9", 0.999)):
        row[name] = delays[min(len(delays) - 1, int(len(delays) * share))] if delays else float("nan")
    say(f"added at {args.half_load} calls/s: p50 {row['p50']:.2f} ms, p99 {row['p99']:.2f}, p99.9 {row['p99.9']:.2f} "
        f"of {len(delays)} calls")
    bench.require("added post-dial delay, p50, ms", row["p50"], 1)
    bench.require("added post-dial delay, p99.9, ms", row["p99.9"], 10)
    return row


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--build", default=ROOT / "build", type=pathlib.Path)
    parser.add_argument("--parts", nargs="+", choices=PARTS, default=list(PARTS))
    parser.add_argument("--rounds", default=3, type=int, help="of Kamailio and Weir in turn")
    parser.add_argument("--seconds", default=10, type=int, help="of each measurement")
    parser.add_argument("--cpu-rate", default=400, type=int, help="calls a second where the CPU of a call is measured")
    parser.add_argument("--rates", nargs="+", type=int, default=[1000, 2000, 2500, 3000, 3500, 4000])
    parser.add_argument("--half-load", default=1500, type=int, help="calls a second of the delays")
    parser.add_argument("--held", default=20000, type=int, help="calls at once")
    parser.add_argument("--results", default=ROOT / "bench" / "results" / "sip-calls.json", type=pathlib.Path)
    args = parser.parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit("bench: ended by a signal"))  # and clean up
    load_before = os.getloadavg()[0]
    with tempfile.TemporaryDirectory(prefix="weir-bench-") as work:
        bench = Bench(args, pathlib.Path(work))
        results = {name: globals()[f"part_{name}"](bench, args) for name in PARTS if name in args.parts}
    document = {
        "command": "bench/run traffic sip-calls " + " ".join(["--parts", *args.parts]),
        "date": datetime.datetime.now(datetime.timezone.utc).strftime("%Y-%m-%dT%H:%MZ"),
        "machine": {"cpu": cpu_model(), "cores": os.cpu_count(), "kernel": os.uname().release,
                    "load_average": round(load_before, 2)},
        "requirements": bench.requirements, "results": results}
    args.results.parent.mkdir(parents=True, exist_ok=True)
    args.results.write_text(json.dumps(document, indent=2) + "\n")
    for line in bench.requirements:
        print(f"{line['what']:60} {line['value']:10} {'>=' if line['at_least'] else '<='} {line['limit']:<8} "
              f"{'met' if line['met'] else 'NOT MET'}")
    sys.exit(0 if all(line["met"] for line in bench.requirements) else 1)


if __name__ == "__main__":
    main()

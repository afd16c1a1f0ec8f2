#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""What a call costs Weir and Kamailio side by side, how many Weir carries, what a held one takes, and what it delays.

The server has a core of its own, the parties share another one. Kamailio is a plain record-routing proxy; Weir routes by
dial-peers, translates the number, hides the topology, opens media ports, writes a CDR and keeps every message in its
flight recorder. The CPU of a call is measured between two SIPp, all else by weir-sip-load, which keeps its rate and knows
by the kernel's receive times what was the server's delay.
"""
import argparse
import contextlib
import datetime
import json
import os
import pathlib
import signal
import statistics
import sys
import tempfile
import time

from call_generator import Generator, steady
from recorded_calls import cpu_model, say
from sip_parties import NO_WIRE, PARTY_CORE, Kamailio, Load, Weir, pinned, resident_kib

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent.parent

PARTS = ("cpu", "rate", "overload", "memory", "delay")
SETTLE_SECONDS = 3
KEPT = 0.98  # of the calls that a steady second offers, completed within it
LATE_MS = 250  # a call that began later than this behind its time: the rate was not kept
TRANSACTIONS_SECONDS = 40  # RFC 3261 17: 32 s after its call a transaction is gone


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

    def generator(self, server, rate, calls, **options):
        command = pinned(PARTY_CORE, self.binaries / "weir-sip-load")
        return Generator(server, command, self.folder("load"), rate, calls, **options)

    def generate(self, server, rate, calls, **options):
        load = self.generator(server, rate, calls, **options)
        try:
            return load.wait(calls / rate + 150)
        finally:
            load.stop()

    def pause(self, seconds, what, load=None):
        """Waits, and says so now and then; a load must not end meanwhile."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            say(f"{what}: {end - time.monotonic():.0f} s to go")
            time.sleep(min(15.0, max(0.1, end - time.monotonic())))
            if load is not None and load.process.poll() is not None:
                raise RuntimeError("the load has ended too early: " + json.dumps(load.wait(1))[:500])

    def require(self, what, value, limit, at_least=False):
        met = value >= limit if at_least else value <= limit
        self.requirements.append({"what": what, "value": round(value, 4), "limit": limit, "at_least": at_least,
                                  "met": met})


def cpu_of(bench, kind, rate, calls):
    """Microseconds a call of each process, at that rate, once it lives on the memory of calls that are over."""
    with bench.server(kind) as server:
        bench.load(server, rate, rate * bench.args.warm_seconds)
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


def busy(server, before, seconds):
    """Share of a core that each process took."""
    after = server.cpu()
    return {name: round((after[name] - before[name]) / seconds, 3) for name in before}


def step_of(bench, args, kind, rate):
    """One rate for some seconds on a fresh server; the row, and whether all calls went well at that rate."""
    options = {"sessions": 4000, "ipv6_callee": True} if kind is Weir else {}
    with bench.server(kind, **options) as server:
        server.leave_core_to_signalling()
        bench.generate(server, 200, 400)  # warm
        before, began = server.cpu(), time.monotonic()
        figures = bench.generate(server, rate, rate * args.seconds)
        cores = busy(server, before, time.monotonic() - began)
    middle = steady(figures, 1, args.seconds)
    # What is completed late, after the load, was not carried.
    kept = figures["latest_begin_ms"] < LATE_MS and middle["completed"] >= KEPT * rate * middle["seconds"]
    good = kept and figures["completed"] == figures["offered"] == rate * args.seconds
    row = {"offered_a_second": rate, "completed_a_second": round(middle["completed"] / middle["seconds"]),
           "busy_cores": cores, "rate_was_kept": kept,
           **{name: value for name, value in figures.items() if name != "seconds"}}
    say(f"{kind.name}, {rate} calls/s: {row['completed_a_second']} completed a second, {figures['failed']} failed, "
        f"{figures['refused']} refused, {figures['unfinished']} unfinished, {figures['sent_again']} messages sent again, "
        f"cores {cores}" + ("" if kept else "; the rate was not kept"))
    return row, good


def highest_rate(bench, args, kind):
    """Steps upwards until a call fails, then halves the last step."""
    rows, good, bad = [], 0, None
    for rate in args.rates:
        row, went_well = step_of(bench, args, kind, rate)
        rows.append(row)
        if not went_well:
            bad = rate
            break
        good = rate
    while bad is not None and bad - good > args.finest:
        rate = (good + bad) // 2 // 50 * 50
        row, went_well = step_of(bench, args, kind, rate)
        rows.append(row)
        good, bad = (rate, bad) if went_well else (good, rate)
    return {"best": good, "rows": rows}


def part_rate(bench, args):
    weir = highest_rate(bench, args, Weir)
    bench.require("calls a second on one core, completed, none failed", weir["best"], 3000, at_least=True)
    kamailio = highest_rate(bench, args, Kamailio)
    ratio = weir["best"] / kamailio["best"] if kamailio["best"] else None
    say(f"calls a second, Weir to Kamailio: {weir['best']} to {kamailio['best']}")
    return {"weir": weir, "kamailio": kamailio, "ratio": ratio}


def part_overload(bench, args):
    limit, seconds = args.overload_limit, max(args.seconds, 8)
    limits = f"call spike {limit} steps 5 size 200\n!\ncall treatment on\n!\n"
    with bench.server(Weir, limits=limits) as server:
        server.leave_core_to_signalling()
        figures = bench.generate(server, 10 * limit, 10 * limit * seconds)
    middle = steady(figures, 2, seconds - 1)
    goodput = middle["completed"] / (limit * middle["seconds"])
    offered = middle["offered"] / middle["seconds"]
    say(f"{offered:.0f} calls/s offered to a limit of {limit} for {middle['seconds']} s: {middle['completed']} completed, "
        f"{middle['refused']} refused, {middle['failed']} failed")
    bench.require("offered in the steady seconds, to the limit", offered / limit, 9.5, at_least=True)
    bench.require("goodput at ten times the limit", goodput, 0.9, at_least=True)
    bench.require("calls that ended otherwise than completed or by 503", figures["failed"] + figures["unfinished"], 0)
    return {"limit": limit, "steady": middle, "goodput": goodput, "whole": figures}


def part_memory(bench, args):
    calls, rate = args.held, args.held_rate
    with bench.server(Weir, sessions=calls + 500, ipv6_callee=True, media=NO_WIRE) as server:
        server.leave_core_to_signalling()
        bench.generate(server, rate, 5 * rate)
        say(f"{5 * rate} calls are over; until their transactions are gone")
        time.sleep(TRANSACTIONS_SECONDS)
        pid = server.signalling_pid()
        start = resident_kib(pid)
        rise = calls / rate
        load = bench.generator(server, rate, calls, hold_ms=int(1000 * (rise + TRANSACTIONS_SECONDS + 25)), limit=900)
        try:
            bench.pause(rise + TRANSACTIONS_SECONDS + 5, "calls are set up and held", load)
            held = resident_kib(pid)
            there = int(server.execute("show call active total-calls").split(":")[-1].strip() or 0)
            say(f"{there} calls held: {(held - start) / calls:.1f} KiB each")
            figures = load.wait(2 * rise + 300)
        finally:
            load.stop()
        bench.pause(TRANSACTIONS_SECONDS + 5, "the calls are over")
        end = resident_kib(pid)
        left = int(server.execute("show call active total-calls").split(":")[-1].strip() or 0)
    say(f"weir-sip: {start} KiB before, {held} with the calls, {end} after them")
    bench.require("calls held, of those wanted", there / calls, 1, at_least=True)
    bench.require("KiB of weir-sip for each held call", (held - start) / calls, 12)
    bench.require("memory when they have ended, to the start", end / start, 1.1)
    bench.require("calls that failed, or are left over", figures["failed"] + figures["refused"] + left, 0)
    figures.pop("seconds")
    return {"calls": calls, "held": there, "start_kib": start, "held_kib": held, "end_kib": end, **figures}


def part_delay(bench, args):
    """The same load three times: without a server, through Kamailio, through Weir."""
    rows = {}
    for kind in (Kamailio, Weir):
        options = {"sessions": 4000, "ipv6_callee": True} if kind is Weir else {}
        with bench.server(kind, **options) as server:
            server.leave_core_to_signalling()
            if not rows:
                rows["direct"] = bench.generate(server, args.half_load, args.half_load * args.seconds, direct=True)
            bench.generate(server, 200, 400)
            rows[kind.name] = bench.generate(server, args.half_load, args.half_load * args.seconds)
    for name, row in rows.items():
        row.pop("seconds")
        between = row["between_ms"]
        say(f"{name} at {args.half_load} calls/s: p50 {between['p50']:.2f} ms, p99 {between['p99']:.2f}, "
            f"p99.9 {between['p99.9']:.2f} of {between['calls']} calls")
    added = {share: max(0.0, rows["weir"]["between_ms"][share] - rows["direct"]["between_ms"][share])
             for share in ("p50", "p99.9")}
    bench.require("added post-dial delay, p50, ms", added["p50"], 1)
    bench.require("added post-dial delay, p99.9, ms", added["p99.9"], 10)
    bench.require("calls that failed in it", sum(row["failed"] + row["refused"] for row in rows.values()), 0)
    ratio = rows["weir"]["between_ms"]["p50"] / max(rows["kamailio"]["between_ms"]["p50"], 0.001)
    return {"calls_a_second": args.half_load, "added_ms": added, "p50_to_kamailio": ratio, **rows}


def write_results(args, machine, requirements, results):
    """The parts that have not run now stay as they were."""
    document = {"parts": {}}
    if args.results.exists():
        before = json.loads(args.results.read_text())
        document["parts"] = before.get("parts", {})
    for name, result in results.items():
        document["parts"][name] = {
            "command": f"bench/run traffic sip-calls --parts {name}",
            "date": datetime.datetime.now(datetime.timezone.utc).strftime("%Y-%m-%dT%H:%MZ"),
            "machine": machine, "requirements": requirements[name], "results": result}
    document["parts"] = {name: document["parts"][name] for name in PARTS if name in document["parts"]}
    args.results.parent.mkdir(parents=True, exist_ok=True)
    args.results.write_text(json.dumps(document, indent=2) + "\n")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--build", default=ROOT / "build", type=pathlib.Path)
    parser.add_argument("--parts", nargs="+", choices=PARTS, default=list(PARTS))
    parser.add_argument("--rounds", default=3, type=int, help="of Kamailio and Weir in turn")
    parser.add_argument("--seconds", default=10, type=int, help="of each measurement")
    parser.add_argument("--cpu-rate", default=1500, type=int, help="calls a second where the CPU of a call is measured")
    parser.add_argument("--warm-seconds", default=35, type=int, help="of load before it: longer than a transaction lives")
    parser.add_argument("--rates", nargs="+", type=int, default=[1000, 2000, 3000, 4000, 5000, 6000],
                        help="calls a second, until one is too much; then the last step is halved")
    parser.add_argument("--finest", default=250, type=int, help="the last step is halved down to this")
    parser.add_argument("--half-load", default=1500, type=int, help="calls a second of the delays")
    parser.add_argument("--overload-limit", default=200, type=int,
                        help="calls a second that are admitted; ten times as many are offered")
    parser.add_argument("--held", default=20000, type=int, help="calls at once")
    parser.add_argument("--held-rate", default=400, type=int, help="calls a second at which they are set up")
    parser.add_argument("--results", default=ROOT / "bench" / "results" / "sip-calls.json", type=pathlib.Path)
    args = parser.parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit("bench: ended by a signal"))  # and clean up
    machine = {"cpu": cpu_model(), "cores": os.cpu_count(), "kernel": os.uname().release,
               "load_average_before": round(os.getloadavg()[0], 2)}
    met = True
    with tempfile.TemporaryDirectory(prefix="weir-bench-") as work:
        bench = Bench(args, pathlib.Path(work))
        for name in [name for name in PARTS if name in args.parts]:
            say(f"part {name}")
            bench.requirements = []
            results = globals()[f"part_{name}"](bench, args)
            write_results(args, machine, {name: bench.requirements}, {name: results})
            for line in bench.requirements:
                met = met and line["met"]
                print(f"{name:9} {line['what']:58} {line['value']:10} {'>=' if line['at_least'] else '<='} "
                      f"{line['limit']:<6} {'met' if line['met'] else 'NOT MET'}", flush=True)
    sys.exit(0 if met else 1)


if __name__ == "__main__":
    main()

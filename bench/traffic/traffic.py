#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Weir, rtpengine, a bare relay and a null relay side by side: cycles a packet, latency, packets lost.

Every round runs every peer once, one after another, on the same cores and the same veth; what is compared
was measured in the same round. README.md says how and why.
"""
import argparse
import datetime
import json
import os
import pathlib
import platform
import signal
import statistics
import sys
import tempfile
import traceback

from measurement import Generator, measure, measure_memif, take_precedence
from peers import FloorRelay, Nobody, NullRelay, Rtpengine, Weir, WeirMemif
from requirements import (Report, lost, of_rounds, print_cpu, print_latency, ratios, spread)
from topology import Topology

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent.parent
WEIR_MODES = ("socket", "af_packet", "af_xdp")
OVERLOAD = 0.01  # of the packets and copies lost: then rtpengine is overloaded


def say(words):
    print(f"traffic: {words}", file=sys.stderr, flush=True)


class Bench:
    def __init__(self, args, work):
        self.args = args
        self.work = work
        self.binaries = args.build.resolve() / "bin"
        self.topology = Topology(sides=args.sides)
        self.failures = []
        self.done = 0
        self.total = 0

    def peer(self, name):
        common = (self.topology, self.binaries, self.work)
        kind, _, mode = name.partition(" ")
        if kind == "weir":
            return Weir(*common, mode, idle=self.args.idle)
        if kind == "null":
            return NullRelay(*common, mode, ",busy_budget=0" if mode == "af_xdp" else "",
                             ("--idle", self.args.idle))
        return {"rtpengine": Rtpengine, "floor": FloorRelay, "nobody": Nobody}[name](*common)

    def once(self, title, name, action):
        """The row, or None when the peer fails: the others go on."""
        self.done += 1
        try:
            row = action()
        except Exception as error:  # a peer's failure is a result
            self.failures.append({"peer": name, "part": title, "error": str(error)})
            say(f"[{self.done}/{self.total}] {title}, {name}: FAILED: {error}")
            if self.args.verbose:
                traceback.print_exc()
            return None
        latency = row["relay"]["latency_us"]
        if name == "nobody":
            say(f"[{self.done}/{self.total}] {title}: busy for {row['busy_share'] * 100:.2f} %")
            return row
        say(f"[{self.done}/{self.total}] {title}, {name}: {row['cycles']:.0f} cycles, lost {lost([row])} of "
            f"{row['sent']}, p99.9 {latency['p99.9']:.0f} us"
            + (f", {row['mpps']:.2f} Mpps" if "mpps" in row else "")
            + (f", the generator stood still {row['generator']['stalls']} times" if row["generator"]["stalls"] else ""))
        return row

    def settings(self, rate, fork, name):
        # rtpengine watches where packets come from for 3 s before a call is settled.
        return {"rate": rate, "fork": fork, "seconds": self.args.seconds, "calls": self.args.calls,
                "tick_us": self.args.tick_us, "warm_up": 4 if name == "rtpengine" else self.args.warm_up}

    def veth_round(self, generator, results, part):
        for name in part["peers"]:
            rates = [part["rate"]]
            if name in part.get("also", {}):
                rates.append(part["also"][name])
            for rate in rates:
                label = name if rate == part["rate"] else f"{name} {rate / 1000:g}k"
                row = self.once(part["title"], label, lambda: measure(
                    generator, self.peer(name), self.settings(rate, part["fork"], name)))
                if row is not None:
                    results.setdefault(label, []).append(row)


def parts_of(args):
    """What a round consists of."""
    weir = [f"weir {mode}" for mode in args.modes]
    null = [f"null {mode}" for mode in args.modes if mode != "socket"]
    cpu = {"peers": ["rtpengine", "floor", *weir], "rate": args.rate}
    parts = {
        "relay": {**cpu, "title": f"relay, {args.rate / 1000:g} kpps", "fork": False},
        "fork": {**cpu, "title": f"relay and one fork, {args.rate / 1000:g} kpps", "fork": True,
                 "also": {"rtpengine": args.fork_rate_rtpengine}},
        "latency": {"peers": ["rtpengine", "floor", *null, *weir], "rate": args.latency_rate, "fork": False,
                    "title": f"latency, {args.latency_rate / 1000:g} kpps"},
    }
    chosen = {name: part for name, part in parts.items() if name in args.parts}
    nobody = {"title": "an empty core", "peers": ["nobody"], "rate": 1, "fork": False}
    return {**chosen, "empty": nobody} if chosen else {}


def run_rounds(bench, parts):
    args = bench.args
    results = {name: {} for name in (*parts, "memif")}
    per_round = sum(len(part["peers"]) + len(part.get("also", {})) for part in parts.values())
    bench.total = args.rounds * (per_round + ("memif" in args.parts))
    bench.topology.create()
    try:
        generator = Generator(bench.topology, bench.binaries, bench.work)
        for number in range(args.rounds):
            say(f"round {number + 1} of {args.rounds}")
            for name, part in parts.items():
                bench.veth_round(generator, results[name], part)
            if "memif" in args.parts:
                settings = {"calls": args.memif_calls, "window": args.window, "seconds": args.seconds, "warm_up": 3}
                row = bench.once("memif to memif", "weir dpdk", lambda: measure_memif(
                    WeirMemif(bench.topology, bench.binaries, bench.work, idle=args.idle),
                    bench.binaries, bench.work, settings))
                if row is not None:
                    results["memif"].setdefault("weir dpdk", []).append(row)
        generator.close()
    finally:
        bench.topology.remove()
    return results


def base_of(results):
    """The rtpengine that others are compared with: at the common rate, or where it loses more than OVERLOAD
    there, at the lower rate that it carries. With a second of packets waiting in its sockets it reads whole
    batches and is cheaper than any rtpengine that serves calls.
    """
    names = [name for name in results if name.startswith("rtpengine")]
    carried = [name for name in names if lost(results[name]) <= OVERLOAD * sum(of_rounds(results[name], "sent"))]
    return (carried or names or [None])[0]


def judge(results, report):
    limits = {("relay", "weir af_xdp"): (0.38, 0.33), ("fork", "weir af_xdp"): (0.25, 0.20),
              ("relay", "weir af_packet"): (0.55, None), ("relay", "weir socket"): (0.9, 0.8)}
    for part, words in (("relay", "relay"), ("fork", "relay and one fork")):
        base = results.get(part, {}).get(base_of(results.get(part, {})))
        for name, rows in results.get(part, {}).items():
            if not name.startswith("weir"):
                continue
            if (part, name) in limits and base:
                limit, aim = limits[part, name]
                report.require(f"{name}, {words}: CPU a packet to rtpengine's",
                               statistics.median(ratios(rows, base, "cycles")), limit, aim)
            report.require(f"{name}, {words}: packets lost", lost(rows), 0)
    latency = results.get("latency", {})
    for mode in WEIR_MODES:
        null = latency.get("floor" if mode == "socket" else f"null {mode}")
        if null and f"weir {mode}" in latency:
            value = statistics.median(ratios(latency[f"weir {mode}"], null, "relay", "latency_us", "p99.9"))
            report.require(f"weir {mode}: p99.9 to that of the {'floor' if mode == 'socket' else 'null'} relay", value, 2)
    for rows in results.get("memif", {}).values():
        report.require("memif to memif, one worker: Mpps", statistics.median(of_rounds(rows, "mpps")), 12, 15, True)
        report.require("memif to memif: packets lost", lost(rows), 0)


def print_tables(results, parts, report):
    for name in ("relay", "fork"):
        if results.get(name):
            print_cpu(f"{parts[name]['title']}: cycles of each relayed packet (min, median, max of rounds)",
                      results[name], base_of(results[name]))
    if results.get("latency"):
        print_latency(f"{parts['latency']['title']}: medians of the rounds", results["latency"])
    if results.get("empty"):
        shares = spread([share * 100 for share in of_rounds(results["empty"]["nobody"], "busy_share")])
        print(f"\nan empty core counts as busy for {shares['min']:.2f} {shares['median']:.2f} {shares['max']:.2f} % "
              "of the time (in every figure above)")
    for name, rows in results.get("memif", {}).items():
        mpps = spread(of_rounds(rows, "mpps"))
        print(f"\nmemif to memif, {name}: {mpps['min']:.2f} {mpps['median']:.2f} {mpps['max']:.2f} Mpps, "
              f"{statistics.median(of_rounds(rows, 'core_cycles')):.0f} cycles a packet, lost {lost(rows)}")
    report.print_requirements()


def summary(results):
    """Of every peer in every part: min, median and max of its rounds, and the rounds themselves."""
    return {part: {name: {"cycles": spread(of_rounds(rows, "cycles")),
                          "p50_us": spread(of_rounds(rows, "relay", "latency_us", "p50")),
                          "p99_us": spread(of_rounds(rows, "relay", "latency_us", "p99")),
                          "p99.9_us": spread(of_rounds(rows, "relay", "latency_us", "p99.9")),
                          **({"mpps": spread(of_rounds(rows, "mpps"))} if "mpps" in rows[0] else {}),
                          "busy_share": spread(of_rounds(rows, "busy_share")),
                          "lost": lost(rows), "rounds": rows}
                   for name, rows in peers.items()} for part, peers in results.items() if peers}


def machine():
    model = next((line.split(":", 1)[1].strip() for line in open("/proc/cpuinfo") if line.startswith("model name")), "?")
    return {"cpu": model, "cpus": os.cpu_count(), "kernel": platform.release(), "load_average": os.getloadavg()[0]}


def arguments():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="one round of 3 s: to see that it works, not to quote")
    parser.add_argument("--build", default=ROOT / "build", type=pathlib.Path)
    parser.add_argument("--rounds", default=5, type=int)
    parser.add_argument("--seconds", default=8.0, type=float, help="measured, of each peer in each round")
    parser.add_argument("--warm-up", default=2.0, type=float)
    parser.add_argument("--rate", default=150_000, type=int, help="packets a second, all flows together")
    parser.add_argument("--tick-us", default=50, type=float, help="the pace is even to within this: what is due leaves")
    parser.add_argument("--latency-rate", default=100_000, type=int)
    parser.add_argument("--fork-rate-rtpengine", default=80_000, type=int, help="a rate that it carries with a fork")
    parser.add_argument("--calls", default=1500, type=int, help="two flows each: 1500 at 150 kpps are G.711 of 20 ms")
    parser.add_argument("--memif-calls", default=200, type=int)
    parser.add_argument("--window", default=1024, type=int, help="memif: packets under way at once")
    parser.add_argument("--sides", default=1, type=int, choices=(1, 2), help="veth pairs")
    parser.add_argument("--idle", default="sleep", choices=("sleep", "spin"), help="of Weir's worker and the null relay")
    parser.add_argument("--modes", nargs="+", default=list(WEIR_MODES), choices=WEIR_MODES)
    parser.add_argument("--parts", nargs="+", default=["relay", "fork", "latency", "memif"],
                        choices=["relay", "fork", "latency", "memif"])
    parser.add_argument("--results", type=pathlib.Path, help="default: bench/results/traffic.json, with --quick none")
    parser.add_argument("--verbose", action="store_true")
    args = parser.parse_args()
    if args.quick:
        args.rounds, args.seconds = 1, 3.0
    elif args.results is None:
        args.results = ROOT / "bench" / "results" / "traffic.json"
    return args


def main():
    args = arguments()
    if os.geteuid() != 0 or (os.cpu_count() or 1) < 2:
        sys.exit("bench/run traffic needs root (namespaces, priorities) and two cores")
    # SIGTERM too ends peers and namespaces.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit("bench/run traffic: stopped"))
    take_precedence()
    parts = parts_of(args)
    with tempfile.TemporaryDirectory(prefix="weir-traffic-") as name:
        bench = Bench(args, pathlib.Path(name))
        results = run_rounds(bench, parts)
    report = Report()
    judge(results, report)
    print_tables(results, parts, report)
    if args.results:
        document = {"command": "bench/run traffic " + " ".join(sys.argv[1:]),
                    "date": datetime.date.today().isoformat(), "machine": machine(), "rounds": args.rounds,
                    "seconds": args.seconds, "requirements": report.requirements, "failures": bench.failures,
                    "parts": summary(results)}
        args.results.parent.mkdir(parents=True, exist_ok=True)
        args.results.write_text(json.dumps(document, indent=1) + "\n")
        say(f"written: {args.results}")
    good = not bench.failures and all(line["met"] for line in report.requirements)
    sys.exit(0 if good else 1)


if __name__ == "__main__":
    main()

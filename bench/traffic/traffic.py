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

from core_state import CoreWatch, are_near, are_quiet, measured_by
from measurement import Generator, measure, measure_memif, take_precedence
from peers import FloorRelay, Nobody, NullMemif, NullRelay, Rtpengine, Weir, WeirMemif
from requirements import (Report, lost, of_rounds, on_cable, print_cpu, print_latency, ratios, spread)
from topology import Topology, hugepages

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent.parent
WEIR_MODES = ("socket", "af_packet", "af_xdp-worker", "af_xdp")
WORDS = {"relay": "relay", "fork": "relay and one fork"}
# What a peer carries: a queue of more than a packet's spacing is one that grows.
CARRIED_LOSS = 0.001  # of the packets and copies
CARRIED_P99_US = 5_000
RATE_STEP = 5_000
MEMIF_HUGEPAGES = 160  # of 2 MiB: media.memory_mib and some more


def say(words):
    print(f"traffic: {words}", file=sys.stderr, flush=True)


class Bench:
    def __init__(self, args, work):
        self.args = args
        self.work = work
        self.binaries = args.build.resolve() / "bin"
        self.topology = Topology(sides=args.sides)
        cores = (self.topology.dut_core, self.topology.gen_core)
        self.cores = CoreWatch(measured_by(self.binaries, cores), args.wait_near, say)
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

    def once(self, title, name, action, quiet=False):
        """The row, or None when the peer fails: the others go on."""
        self.done += 1
        try:
            row = self.cores.row_of(f"{title}, {name}", action, quiet)
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

    def most_carried(self, generator, name, part):
        """The highest rate, in steps, at which the peer has neither a growing queue nor losses."""
        lowest, highest = 0, part["rate"] // RATE_STEP + 1
        while lowest + 1 < highest:
            middle = (lowest + highest) // 2
            settings = self.settings(middle * RATE_STEP, part["fork"], name)  # as long as it will be measured
            row = self.cores.row_of(name, lambda: measure(generator, self.peer(name), settings))
            carries = is_carried(row)
            say(f"{part['title']}, {name} at {middle * RATE_STEP / 1000:g} kpps: {'carried' if carries else 'too much'}")
            lowest, highest = (middle, highest) if carries else (lowest, middle)
        return max(lowest, 1) * RATE_STEP

    def veth_round(self, generator, results, part):
        for name in part["peers"]:
            rates = [part["rate"]]
            if name in part.get("also", ()) and part["base_rate"] != part["rate"]:
                rates.append(part["base_rate"])
            for rate in rates:
                label = name if rate == part["rate"] else at_rate(name, rate)
                row = self.once(part["title"], label, lambda: measure(
                    generator, self.peer(name), self.settings(rate, part["fork"], name)))
                if row is not None:
                    results.setdefault(label, []).append(row)

    def memif_round(self, results):
        """With ordinary pages, as platform.yaml has it by default; and with hugepages where there are some."""
        args = self.args
        settings = {"calls": args.memif_calls, "window": args.window, "seconds": args.seconds, "warm_up": 3}
        common = (self.topology, self.binaries, self.work)
        for huge, pages in ((False, ""), (True, ", hugepages")):
            with hugepages(MEMIF_HUGEPAGES if huge else 0) as there:
                if not there:
                    say("memif to memif: this machine has no hugepages to give")
                    continue
                for name, peer in (("null relay", lambda: NullMemif(*common, hugepages=huge)),
                                   ("weir dpdk", lambda: WeirMemif(*common, idle=args.idle, hugepages=huge))):
                    row = self.once("memif to memif", name + pages,
                                    lambda: measure_memif(peer(), self.binaries, self.work, settings), quiet=True)
                    if row is not None:
                        results.setdefault(name + pages, []).append(row)


def at_rate(name, rate):
    return f"{name} {rate / 1000:g}k"


def is_carried(row):
    lost_ones = lost([row]) - on_cable([row])
    return lost_ones <= CARRIED_LOSS * row["sent"] and row["relay"]["latency_us"]["p99"] <= CARRIED_P99_US


def parts_of(args):
    """What a round consists of."""
    weir = [f"weir {mode}" for mode in args.modes]
    null = [f"null {mode}" for mode in args.modes if mode != "socket" and not mode.endswith("-worker")]
    cpu = {"peers": ["rtpengine", "floor", *weir], "rate": args.rate}
    parts = {
        "relay": {**cpu, "title": f"relay, {args.rate / 1000:g} kpps", "fork": False},
        "fork": {**cpu, "title": f"relay and one fork, {args.rate / 1000:g} kpps", "fork": True,
                 "base_rate": args.fork_rate_rtpengine, "also": ("rtpengine", "weir af_xdp", "weir af_packet")},
        "latency": {"peers": ["rtpengine", "floor", *null, *weir], "rate": args.latency_rate, "fork": False,
                    "title": f"latency, {args.latency_rate / 1000:g} kpps"},
    }
    chosen = {name: part for name, part in parts.items() if name in args.parts}
    nobody = {"title": "an empty core", "peers": ["nobody"], "rate": 1, "fork": False}
    return {**chosen, "empty": nobody} if chosen else {}


def run_rounds(bench, parts):
    args = bench.args
    results = {name: {} for name in (*parts, "memif")}
    per_round = sum(len(part["peers"]) + len(set(part["peers"]) & set(part.get("also", ()))) for part in parts.values())
    bench.total = args.rounds * (per_round + 4 * ("memif" in args.parts))
    bench.topology.create()
    try:
        generator = Generator(bench.topology, bench.binaries, bench.work)
        if "fork" in parts and parts["fork"]["base_rate"] == 0:
            parts["fork"]["base_rate"] = bench.most_carried(generator, "rtpengine", parts["fork"])
        for number in range(args.rounds):
            say(f"round {number + 1} of {args.rounds}")
            for name, part in parts.items():
                bench.veth_round(generator, results[name], part)
            if "memif" in args.parts:
                bench.memif_round(results["memif"])
        generator.close()
    finally:
        bench.topology.remove()
    return results


def judge_cpu(part, title, results, report):
    """Weir's cycles to rtpengine's. Where rtpengine does not carry the common rate there are three ways to
    compare, and none is left out: overloaded it holds up to a second of packets in its sockets and reads whole
    batches, which is cheaper than any that serves calls.
    """
    limits = {("relay", "weir af_xdp"): (0.38, 0.33), ("fork", "weir af_xdp"): (0.25, 0.20),
              ("relay", "weir af_packet"): (0.55, None), ("relay", "weir socket"): (0.9, 0.8)}
    peers = results.get(title, {})
    full = f"{part['rate'] / 1000:g} kpps"
    for name, rows in peers.items():
        if not name.startswith("weir"):
            continue
        base_rate = part.get("base_rate", part["rate"])
        least = at_rate("rtpengine", base_rate)
        pairs = [(name, "rtpengine", f"both at {full}")]
        if least in peers:
            pairs = [(name, least, f"at {full}, to its own at {base_rate / 1000:g} kpps, the most that it carries"),
                     (at_rate(name, base_rate), least, f"both at {base_rate / 1000:g} kpps"),
                     (name, "rtpengine", f"both at {full}, where rtpengine is overloaded")]
        for one, other, words in pairs if (title, name) in limits else ():
            if one in peers and other in peers:
                report.require(f"{name}, {WORDS[title]}: CPU a packet to rtpengine's, {words}",
                               statistics.median(ratios(peers[one], peers[other], "cycles")), *limits[title, name])
        # What the cable dropped was sent.
        report.require(f"{name}, {WORDS[title]}: packets lost", lost(rows) - on_cable(rows), 0)


def weir_memif(results):
    return {name: rows for name, rows in results.get("memif", {}).items() if name.startswith("weir")}


def judge(results, parts, report):
    for title in WORDS:
        if title in parts:
            judge_cpu(parts[title], title, results, report)
    latency = results.get("latency", {})
    for mode in WEIR_MODES:
        null = latency.get("floor" if mode == "socket" else f"null {mode.removesuffix('-worker')}")
        if null and f"weir {mode}" in latency:
            value = statistics.median(ratios(latency[f"weir {mode}"], null, "relay", "latency_us", "p99.9"))
            report.require(f"weir {mode}: p99.9 to that of the {'floor' if mode == 'socket' else 'null'} relay", value, 2)
    for name, rows in weir_memif(results).items():
        report.require(f"memif to memif, one worker, {name}: Mpps",
                       statistics.median(of_rounds(rows, "mpps")), 12, 15, True)
        report.require(f"memif to memif, {name}: packets lost", lost(rows), 0)


def base_of(peers, part):
    """What the ratios of a table are to: rtpengine at the common rate, or at the most that it carries."""
    least = at_rate("rtpengine", part.get("base_rate", 0))
    return least if least in peers else "rtpengine"


def print_tables(results, parts, report, most_additions):
    for name in ("relay", "fork"):
        if results.get(name):
            print_cpu(f"{parts[name]['title']}: cycles of each relayed packet (min, median, max of rounds)",
                      results[name], base_of(results[name], parts[name]))
    if results.get("latency"):
        print_latency(f"{parts['latency']['title']}: medians of the rounds", results["latency"])
    if results.get("empty"):
        shares = spread([share * 100 for share in of_rounds(results["empty"]["nobody"], "busy_share")])
        print(f"\nan empty core counts as busy for {shares['min']:.2f} {shares['median']:.2f} {shares['max']:.2f} % "
              "of the time (in every figure above)")
    for name, rows in results.get("memif", {}).items():
        mpps = spread(of_rounds(rows, "mpps"))
        null = results["memif"].get(name.replace("weir dpdk", "null relay"), rows)
        beside = "" if null is rows else f", {statistics.median(ratios(rows, null, 'mpps')):.2f} of the null relay's"
        print(f"\nmemif to memif, {name}: {mpps['min']:.2f} {mpps['median']:.2f} {mpps['max']:.2f} Mpps{beside}, "
              f"{statistics.median(of_rounds(rows, 'core_cycles')):.0f} cycles a packet, lost {lost(rows)}, "
              f"{sum(are_quiet(row, most_additions) for row in rows)} of {len(rows)} rounds on a quiet core")
    apart = [row for peers in results.values() for rows in peers.values() for row in rows if not are_near(row)]
    if apart:
        print(f"\n{len(apart)} rows were measured while the two cores shared no cache (README.md, The cores)")
    report.print_requirements()


def summary(results):
    """Of every peer in every part: min, median and max of its rounds, and the rounds themselves."""
    return {part: {name: {"cycles": spread(of_rounds(rows, "cycles")),
                          "p50_us": spread(of_rounds(rows, "relay", "latency_us", "p50")),
                          "p99_us": spread(of_rounds(rows, "relay", "latency_us", "p99")),
                          "p99.9_us": spread(of_rounds(rows, "relay", "latency_us", "p99.9")),
                          **({"mpps": spread(of_rounds(rows, "mpps"))} if "mpps" in rows[0] else {}),
                          "busy_share": spread(of_rounds(rows, "busy_share")),
                          "lost": lost(rows), "cable_drops": on_cable(rows), "rounds": rows}
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
    parser.add_argument("--fork-rate-rtpengine", default=0, type=int,
                        help="the most that it carries with a fork, packets a second; 0: is found")
    parser.add_argument("--calls", default=1500, type=int, help="two flows each: 1500 at 150 kpps are G.711 of 20 ms")
    parser.add_argument("--memif-calls", default=200, type=int)
    parser.add_argument("--window", default=1024, type=int, help="memif: packets under way at once")
    parser.add_argument("--sides", default=1, type=int, choices=(1, 2), help="veth pairs")
    parser.add_argument("--wait-near", default=600, type=float,
                        help="seconds, of the whole run, to wait while the two cores share no cache; and as many, for memif, "
                        "while others use the core's other hyperthread")
    parser.add_argument("--idle", default="sleep", choices=("sleep", "spin"), help="of Weir's worker and the null relay")
    parser.add_argument("--modes", nargs="+", default=list(WEIR_MODES), choices=WEIR_MODES)
    parser.add_argument("--parts", nargs="+", default=["relay", "fork", "latency", "memif"],
                        choices=["relay", "fork", "latency", "memif"])
    parser.add_argument("--results", type=pathlib.Path, help="default: bench/results/traffic.json, of memif alone traffic-memif.json; with --quick none")
    parser.add_argument("--verbose", action="store_true")
    args = parser.parse_args()
    if args.quick:
        args.rounds, args.seconds = 1, 3.0
    elif args.results is None:
        # memif wants another machine than the rest: cores that are nobody else's (README.md, The cores).
        args.results = ROOT / "bench" / "results" / ("traffic-memif.json" if args.parts == ["memif"] else "traffic.json")
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
    judge(results, parts, report)
    print_tables(results, parts, report, bench.cores.most_additions)
    if args.results:
        # Where the programs were built, and where this goes, is of this machine and no part of the command.
        own = {"--build", "--results"}
        words = [word for before, word in zip(sys.argv, sys.argv[1:]) if not own & {before, word}]
        document = {"command": "bench/run traffic " + " ".join(words),
                    "date": datetime.date.today().isoformat(), "machine": machine(), "rounds": args.rounds,
                    "seconds": args.seconds,
                    "fork_rate_rtpengine": parts.get("fork", {}).get("base_rate"), "requirements": report.requirements, "failures": bench.failures,
                    "set_aside": bench.cores.set_aside, "most_additions": bench.cores.most_additions,
                    "parts": summary(results)}
        args.results.parent.mkdir(parents=True, exist_ok=True)
        args.results.write_text(json.dumps(document, indent=1) + "\n")
        say(f"written: {args.results}")
    good = not bench.failures and all(line["met"] for line in report.requirements)
    sys.exit(0 if good else 1)


if __name__ == "__main__":
    main()

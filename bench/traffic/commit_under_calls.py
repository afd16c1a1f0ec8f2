#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""One-line commits to 10,000 dial-peers and 50,000 e164 entries under 20 calls/s: no call refused or late by 20 ms.

Starts `weir run` in a namespace, lets SIPp place calls from another to a SIPp in the same, each to a number of its
own, and changes the preference of one dial-peer every two seconds through `weir exec`. tcpdump at the parties' end of
the wire sees each message go in and come out, with one clock: SIPp's own delays are in none of the figures.
"""
import argparse
import contextlib
import datetime
import json
import os
import pathlib
import re
import shutil
import signal
import statistics
import subprocess
import sys
import tempfile
import threading
import time

import commit_scenario as scenario
from recorded_calls import Namespaces, children_of, cpu_model, free_port, say
from topology import wait_until

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent.parent
sys.path.insert(0, str(ROOT / "tests" / "functional"))
from harness.capture import read_pcap  # noqa: E402

LIMIT_MS = 20.0
NEAR_SECONDS = 0.3  # a call that begins so shortly before or after a commit, or during it, is near it
LEAST_COMMITS = 10
SPANS = {"forwarded": "INVITE -> INVITE at the callee", "provisional": "INVITE -> first provisional",
         "answered": "callee's 200 -> 200 at the caller"}


@contextlib.contextmanager
def running(*words, ready=None, **options):
    """A process that ends with the block; `ready` is what it must say on standard error first."""
    process = subprocess.Popen([str(word) for word in words], text=True, stdin=subprocess.DEVNULL, **options)
    try:
        if ready:
            wait_until(lambda: ready in pathlib.Path(options["stderr"].name).read_text() or process.poll() is not None,
                       f"{words[4]} to begin")
        yield process
    finally:
        if process.poll() is None:
            process.send_signal(signal.SIGTERM)
            try:
                process.wait(timeout=30)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def start_weir(place, stack, binaries, work, ports):
    (work / "run").mkdir()
    (work / "log").mkdir()
    (work / "weir.cfg").write_text(scenario.configuration(place.party, ports["callee"]))
    (work / "platform.yaml").write_text(place.platform().format(
        work=work, core=os.cpu_count() - 1, **ports, **place.words))
    weir = stack.enter_context(running(
        *place.of_weir(binaries / "weir", "run", "--config", work / "weir.cfg", "--platform", work / "platform.yaml"),
        stdout=subprocess.PIPE, stderr=open(work / "weir.stderr", "w")))
    line = weir.stdout.readline()
    if not line.startswith("weir ready"):
        sys.exit(f"weir did not start: {line!r}\n" + (work / "weir.stderr").read_text())
    say(line.strip())
    return weir


def sipp(place, stack, work, name, port, *words):
    (work / f"{name}.xml").write_text(scenario.SIPP[name])
    log = open(work / f"{name}.log", "w")
    return stack.enter_context(running(
        *place.of_parties("sipp", "-sf", work / f"{name}.xml", "-i", place.party, "-p", port, "-nostdin", "-trace_err",
                          "-error_file", work / f"{name}.errors", *words), stdout=log, stderr=log, cwd=work))


def is_bound(process, port):
    """The UDP port is open in the namespace of the process."""
    if process.poll() is not None:
        raise RuntimeError(f"{process.args} ended with {process.returncode}")
    rows = pathlib.Path(f"/proc/{process.pid}/net/udp").read_text().splitlines()[1:]
    return any(row.split()[1].endswith(f":{port:04X}") for row in rows)


def commit(binaries, work, number):
    """One line that changes one dial-peer which carries calls: when it began and when the prompt was back."""
    began = time.time()
    done = subprocess.run(
        [binaries / "weir", "exec", "configure terminal", f"dial-peer voice {scenario.CHANGED_PEER} voip",
         f"preference {1 + number % 9}", "end", "--runtime", work / "run"], capture_output=True, text=True, timeout=30)
    if done.returncode != 0:
        raise RuntimeError(f"the commit was refused: {done.stdout}{done.stderr}")
    return began, time.time()


def commit_until_end(load, binaries, work, args):
    """A commit every `interval` seconds for as long as SIPp places calls."""
    commits = []
    limit = time.monotonic() + args.seconds + 60
    due = time.monotonic() + args.interval
    while time.monotonic() < limit:
        try:
            load.wait(timeout=max(0.0, due - time.monotonic()))
            return commits
        except subprocess.TimeoutExpired:
            due += args.interval
            if len(commits) < args.seconds / args.interval:
                commits.append(commit(binaries, work, len(commits)))
    raise RuntimeError("SIPp did not end")


class Stalls(threading.Thread):
    """How late the machine lets an idle thread run: what no program on it can answer for."""

    STEP = 0.002

    def __init__(self):
        super().__init__(daemon=True)
        self.late = []  # (time, seconds)
        self._end = threading.Event()

    def run(self):
        before = time.monotonic()
        while not self._end.wait(self.STEP):
            now = time.monotonic()
            if now - before - self.STEP > 0.005:
                self.late.append((time.time(), now - before - self.STEP))
            before = now

    def stop(self):
        self._end.set()
        self.join()

    def summary(self):
        lengths = [1000 * length for _, length in self.late]
        return {"over_5_ms": len(lengths), "over_20_ms": sum(one > LIMIT_MS for one in lengths),
                "max_ms": round(max(lengths, default=0.0), 1)}


def sip_threads(pid):
    """Of each thread of weir-sip: (CPU seconds, seconds in which it could run and something else did)."""
    result = {}
    for path in pathlib.Path(f"/proc/{pid}/task").glob("*/schedstat"):
        ran, waited, _ = map(int, path.read_text().split())
        result[(path.parent / "comm").read_text().strip() + " " + path.parent.name] = (ran / 1e9, waited / 1e9)
    return result


def messages_of(path):
    """(time, source port, target port, first line, number of the callee, CSeq) of each SIP message of the capture."""
    for datagram in read_pcap(path):
        text = datagram.payload.decode(errors="replace")
        to = re.search(r"^(?:To|t)\s*:.*?sips?:(\d+)@", text, re.MULTILINE | re.IGNORECASE)
        cseq = re.search(r"^CSeq\s*:\s*\d+\s+(\w+)", text, re.MULTILINE | re.IGNORECASE)
        if to and cseq:
            yield datagram.time, datagram.source[1], datagram.target[1], text.split("\r\n", 1)[0], to[1], cseq[1]


def calls_of(path, ports):
    """What happened to each called number: the time at which each thing was first seen, what refused it."""
    calls = {}
    for when, source, target, line, number, method in messages_of(path):
        status = int(line.split()[1]) if line.startswith("SIP/2.0 ") else 0
        call = calls.setdefault(number, {"refused": 0, "invites": 0})
        name = None
        if status == 0 and method == "INVITE":
            name = "invite" if source == ports["caller"] else "forwarded"
            call["invites"] += source == ports["caller"]
        elif method == "INVITE" and target == ports["caller"]:
            name = "provisional" if status < 200 else "answered" if status < 300 else None
            call["refused"] = status if status >= 300 else call["refused"]
        elif method == "INVITE" and source == ports["callee"] and 200 <= status < 300:
            name = "answer"
        elif method == "BYE" and target == ports["caller"] and status == 200:
            name = "ended"
        if name:
            call.setdefault(name, when)
    return calls


def delays_of(calls, commits):
    """One row for each call: when it began, seconds since the commit it is near (None: it is not), the delays in ms."""
    rows = []
    for number, call in sorted(calls.items()):
        if "invite" not in call:
            continue
        near = [call["invite"] - began for began, ended in commits
                if began - NEAR_SECONDS <= call["invite"] <= ended + NEAR_SECONDS]
        row = {"number": number, "began": call["invite"], "after_commit": min(near, key=abs, default=None)}
        for span, first in (("forwarded", "invite"), ("provisional", "invite"), ("answered", "answer")):
            if span in call and first in call:
                row[span] = 1000 * (call[span] - call[first])
        rows.append(row)
    return rows


def summary_of(values):
    if not values:
        return {"calls": 0}
    ordered = sorted(values)
    at = min(len(ordered) - 1, int(len(ordered) * 0.99))
    return {"calls": len(ordered), "median_ms": round(statistics.median(ordered), 3), "p99_ms": round(ordered[at], 3),
            "max_ms": round(ordered[-1], 3), "over_20_ms": sum(one > LIMIT_MS for one in ordered)}


def place_calls(place, binaries, work, args):
    """The whole run, from the start of Weir to the end of its last call: what was seen."""
    ports = {key: free_port() for key in ("sip", "caller", "callee", "http")}
    numbers = scenario.called_numbers(args.rate * args.seconds)
    (work / "numbers.csv").write_text("SEQUENTIAL\n" + "".join(f"{number};\n" for number in numbers))
    with contextlib.ExitStack() as stack:
        weir = start_weir(place, stack, binaries, work, ports)
        capture = stack.enter_context(running(
            *place.of_parties("tcpdump", "-i", "gen0", "-n", "-U", "--immediate-mode", "-B", "16384", "-Z", "root",
                              "-s", "2048", "-w", work / "calls.pcap", "udp"),
            stderr=open(work / "tcpdump.log", "w"), ready="listening on"))
        callee = sipp(place, stack, work, "callee", ports["callee"])
        wait_until(lambda: is_bound(callee, ports["callee"]), "the callee to open its port")
        before = sip_threads(children_of(weir.pid)["weir-sip"])
        stalls = Stalls()
        stalls.start()
        load = sipp(place, stack, work, "caller", ports["caller"], "-inf", work / "numbers.csv", "-r", args.rate, "-m",
                    len(numbers), "-timeout", f"{args.seconds + 45}s", f"{place.own}:{ports['sip']}")
        commits = commit_until_end(load, binaries, work, args)
        stalls.stop()
        threads = {name: {"cpu_s": round(ran - before.get(name, (0, 0))[0], 3),
                          "waited_for_a_core_s": round(waited - before.get(name, (0, 0))[1], 3)}
                   for name, (ran, waited) in sip_threads(children_of(weir.pid)["weir-sip"]).items()}
        capture.send_signal(signal.SIGTERM)
        capture.wait(timeout=10)
    if not re.search(r"^0 packets dropped by kernel", (work / "tcpdump.log").read_text(), re.MULTILINE):
        raise RuntimeError("the capture is not whole: " + (work / "tcpdump.log").read_text())
    return {"calls": calls_of(work / "calls.pcap", ports), "commits": commits, "sipp": load.returncode,
            "stalls": stalls.summary(), "threads": threads, "configurations": configurations_of_calls(work)}


def configurations_of_calls(work):
    """How many configurations the calls were routed by, as their records say: the commits took effect."""
    return len({json.loads(line)["config_commit"] for line in (work / "cdr.jsonl").read_text().splitlines()})


def print_table(result):
    print(f"{'':36} {'':>22} {'calls':>6} {'median':>8} {'p99':>8} {'max':>8} {'> 20 ms':>8}")
    for span, text in SPANS.items():
        for where, figures in result["delays"][span].items():
            print(f"{text:36} {where.replace('_', ' '):>22} {figures['calls']:6} "
                  + " ".join(f"{figures.get(key, float('nan')):8.2f}" for key in ("median_ms", "p99_ms", "max_ms"))
                  + f" {figures.get('over_20_ms', 0):8}")
    commits = result["commits"]
    print(f"{commits['count']} commits, median {commits['median_ms']:.0f} ms, max {commits['max_ms']:.0f} ms; "
          f"an idle thread was at most {result['stalls_of_the_machine']['max_ms']} ms late; "
          f"load average {result['machine']['load_average']:.1f}")
    for line in result["requirements"]:
        print(f"{line['what']:60} {line['value'] or 0:8} {line['must_be']:>8}   {'met' if line['met'] else 'NOT MET'}")


def is_whole(call):
    return "answered" in call and "ended" in call


def judged(run, rows, args):
    offered = args.rate * args.seconds
    whole = sum(map(is_whole, run["calls"].values()))
    # A call that lacks one of them was refused or failed, and is counted there.
    delays = [row[span] for row in rows if row["after_commit"] is not None for span in SPANS if span in row]
    longest = max(delays, default=None)
    found = (
        ("calls refused or failed", offered - whole, "0", whole == offered and run["sipp"] == 0),
        ("longest of these delays near a commit, ms", longest and round(longest, 1), f"<= {LIMIT_MS:g}",
         bool(delays) and longest <= LIMIT_MS),
        ("commits", len(run["commits"]), f">= {LEAST_COMMITS}", len(run["commits"]) >= LEAST_COMMITS),
        ("configurations by which calls were routed", run["configurations"], f">= {LEAST_COMMITS}",
         run["configurations"] >= LEAST_COMMITS))
    return [{"what": what, "value": value, "must_be": bound, "met": met} for what, value, bound, met in found]


def slowest(rows, count=5):
    ordered = sorted(rows, key=lambda row: -max(row.get(span, 0) for span in SPANS))
    return [{"after_commit_ms": None if row["after_commit"] is None else round(1000 * row["after_commit"]),
             **{f"{span}_ms": round(row[span], 1) for span in SPANS if span in row}} for row in ordered[:count]]


def result_of(run, load_before, args):
    calls, commits = run["calls"], run["commits"]
    rows = delays_of(calls, commits)
    groups = {"near_a_commit": [row for row in rows if row["after_commit"] is not None],
              "other_calls": [row for row in rows if row["after_commit"] is None]}
    lengths = [1000 * (ended - began) for began, ended in commits]
    return {
        "command": f"bench/run traffic commit-under-calls --seconds {args.seconds} --rate {args.rate} "
                   f"--interval {args.interval:g}",
        "date": datetime.datetime.now(datetime.timezone.utc).strftime("%Y-%m-%dT%H:%MZ"),
        "machine": {"cpu": cpu_model(), "cores": os.cpu_count(), "kernel": os.uname().release,
                    "load_average": round(load_before, 2), "load_average_after": round(os.getloadavg()[0], 2)},
        "configuration": {"dial_peers": scenario.PEERS, "e164_entries": scenario.ENTRIES},
        "near_means": f"the INVITE came during `weir exec` or within {1000 * NEAR_SECONDS:g} ms of it",
        "requirements": judged(run, rows, args),
        "calls": {"offered": args.rate * args.seconds, "seen": len(rows),
                  "answered_and_ended": sum(map(is_whole, calls.values())),
                  "refused": sum(call["refused"] != 0 for call in calls.values()),
                  "invites_sent_again": sum(call["invites"] > 1 for call in calls.values())},
        "commits": {"count": len(commits), "median_ms": round(statistics.median(lengths), 1),
                    "max_ms": round(max(lengths), 1)},
        "delays": {span: {name: summary_of([row[span] for row in group if span in row])
                          for name, group in groups.items()} for span in SPANS},
        "slowest_calls": slowest(rows),
        "stalls_of_the_machine": run["stalls"],
        "threads_of_weir_sip": run["threads"],
    }


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--build", default=ROOT / "build", type=pathlib.Path)
    parser.add_argument("--rate", default=20, type=int, help="calls a second")
    parser.add_argument("--seconds", default=60, type=int, help="for how long calls are placed")
    parser.add_argument("--interval", default=2.0, type=float, help="seconds from commit to commit")
    parser.add_argument("--keep", type=pathlib.Path, help="a new folder for the capture and the logs")
    parser.add_argument("--results", default=ROOT / "bench" / "results" / "commit-under-calls.json", type=pathlib.Path)
    args = parser.parse_args()
    if not 0 < args.interval <= args.seconds:
        parser.error("there would be no commit")
    signal.signal(signal.SIGTERM, lambda *_: sys.exit("bench: ended by a signal"))  # and clean up
    place = Namespaces("socket")
    load_before = os.getloadavg()[0]
    with tempfile.TemporaryDirectory(prefix="weir-bench-") as work:
        try:
            place.enter()
            run = place_calls(place, args.build.resolve() / "bin", pathlib.Path(work), args)
        finally:
            place.leave()
            if args.keep:
                shutil.copytree(work, args.keep, ignore=shutil.ignore_patterns("*.sock", "lock"))
    result = result_of(run, load_before, args)
    args.results.parent.mkdir(parents=True, exist_ok=True)
    args.results.write_text(json.dumps(result, indent=2) + "\n")
    print_table(result)
    sys.exit(0 if all(line["met"] for line in result["requirements"]) else 1)


if __name__ == "__main__":
    main()

#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""200 recorded calls at once: nothing may be lost in the relay or in the forks, every ledger `proven`.

Starts `weir run` with a recorder, lets weir-call-load place the calls, asks the operator's socket for the
ledgers, compares every recorded track with what its party sent, and writes the result. On loopback in the
mode `socket`; in the others parties and recorder are in a namespace of their own, behind a veth.
"""
import argparse
import json
import os
import pathlib
import platform
import re
import signal
import socket
import subprocess
import sys
import tempfile
import time

from topology import Topology

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent.parent

CONFIG = """\
hostname bench
!
voice service voip
 ip address trusted list
  ipv4 127.0.0.0 255.0.0.0
  ipv4 10.81.0.0 255.255.0.0
 mode border-element
 allow-connections sip to sip
 rtp-port range 8000 27998
!
voice class codec 1
 codec preference 1 g711ulaw
!
media profile recorder 1
 media-recording 8000
!
media class 1
 recorder profile 1
!
dial-peer voice 100 voip
 description IN: everything is recorded, anchor = caller
 session protocol sipv2
 incoming called-number 9
 media-class 1
 voice-class codec 1
 no vad
!
dial-peer voice 200 voip
 description OUT: the callees of the load
 destination-pattern 9T
 session protocol sipv2
 session target ipv4:{party}:{uas}
 voice-class codec 1
 no vad
!
dial-peer voice 8000 voip
 description recorder
 destination-pattern 595959
 session protocol sipv2
 session target ipv4:{recorder_address}:{recorder}
!
end
"""

PLATFORM = """\
realms:
  - name: bench
    address: {own}
sip:
  listen:
    - address: {own}
      port: {sip}
media:
  io: {io}
  cores: [{core}]
  sessions: 1000
  pre_roll:
    seconds: 2
    mib: 64
paths:
  runtime: {work}/run
  recordings: {work}/recordings
  cdr: {work}/cdr.jsonl
  log: {work}/log
http:
  listen: 127.0.0.1:{http}
"""


LOOPBACK_RECORDER = """\
recorder:
  enabled: true
  listen: 127.0.0.1:{recorder}
  rtp_ports:
    min: 28000
    max: 32766
"""


class Loopback:
    """All on 127.0.0.1: what the mode `socket` needs."""

    own = party = recorder_address = "127.0.0.1"

    def __init__(self, io):
        self.words = {"io": io, "own": self.own, "party": self.party, "recorder_address": self.recorder_address}

    def enter(self):
        pass

    def platform(self):
        return PLATFORM + LOOPBACK_RECORDER

    def start_recorder(self, binaries, work, ports):
        return None

    def of_weir(self, *words):
        return list(words)

    of_parties = of_weir

    def leave(self):
        pass


class Namespaces(Loopback):
    """Weir in one namespace, parties and recorder in another: the framed modes need a wire."""

    def __init__(self, io):
        self.topology = Topology(measured=False)
        self.own = self.topology.dut_address(0)
        self.party = self.topology.party_address(0)
        self.recorder_address = self.topology.recorder_address()
        super().__init__(io)

    def enter(self):
        self.topology.create()

    def platform(self):
        return PLATFORM

    def start_recorder(self, binaries, work, ports):
        return subprocess.Popen(self.of_parties(
            binaries / "weir-recorder", "--listen", f"{self.recorder_address}:{ports['recorder']}",
            "--directory", work / "recordings", "--rtp-ports", "28000-32766", "--log", work / "log" / "recorder.log"))

    def of_weir(self, *words):
        return ["ip", "netns", "exec", self.topology.dut, *words]

    def of_parties(self, *words):
        return ["ip", "netns", "exec", self.topology.gen, *words]

    def leave(self):
        self.topology.remove()


def free_port():
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def say(text):
    print(f"bench: {text}", file=sys.stderr, flush=True)


def start_weir(place, binaries, work, ports):
    words = {**ports, **place.words}
    (work / "weir.cfg").write_text(CONFIG.format(**words))
    (work / "platform.yaml").write_text(place.platform().format(work=work, core=os.cpu_count() - 1, **words))
    (work / "run").mkdir()
    weir = subprocess.Popen(
        place.of_weir(binaries / "weir", "run", "--config", work / "weir.cfg", "--platform", work / "platform.yaml"),
        stdout=subprocess.PIPE, stderr=open(work / "weir.stderr", "w"), text=True)
    line = weir.stdout.readline()
    if not line.startswith("weir ready"):
        weir.kill()
        sys.exit(f"weir did not start: {line!r}\n" + (work / "weir.stderr").read_text())
    say(line.strip())
    return weir


def exec_weir(binaries, work, command):
    done = subprocess.run([binaries / "weir", "exec", command, "--runtime", work / "run"],
                          capture_output=True, text=True, timeout=30)
    return done.stdout


def cpu_seconds(pid):
    fields = pathlib.Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def children_of(pid):
    result = {}
    for stat in pathlib.Path("/proc").glob("[0-9]*/stat"):
        try:
            text = stat.read_text()
        except OSError:
            continue
        name = text[text.index("(") + 1:text.rindex(")")]
        if int(text.rsplit(")", 1)[1].split()[1]) == pid:
            result[name] = int(stat.parent.name)
    return result


def wav_data(path):
    raw = path.read_bytes()
    at = 12
    while at + 8 <= len(raw):
        size = int.from_bytes(raw[at + 4:at + 8], "little")
        if raw[at:at + 4] == b"data":
            return raw[at + 8:at + 8 + size]
        at += 8 + size + (size & 1)
    return b""


def compare_recordings(load, work, args):
    """Each sidecar names the called number: its two tracks must hold what caller and callee sent."""
    equal = different = 0
    for sidecar in sorted((work / "recordings").rglob("*.json")):
        about = json.loads(sidecar.read_text())
        call = re.search(r"sip:9(\d{6})@", json.dumps(about))
        if not call:
            continue
        index = int(call.group(1))
        tracks = sorted(sidecar.parent.glob(sidecar.stem + "*.wav"))
        for party, track in enumerate(tracks[:2]):
            wanted = subprocess.run([load, "--payloads", f"{index}:{party}", "--seed", str(args.seed),
                                     "--seconds", str(args.seconds)], capture_output=True, check=True).stdout
            if wav_data(track) == wanted:
                equal += 1
            else:
                different += 1
                say(f"{track.name}: {len(wav_data(track))} bytes, {len(wanted)} were sent")
    return equal, different


def place_calls(place, binaries, work, args):
    """The load from its first INVITE to the last recording: (what arrived, CPU seconds, verdicts, tracks, mode)."""
    ports = {key: free_port() for key in ("sip", "uas", "recorder", "http")}
    for name in ("recordings", "log"):
        (work / name).mkdir()
    processes = [place.start_recorder(binaries, work, ports)]
    try:
        weir = start_weir(place, binaries, work, ports)
        processes.append(weir)
        load = subprocess.Popen(place.of_parties(
            binaries / "weir-call-load", "--target", f"{place.own}:{ports['sip']}", "--uas",
            f"{place.party}:{ports['uas']}", "--address", place.party, "--calls", str(args.calls),
            "--seconds", str(args.seconds), "--seed", str(args.seed)), stdout=subprocess.PIPE, text=True)
        processes.append(load)
        before = {name: cpu_seconds(pid) for name, pid in children_of(weir.pid).items()}
        arrived = json.loads(load.communicate(timeout=args.seconds + 120)[0])
        cpu = {name: round(cpu_seconds(pid) - before.get(name, 0), 2)
               for name, pid in children_of(weir.pid).items()}
        verdicts = ledger_verdicts(binaries, work, args.calls)
        say("comparing the recordings with what was sent")
        return arrived, cpu, verdicts, compare_recordings(binaries / "weir-call-load", work, args), mode_of(work)
    finally:
        for process in reversed([one for one in processes if one is not None and one.poll() is None]):
            process.send_signal(signal.SIGTERM)
            process.wait(timeout=30)


def ledger_verdicts(binaries, work, calls):
    deadline = time.monotonic() + 30
    while True:
        ledgers = json.loads(exec_weir(binaries, work, "show recording ledger json"))["recordings"]
        if sum(1 for one in ledgers if one.get("finished")) >= calls or time.monotonic() > deadline:
            break
        time.sleep(0.5)
    verdicts = {}
    for one in ledgers:
        verdicts[one["verdict"]] = verdicts.get(one["verdict"], 0) + 1
    return verdicts


def mode_of(work):
    """The mode that weir-media took, which need not be the one that was asked for."""
    found = re.search(r"media\.ready io=(\w+)", (work / "log" / "weir-media.log").read_text())
    return found.group(1) if found else "?"


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--build", default=ROOT / "build", type=pathlib.Path)
    parser.add_argument("--calls", default=200, type=int)
    parser.add_argument("--seconds", default=60, type=int)
    parser.add_argument("--seed", default=1, type=int)
    parser.add_argument("--io", default="socket", choices=("socket", "af_packet", "af_xdp"))
    parser.add_argument("--results", type=pathlib.Path, help="default: bench/results/recorded-calls[-MODE].json")
    args = parser.parse_args()
    name = "recorded-calls.json" if args.io == "socket" else f"recorded-calls-{args.io}.json"
    results = args.results or ROOT / "bench" / "results" / name
    place = Loopback(args.io) if args.io == "socket" else Namespaces(args.io)
    with tempfile.TemporaryDirectory(prefix="weir-bench-") as work:
        try:
            place.enter()
            arrived, cpu, verdicts, (equal, different), mode = place_calls(
                place, args.build.resolve() / "bin", pathlib.Path(work), args)
        finally:
            place.leave()
    result = {
        "command": f"bench/run traffic recorded-calls --io {args.io} --calls {args.calls} --seconds {args.seconds}",
        "machine": {"cpus": os.cpu_count(), "kernel": platform.release(), "cpu": cpu_model()},
        "io": f"{mode}, {'loopback' if args.io == 'socket' else 'veth'}",
        "relay": arrived,
        "cpu_seconds": cpu,
        "cpu_note": "whole run; each relayed packet is also copied to the recorder once",
        "ledgers": verdicts,
        "tracks": {"equal": equal, "different": different},
    }
    results.parent.mkdir(parents=True, exist_ok=True)
    results.write_text(json.dumps(result, indent=2) + "\n")
    print(json.dumps(result, indent=2))
    good = (arrived["failed"] == 0 and arrived["missing"] == 0 and different == 0
            and equal == 2 * args.calls and verdicts == {"proven": args.calls} and mode == args.io)
    sys.exit(0 if good else 1)


def cpu_model():
    for line in pathlib.Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith("model name"):
            return line.split(":", 1)[1].strip()
    return "?"


if __name__ == "__main__":
    main()

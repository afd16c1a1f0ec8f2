#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""200 recorded calls at once: nothing may be lost in the relay or in the forks, every ledger `proven`.

Starts `weir run` on loopback with a recorder, lets weir-call-load place the calls, asks the operator's
socket for the ledgers, compares every recorded track with what its party sent, and writes the result.
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

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent.parent

CONFIG = """\
hostname bench
!
voice service voip
 ip address trusted list
  ipv4 127.0.0.0 255.0.0.0
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
 session target ipv4:127.0.0.1:{uas}
 voice-class codec 1
 no vad
!
dial-peer voice 8000 voip
 description recorder
 destination-pattern 595959
 session protocol sipv2
 session target ipv4:127.0.0.1:{recorder}
!
end
"""

PLATFORM = """\
realms:
  - name: loopback
    address: 127.0.0.1
sip:
  listen:
    - address: 127.0.0.1
      port: {sip}
media:
  io: socket
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
recorder:
  enabled: true
  listen: 127.0.0.1:{recorder}
  rtp_ports:
    min: 28000
    max: 32766
"""


def free_port():
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def say(text):
    print(f"bench: {text}", file=sys.stderr, flush=True)


def start_weir(binaries, work, ports):
    (work / "weir.cfg").write_text(CONFIG.format(**ports))
    (work / "platform.yaml").write_text(PLATFORM.format(work=work, core=os.cpu_count() - 1, **ports))
    for name in ("run", "recordings", "log"):
        (work / name).mkdir(exist_ok=True)
    weir = subprocess.Popen(
        [binaries / "weir", "run", "--config", work / "weir.cfg", "--platform", work / "platform.yaml"],
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


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--build", default=ROOT / "build", type=pathlib.Path)
    parser.add_argument("--calls", default=200, type=int)
    parser.add_argument("--seconds", default=60, type=int)
    parser.add_argument("--seed", default=1, type=int)
    parser.add_argument("--results", default=ROOT / "bench" / "results" / "recorded-calls.json", type=pathlib.Path)
    args = parser.parse_args()
    binaries = args.build.resolve() / "bin"
    with tempfile.TemporaryDirectory(prefix="weir-bench-") as name:
        work = pathlib.Path(name)
        ports = {key: free_port() for key in ("sip", "uas", "recorder", "http")}
        weir = start_weir(binaries, work, ports)
        try:
            load = subprocess.Popen(
                [binaries / "weir-call-load", "--target", f"127.0.0.1:{ports['sip']}", "--uas",
                 f"127.0.0.1:{ports['uas']}", "--calls", str(args.calls), "--seconds", str(args.seconds),
                 "--seed", str(args.seed)], stdout=subprocess.PIPE, text=True)
            before = {name: cpu_seconds(pid) for name, pid in children_of(weir.pid).items()}
            arrived = json.loads(load.communicate(timeout=args.seconds + 120)[0])
            cpu = {name: round(cpu_seconds(pid) - before.get(name, 0), 2)
                   for name, pid in children_of(weir.pid).items()}
            deadline = time.monotonic() + 30
            while True:
                ledgers = json.loads(exec_weir(binaries, work, "show recording ledger json"))["recordings"]
                finished = [one for one in ledgers if one.get("finished")]
                if len(finished) >= args.calls or time.monotonic() > deadline:
                    break
                time.sleep(0.5)
            verdicts = {}
            for one in ledgers:
                verdicts[one["verdict"]] = verdicts.get(one["verdict"], 0) + 1
            say("comparing the recordings with what was sent")
            equal, different = compare_recordings(binaries / "weir-call-load", work, args)
        finally:
            weir.send_signal(signal.SIGTERM)
            weir.wait(timeout=30)
    result = {
        "command": f"bench/run traffic --calls {args.calls} --seconds {args.seconds}",
        "machine": {"cpus": os.cpu_count(), "kernel": platform.release(), "cpu": cpu_model()},
        "io": "socket, loopback",
        "relay": arrived,
        "cpu_seconds": cpu,
        "cpu_note": "whole run; each relayed packet is also copied to the recorder once",
        "ledgers": verdicts,
        "tracks": {"equal": equal, "different": different},
    }
    args.results.parent.mkdir(parents=True, exist_ok=True)
    args.results.write_text(json.dumps(result, indent=2) + "\n")
    print(json.dumps(result, indent=2))
    good = (arrived["failed"] == 0 and arrived["missing"] == 0 and different == 0
            and equal == 2 * args.calls and verdicts == {"proven": args.calls})
    sys.exit(0 if good else 1)


def cpu_model():
    for line in pathlib.Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith("model name"):
            return line.split(":", 1)[1].strip()
    return "?"


if __name__ == "__main__":
    main()

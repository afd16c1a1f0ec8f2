#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Runs libFuzzer targets one after the other, each for some seconds of CPU, and prints what they reached."""
import argparse
import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

HERE = Path(__file__).resolve().parent

# Bytes of the longest input: the bound of what reads it, or what a run gets through in reasonable time.
MAX_LEN = {
    "call_headers": 4096, "calls": 2048, "capture": 65536, "config_import": 16384, "config_language": 16384,
    "dialplan": 256, "dns": 4096, "frame": 2048, "media_link": 4096, "multipart": 16384, "netlink": 4096,
    "platform": 8192, "sdp": 16384, "sip_message": 16384, "sip_profile": 8192, "trace": 65536,
    "translation": 4096,
}
MAX_MEMORY_MB = 1024
MAX_SECONDS_PER_INPUT = 60  # of the wall clock: a busy machine stops a process for ten


def command(args, name):
    scratch = args.build / "corpus" / name
    findings = args.build / "findings" / name
    for folder in (scratch, findings):
        folder.mkdir(parents=True, exist_ok=True)
    words = [str(args.build / "bin" / f"fuzz_{name}"), f"-max_len={MAX_LEN[name]}", "-print_final_stats=1",
             f"-timeout={MAX_SECONDS_PER_INPUT}", f"-rss_limit_mb={MAX_MEMORY_MB}", f"-artifact_prefix={findings}/"]
    dictionary = HERE / "dictionaries" / f"{name}.dict"
    if dictionary.exists():
        words.append(f"-dict={dictionary}")
    words.append(str(scratch))
    seeds = HERE / "corpus" / f"fuzz_{name}"
    return words + ([str(seeds)] if seeds.is_dir() else [])


def cpu_seconds(pid):
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    except (FileNotFoundError, ProcessLookupError):
        return 0.0
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def run(args, name):
    """One target; gives its row, and whether it found something."""
    log_file = args.build / "findings" / f"{name}.log"
    log_file.parent.mkdir(parents=True, exist_ok=True)
    stopped = False
    with open(log_file, "wb") as log:
        process = subprocess.Popen(command(args, name), stdout=log, stderr=log)
        used, begun = 0.0, time.monotonic()
        while process.poll() is None:
            used = max(used, cpu_seconds(process.pid))
            late = args.wall and time.monotonic() - begun >= args.wall
            if (used >= args.cpu or late) and not stopped:
                # libFuzzer looks at this one between two inputs; its handler of SIGINT allocates, wherever it comes.
                process.send_signal(signal.SIGUSR1)
                stopped = True
            time.sleep(0.2)
    text = log_file.read_text(errors="replace")
    reached = re.findall(r"cov: (\d+) ft: (\d+) corp: (\d+)", text)
    runs = re.findall(r"number_of_executed_units: (\d+)", text)
    peak = re.findall(r"peak_rss_mb:\s+(\d+)", text)
    coverage, features, corpus = reached[-1] if reached else ("0", "0", "0")
    found = not stopped or "ERROR:" in text or "SUMMARY:" in text
    print(f"| `fuzz_{name}` | {used:.0f} | {runs[-1] if runs else '?'} | {coverage} | {features} | {corpus} | "
          f"{peak[-1] if peak else '?'} | {'see ' + str(log_file) if found else 'none'} |", flush=True)
    return found


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--build", type=Path, default=HERE.parents[1] / "build" / "fuzz")
    parser.add_argument("--cpu", type=float, default=60, help="seconds of CPU for each target")
    parser.add_argument("--wall", type=float, help="seconds of the clock after which a target ends in any case")
    parser.add_argument("targets", nargs="*", help="sdp, sip_message, ...; all when none is named")
    args = parser.parse_args()
    print("| target | CPU s | executions | edges | features | corpus | peak MB | findings |\n" + "|" + "---|" * 8,
          flush=True)
    findings = [run(args, name) for name in args.targets or MAX_LEN]
    return 1 if any(findings) else 0


if __name__ == "__main__":
    sys.exit(main())

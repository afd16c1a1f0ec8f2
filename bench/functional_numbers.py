#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Runs the functional tests whose outcome is a number, and writes results/functional.json. As root, minutes."""

import argparse
import json
import os
import platform
import subprocess
import sys
import tempfile
import time

HERE = os.path.dirname(os.path.abspath(__file__))
TESTS = "tests/functional"
CASES = (
    ("recorded_call", "recorded_call"),
    ("stranger_recorder", "at_once"),
    ("stranger_recorder", "late"),
    ("stranger_recorder", "over_hold"),
    ("stranger_recorder", "after_the_call"),
    ("ipv6_call", "recorded_over_ipv6"),
    ("baresip", "hold_and_resume"),
    ("signalling_crash", "killed_in_mid_call"),
    ("media_crash", "media_killed_in_mid_call"),
    ("media_stopped", "ordinary"),
    ("media_stopped", "overloaded"),
)
LIMIT_SECONDS = 120  # of one case


def measure(script, case, binaries):
    command = f"python3 {TESTS}/{script}_test.py --case {case} --bin build/bin"
    with tempfile.TemporaryDirectory() as folder:
        figures = os.path.join(folder, "figures.json")
        done = subprocess.run([sys.executable, os.path.join(HERE, "..", TESTS, f"{script}_test.py"), "--case", case,
                               "--bin", binaries, "--figures", figures], timeout=LIMIT_SECONDS, check=False,
                              capture_output=True, text=True)
        result = {"passed": "passed", "failed": "failed"}.get(done.stdout.strip().split("\n")[-1], "skipped")
        print(f"{script} {case}: {result}", flush=True)
        if result == "failed":
            print(done.stdout[:4000])
        row = {"case": f"{script}.{case}", "result": result, "command": command}
        if os.path.exists(figures):
            with open(figures, encoding="utf-8") as file:
                row.update(json.load(file))
        return row


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--bin", default=os.path.join(HERE, "..", "build", "bin"), help="folder of the programs")
    parser.add_argument("--out", default=os.path.join(HERE, "results", "functional.json"))
    options = parser.parse_args()
    rows = [measure(script, case, options.bin) for script, case in CASES]
    # Which build this was: figures outlive the programs that made them.
    built = time.gmtime(os.path.getmtime(os.path.join(options.bin, "weir-media")))
    result = {"command": "python3 bench/functional_numbers.py",
              "programs_built": time.strftime("%Y-%m-%dT%H:%M:%SZ", built),
              "machine": {"cores": os.cpu_count(), "kernel": platform.release()}, "cases": rows}
    with open(options.out, "w", encoding="utf-8") as file:
        json.dump(result, file, indent=1)
        file.write("\n")
    sys.exit(0 if all(row["result"] == "passed" for row in rows) else 1)


if __name__ == "__main__":
    main()

# SPDX-License-Identifier: Apache-2.0
"""weir-sip-load as a process: both parties of thousands of calls a second, one thread, its own core."""
import itertools
import json
import signal
import subprocess
import time

from recorded_calls import say

PROGRESS_SECONDS = 10
SEEDS = itertools.count(1)  # a Call-ID that came before would be a retransmission to the server


class Generator:
    """One load through a server, or (direct) from the callers to the callees without one."""

    def __init__(self, server, command, work, rate, calls, hold_ms=0, limit=600, direct=False):
        work.mkdir(parents=True, exist_ok=True)
        self.work = work
        callee = f"[{server.callee}]" if ":" in server.callee else server.callee
        target = f"{callee}:{server.uas}" if direct else server.address
        self.process = subprocess.Popen(
            [*command, "--target", target, "--uac", f"{callee if direct else server.caller}:{server.uac}",
             "--uas", f"{callee}:{server.uas}", "--rate", str(rate), "--calls", str(calls), "--hold", str(hold_ms),
             "--limit", str(limit), "--seed", str(next(SEEDS))],
            stdout=open(work / "result.json", "w"), stderr=open(work / "progress.log", "w"))

    def wait(self, seconds):
        """The figures of the load; its progress is shown meanwhile."""
        limit, shown = time.monotonic() + seconds, time.monotonic()
        while self.process.poll() is None:
            if time.monotonic() > limit:
                raise RuntimeError(f"weir-sip-load has not ended within {seconds} s: {self._progress()}")
            if time.monotonic() - shown > PROGRESS_SECONDS:
                shown = time.monotonic()
                say(self._progress())
            time.sleep(0.05)
        text = (self.work / "result.json").read_text()
        if not text:
            raise RuntimeError("weir-sip-load: " + (self.work / "progress.log").read_text()[-500:])
        return json.loads(text)

    def _progress(self):
        return ((self.work / "progress.log").read_text().splitlines() or ["nothing yet"])[-1]

    def stop(self):
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            self.process.wait(timeout=10)


def steady(figures, begin, end):
    """The sums of the seconds from `begin` to before `end`: the rise and the tail do not count."""
    rows = figures["seconds"][begin:end]
    return {"seconds": len(rows), **{key: sum(row[key] for row in rows) for key in (rows[0] if rows else {})}}

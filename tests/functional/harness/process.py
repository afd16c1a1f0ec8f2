# SPDX-License-Identifier: Apache-2.0
"""Programs in a namespace: start, wait for a line of output, stop by process id."""

import os
import signal
import subprocess
import time


# Limits are for what hangs: a build with sanitizers on a busy machine of two cores is slow, and is not wrong.
PATIENCE = 2


class TestFailure(Exception):
    """What was expected and what happened instead."""


def wait_until(question, seconds, what):
    """Asks until the answer is true; a bounded wait that says what it waited for."""
    deadline = time.monotonic() + seconds * PATIENCE
    while True:
        answer = question()
        if answer:
            return answer
        if time.monotonic() >= deadline:
            raise TestFailure(f"after {seconds * PATIENCE} s still waiting for {what}")
        time.sleep(0.02)


class Program:
    """One child process whose output goes to a log file."""

    def __init__(self, name, namespace, command, folder):
        self.name = name
        self.log_path = os.path.join(folder, f"{name}.log")
        self._log = open(self.log_path, "w", encoding="utf-8")
        self._child = subprocess.Popen(
            ["ip", "netns", "exec", namespace] + [str(word) for word in command],
            stdin=subprocess.DEVNULL, stdout=self._log, stderr=subprocess.STDOUT, cwd=folder,
            start_new_session=True)

    @property
    def pid(self):
        # `ip netns exec` replaces itself by the program.
        return self._child.pid

    def log(self):
        with open(self.log_path, encoding="utf-8", errors="replace") as file:
            return file.read()

    def wait_for_line(self, text, seconds):
        def seen():
            if text in self.log():
                return True
            if self._child.poll() is not None:
                raise TestFailure(f"{self.name} ended with {self._child.returncode} before it said "
                                  f"'{text}':\n{self.log()[-2000:]}")
            return False
        wait_until(seen, seconds, f"'{text}' of {self.name} (see {self.log_path})")

    def wait_for_end(self, seconds):
        """The exit code."""
        try:
            return self._child.wait(seconds * PATIENCE)
        except subprocess.TimeoutExpired:
            raise TestFailure(f"{self.name} still runs after {seconds * PATIENCE} s:\n{self.log()[-2000:]}") from None

    def stop(self, first=signal.SIGTERM, seconds=15):
        """Asks, then insists; the exit code, negative for a signal."""
        if self._child.poll() is None:
            self._child.send_signal(first)
            try:
                self._child.wait(seconds * PATIENCE)
            except subprocess.TimeoutExpired:
                os.killpg(self._child.pid, signal.SIGKILL)
                self._child.wait()
        self._log.close()
        return self._child.returncode

# SPDX-License-Identifier: Apache-2.0
"""The node of the demo: its two files, `weir run`, `weir exec`."""

import os
import shutil
import subprocess
import tempfile
import time


class Node:
    def __init__(self, programs, folder, examples):
        self.programs, self.folder = programs, folder
        self.config = os.path.join(folder, "demo.cfg")
        self.platform = os.path.join(folder, "demo-platform.yaml")
        shutil.copy(os.path.join(examples, "demo.cfg"), self.config)
        with open(os.path.join(examples, "demo-platform.yaml"), encoding="utf-8") as file:
            text = file.read()
        self.runtime = os.path.join(folder, "run")
        if len(os.path.abspath(self.runtime)) > 90:  # a Unix socket's name is short
            self.runtime = tempfile.mkdtemp(prefix="weir-demo-")
            text = text.replace("runtime: run ", f"runtime: {self.runtime} ")
        with open(self.platform, "w", encoding="utf-8") as file:
            file.write(text)
        self.output = os.path.join(folder, "logs", "weir-run.log")
        self.process = None
        self.ready_line = ""

    def weir(self, *words):
        return [os.path.join(self.programs, "weir"), *words]

    def start(self, keep):
        """Until `weir ready`. With `keep` it outlives this script."""
        # Not a pipe: a node that outlives us must not write into a closed one.
        with open(self.output, "w", encoding="utf-8") as log:
            self.process = subprocess.Popen(self.weir("run", "--config", self.config, "--platform", self.platform),
                                            stdin=subprocess.DEVNULL, stdout=log, stderr=subprocess.STDOUT,
                                            start_new_session=keep)
        deadline = time.monotonic() + 40
        while time.monotonic() < deadline:
            with open(self.output, encoding="utf-8", errors="replace") as log:
                text = log.read()
            for line in text.splitlines():
                if line.startswith("weir ready"):
                    self.ready_line = line
                    return
            if self.process.poll() is not None:
                raise RuntimeError(f"Weir did not start; it said:\n{text}")
            time.sleep(0.05)
        raise RuntimeError(f"Weir was not ready in time; see {self.output}")

    def execute(self, command):
        done = subprocess.run(self.weir("exec", command, "--platform", self.platform), stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT, text=True, timeout=20, check=False)
        if done.returncode != 0:
            raise RuntimeError(f"weir exec '{command}' ended with {done.returncode}: {done.stdout}")
        return done.stdout

    def stop(self):
        if self.process is not None and self.process.poll() is None:
            self.process.terminate()
            self.process.wait(60)


def stop_kept(folder):
    """Ends a node that an earlier `deploy/demo --keep` left in this folder; says so."""
    path = os.path.join(folder, "kept.pid")
    try:
        with open(path, encoding="utf-8") as file:
            pid = int(file.read())
        with open(f"/proc/{pid}/cmdline", "rb") as file:
            ours = b"demo.cfg" in file.read()
    except (OSError, ValueError):
        return
    if not ours:
        return
    print(f"   ending the node that was left running (pid {pid})", flush=True)
    os.kill(pid, 15)
    deadline = time.monotonic() + 40
    while os.path.exists(f"/proc/{pid}") and time.monotonic() < deadline:
        time.sleep(0.1)

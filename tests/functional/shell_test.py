#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""weir shell and weir exec as an operator uses them: a real pseudo-terminal, waits for prompts, no sleeps.

    shell_test.py BIN_FOLDER
"""

import json
import os
import pty
import re
import select
import signal
import subprocess
import sys
import tempfile
import termios
import time
import unittest

PROGRAMS = ""
PATIENCE = 60

CONFIG = """\
hostname gw1
!
voice service voip
 mode border-element
 allow-connections sip to sip
 rtp-port range 26000 26198
!
dial-peer voice 200 voip
 destination-pattern 2...
 session protocol sipv2
 session target ipv4:127.0.0.9
!
end
"""
PLATFORM = """\
realms:
  - {name: loopback, address: 127.0.0.1}
sip:
  listen: [{address: 127.0.0.1, port: 0}]
media: {io: socket, sessions: 8, memory_mib: 64, pre_roll: {seconds: 0}}
paths: {runtime: run, cdr: cdr.jsonl, log: log}
http: {enabled: false}
"""


class Node:
    """`weir run` on loopback."""

    def __init__(self, folder, config=CONFIG, platform=PLATFORM):
        self.folder = folder
        self.config = self.write("node.cfg", config)
        self.platform = self.write("platform.yaml", platform)
        self.log = open(os.path.join(folder, "run.log"), "w+", encoding="utf-8")
        self.process = subprocess.Popen(
            [os.path.join(PROGRAMS, "weir"), "run", "--config", self.config, "--platform", self.platform],
            stdout=self.log, stderr=subprocess.STDOUT)
        deadline = time.monotonic() + PATIENCE
        while "weir ready" not in self.text():
            if self.process.poll() is not None or time.monotonic() > deadline:
                raise AssertionError(f"the node does not start:\n{self.text()}")
            time.sleep(0.05)

    def text(self):
        with open(self.log.name, encoding="utf-8") as file:
            return file.read()

    def write(self, name, text):
        path = os.path.join(self.folder, name)
        with open(path, "w", encoding="utf-8") as file:
            file.write(text)
        return path

    def stop(self):
        self.process.send_signal(signal.SIGTERM)
        self.process.wait(PATIENCE)
        self.log.close()


class Terminal:
    """`weir shell` on a pseudo-terminal."""

    def __init__(self, node, rows=24):
        environment = dict(os.environ, HOME=node.folder, TERM="dumb")
        environment.pop("SSH_ORIGINAL_COMMAND", None)
        self.pid, self.fd = pty.fork()
        if self.pid == 0:
            os.execve(os.path.join(PROGRAMS, "weir"), ["weir", "shell", "--platform", node.platform], environment)
        termios.tcsetwinsize(self.fd, (rows, 200))
        self.seen = ""
        self.status = None

    def type(self, text):
        os.write(self.fd, text.encode())

    def wait(self, pattern):
        """What came up to and with the pattern; it is then forgotten."""
        deadline = time.monotonic() + PATIENCE
        while True:
            found = re.search(pattern, self.seen)
            if found:
                before, self.seen = self.seen[:found.end()], self.seen[found.end():]
                return before
            ready, _, _ = select.select([self.fd], [], [], max(0, deadline - time.monotonic()))
            try:
                more = os.read(self.fd, 65536).decode(errors="replace") if ready else ""
            except OSError:  # the other end is closed
                more = ""
            if not more:
                raise AssertionError(f"no {pattern!r} in {self.seen!r}")
            self.seen += more

    def run(self, line, prompt):
        """The answer of a command, up to the next prompt."""
        self.type(line + "\r")
        return self.wait(prompt)

    def wait_for_end(self):
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline:
            try:
                if select.select([self.fd], [], [], 0.05)[0]:
                    self.seen += os.read(self.fd, 65536).decode(errors="replace")
            except OSError:
                pass
            pid, status = os.waitpid(self.pid, os.WNOHANG)
            if pid:
                self.status = os.waitstatus_to_exitcode(status)
                return self.status
        raise AssertionError(f"the shell does not end: {self.seen!r}")

    def close(self):
        if self.status is None:
            os.kill(self.pid, signal.SIGKILL)
            os.waitpid(self.pid, 0)
        os.close(self.fd)


EXEC, CONFIGURE, PEER = r"gw1#", r"gw1\(config\)#", r"gw1\(config-dial-peer\)#"


class ShellTest(unittest.TestCase):
    node = None

    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory(prefix="weir-shell-")
        cls.node = Node(cls.folder.name)

    @classmethod
    def tearDownClass(cls):
        cls.node.stop()
        cls.folder.cleanup()

    def terminal(self, rows=24):
        terminal = Terminal(self.node, rows)
        self.addCleanup(terminal.close)
        terminal.wait(EXEC)
        return terminal

    def execute(self, *commands, stdin=None, command="exec", extra=(), environment=None):
        return subprocess.run([os.path.join(PROGRAMS, "weir"), command, *commands, "--platform", self.node.platform,
                               *extra], input=stdin, capture_output=True, text=True, timeout=PATIENCE, check=False,
                              env=environment)

    def test_the_prompt_follows_the_mode(self):
        terminal = self.terminal()
        terminal.run("conf t", CONFIGURE)
        terminal.run("dial-peer voice 310 voip", PEER)
        terminal.run("exit", CONFIGURE)
        terminal.run("dial-peer voice 310 voip", PEER)
        terminal.run("end", EXEC)
        self.assertIn("dial-peer voice 310 voip", terminal.run("show running-config | section 310", EXEC + r"\s*$"))

    def test_a_question_mark_needs_no_enter(self):
        terminal = self.terminal()
        terminal.run("configure terminal", CONFIGURE)
        terminal.run("dial-peer voice 320 voip", PEER)
        terminal.type("pref?")
        self.assertIn("preference", terminal.wait(PEER + r" ?pref"))
        terminal.type("erence ?")
        self.assertIn("<0-10>", terminal.wait(PEER + r" ?preference "))
        terminal.run("4", PEER)
        self.assertIn("preference 4", terminal.run("do show running-config | section 320", PEER))

    def test_tab_completes_a_word(self):
        terminal = self.terminal()
        terminal.type("sh\t")
        terminal.wait("show ")
        terminal.type("vers\t")
        terminal.wait("version ")
        self.assertIn("uptime", terminal.run("", EXEC))

    def test_control_z_ends_configuration_mode(self):
        terminal = self.terminal()
        terminal.run("configure terminal", CONFIGURE)
        terminal.type("\x1a")
        terminal.wait(EXEC)

    def test_control_c_gives_up_the_line(self):
        terminal = self.terminal()
        terminal.type("nonsense\x03")
        terminal.wait(EXEC)
        self.assertNotIn("%", terminal.run("", EXEC))

    def test_a_long_answer_comes_page_by_page(self):
        terminal = self.terminal(rows=8)
        terminal.type("show running-config\r")
        first = terminal.wait("--More--")
        self.assertLess(first.count("\n"), 10)
        terminal.type("\r")
        terminal.wait("--More--")
        terminal.type("q")
        terminal.wait(EXEC)
        terminal.run("terminal length 0", EXEC)
        self.assertNotIn("--More--", terminal.run("show running-config", EXEC))

    def test_a_wrong_line_shows_where(self):
        terminal = self.terminal()
        answer = terminal.run("show runing-config", EXEC)
        self.assertIn("% Invalid input detected at '^' marker.", answer)

    def test_history_is_kept_for_the_user(self):
        terminal = self.terminal()
        terminal.run("show privilege", EXEC)
        terminal.run("exit", "")
        self.assertEqual(terminal.wait_for_end(), 0, terminal.seen)
        with open(os.path.join(self.node.folder, ".weir_history"), encoding="utf-8") as file:
            self.assertIn("show", file.read())

    def test_an_exclusive_candidate_locks_out_others(self):
        terminal = self.terminal()
        terminal.run("configure exclusive candidate", CONFIGURE)
        terminal.run("dial-peer voice 330 voip", PEER)
        done = self.execute("configure terminal")
        self.assertEqual(done.returncode, 1)
        self.assertIn("locked exclusively by", done.stderr)
        self.assertIn("+dial-peer voice 330 voip", terminal.run("show archive config differences", PEER))
        terminal.run("abort", EXEC)
        self.assertEqual(self.execute("configure terminal").returncode, 0)

    def test_exec_runs_several_commands_in_one_session(self):
        done = self.execute("configure terminal", "dial-peer voice 340 voip", "preference 2", "end",
                            "show running-config | section 340")
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertIn(" preference 2", done.stdout)

    def test_exec_stops_at_the_first_refused_command(self):
        done = self.execute("configure terminal", "dial-peer voise 350 voip", "preference 2")
        self.assertEqual(done.returncode, 1)
        self.assertIn("^", done.stderr)
        self.assertIn("did you mean", done.stderr)

    def test_every_show_has_json(self):
        done = self.execute("show running-config", extra=("--json",))
        self.assertIn("hostname gw1", json.loads(done.stdout)["text"])
        done = self.execute("show configuration history", extra=("--json",))
        self.assertEqual(json.loads(done.stdout)[0]["how"], "start")

    def test_lines_from_a_pipe(self):
        done = self.execute(command="shell", stdin="show privilege\nbogus\nshow version\n")
        self.assertEqual(done.returncode, 1)
        self.assertIn("is an administrator", done.stdout)
        self.assertIn("uptime", done.stdout)
        self.assertIn("line 2:", done.stderr)

    def test_a_command_of_ssh(self):
        environment = dict(os.environ, SSH_ORIGINAL_COMMAND="show privilege")
        done = self.execute(command="shell", stdin="", environment=environment)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertIn("is an administrator", done.stdout)


class LostNodeTest(unittest.TestCase):
    def test_the_shell_says_that_the_node_has_gone(self):
        with tempfile.TemporaryDirectory(prefix="weir-shell-") as folder:
            node = Node(folder)
            terminal = Terminal(node)
            try:
                terminal.wait(EXEC)
                node.stop()
                self.assertEqual(terminal.wait_for_end(), 1, terminal.seen)
                self.assertIn("has gone", terminal.seen)
            finally:
                terminal.close()

    def test_without_a_node(self):
        with tempfile.TemporaryDirectory(prefix="weir-shell-") as folder:
            done = subprocess.run([os.path.join(PROGRAMS, "weir"), "shell", "--runtime", folder], input="",
                                  capture_output=True, text=True, timeout=PATIENCE, check=False)
            self.assertEqual(done.returncode, 2)
            self.assertIn("weir run", done.stderr)


if __name__ == "__main__":
    PROGRAMS = os.path.abspath(sys.argv.pop(1))
    unittest.main()

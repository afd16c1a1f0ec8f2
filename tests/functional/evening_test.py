#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""An evening of an engineer who knows the router's shell: abbreviations, help, differences, a confirmed commit, the
way back; and a node one of whose addresses has gone. A real pseudo-terminal; needs no namespaces.

    evening_test.py BIN_FOLDER
"""

import json
import os
import subprocess
import sys
import tempfile
import unittest

import shell_test
from shell_test import CONFIGURE, EXEC, PATIENCE, PEER, Node, Terminal

SECRET = "swordfish"
GONE_CONFIG = """\
hostname gw1
!
voice service voip
 mode border-element
 allow-connections sip to sip
 rtp-port range 26200 26398
!
interface Loopback0
 ip address 127.0.0.1 255.0.0.0
!
interface GigabitEthernet0/0/1
 ip address 192.0.2.77 255.255.255.0
!
end
"""
GONE_PLATFORM = """\
realms:
  - {name: inside, address: 127.0.0.1}
  - {name: outside, address: 192.0.2.77}
sip: {port: 0}
media: {io: socket, sessions: 8, memory_mib: 64, pre_roll: {seconds: 0}}
paths: {runtime: run, cdr: cdr.jsonl, log: log}
http: {enabled: false}
"""


def weir(*words):
    return subprocess.run([os.path.join(shell_test.PROGRAMS, "weir"), *words], capture_output=True, text=True,
                          timeout=PATIENCE, check=False)


class EveningTest(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="weir-evening-")
        self.addCleanup(folder.cleanup)
        self.node = Node(folder.name)
        self.addCleanup(self.node.stop)
        self.terminal = Terminal(self.node, rows=100)
        self.addCleanup(self.terminal.close)
        self.terminal.wait(EXEC)
        self.terminal.run("term len 0", EXEC)

    def run_in(self, prompt, *lines):
        return [self.terminal.run(line, prompt) for line in lines][-1]

    def target_by(self, *role):
        """Where `weir explain` would send 2001."""
        done = weir("explain", *role, "--platform", self.node.platform, "--called", "2001", "--json")
        self.assertEqual(done.returncode, 0, done.stderr)
        return json.loads(done.stdout)["candidates"][0]["target"]

    def test_abbreviations_as_the_fingers_know_them(self):
        self.assertIn("uptime", self.run_in(EXEC, "sh ver"))
        self.assertIn("dial-peer voice 200", self.run_in(EXEC, "sh run | s dial-peer"))
        self.assertIn("127.0.0.9", self.run_in(EXEC, "sh dialplan num 2001"))
        self.terminal.run("conf t", CONFIGURE)
        self.run_in(PEER, "dial-peer v 300 voip", "destination-p 3...", "sess prot sipv2", "sess targ ipv4:127.0.0.8")
        self.assertIn("ipv4:127.0.0.8", self.run_in(PEER, "sh dialplan num 3001"))
        self.assertIn("destination-pattern 3...", self.run_in(PEER, "do sh run | s 300"))
        self.assertIn("shutdown", self.run_in(PEER, "sh", "do sh run | s 300"))
        self.assertNotIn("shutdown", self.run_in(PEER, "no sh", "do sh run | s 300"))
        self.terminal.run("end", EXEC)
        self.assertIn("+dial-peer voice 300 voip", self.run_in(EXEC, "sh archive config diff"))
        self.assertIn("[OK]", self.run_in(EXEC, "wr"))
        self.assertNotIn("+dial-peer", self.run_in(EXEC, "sh archive config diff"))

    def test_help_at_any_place(self):
        self.terminal.type("sh run | ?")
        self.assertRegex(self.terminal.wait(EXEC), r"section +Whole sections")
        self.assertIn("hostname gw1", self.terminal.run("i hostname", EXEC))
        self.terminal.type("?")
        self.assertRegex(self.terminal.wait(EXEC), r"show +Show what runs")
        for line, said in (("sh clock", " UTC "), ("sh users", "admin"), ("sh hist", "sh clock"),
                           ("sh ip addr trusted list", "IP Address Trusted List"), ("sh logging", "sip.ready")):
            self.assertIn(said, self.run_in(EXEC, line))
        self.terminal.run("disable", r"gw1>")
        self.assertIn("type enable", self.terminal.run("conf t", r"gw1>"))
        self.terminal.run("en", EXEC)

    def test_a_candidate_is_asked_committed_and_taken_back(self):
        self.terminal.run("conf excl cand", CONFIGURE)
        self.run_in(PEER, "dial-peer voice 200 voip", "sess targ ipv4:127.0.0.7")
        self.assertIn("ipv4:127.0.0.9", self.run_in(PEER, "sh dialplan num 2001"))
        self.assertIn("ipv4:127.0.0.7", self.run_in(PEER, "sh dialplan num 2001 candidate"))
        self.assertIn("ipv4:127.0.0.7", self.run_in(PEER, "do explain called 2001 candidate"))
        self.assertEqual(self.target_by("--candidate"), "ipv4:127.0.0.7")
        self.assertEqual(self.target_by("--running"), "ipv4:127.0.0.9")
        self.assertIn("+session target ipv4:127.0.0.7", self.run_in(PEER, "sh archive config diff"))
        self.terminal.run("commit confirmed 5", EXEC)
        self.assertEqual(self.target_by("--running"), "ipv4:127.0.0.7")
        self.assertEqual(self.target_by("--startup"), "ipv4:127.0.0.9")
        self.assertIn("waits to be confirmed", self.run_in(EXEC, "sh conf hist"))
        self.assertIn("Rolled back", self.run_in(EXEC, "rollback 1"))
        self.assertIn("ipv4:127.0.0.9", self.run_in(EXEC, "sh dialplan num 2001"))

    def test_a_revert_timer_is_undone_at_once(self):
        self.terminal.run("conf t revert timer 5", CONFIGURE)
        self.run_in(PEER, "dial-peer voice 200 voip", "sess targ ipv4:127.0.0.6")
        self.terminal.run("end", EXEC)
        self.assertIn("Reverted", self.run_in(EXEC, "conf revert now"))
        self.assertIn("ipv4:127.0.0.9", self.run_in(EXEC, "sh dialplan num 2001"))

    def test_only_files_of_flash_can_be_named(self):
        outside = self.node.write("secret.cfg", SECRET + "\n")
        answer = self.run_in(EXEC, "configure replace " + outside)
        self.assertIn("flash.directory of platform.yaml", answer)
        self.assertNotIn(SECRET, answer)
        flash = os.path.join(self.node.folder, "flash")
        os.mkdir(flash)
        os.symlink(outside, os.path.join(flash, "link.cfg"))
        self.assertNotIn(SECRET, self.run_in(EXEC, "configure replace flash:link.cfg"))
        with open(os.path.join(flash, "other.cfg"), "w", encoding="utf-8") as file:
            file.write(shell_test.CONFIG.replace("127.0.0.9", "127.0.0.5"))
        self.assertIn("Replaced", self.run_in(EXEC, "configure replace flash:other.cfg"))
        self.assertIn("ipv4:127.0.0.5", self.run_in(EXEC, "sh dialplan num 2001"))


class GoneAddressTest(unittest.TestCase):
    def test_the_others_come_up(self):
        with tempfile.TemporaryDirectory(prefix="weir-gone-") as folder:
            node = Node(folder, GONE_CONFIG, GONE_PLATFORM)
            try:
                said = "interface GigabitEthernet0/0/1: this machine has no address 192.0.2.77"
                self.assertIn("warning: " + said, node.text())
                done = weir("exec", "show version", "--platform", node.platform)
                self.assertEqual(done.returncode, 0, done.stderr)
                self.assertIn("Down since the start", done.stdout)
                self.assertIn(said, done.stdout)
                self.assertIn("SIP listens on UDP 127.0.0.1:", done.stdout.replace("udp", "UDP"))
                self.assertNotIn("SIP listens on UDP 192.0.2.77", done.stdout.replace("udp", "UDP"))
            finally:
                node.stop()


if __name__ == "__main__":
    shell_test.PROGRAMS = os.path.abspath(sys.argv.pop(1))
    unittest.main()

# SPDX-License-Identifier: Apache-2.0
"""The command `weir` as an operator types it: what is wrong is said, and nothing is started.

    weir_commands_test.py BIN_FOLDER EXAMPLES_FOLDER
"""

import json
import os
import subprocess
import sys
import tempfile
import unittest

PROGRAMS, EXAMPLES = "", ""

PLATFORM = """\
realms:
  - {{name: loopback, address: {address}}}
media: {{cores: [{core}]}}
paths: {{runtime: run, cdr: cdr.jsonl}}
"""


class WeirTest(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        self.addCleanup(self.folder.cleanup)

    def weir(self, *words):
        return subprocess.run([os.path.join(PROGRAMS, "weir"), *words], capture_output=True, text=True, timeout=30,
                              check=False)

    def write(self, name, text):
        path = os.path.join(self.folder.name, name)
        with open(path, "w", encoding="utf-8") as file:
            file.write(text)
        return path

    def platform(self, address="127.0.0.1", core=""):
        return self.write("platform.yaml", PLATFORM.format(address=address, core=core))

    def run_with(self, config=None, platform=None):
        """`weir run`, which must refuse: exit status 1, and no runtime folder was made."""
        done = self.weir("run", "--config", config or os.path.join(EXAMPLES, "demo.cfg"), "--platform",
                         platform or self.platform())
        self.assertEqual(done.returncode, 1, done.stderr)
        self.assertFalse(os.path.exists(os.path.join(self.folder.name, "run")))
        return done.stderr

    def test_examples_are_good(self):
        done = self.weir("check", os.path.join(EXAMPLES, "demo.cfg"), "--platform",
                         os.path.join(EXAMPLES, "demo-platform.yaml"))
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        self.assertIn("demo.cfg: ok (3 dial-peers", done.stdout)

    def test_check_names_file_line_and_column_of_every_error(self):
        path = self.write("bad.cfg", "hostname a\nfrobnicate\ninterface Loopback0\n ip adress 1.2.3.4 255.0.0.0\n")
        done = self.weir("check", path)
        self.assertEqual(done.returncode, 1)
        self.assertIn(f"{path}:2:1: error:", done.stderr)
        self.assertIn(f"{path}:4:5: error:", done.stderr)
        self.assertIn("2 errors", done.stderr)

    def test_check_of_a_file_that_is_not_there(self):
        done = self.weir("check", "/nonexistent.cfg")
        self.assertEqual(done.returncode, 1)
        self.assertIn("/nonexistent.cfg: error:", done.stderr)

    def test_run_refuses_an_unknown_key_with_a_suggestion(self):
        text = self.run_with(platform=self.write("platform.yaml", "realm: []\n"))
        self.assertIn("platform.yaml:1:1: error: unknown key 'realm'; did you mean 'realms'?", text)
        self.assertIn("nothing was started", text)

    def test_run_refuses_an_address_that_is_not_there(self):
        self.assertIn("this machine has no address 192.0.2.77", self.run_with(platform=self.platform("192.0.2.77")))

    def test_run_refuses_a_core_that_is_not_there(self):
        self.assertIn("there is no core 1000", self.run_with(platform=self.platform(core="1000")))

    def test_run_names_the_interface_and_the_realms_that_do_not_fit(self):
        text = self.run_with(platform=self.platform("127.0.0.77"))
        self.assertIn("interface Loopback0 has the address 127.0.0.1, which is no realm of", text)
        self.assertIn("realms: loopback 127.0.0.77", text)

    def test_exec_without_a_node_says_what_to_do(self):
        done = self.weir("exec", "show version", "--runtime", self.folder.name)
        self.assertEqual(done.returncode, 2)
        self.assertIn("weir run", done.stderr)

    def test_check_warns_of_a_descriptor_limit_that_is_too_small(self):
        path = self.write("platform.yaml", "realms: [{name: loopback, address: 127.0.0.1}]\n"
                                           "media: {io: socket, sessions: 60000}\n")
        command = [os.path.join(PROGRAMS, "weir"), "check", os.path.join(EXAMPLES, "demo.cfg"), "--platform", path]
        done = subprocess.run(["prlimit", "--nofile=1064:1064", *command], capture_output=True, text=True, timeout=30,
                              check=False)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertIn("warning: media.io: socket: the limit of 1064 descriptors is enough for 125 recorded calls, "
                      "media.sessions: 60000 needs 480064 (LimitNOFILE=480064", done.stderr)
        self.assertIn("1 warnings", done.stdout)

    def test_doctor_judges_the_realms_of_a_platform(self):
        done = self.weir("doctor", "--platform", self.platform())
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        self.assertIn("realms: loopback 127.0.0.1 (lo)", done.stdout)
        self.assertIn("auto takes socket here", done.stdout)
        self.assertNotIn("\033", done.stdout)

    def test_doctor_fails_where_the_named_mode_does_not_work(self):
        path = self.write("platform.yaml", "realms: [{name: loopback, address: 127.0.0.1}]\nmedia: {io: af_xdp}\n")
        done = self.weir("doctor", "--platform", path, "--json")
        self.assertEqual(done.returncode, 1)
        report = json.loads(done.stdout)
        self.assertEqual((report["wanted"], report["works"], report["diagnoses"][0]["taken"]),
                         ("af_xdp", False, "socket"))

    def test_doctor_without_a_platform_judges_the_devices(self):
        done = self.weir("doctor")
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        self.assertRegex(done.stdout, r"(?m)^device \S+ \(")

    def test_doctor_shows_the_errors_of_a_platform(self):
        done = self.weir("doctor", "--platform", self.write("platform.yaml", "media: {io: dpdk}\n"))
        self.assertEqual(done.returncode, 1)
        self.assertIn("platform.yaml:1:13: error: media.io: dpdk needs media.ports", done.stderr)

    def test_version_and_help(self):
        self.assertRegex(self.weir("--version").stdout, r"^Weir \d+\.\d+\.\d+\n$")
        self.assertIn("weir run --config FILE --platform FILE", self.weir("help").stdout)

    def explain(self, *words):
        return self.weir("explain", *words, "--called", "2001", "--json")

    def test_explain_startup_reads_what_the_node_was_run_with(self):
        platform = self.platform()
        runtime = os.path.join(self.folder.name, "run")
        done = self.explain("--startup", "--platform", platform)
        self.assertEqual(done.returncode, 2)
        self.assertIn("no node was run with the runtime directory " + runtime, done.stderr)
        # As `weir run` leaves it.
        os.mkdir(runtime)
        os.symlink(os.path.join(EXAMPLES, "demo.cfg"), os.path.join(runtime, "startup.cfg"))
        by_role = self.explain("--startup", "--runtime", runtime)
        by_name = self.explain("--config", os.path.join(EXAMPLES, "demo.cfg"))
        self.assertEqual((by_role.returncode, by_role.stdout), (by_name.returncode, by_name.stdout), by_role.stderr)

    def test_explain_running_without_a_node_reads_what_it_had_in_use(self):
        runtime = self.folder.name
        done = self.explain("--running", "--runtime", runtime)
        self.assertEqual(done.returncode, 2)
        self.assertIn("weir run", done.stderr)
        # As `weir run` and every commit leave it.
        with open(os.path.join(EXAMPLES, "demo.cfg"), encoding="utf-8") as demo, \
                open(os.path.join(runtime, "running.cfg"), "w", encoding="utf-8") as running:
            running.write(demo.read())
        by_role = self.explain("--running", "--runtime", runtime)
        by_name = self.explain("--config", os.path.join(EXAMPLES, "demo.cfg"))
        self.assertEqual((by_role.returncode, by_role.stdout), (by_name.returncode, by_name.stdout), by_role.stderr)

    def test_explain_wants_exactly_one_configuration(self):
        for words in ((), ("--startup", "--running"), ("--config", "x.cfg", "--candidate")):
            done = self.explain(*words)
            self.assertEqual(done.returncode, 2, words)
            self.assertIn("one of them is enough" if words else "which configuration?", done.stderr)

    def test_explain_candidate_without_a_node_says_what_to_do(self):
        done = self.explain("--candidate", "--runtime", self.folder.name)
        self.assertEqual(done.returncode, 2)
        self.assertIn("weir run", done.stderr)

    def test_wrong_command_lines_are_explained(self):
        for words in (["frobnicate"], ["check"], ["run", "--confg", "x"], []):
            done = self.weir(*words)
            self.assertEqual(done.returncode, 2, words)
            self.assertIn("weir run --config FILE", done.stderr)


if __name__ == "__main__":
    PROGRAMS, EXAMPLES = sys.argv[1:3]
    unittest.main(argv=sys.argv[:1])

#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""A forbidden link must stop the configure step, with a message that names the edge."""

import os
import subprocess
import sys
import tempfile
import unittest

CMAKE = "cmake"
FIXTURE = os.path.join(os.path.dirname(os.path.abspath(__file__)), "layering_fixture")


class ConfigureTest(unittest.TestCase):
    def configure(self, case):
        """(exit code, messages on one line)"""
        with tempfile.TemporaryDirectory() as folder:
            done = subprocess.run([CMAKE, "-S", FIXTURE, "-B", folder, f"-DCASE={case}"],
                                  capture_output=True, text=True, check=False)
        return done.returncode, " ".join((done.stdout + done.stderr).split())

    def test_an_edge_of_the_table_configures(self):
        self.assertEqual(self.configure("allowed")[0], 0)

    def test_a_forbidden_edge_does_not(self):
        code, text = self.configure("forbidden_edge")
        self.assertNotEqual(code, 0)
        self.assertIn("lower may not use upper", text)

    def test_a_library_of_another_target_does_not(self):
        code, text = self.configure("forbidden_library")
        self.assertNotEqual(code, 0)
        self.assertIn("upper may not use the library png: it belongs to 'lower'", text)

    def test_a_target_outside_the_table_does_not(self):
        code, text = self.configure("unlisted_target")
        self.assertNotEqual(code, 0)
        self.assertIn("stray is not in the layering table", text)


if __name__ == "__main__":
    if len(sys.argv) > 1:
        CMAKE = sys.argv.pop()
    unittest.main()

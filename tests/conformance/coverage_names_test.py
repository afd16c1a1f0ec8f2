# SPDX-License-Identifier: Apache-2.0
"""The tests that COVERAGE.md names are there."""

import pathlib
import re
import sys
import unittest

FOLDER = pathlib.Path(__file__).parent
NAME = re.compile(r"\b([A-Z]\w+)\.([A-Z]\w+)\b")
TEST = re.compile(r"^TEST(?:_F|_P)?\((\w+), (\w+)\)", re.MULTILINE)


class CoverageNamesTest(unittest.TestCase):
    def test_every_test_that_is_named_exists(self):
        known = set()
        for file in FOLDER.rglob("*_test.cpp"):
            known.update(TEST.findall(file.read_text(encoding="utf-8")))
        named = NAME.findall((FOLDER / "COVERAGE.md").read_text(encoding="utf-8"))
        missing = [f"{suite}.{test}" for suite, test in named
                   if test not in ("md",) and (suite, test) not in known]
        self.assertGreater(len(named), 100)
        self.assertEqual(missing, [])


if __name__ == "__main__":
    sys.exit(unittest.main())

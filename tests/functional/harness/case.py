# SPDX-License-Identifier: Apache-2.0
"""One functional test: its folder, its network, what it started, and the exit code that ctest reads."""

import argparse
import json
import os
import shutil
import signal
import sys
import tempfile
import traceback

from . import network as network_module
from .capture import Capture, read_pcap
from .process import Program, TestFailure

SKIPPED = 77


class Case:
    """Everything that one test made; close() undoes it in reverse order."""

    def __init__(self, binaries, keep, **network):
        self._binaries = binaries
        self._keep = keep
        self._programs = []
        self._captures = []
        self._undo = []
        self.figures = {}
        self.folder = tempfile.mkdtemp(prefix="weir-functional-")
        self.network = network_module.Network(**network)

    def has(self, name):
        return os.access(os.path.join(self._binaries, name), os.X_OK)

    def binary(self, name):
        path = os.path.join(self._binaries, name)
        if not os.access(path, os.X_OK):
            raise TestFailure(f"{path} is not there: build it first (deploy/setup)")
        return path

    def start(self, name, party, command):
        program = Program(name, self.network.namespace(party), command, self.folder)
        self._programs.append(program)
        return program

    def on_close(self, undo):
        """Called when the test is over, the last one first."""
        self._undo.append(undo)

    def note(self, subject, **figures):
        """What was counted of a party or of the recording, for --figures."""
        self.figures.setdefault(subject, {}).update(figures)

    def capture(self, party):
        capture = Capture(self.network, party, self.folder)
        self._captures.append(capture)
        return capture

    def captured_packets(self, party):
        """How many UDP datagrams the running capture of the party has so far."""
        return sum(len(read_pcap(capture.path)) for capture in self._captures if capture.party == party)

    def close(self, failed):
        for program in reversed(self._programs):
            program.stop()
        for capture in self._captures:
            capture.stop()
        for undo in reversed(self._undo):
            undo()
        self.network.down()
        if self._keep:
            print(f"kept: {self.folder}")
        else:
            if failed:
                self._show_logs()
            shutil.rmtree(self.folder, ignore_errors=True)

    def _show_logs(self):
        for top, _, names in os.walk(self.folder):
            for name in sorted(names):
                if name.endswith(".log"):
                    with open(os.path.join(top, name), encoding="utf-8", errors="replace") as file:
                        print(f"---- {name} (its end)\n{file.read()[-3000:]}")


def check(condition, text):
    if not condition:
        raise TestFailure(text)


def on_network(**options):
    """A test that wants another network than the usual one: the options of Network."""
    def mark(test):
        test.network = options
        return test
    return mark


def interrupted(number, _frame):
    raise TestFailure(f"ended by signal {number}")


def run(*tests, family=4):
    """Runs one of the tests, test(case), and exits: 0, 1, or 77 where namespaces are not permitted."""
    parser = argparse.ArgumentParser(description=sys.modules["__main__"].__doc__)
    parser.add_argument("--bin", default="build/bin", help="folder of the programs")
    parser.add_argument("--keep", action="store_true", help="keep captures and logs")
    parser.add_argument("--figures", help="JSON file to write with what was counted")
    names = {test.__name__: test for test in tests}
    parser.add_argument("--case", choices=names, default=tests[0].__name__, help="which of the tests")
    options = parser.parse_args()
    if not network_module.is_permitted():
        print("skipped: making network namespaces needs root")
        sys.exit(SKIPPED)
    # A time limit of the test runner must still clean up.
    signal.signal(signal.SIGTERM, interrupted)
    test = names[options.case]
    case = Case(os.path.abspath(options.bin), options.keep, **{"family": family, **getattr(test, "network", {})})
    failed = True
    try:
        case.network.up()
        test(case)
        failed = False
        if options.figures:
            with open(options.figures, "w", encoding="utf-8") as file:
                json.dump(case.figures, file, indent=2)
                file.write("\n")
    except TestFailure as failure:
        print(f"FAILED: {failure}")
    except Exception:  # a broken harness must clean up too
        traceback.print_exc()
    finally:
        case.close(failed)
    print("failed" if failed else "passed")
    sys.exit(1 if failed else 0)

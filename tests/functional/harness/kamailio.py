# SPDX-License-Identifier: Apache-2.0
"""Kamailio as a party: its configuration is the test's."""

import os
import shutil
import subprocess
import sys

from .case import SKIPPED
from .process import wait_until

# Every test has these lines first; {address} is the party's, {node} the SBC's on that party's side.
HEAD = """\
#!KAMAILIO
debug=2
log_stderror=yes
fork=no
children=1
auto_aliases=no
listen=udp:{address}:5060
"""


def skip_without():
    """Ends the test as skipped where Kamailio is not installed."""
    if shutil.which("kamailio") is None:
        print("skipped: kamailio is not installed")
        sys.exit(SKIPPED)


def start(case, party, configuration, name="kamailio", **values):
    """Runs it in the party's namespace until the end of the test; `values` are for the configuration."""
    folder = os.path.join(case.folder, name)
    os.makedirs(folder)
    path = os.path.join(folder, "kamailio.cfg")
    with open(path, "w", encoding="utf-8") as file:
        file.write((HEAD + configuration).format(address=case.network.address(party),
                                                 node=case.network.sbc_address(party), **values))
    program = case.start(name, party, ["kamailio", "-DD", "-E", "-f", path, "-m", "32", "-M", "4", "-Y", folder,
                                       "-P", os.path.join(folder, "pid")])

    def is_listening():
        done = subprocess.run(["ip", "netns", "exec", case.network.namespace(party), "ss", "-Hlun"],
                              capture_output=True, text=True, check=False)
        return f"{case.network.address(party)}:5060" in done.stdout
    wait_until(is_listening, 30, "Kamailio to listen")
    return program

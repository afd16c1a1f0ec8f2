# SPDX-License-Identifier: Apache-2.0
"""SIPp as caller, callee or recorder."""

import os
import re

from .process import TestFailure, wait_until

SCENARIOS = os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "scenarios")
RTP_PORTS = {"caller": 30000, "callee": 31000, "recorder": 32000}


class Sipp:
    """One SIPp that handles one call and then ends; its messages go to NAME-messages.log."""

    def __init__(self, case, party, scenario, options=(), target=None):
        self.name = f"sipp-{party}"
        self.messages_path = os.path.join(case.folder, f"{self.name}-messages.log")
        address = case.network.address(party)
        command = ["sipp", "-sf", scenario, "-m", "1", "-i", address, "-p", "5060", "-mi", address,
                   "-mp", str(RTP_PORTS[party]), "-nostdin", "-timeout", "60s", "-timeout_error",
                   "-trace_msg", "-message_file", self.messages_path, "-trace_err", "-error_file",
                   os.path.join(case.folder, f"{self.name}-errors.log")]
        self._options = list(options)
        command += self._options
        if target:
            command.append(target)
        self.program = case.start(self.name, party, command)
        # Who calls a port that is not open yet is refused at once.
        if not target:
            wait_until(self._is_listening, 15, f"{self.name} to open port 5060")

    def _is_listening(self):
        """Port 5060 is open in the namespace of this SIPp: 13C4 behind its address, 0A is LISTEN of TCP."""
        over_tcp = "t1" in self._options
        names = ("tcp", "tcp6") if over_tcp else ("udp", "udp6")
        for name in names:
            try:
                with open(f"/proc/{self.program.pid}/net/{name}", encoding="ascii") as file:
                    rows = [line.split() for line in file.readlines()[1:]]
            except OSError:
                return False  # it has ended; its log says why
            if any(row[1].endswith(":13C4") and (row[3] == "0A" or not over_tcp) for row in rows):
                return True
        return False

    def wait(self, seconds=60):
        """The call as this party saw it went as its scenario says."""
        code = self.program.wait_for_end(seconds)
        if code != 0:
            raise TestFailure(f"{self.name} ended with {code}:\n{self.messages()[-6000:]}")

    def messages(self):
        if not os.path.exists(self.messages_path):
            return ""
        with open(self.messages_path, encoding="utf-8", errors="replace") as file:
            return file.read().replace("\r", "")


def scenario_file(case, name, values):
    """The scenario with @NAME@ replaced: SIPp itself replaces nothing in names of pcap files and in pauses."""
    with open(os.path.join(SCENARIOS, f"{name}.xml"), encoding="utf-8") as file:
        text = file.read()
    if values.get("STREAM", "") is None:  # somebody else talks
        text = re.sub(r".*play_pcap_audio.*\n", "", text)
    for key, value in values.items():
        text = text.replace(f"@{key}@", str(value))
    path = os.path.join(case.folder, f"{name}.xml")
    with open(path, "w", encoding="utf-8") as file:
        file.write(text)
    return path


def caller(case, number, scenario, values):
    return Sipp(case, "caller", scenario_file(case, scenario, values), ["-s", number],
                f"{case.network.uri_host(case.network.sbc_address('caller'))}:5060")


def callee(case, scenario, values):
    return Sipp(case, "callee", scenario_file(case, scenario, values))


def recorder(case, scenario="recorder", delay_ms=0):
    return Sipp(case, "recorder", scenario_file(case, scenario, {"DELAY": delay_ms}), ["-t", "t1"])

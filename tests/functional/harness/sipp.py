# SPDX-License-Identifier: Apache-2.0
"""SIPp as caller, callee or recorder."""

import os

from .process import TestFailure

SCENARIOS = os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "scenarios")
CALLER_RTP = 30000
CALLEE_RTP = 31000
RECORDER_RTP = 32000


class Sipp:
    """One SIPp that handles one call and then ends; its messages go to NAME-messages.log."""

    def __init__(self, case, party, rtp_port, options=(), stream="", target=None):
        self.name = f"sipp-{party}"
        self.messages_path = os.path.join(case.folder, f"{self.name}-messages.log")
        address = case.network.address(party)
        command = ["sipp", "-sf", scenario_file(case, party, stream), "-m", "1", "-i", address, "-p", "5060",
                   "-mi", address, "-mp", str(rtp_port), "-nostdin", "-timeout", "60s", "-timeout_error",
                   "-trace_msg", "-message_file", self.messages_path, "-trace_err", "-error_file",
                   os.path.join(case.folder, f"{self.name}-errors.log")]
        command += list(options)
        if target:
            command.append(target)
        self.program = case.start(self.name, party, command)

    def wait(self, seconds=60):
        """The call as this party saw it went as its scenario says."""
        code = self.program.wait_for_end(seconds)
        if code != 0:
            raise TestFailure(f"{self.name} ended with {code}:\n{self.messages()[-6000:]}")

    def messages(self):
        if not os.path.exists(self.messages_path):
            return ""
        with open(self.messages_path, encoding="utf-8", errors="replace") as file:
            return file.read()


def scenario_file(case, party, stream):
    """SIPp does not replace keywords in the name of a pcap file, so the scenario is written with it."""
    with open(os.path.join(SCENARIOS, f"{party}.xml"), encoding="utf-8") as file:
        text = file.read().replace("@STREAM@", stream)
    path = os.path.join(case.folder, f"{party}.xml")
    with open(path, "w", encoding="utf-8") as file:
        file.write(text)
    return path


def caller(case, number, stream, talk_ms):
    return Sipp(case, "caller", CALLER_RTP, ["-s", number, "-d", str(talk_ms)], stream,
                f"{case.network.sbc_address('caller')}:5060")


def callee(case, stream):
    return Sipp(case, "callee", CALLEE_RTP, stream=stream)


def recorder(case, transport="t1"):
    return Sipp(case, "recorder", RECORDER_RTP, ["-t", transport])

# SPDX-License-Identifier: Apache-2.0
"""The parties of the call: SIPp as caller and callee."""

import os
import shlex
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
SIPP_MEDIA_PORT = 6000
SENDER_PORT = 6100


class Party:
    """One SIPp. With a capture, SIPp itself plays the speech; without one, rtp_party.py does and notes it."""

    def __init__(self, name, address, speech, folder, captured):
        self.name, self.address, self.folder = name, address, folder
        self._captured = captured
        self._speech = speech
        self.sent = os.path.join(folder, f"sent-{name}.ulaw")
        self.messages = os.path.join(folder, "logs", f"sipp-{name}-messages.log")
        self._log_path = os.path.join(folder, "logs", f"sipp-{name}.log")
        self._process = None

    def start(self, arguments, talk_ms):
        """`arguments`: what is this party's own on SIPp's command line."""
        scenario = self._scenario(talk_ms)
        command = ["sipp", "-sf", scenario, "-i", self.address, "-p", "5060", "-mi", self.address, "-mp",
                   str(SIPP_MEDIA_PORT), "-m", "1", "-nostdin", "-timeout", "60s", "-timeout_error", "-trace_msg",
                   "-message_file", self.messages] + arguments
        with open(self._log_path, "w", encoding="utf-8") as log:
            self._process = subprocess.Popen(command, stdout=log, stderr=subprocess.STDOUT, cwd=self.folder)

    def is_running(self):
        return self._process is not None and self._process.poll() is None

    def wait(self, seconds):
        """Until SIPp ends; raises if it failed, with what it said."""
        try:
            code = self._process.wait(seconds)
        except subprocess.TimeoutExpired:
            self.stop()
            code = "no end"
        if code != 0:
            with open(self._log_path, encoding="utf-8", errors="replace") as log:
                tail = log.read()[-1500:]
            raise RuntimeError(f"SIPp as {self.name} ended with {code}; its messages are in {self.messages}\n{tail}")

    def stop(self):
        if self.is_running():
            self._process.terminate()
            self._process.wait()

    def _scenario(self, talk_ms):
        if self._captured:
            port, play = "[media_port]", f'<exec rtp_stream="{self._speech},1,0"/>'
        else:
            script = [sys.executable, os.path.join(HERE, "rtp_party.py"), self.address, str(SENDER_PORT), "[$far_address]",
                      "[$far_port]", self._speech, self.sent]
            words = [word if word.startswith("[$") else shlex.quote(word) for word in script]
            port, play = str(SENDER_PORT), f'<exec command="{" ".join(words)}"/>'
        with open(os.path.join(HERE, "scenarios", f"{self.name}.xml"), encoding="utf-8") as file:
            text = file.read()
        text = text.replace("@PORT@", port).replace("@PLAY@", play).replace("@TALK@", str(talk_ms))
        path = os.path.join(self.folder, "speech", f"{self.name}.xml")
        with open(path, "w", encoding="utf-8") as file:
            file.write(text)
        return path

# SPDX-License-Identifier: Apache-2.0
"""The node under test: its two files, `weir run` in the namespace of the SBC, `weir exec`."""

import json
import os
import subprocess
import sys

from .process import PATIENCE, TestFailure, wait_until

CONFIGURATION = """\
hostname functional
!
voice service voip
 ip address trusted list
  {trusted}
 mode border-element
 allow-connections sip to sip
 rtp-port range {ports[0]} {ports[1]}
!
voice class codec 1
 codec preference 1 g711ulaw
 codec preference 2 g711alaw
!
media profile recorder 1
 media-recording 9001
!
media class 1
 recorder profile 1
!
{interfaces}dial-peer voice 100 voip
 description from the caller, recorded
 session protocol sipv2
 incoming called-number 2...$
 voice-class codec 1
 media-class 1
 dtmf-relay rtp-nte
 no vad
!
dial-peer voice 200 voip
 description to the callee
 destination-pattern 2...$
 session protocol sipv2
 session target {family}:{callee}:5060
 voice-class codec 1
 dtmf-relay rtp-nte
 no vad
!
dial-peer voice 300 voip
 description nobody listens there
 destination-pattern 3...$
 session protocol sipv2
 session target {family}:{caller}:5098
 voice-class codec 1
!
dial-peer voice 9001 voip
 description the recorder
 destination-pattern 9001
 session protocol sipv2
 session target {family}:{recorder}:5060
 session transport {recorder_transport}
!
end
"""


class Node:
    """weir-sip and weir-media under `weir run`."""

    def __init__(self, case, recorder_transport="tcp", rtp_ports=(20000, 20398), io="socket", media=(), name="node",
                 prefix=()):
        """`io` is media.io, `media` has further lines of that part of platform.yaml, `prefix` a command before weir's."""
        self._case = case
        self._prefix = list(prefix)
        self._io = io
        self._media = media
        self._rtp_ports = rtp_ports
        self.folder = os.path.join(case.folder, name)
        os.makedirs(self.folder)
        self.config = self._write("node.cfg", self._configuration(recorder_transport))
        self.platform = self._write("platform.yaml", self._platform())
        self.program = None

    def start(self):
        self.program = self._case.start(f"weir-{os.path.basename(self.folder)}", "sbc",
                                        [*self._prefix, self._case.binary("weir"), "run", "--config", self.config,
                                         "--platform", self.platform])
        self.program.wait_for_line("weir ready", 30)

    def check_mode(self, mode):
        """The I/O mode that was taken, as weir-media says when it is ready."""
        if f" media.ready io={mode} " not in self.log("weir-media"):
            raise TestFailure(f"the node did not take mode {mode}:\n{self.log('weir-media')[-3000:]}")

    def metrics(self):
        """The text of /metrics."""
        fetch = "import urllib.request; print(urllib.request.urlopen('http://127.0.0.1:8080/metrics').read().decode())"
        return subprocess.run(["ip", "netns", "exec", self._case.network.namespace("sbc"), sys.executable, "-c", fetch],
                              capture_output=True, text=True, timeout=20 * PATIENCE, check=True).stdout

    def metric(self, name, text=None, **labels):
        """The sum over the samples of that name that have these labels; in `text` where it has been fetched."""
        wanted = [f'{key}="{value}"' for key, value in labels.items()]
        return sum(float(line.split()[-1]) for line in (text or self.metrics()).splitlines()
                   if line.split("{")[0].split()[:1] == [name] and all(label in line for label in wanted))

    def drops(self):
        """The drop counters that are not zero, a line each: what a failure should say."""
        return "\n".join(line for line in self.metrics().splitlines()
                         if not line.startswith("#") and "drop" in line and float(line.split()[-1]) != 0)

    def log(self, name):
        """The log of weir-sip or weir-media."""
        path = os.path.join(self.folder, "log", f"{name}.log")
        if not os.path.exists(path):
            return ""
        with open(path, encoding="utf-8", errors="replace") as file:
            return file.read()

    def stop(self):
        """SIGTERM must end the node cleanly."""
        code = self.program.stop()
        if code != 0:
            raise TestFailure(f"weir run ended with {code} after SIGTERM:\n{self.program.log()[-4000:]}")

    def child(self, name):
        """The process id of weir-sip or weir-media, children of `weir run`; None while it is not there."""
        pid = self.program.pid
        with open(f"/proc/{pid}/task/{pid}/children", encoding="ascii") as file:
            children = file.read().split()
        for child in children:
            try:
                with open(f"/proc/{child}/comm", encoding="ascii") as file:
                    if file.read().strip() == name:
                        return int(child)
            except OSError:
                continue  # it has just ended
        return None

    def execute(self, command):
        """The answer of `weir exec`."""
        done = self._exec(command)
        if done.returncode != 0:
            raise TestFailure(f"weir exec '{command}' ended with {done.returncode}: {done.stdout}{done.stderr}")
        return done.stdout

    def execute_all(self, commands):
        """The answers of several commands in one session of `weir exec`."""
        done = self._exec(*commands)
        if done.returncode != 0:
            raise TestFailure(f"weir exec {commands} ended with {done.returncode}: {done.stdout}{done.stderr}")
        return done.stdout

    def execute_if_up(self, command):
        """The answer of `weir exec`, or nothing where weir-sip is being replaced: for waiting until it is back."""
        try:
            done = self._exec(command)
        except subprocess.TimeoutExpired:
            return ""
        return done.stdout if done.returncode == 0 else ""

    def _exec(self, *commands):
        return subprocess.run(["ip", "netns", "exec", self._case.network.namespace("sbc"),
                               self._case.binary("weir"), "exec", *commands, "--platform", self.platform],
                              capture_output=True, text=True, timeout=20 * PATIENCE, check=False)

    def cdr_lines(self):
        path = os.path.join(self.folder, "cdr.jsonl")
        if not os.path.exists(path):
            return []
        with open(path, encoding="utf-8") as file:
            return file.read().splitlines()

    def wait_for_cdr(self, seconds=20):
        """The CDR of the only call."""
        lines = wait_until(self.cdr_lines, seconds, "the CDR of the call")
        if len(lines) != 1:
            raise TestFailure(f"one CDR was expected, found {lines}")
        cdr = json.loads(lines[0])
        for recording in cdr["recordings"]:
            self._note(recording)
        return cdr

    def wait_for_ledger(self, word, seconds=20):
        """Until the ledger of the call is closed and its verdict is `word`; the whole text."""
        wait_until(self.cdr_lines, seconds, "the CDR of the call")
        text = self.execute("show recording ledger")
        if word not in text:
            raise TestFailure(f"the ledger does not say '{word}':\n{text}")
        self.wait_for_cdr()
        return text

    def _note(self, recording):
        self._case.note("recording", verdict=recording["verdict"])
        names = ("missing", "lost_before_us", "lost_ours", "lost_behind_us")
        for party, track in zip(("caller", "callee"), recording["tracks"]):
            self._case.note(party, **{name: track[name] for name in names})

    def _write(self, name, text):
        path = os.path.join(self.folder, name)
        with open(path, "w", encoding="utf-8") as file:
            file.write(text)
        return path

    def _configuration(self, recorder_transport):
        network = self._case.network
        caller = network.address("caller")
        if network.family == 4:
            address, trusted = "ip address {} 255.255.255.0", f"ipv4 {caller} 255.255.255.255"
        else:
            address, trusted = "ipv6 address {}/64", f"ipv6 {caller}/128"
        interfaces = "".join(
            f"interface {party.capitalize()}\n {address.format(network.sbc_address(party))}\n!\n"
            for party in network.parties)
        return CONFIGURATION.format(interfaces=interfaces, recorder_transport=recorder_transport, trusted=trusted,
                                    family=f"ipv{network.family}", ports=self._rtp_ports,
                                    **{party: network.uri_host(network.address(party)) for party in network.parties})

    def _platform(self):
        network = self._case.network
        on_port = f"    prefix_length: {network.prefix_length()}\n" if self._io == "dpdk" else ""
        realms = "".join(f"  - name: {party}\n    address: '{network.sbc_address(party)}'\n"
                         f"    device: {network.sbc_device(party)}\n{on_port}" for party in network.parties)
        # The rings of the devices take buffers: 17 MiB for each queue.
        memory = 64 if self._io == "socket" else 256
        media = "".join(f"  {line}\n" for line in self._media)
        return (f"realms:\n{realms}"
                f"media:\n  io: {self._io}\n  sessions: 64\n  memory_mib: {memory}\n"
                f"  pre_roll: {{seconds: 2, mib: 8}}\n{media}"
                "paths:\n  runtime: run\n  recordings: recordings\n  cdr: cdr.jsonl\n  log: log\n"
                "http:\n  listen: 127.0.0.1:8080\n")

# SPDX-License-Identifier: Apache-2.0
"""The devices under test: each is started, told of the calls, and ended in the same manner."""
import contextlib
import json
import os
import pathlib
import resource
import signal
import subprocess

from rtpengine_ng import NgClient, NgError
from topology import namespace_of, wait_until

FIRST_PARTY_PORT = 10000
FIRST_RECORDER_PORT = 10000
FIRST_OWN_PORT = 20000
MEMIF_NET = ("10.82.1", "10.82.2")


class Call:
    """Addresses of one call: parties, the peer's own ends toward each, and where copies go."""

    def __init__(self, index, topology, with_fork):
        self.index = index
        self.party = [(topology.party_address(p), FIRST_PARTY_PORT + 2 * index) for p in (0, 1)]
        self.own = [None, None]
        recorder = topology.recorder_address()
        self.copy = [(recorder, FIRST_RECORDER_PORT + 4 * index + 2 * p) for p in (0, 1)] if with_fork else None


def text(endpoint):
    return f"{endpoint[0]}:{endpoint[1]}"


class Peer:
    """A process on the core under test. `open` fills Call.own; `close` leaves nothing behind."""

    name = "?"
    relays_to_parties = True  # else its packets come back wherever
    can_fork = True

    def __init__(self, topology, binaries, work):
        self.topology = topology
        self.binaries = pathlib.Path(binaries)
        self.work = pathlib.Path(work)
        self.processes = []

    def start(self, words, ready=None, core=None, **options):
        """`ready`: the line that it prints first. Limits are those of a service."""
        command = self.topology.command(self.topology.dut, self.topology.dut_core if core is None else core, *words)
        log = open(self.work / f"{self.name}.log", "ab")
        process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=log, text=True,
                                   preexec_fn=raise_descriptor_limit, **options)
        self.processes.append(process)
        if ready is not None:
            line = process.stdout.readline()
            if not line.startswith(ready):
                raise RuntimeError(f"{self.name} did not start: {line!r}, see {log.name}")
        return process

    def pids(self):
        """Of the process whose work is measured."""
        return [self.processes[0].pid]

    def open(self, calls):
        raise NotImplementedError

    def close(self):
        for process in reversed(self.processes):
            if process.poll() is None:
                process.send_signal(signal.SIGTERM)
                try:
                    process.wait(timeout=15)
                except subprocess.TimeoutExpired:
                    process.kill()
                    process.wait()
            process.stdout.close()
        self.processes = []


def raise_descriptor_limit():
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))


class Nobody(Peer):
    """An empty core: what the method itself, and the rest of the machine, put into every figure."""

    name = "nobody"

    def pids(self):
        return [os.getpid()]

    def open(self, calls):
        for call in calls:
            call.own = call.party


class FloorRelay(Peer):
    """recvmmsg and sendmmsg with nothing between: the least that kernel sockets cost."""

    name = "floor"

    def open(self, calls):
        lines = []
        for call in calls:
            for party in (0, 1):
                call.own[party] = (self.topology.dut_address(party), FIRST_OWN_PORT + 4 * call.index + 2 * party)
            ends = [call.own[0], call.party[0], call.own[1], call.party[1]] + (call.copy or [])
            lines.append(" ".join(map(text, ends)))
        file = self.work / "floor.calls"
        file.write_text("\n".join(lines) + "\n")
        self.start([self.binaries / "weir-floor-relay", file], ready="ready")


class NullRelay(Peer):
    """A DPDK forwarder on the driver of Weir's mode: addresses swapped, sent on."""

    relays_to_parties = False
    can_fork = False

    def __init__(self, topology, binaries, work, driver, arguments="", options=()):
        super().__init__(topology, binaries, work)
        self.name = f"null {driver}"
        self.driver = driver
        self.arguments = arguments
        self.options = options

    def devices(self):
        return [f"net_{self.driver}{side},iface=dut{side}{self.arguments}" for side in range(self.topology.sides)]

    def open(self, calls):
        for call in calls:
            for party in (0, 1):
                call.own[party] = (self.topology.dut_address(party), FIRST_OWN_PORT + 4 * call.index + 2 * party)
        words = [self.binaries / "weir-null-relay", "--core", self.topology.dut_core, *self.options]
        for device in self.devices():
            words += ["--vdev", device]
        self.start(words, ready="ready")


class Rtpengine(Peer):
    """Debian's rtpengine in user space, told of its calls over its own control protocol."""

    name = "rtpengine"
    threads = 1  # one core

    def open(self, calls):
        interfaces = [f"--interface={name}/{self.topology.dut_address(party)}"
                      for party, name in enumerate(("a", "b"))][:self.topology.sides]
        self.start(["rtpengine", "--config-file=none", "--foreground", "--log-stderr", "--log-level=3",
                    "--table=-1", *interfaces, "--listen-ng=127.0.0.1:2223", f"--port-min={FIRST_OWN_PORT}",
                    "--port-max=59999", f"--num-threads={self.threads}", "--delete-delay=0",
                    f"--pidfile={self.work}/rtpengine.pid"])
        with namespace_of(self.topology.dut):
            self.client = NgClient()
        wait_until(self.answers, "an answer of rtpengine to a ping", 20)
        direction = ["a", "b"] if self.topology.sides == 2 else None
        for call in calls:
            name = f"call{call.index}"
            call.own = self.client.open_call(name, *call.party, direction=direction)
            if call.copy:
                self.client.fork(name, (call.copy[0][0], [end[1] for end in call.copy]),
                                 "b" if direction else None)

    def answers(self):
        try:
            self.client.ask("ping")
            return True
        except NgError:
            return False

    def close(self):
        with contextlib.suppress(AttributeError):
            self.client.close()
        super().close()


class Weir(Peer):
    """The real weir-media in one I/O mode, told of its calls over the media link.

    Mode `af_xdp-worker`: af_xdp without flow offload, so that every packet goes through the worker.
    """

    def __init__(self, topology, binaries, work, mode, idle="sleep"):
        super().__init__(topology, binaries, work)
        self.name = f"weir {mode}"
        self.mode = mode.removesuffix("-worker")
        self.offload = "off" if mode.endswith("-worker") else "auto"
        self.idle = idle
        self.report = {}

    def platform(self, calls):
        realms = "".join(
            f"  - name: side{side}\n    address: {self.topology.dut_address(side)}\n    device: dut{side}\n"
            for side in range(self.topology.sides))
        return (f"realms:\n{realms}"
                f"media:\n  io: {self.mode}\n  offload: {self.offload}\n  idle: {self.idle}\n"
                f"  cores: [{self.topology.dut_core}]\n  sessions: {max(2000, len(calls))}\n"
                f"paths:\n  runtime: {self.runtime}\n"
                "http:\n  enabled: false\n")

    def open(self, calls):
        self.runtime = self.work / self.name.replace(" ", "-")
        self.runtime.mkdir(exist_ok=True)
        platform = self.work / f"{self.runtime.name}.yaml"
        platform.write_text(self.platform(calls))
        media = self.start([self.binaries / "weir-media", "--platform", platform, "--runtime", self.runtime,
                            "--log", self.log_file()])
        sock = self.runtime / "media.sock"
        wait_until(lambda: sock.exists() or media.poll() is not None, "the media link", 30)
        if media.poll() is not None:
            raise RuntimeError(f"{self.name} did not start, see {self.log_file()} and {self.work}/{self.name}.log")
        self.load(sock, calls)
        self.check_mode()

    def realms(self):
        """Numbers of the realms toward party a, party b and recorder."""
        last = self.topology.sides - 1
        return f"0,{last},{last}"

    def log_file(self):
        return self.work / f"{self.runtime.name}.media.log"

    def check_mode(self):
        """A fall-back to another mode is no measurement of this one."""
        for line in self.log_file().read_text().splitlines():
            if "fall" in line or "instead" in line:
                raise RuntimeError(f"{self.name}: {line}")

    def load(self, sock, calls):
        file = self.work / f"{self.runtime.name}.calls"
        file.write_text("".join(" ".join(map(text, call.party + (call.copy or []))) + "\n" for call in calls))
        loader = self.start([self.binaries / "weir-media-load", sock, file, "--realms", self.realms()],
                            core=self.topology.gen_core)
        self.loader = loader
        for call in calls:
            line = loader.stdout.readline().split()
            if len(line) != 2:
                raise RuntimeError(f"{self.name}: weir-media refused call {call.index}, see {self.work}/{self.name}.log")
            call.own = [(address, int(port)) for address, port in (word.rsplit(":", 1) for word in line)]
        if loader.stdout.readline().strip() != "ready":
            raise RuntimeError(f"{self.name}: the calls were not opened")

    def close(self):
        loader = getattr(self, "loader", None)
        if loader is not None and loader.poll() is None:
            loader.send_signal(signal.SIGTERM)
            with contextlib.suppress(subprocess.TimeoutExpired, ValueError):
                self.report = json.loads(loader.communicate(timeout=20)[0] or "{}")
        self.loader = None
        super().close()


class MemifEnds:
    """The device under test's ends of two memifs, by side."""

    def mac(self, side):
        return f"02:00:00:02:01:{side:02x}"

    def socket_of(self, side):
        return self.work / f"memif{side}.sock"

    def device(self, side):
        return (f"net_memif{side},role=server,id={side},socket={self.socket_of(side)},socket-abstract=no,rsize=10,"
                f"mac={self.mac(side)}")


class NullMemif(MemifEnds, NullRelay):
    """The null relay between two memifs: the most that drivers, generator and machine carry now.

    It never sleeps: it is done so soon that a window of packets would pass once a sleep.
    """

    def __init__(self, topology, binaries, work, hugepages=False):
        super().__init__(topology, binaries, work, "memif", options=("--idle", "spin", "--huge", int(hugepages)))

    def devices(self):
        return [self.device(side) for side in (0, 1)]


class WeirMemif(MemifEnds, Weir):
    """weir-media in mode dpdk with two memif devices; what is not media goes through its exception ports."""

    def __init__(self, topology, binaries, work, idle="sleep", hugepages=False):
        super().__init__(topology, binaries, work, "dpdk", idle)
        self.hugepages = hugepages

    def realms(self):
        return "0,1,1"

    def platform(self, calls):
        realms = "".join(
            f"  - name: side{side}\n    address: {MEMIF_NET[side]}.1\n    prefix_length: 24\n    device: port{side}\n"
            for side in (0, 1))
        ports = "".join(
            f"    - name: port{side}\n      driver: {self.device(side)}\n" for side in (0, 1))
        return (f"realms:\n{realms}"
                f"media:\n  io: dpdk\n  idle: {self.idle}\n  hugepages: {str(self.hugepages).lower()}\n  cores: [{self.topology.dut_core}]\n"
                f"  sessions: {max(2000, len(calls))}\n  ports:\n{ports}"
                f"paths:\n  runtime: {self.runtime}\n"
                "http:\n  enabled: false\n")

# SPDX-License-Identifier: Apache-2.0
"""Two namespaces joined by a veth pair, or two: the generator's, and the one of the device under test.

    generator (core 1)                         device under test (core 0)
    gen0  10.81.1.10 party a  <--- veth --->   dut0  10.81.1.1
          10.81.1.11 party b
          10.81.1.20 recorder

or, with two sides, party b (10.81.2.11) and recorder behind gen1, against dut1.

A veth pair has no interrupt: as it comes, the sender's core does the receiver's work. Left so, receiving
would be charged to the generator, and what the device under test sends would be received at its own cost.
Here, for every peer alike:

* what the kernel does to receive for the device under test runs in NAPI threads of dut0 and dut1, whose run
  time the scheduler counts to the nanosecond; it is added to the time of core 0. The threads are on core 1,
  because to wake one on core 0 for each few packets would cost more than the packets: on a virtual machine an
  interrupt between cores takes 20,000 cycles of the sender and 25,000 of the receiver, on a NIC it is rare;
* the generator polls its own ends, so that sending ends where the ring of the other end begins, as with a NIC,
  and no interrupt is sent for it. An AF_XDP socket in copy mode cannot busy-poll on its own; a UDP socket that
  has once received from the same end can (`napi_handles`).
"""
import contextlib
import ctypes
import os
import pathlib
import socket
import subprocess
import time

SO_BUSY_POLL, SO_PREFER_BUSY_POLL, SO_BUSY_POLL_BUDGET = 46, 69, 70
CLONE_NEWNET = 0x40000000


def run(*words, check=True):
    done = subprocess.run([str(word) for word in words], capture_output=True, text=True)
    if check and done.returncode != 0:
        raise RuntimeError(f"{' '.join(map(str, words))}: {done.stderr.strip()}")
    return done.stdout


class Topology:
    """Exists between `create` and `remove`; names bear our process id, so that two never meet."""

    def __init__(self, dut_core=0, gen_core=1, sides=1, measured=True):
        self.measured = measured  # else the ends are as they come, for parties on kernel sockets
        self.sides = sides  # veth pairs: with one, both parties are behind it
        self.dut_core = dut_core
        self.gen_core = gen_core
        self.gen = f"weir-gen-{os.getpid()}"
        self.dut = f"weir-dut-{os.getpid()}"

    def device(self, party):
        """The side, 0 or 1, behind which party a (0) or b (1) is."""
        return min(party, self.sides - 1)

    def dut_address(self, party):
        return f"10.81.{self.device(party) + 1}.1"

    def party_address(self, party):
        return f"10.81.{self.device(party) + 1}.{10 + party}"

    def recorder_address(self):
        return f"10.81.{self.sides}.20"

    def mac(self, end, side):
        return f"02:00:00:{'01' if end == 'gen' else '02'}:00:{side:02x}"

    def create(self):
        for namespace in (self.gen, self.dut):
            run("ip", "netns", "add", namespace)
            self.in_namespace(namespace, "sysctl", "-qw", "net.ipv6.conf.all.disable_ipv6=1",
                              "net.ipv6.conf.default.disable_ipv6=1")
            run("ip", "-n", namespace, "link", "set", "lo", "up")
        for side in range(self.sides):
            run("ip", "link", "add", f"gen{side}", "netns", self.gen, "address", self.mac("gen", side),
                "numrxqueues", 1, "numtxqueues", 1, "type", "veth",
                "peer", "name", f"dut{side}", "netns", self.dut, "address", self.mac("dut", side),
                "numrxqueues", 1, "numtxqueues", 1)
            for namespace, name in ((self.gen, f"gen{side}"), (self.dut, f"dut{side}")):
                run("ip", "-n", namespace, "link", "set", name, "up")
            run("ip", "-n", self.gen, "address", "add", f"{self.party_address(side)}/24", "dev", f"gen{side}")
            run("ip", "-n", self.dut, "address", "add", f"{self.dut_address(side)}/24", "dev", f"dut{side}")
            for host in (10, 11, 20):
                run("ip", "-n", self.dut, "neigh", "replace", f"10.81.{side + 1}.{host}", "dev",
                    f"dut{side}", "lladdr", self.mac("gen", side), "nud", "permanent")
        if not self.measured:
            for address in (self.party_address(1), self.recorder_address()):
                run("ip", "-n", self.gen, "address", "add", f"{address}/24", "dev", f"gen{self.sides - 1}")
        for side in range(self.sides if self.measured else 0):
            self.poll(f"gen{side}")
            self.thread(f"dut{side}")

    def poll(self, name):
        """Whoever reads the end does its NAPI work, and nobody else for as long as he reads.

        GRO, so that NAPI is there, with its number, before XDP comes. The timeout is longer than a tick, or
        each poll would set the timer of the core anew (14,000 cycles).
        """
        self.in_namespace(self.gen, "ethtool", "-K", name, "gro", "on", "tso", "off")
        self.in_namespace(self.gen, "sh", "-ec", f"cd /sys/class/net/{name}; "
                          "echo 2 > napi_defer_hard_irqs; echo 1000000000 > gro_flush_timeout")

    def napi_handles(self):
        """One UDP socket for each generator's end: to read it polls the end. The caller closes them."""
        handles = []
        for side in range(self.sides):
            with namespace_of(self.gen):
                handle = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
            handle.bind((self.party_address(side), 0))
            handle.settimeout(3)
            with namespace_of(self.dut), socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender:
                sender.sendto(b"which NAPI is yours?", handle.getsockname())
            handle.recv(100)  # from now on the socket knows
            for option, value in ((SO_BUSY_POLL, 20), (SO_PREFER_BUSY_POLL, 1), (SO_BUSY_POLL_BUDGET, 64)):
                handle.setsockopt(socket.SOL_SOCKET, option, value)
            handle.setblocking(False)
            handles.append(handle)
        return handles

    def thread(self, name):
        """Without XDP a veth end uses NAPI only with GRO, and only for frames of a sender without TSO."""
        self.in_namespace(self.dut, "ethtool", "-K", name, "gro", "on", "tso", "off")
        self.in_namespace(self.dut, "sh", "-ec", f"echo 1 > /sys/class/net/{name}/threaded")
        self.pin_threads()

    def pin_threads(self):
        """To be called again when a program has attached XDP: it may have made new threads."""
        for pid in self.napi_threads():
            run("taskset", "-pc", self.gen_core, pid)
            run("chrt", "-f", "-p", 50, pid)  # softirqs too go before processes

    def cable_drops(self):
        """Frames for the generator that found the ring of its end full: it holds 256, and only the generator
        empties it. A peer's system call has succeeded by then, or told it (ENOBUFS) that nobody took the frame.
        """
        with namespace_of(self.dut), open("/proc/thread-self/net/dev") as lines:
            return sum(int(words[12]) for words in map(str.split, lines) if words[0].startswith("dut"))

    def napi_threads(self):
        return [pid for side in range(self.sides) for pid in tasks_named(f"napi/dut{side}-")]

    def in_namespace(self, namespace, *words):
        return run("ip", "netns", "exec", namespace, *words)

    def command(self, namespace, core, *words):
        """The words of a command that runs in the namespace, on the core."""
        return ["ip", "netns", "exec", namespace, "taskset", "-c", str(core),
                *map(str, words)]

    def remove(self):
        for namespace in (self.gen, self.dut):
            run("ip", "netns", "del", namespace, check=False)


def tasks_named(beginning):
    found = []
    for path in pathlib.Path("/proc").glob("[0-9]*/comm"):
        try:
            if path.read_text().startswith(beginning):
                found.append(int(path.parent.name))
        except OSError:
            continue
    return found


@contextlib.contextmanager
def hugepages(pages):
    """As many pages of 2 MiB for as long as it takes; says whether the machine had them."""
    setting = pathlib.Path("/proc/sys/vm/nr_hugepages")
    before = setting.read_text()
    try:
        setting.write_text(str(int(before) + pages))
        yield int(setting.read_text()) >= int(before) + pages
    finally:
        setting.write_text(before)


@contextlib.contextmanager
def namespace_of(name):
    """What this thread opens meanwhile belongs to the network namespace."""
    libc = ctypes.CDLL(None, use_errno=True)
    own = os.open("/proc/self/ns/net", os.O_RDONLY)
    other = os.open(f"/run/netns/{name}", os.O_RDONLY)
    try:
        if libc.setns(other, CLONE_NEWNET) != 0:
            raise OSError(ctypes.get_errno(), f"cannot enter the namespace {name}")
        yield
    finally:
        libc.setns(own, CLONE_NEWNET)
        os.close(own)
        os.close(other)


def wait_until(condition, what, seconds=10.0):
    limit = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > limit:
            raise RuntimeError(f"{what} did not happen within {seconds} s")
        time.sleep(0.05)

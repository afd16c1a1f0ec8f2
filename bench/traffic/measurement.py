# SPDX-License-Identifier: Apache-2.0
"""One measurement: a peer with its calls, the generator against it, and the figures of both."""
import atexit
import json
import os
import pathlib
import subprocess
import tempfile

from peers import MEMIF_NET, Call, text
from topology import run

# The weight of all that is measured against whatever else the machine does.
AUTOGROUP = pathlib.Path("/proc/self/autogroup")


def take_precedence():
    """Our session before others' until we end; without autogroups our own process and its children."""
    try:
        before = AUTOGROUP.read_text().split()[-1]
        AUTOGROUP.write_text("-20")
        atexit.register(AUTOGROUP.write_text, before)
    except OSError:
        os.nice(-20)


class Generator:
    """weir-traffic-gen against one topology; the NAPI handles live as long as it."""

    def __init__(self, topology, binaries, work):
        self.topology = topology
        self.binaries = pathlib.Path(binaries)
        self.work = pathlib.Path(work)
        self.handles = topology.napi_handles()

    def close(self):
        for handle in self.handles:
            handle.close()

    def run(self, peer, calls, settings):
        """`settings`: rate, seconds, warm_up. Answers the generator's JSON."""
        flows = self.work / "flows"
        flows.write_text("".join(self.flow_lines(peer, call) for call in calls))
        self.topology.pin_threads()
        words = [self.binaries / "weir-traffic-gen", "--flows", flows, "--core", self.topology.gen_core,
                 "--rate", settings["rate"], "--seconds", settings["seconds"], "--warm-up", settings["warm_up"],
                 "--tick-us", settings["tick_us"], "--dut-core", self.topology.dut_core, "--soak", 1,
                 "--watch", "dut=" + ",".join(map(str, peer.pids()))]
        napi = self.topology.napi_threads()
        if napi:
            words += ["--watch", "napi=" + ",".join(map(str, napi))]
        for side in range(self.topology.sides):
            words += ["--vdev", f"net_af_xdp{side},iface=gen{side},busy_budget=0",
                      "--macs", f"{self.topology.mac('gen', side)},{self.topology.mac('dut', side)}"]
        descriptors = [handle.fileno() for handle in self.handles]
        for number in descriptors:
            words += ["--napi-fd", number]
        command = self.topology.command(self.topology.gen, self.topology.gen_core, *words)
        before = []
        raw = generator_output(command, descriptors, lambda: before.append(self.topology.cable_drops()))
        raw["cable_drops"] = self.topology.cable_drops() - before[0]
        return raw

    def flow_lines(self, peer, call):
        lines = ""
        for party in (0, 1):
            to = text(call.party[1 - party]) if peer.relays_to_parties else "any"
            copy = text(call.copy[party]) if call.copy else "any"
            lines += (f"{self.topology.device(party)} {text(call.party[party])} {text(call.own[party])} "
                      f"{to} {copy}\n")
        return lines


def measure(generator, peer, settings):
    """The peer from its start to its end, once. Answers one flat row of figures."""
    calls = [Call(index, generator.topology, settings["fork"]) for index in range(settings["calls"])]
    try:
        peer.open(calls)
        raw = generator.run(peer, calls, settings)
    finally:
        peer.close()
        for side in range(generator.topology.sides):
            # A peer that was killed leaves its program attached; ours never outlive it.
            run("ip", "-n", generator.topology.dut, "link", "set", f"dut{side}", "xdp", "off", check=False)
    return row_of(raw, peer)


def row_of(raw, peer):
    tasks = raw["task_cycles_per_packet"]
    napi = tasks.get("napi", 0.0)
    core = raw["core"]
    row = {"sent": raw["sent"], "sent_pps": raw["sent_pps"], "relay": raw["relay"], "copy": raw.get("copy"),
           "core_cycles": core["cycles_per_packet"], "receive_cycles": napi,
           "cycles": core["cycles_per_packet"] + napi, "task_cycles": tasks.get("dut", 0.0) + napi,
           "busy_share": core["busy_share"], "steal_share": core["steal_share"],
           "cable_drops": raw.get("cable_drops", 0) + raw["generator"]["missed"], "generator": raw["generator"]}
    if getattr(peer, "report", None):
        row["weir"] = peer.report
    return row


def measure_memif(peer, binaries, work, settings):
    """A peer between two memif ends of one generator process: as many packets as come back, none lost."""
    topology = peer.topology
    calls = [Call(index, topology, False) for index in range(settings["calls"])]
    for call in calls:
        call.party = [(f"{MEMIF_NET[party]}.10", port) for party, (_, port) in enumerate(call.party)]
    try:
        peer.open(calls)
        flows = work / "memif.flows"
        flows.write_text("".join(f"{party} {text(call.party[party])} {text(call.own[party])} "
                                 f"{text(call.party[1 - party]) if peer.relays_to_parties else 'any'}\n"
                                 for call in calls for party in (0, 1)))
        words = [pathlib.Path(binaries) / "weir-traffic-gen", "--flows", flows, "--core", topology.gen_core,
                 "--rate", 0, "--window", settings["window"], "--seconds", settings["seconds"],
                 "--warm-up", settings["warm_up"], "--dut-core", topology.dut_core, "--soak", 1,
                 "--watch", f"dut={peer.pids()[0]}"]
        for side in (0, 1):
            words += ["--vdev", f"net_memif{side},role=client,id={side},socket={peer.socket_of(side)},"
                      "socket-abstract=no,rsize=10", "--macs", f"{topology.mac('gen', side)},{peer.mac(side)}"]
        raw = generator_output(topology.command(topology.gen, topology.gen_core, *words))
    finally:
        peer.close()
    row = row_of(raw, peer)
    row["mpps"] = raw["relay"]["received"] / raw["seconds"] / 1e6
    return row


def generator_output(command, descriptors=(), at_begin=lambda: None):
    """Its figures; `at_begin` is called when the warm-up is over."""
    with tempfile.TemporaryFile("w+") as trouble:
        process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=trouble, text=True, pass_fds=descriptors)
        line = ""
        for line in process.stdout:
            if line == "measuring\n":
                at_begin()
        process.stdout.close()
        if process.wait() != 0:
            trouble.seek(0)
            raise RuntimeError(f"weir-traffic-gen: {trouble.read()[-500:]}")
    return json.loads(line)

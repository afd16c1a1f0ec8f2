# SPDX-License-Identifier: Apache-2.0
"""Joins the parties' links with shared memory devices (memif) of the SBC: weir-port-bridge carries the frames."""

import os
import sys

from .case import SKIPPED


def join(case, ring_bits=10, **mtu):
    """Starts the bridge; the lines of `media:` in platform.yaml that name the SBC's ends.

    `mtu` has the MTU of a party's port where it is not 1500.
    Each ring has 2**ring_bits places: what a process that a busy machine keeps waiting does not take in time is lost.
    """
    if not case.has("weir-port-bridge"):
        print("skipped: weir-port-bridge is not built (WEIR_BENCH)")
        sys.exit(SKIPPED)
    network = case.network
    command, ports = [case.binary("weir-port-bridge"), "--memory", "128"], ["ports:"]
    for number, party in enumerate(network.parties):
        # Abstract sockets, which are memif's default, do not reach from one namespace to another.
        path = os.path.join(case.folder, f"memif-{party}.sock")
        command += ["--vdev", f"net_memif{number},role=server,socket={path},socket-abstract=no,rsize={ring_bits}",
                    "--vdev", f"net_af_packet{number},iface={network.sbc_device(party)},blocksz=4096,framesz=2048,"
                    f"framecnt={2 ** ring_bits}"]
        ports.append(f"  - {{name: {network.sbc_device(party)}, "
                     f"driver: 'net_memif{number},role=client,socket={path},socket-abstract=no,rsize={ring_bits}', mtu: {mtu.get(party, 1500)}}}")
    case.start("weir-port-bridge", "cable", command).wait_for_line("ready", 30)
    return ports

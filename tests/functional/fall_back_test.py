#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""An I/O mode that cannot work: one clear sentence, the next mode in order is taken, and calls go through it."""

import os
import subprocess
import time

from harness import case as functional
from harness.case import check
from harness.media_peer import TalkedCall
from harness.network import ip
from harness.node import Node
from harness.process import wait_until

FOREIGN_PROGRAM = ('__attribute__((section("xdp"), used)) int stranger(void *context) { return 2; }\n'
                   'char _license[] __attribute__((section("license"), used)) = "GPL";\n')


def without(*capabilities):
    return ["setpriv", "--bounding-set", ",".join(f"-{name}" for name in capabilities)]


def choices(node):
    """The lines in which weir-media says which mode it took."""
    return [line for line in node.log("weir-media").splitlines() if " media.io " in line]


def check_fall_back(case, wanted, taken, words, **options):
    """A node that wants one mode and takes another: said once, as an error, with the reason; a call flows."""
    node = Node(case, io=wanted, name=f"wants-{wanted}-{len(os.listdir(case.folder))}", **options)
    node.start()
    lines = choices(node)
    check(len(lines) == 1, f"not one line tells of the mode: {lines}")
    taken = taken or lines[0].split(" mode=")[1].split()[0]
    node.check_mode(taken)
    check(f"mode={taken} wanted={wanted}" in lines[0], f"wanted {wanted}, took {taken}: {lines[0]}")
    check(wanted == "auto" or " error " in lines[0], f"the fall-back is no error: {lines[0]}")
    for word in words:
        check(word in lines[0], f"'{word}' is not said: {lines[0]}")
    print(lines[0])
    call = TalkedCall(case)
    call.connect()
    begin = time.monotonic()
    wait_until(lambda: call.is_flowing(begin, 20), 10, "media both ways")
    call.hang_up()
    call.close()
    node.stop()


def capabilities_are_missing(case):
    check_fall_back(case, "auto", "af_xdp", [])
    check_fall_back(case, "af_xdp", "af_packet", ["BPF"], prefix=without("bpf", "sys_admin", "perfmon"))
    check_fall_back(case, "af_packet", "socket", ["NET_RAW"], prefix=without("net_raw"))
    check_fall_back(case, "auto", "socket", ["NET_RAW"], prefix=without("net_raw", "bpf", "sys_admin"))


def program_is_foreign(case):
    """Another owner's XDP program is named, left alone, and the next mode is taken."""
    source = os.path.join(case.folder, "stranger.c")
    with open(source, "w", encoding="utf-8") as file:
        file.write(FOREIGN_PROGRAM)
    subprocess.run(["clang", "-O2", "-target", "bpf", "-c", source, "-o", source + ".o"], check=True)
    sbc, device = case.network.namespace("sbc"), case.network.sbc_device("caller")
    ip("-n", sbc, "link", "set", "dev", device, "xdp", "obj", source + ".o", "sec", "xdp")
    check_fall_back(case, "af_xdp", "af_packet", ["'stranger'", device])
    check("prog/xdp" in ip("-n", sbc, "-details", "link", "show", "dev", device).stdout, "the program was detached")


def port_does_not_open(case):
    """Mode dpdk whose memif has no other end, on a machine whose kernel has the addresses."""
    ports = ["ports:"] + [f"  - {{name: {case.network.sbc_device(party)}, "
                          f"driver: 'net_memif{number},role=client,socket={case.folder}/none,socket-abstract=no', host_device: tap-{number}}}"
                          for number, party in enumerate(case.network.parties)]
    # Whichever comes next in the order and opens.
    check_fall_back(case, "dpdk", None, ["net_memif"], media=ports)


@functional.on_network(cable=True)
def nothing_works(case):
    """No mode is left: the node does not start, and says why."""
    ports = ["ports:"] + [f"  - {{name: {case.network.sbc_device(party)}, driver: net_nosuch{number}}}"
                          for number, party in enumerate(case.network.parties)]
    node = Node(case, io="dpdk", media=ports)
    program = case.start("weir-alone", "sbc", [case.binary("weir"), "run", "--config", node.config,
                                               "--platform", node.platform])
    check(program.wait_for_end(30) == 1, "a node without media started")
    check("no I/O mode works" in program.log(), f"it does not say why:\n{program.log()}")


if __name__ == "__main__":
    functional.run(capabilities_are_missing, program_is_foreign, port_does_not_open, nothing_works)

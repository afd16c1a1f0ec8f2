#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""`weir doctor` on machines that are made up of namespaces: a device, a loopback only, an ordinary user."""

import json
import os
import shutil
import subprocess
import sys

from harness import case as functional
from harness.case import check
from harness.network import ip

NOBODY = ["setpriv", "--reuid", "65534", "--regid", "65534", "--clear-groups"]


class Doctor:
    """weir doctor in a namespace, with or without a platform.yaml, as root or as nobody."""

    def __init__(self, case):
        self._case = case
        # Where nobody may read: the build folder need not be such a place.
        self.folder = os.path.join(case.folder, "bin")
        os.makedirs(self.folder)
        for name in ("weir", "weir-media"):
            shutil.copy(case.binary(name), self.folder)
        os.chmod(case.folder, 0o755)

    def ask(self, party, *options, prefix=()):
        command = ["ip", "netns", "exec", self._case.network.namespace(party), *prefix,
                   os.path.join(self.folder, "weir"), "doctor", *options]
        return subprocess.run(command, capture_output=True, text=True, timeout=30, check=False)

    def report(self, party, *options, prefix=()):
        """Exit status and the report as an object."""
        answer = self.ask(party, "--json", *options, prefix=prefix)
        check(answer.stdout, f"weir doctor --json said nothing: {answer.stderr}")
        return answer.returncode, json.loads(answer.stdout)

    def platform(self, **media):
        """A file with one realm towards the caller."""
        path = os.path.join(self._case.folder, "platform.json.yaml")
        realm = {"name": "in", "address": self._case.network.sbc_address("caller")}
        with open(path, "w", encoding="utf-8") as file:
            json.dump({"realms": [realm], "media": media}, file)
        os.chmod(path, 0o644)
        return path


def mode_of(report, mode, device=None):
    for diagnosis in report["diagnoses"]:
        if diagnosis["device"] == device and mode in diagnosis["modes"]:
            return diagnosis["modes"][mode]
    raise functional.TestFailure(f"nothing is said of {mode} on {device}: {report}")


def serious(judged):
    return [finding["what"] for finding in judged["findings"] if finding["severity"] != "note"]


def missing(judged):
    return [finding["what"] for finding in judged["findings"] if finding["severity"] == "missing"]


def root_with_a_device(case):
    """root, a veth: af_xdp and af_packet work and auto takes the first; the text says the same."""
    doctor = Doctor(case)
    status, report = doctor.report("sbc", "--platform", doctor.platform(io="auto"))
    check(status == 0 and report["works"], f"auto does not work: {report}")
    check(report["diagnoses"][0]["taken"] == "af_xdp", f"auto takes {report['diagnoses'][0]['taken']}")
    check(not mode_of(report, "dpdk")["works"], "dpdk works without ports")
    text = doctor.ask("sbc", "--platform", doctor.platform(io="auto"))
    check("auto takes af_xdp here" in text.stdout, f"the text says otherwise: {text.stdout}")
    check("\033" not in text.stdout, "colour without a terminal")


def what_is_wrong_with_a_device(case):
    """Each thing that stands in the way of af_xdp is named with its command, and the command mends it."""
    doctor = Doctor(case)
    device = case.network.sbc_device("caller")
    sbc = case.network.namespace("sbc")
    platform = doctor.platform(io="af_xdp")
    ip("-n", sbc, "link", "set", device, "mtu", "9000")
    status, report = doctor.report("sbc", "--platform", platform)
    check(status == 1, "an MTU of 9000 was not found")
    judged = mode_of(report, "af_xdp")
    check(len(missing(judged)) == 1 and "MTU of 9000" in missing(judged)[0], f"found: {judged}")
    check(report["diagnoses"][0]["taken"] == "socket", "the fall-back is not socket")
    mend = judged["findings"][0]["command"].split()
    check(mend[0] == "ip", f"unexpected command {mend}")
    ip("-n", sbc, *mend[1:])
    status, report = doctor.report("sbc", "--platform", platform)
    check(status == 0, f"the command did not mend it: {report}")
    ip("-n", sbc, "link", "set", device, "down")
    status, report = doctor.report("sbc", "--platform", platform)
    finding = mode_of(report, "af_xdp")["findings"][0]
    check(status == 0 and finding["severity"] == "warning" and "is down" in finding["what"], f"found: {report}")
    ip("-n", sbc, *finding["command"].split()[1:])
    _, report = doctor.report("sbc", "--platform", platform)
    check(not serious(mode_of(report, "af_xdp")), f"the command did not mend it: {report}")


def flow_offload(case):
    """A veth whose peer has no GRO: a note with the command, which mends it at the peer; nothing is said when it is off."""
    doctor = Doctor(case)
    ethtool = ["ip", "netns", "exec", case.network.namespace("caller"), "ethtool", "-K", "eth0", "gro"]
    subprocess.run([*ethtool, "off"], check=True)

    def notes(prefix=(), **media):
        status, report = doctor.report("sbc", "--platform", doctor.platform(io="af_xdp", **media), prefix=prefix)
        check(status == 0 or prefix, f"af_xdp does not work: {report}")
        return [finding for finding in mode_of(report, "af_xdp")["findings"] if "offload" in finding["what"]]

    found = notes()
    check(len(found) == 1 and found[0]["severity"] == "note", f"found: {found}")
    if found[0]["command"].startswith("take a kernel"):
        print("skipped: this kernel does not tell what its devices can do for XDP")
        sys.exit(77)
    check("no flow offload by it until its peer, PEER, which is device number" in found[0]["what"], f"found: {found}")
    check(found[0]["command"] == "ethtool -K PEER gro on", f"found: {found}")
    check(notes(prefix=NOBODY) == found, "an ordinary user is told otherwise")
    check(not notes(offload="off"), "something is said though media.offload is off")
    subprocess.run([*ethtool, "on"], check=True)
    found = notes()
    check(len(found) == 1 and "the kernel can send redirected frames by it" in found[0]["what"], f"found: {found}")


def nobody(case):
    """An ordinary user: sockets work, the others lack capabilities, and root would have them."""
    doctor = Doctor(case)
    status, report = doctor.report("sbc", "--platform", doctor.platform(io="auto"), prefix=NOBODY)
    check(status == 0, f"auto does not work: {report}")
    check(report["diagnoses"][0]["taken"] == "socket", "auto does not take socket")
    check("NET_RAW" in missing(mode_of(report, "af_packet"))[0], "no capability is named")
    check(report["as_root"] == ["af_xdp", "af_packet"], f"root would have {report['as_root']}")
    status, _ = doctor.report("sbc", "--platform", doctor.platform(io="af_packet"), prefix=NOBODY)
    check(status == 1, "af_packet works for nobody")
    # The command that the doctor gives is run, and the same user may then have the mode.
    command = mode_of(report, "af_xdp")["findings"][0]["command"].split()
    check(command[0] == "setcap", f"unexpected command {command}")
    subprocess.run(command, check=True)
    for mode in ("af_packet", "af_xdp"):
        status, report = doctor.report("sbc", "--platform", doctor.platform(io=mode), prefix=NOBODY)
        check(status == 0, f"{mode} does not work after setcap: {report}")


def weir_media_agrees(case):
    """weir-media itself: what it takes and says for nobody, after setcap, and where the mode that is named cannot work."""
    doctor = Doctor(case)
    device = case.network.sbc_device("caller")
    runtime = os.path.join(case.folder, "run")
    os.makedirs(runtime)
    os.chmod(runtime, 0o777)

    def line_of(number, io, prefix=()):
        program = case.start(f"weir-media-{number}", "sbc",
                             [*prefix, os.path.join(doctor.folder, "weir-media"), "--platform",
                              doctor.platform(io=io, sessions=10, pre_roll={"mib": 1}), "--runtime", runtime])
        program.wait_for_line(" media.ready ", 30)
        program.stop()
        return next(line for line in program.log().splitlines() if " media.io " in line)

    line = line_of(1, "af_xdp", NOBODY)
    check("error media.io mode=socket wanted=af_xdp" in line and "NET_RAW" in line, f"nobody: {line}")
    _, report = doctor.report("sbc", "--platform", doctor.platform(io="af_xdp"), prefix=NOBODY)
    subprocess.run(mode_of(report, "af_xdp")["findings"][0]["command"].split(), check=True)
    line = line_of(2, "af_xdp", NOBODY)
    check("info media.io mode=af_xdp wanted=af_xdp" in line, f"nobody after setcap: {line}")
    line = line_of(3, "auto")
    check("info media.io mode=af_xdp wanted=auto not_dpdk=" in line, f"root: {line}")
    ip("-n", case.network.namespace("sbc"), "link", "set", device, "mtu", "3000")
    line = line_of(4, "af_packet")
    check("error media.io mode=socket wanted=af_packet" in line and "MTU of 3000" in line, f"MTU: {line}")


def user_namespace(case):
    """Root of a user namespace has every capability there, and may still not load an XDP program."""
    prefix = [*NOBODY, "unshare", "--user", "--map-root-user", "--net"]
    if subprocess.run([*prefix, "true"], check=False, capture_output=True).returncode != 0:
        print("skipped: this machine permits no user namespaces")
        sys.exit(77)
    status, report = Doctor(case).report("sbc", prefix=prefix)
    check(status == 0 and report["uid"] == 0, f"auto does not work: {report}")
    judged = mode_of(report, "af_xdp", "lo")
    check(any("root of a user namespace may not" in what for what in missing(judged)), f"found: {judged}")


def loopback_only(case):
    """A namespace with lo alone: only sockets work there, and the reason is said."""
    ip("netns", "add", case.network.namespace("lonely"))
    try:
        doctor = Doctor(case)
        status, report = doctor.report("lonely")
        check(status == 0, f"auto does not work: {report}")
        check("loopback" in missing(mode_of(report, "af_xdp", "lo"))[0], "the reason is not said")
        check(mode_of(report, "socket", "lo")["works"], "sockets do not work on lo")
        text = doctor.ask("lonely")
        check("auto takes socket here" in text.stdout, f"the text says otherwise: {text.stdout}")
    finally:
        ip("netns", "delete", case.network.namespace("lonely"), check=False)


def foreign_program(case):
    """A foreign XDP program is named by its number and left alone."""
    doctor = Doctor(case)
    device = case.network.sbc_device("caller")
    source = os.path.join(case.folder, "pass.c")
    with open(source, "w", encoding="utf-8") as file:
        file.write('__attribute__((section("xdp"), used)) int stranger(void *context) { return 2; }\n'
                   'char _license[] __attribute__((section("license"), used)) = "GPL";\n')
    subprocess.run(["clang", "-O2", "-target", "bpf", "-c", source, "-o", source + ".o"], check=True)
    ip("-n", case.network.namespace("sbc"), "link", "set", "dev", device, "xdp", "obj", source + ".o", "sec", "xdp")
    status, report = doctor.report("sbc", "--platform", doctor.platform(io="af_xdp"))
    check(status == 1, "a foreign program was not found")
    judged = mode_of(report, "af_xdp")
    check("'stranger'" in missing(judged)[0], f"found: {judged}")
    shown = ip("-n", case.network.namespace("sbc"), "-details", "link", "show", "dev", device).stdout
    check("prog/xdp" in shown, "the program is gone")
    ip("-n", case.network.namespace("sbc"), *judged["findings"][0]["command"].split()[1:])
    check(doctor.report("sbc", "--platform", doctor.platform(io="af_xdp"))[0] == 0, "the command did not mend it")


if __name__ == "__main__":
    functional.run(root_with_a_device, what_is_wrong_with_a_device, flow_offload, nobody, weir_media_agrees, user_namespace,
                   loopback_only, foreign_program)

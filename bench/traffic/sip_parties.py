# SPDX-License-Identifier: Apache-2.0
"""The servers of sip_calls.py, and SIPp as its parties, all on loopback, pinned to cores."""
import os
import pathlib
import resource
import signal
import socket
import subprocess
import time

import commit_scenario as scenario
from recorded_calls import children_of, free_port

SERVER_CORE, PARTY_CORE = os.cpu_count() - 1, 0
CALLER, SERVER, CALLEE = "127.0.0.2", "127.0.0.1", "127.0.0.3"

WEIR_CONFIG = """\
hostname bench
!
voice service voip
 ip address trusted list
  ipv4 127.0.0.0 255.0.0.0
 mode border-element
 allow-connections sip to sip
 rtp-port range extended 5500 65498
!
{limits}voice class codec 1
 codec preference 1 g711ulaw
!
voice translation-rule 1
 rule 1 /^9/ /49/
!
voice translation-profile OUT
 translate called 1
!
dial-peer voice 100 voip
 session protocol sipv2
 incoming called-number 9
 voice-class codec 1
 no vad
!
dial-peer voice 200 voip
 translation-profile outgoing OUT
 destination-pattern 9T
 session protocol sipv2
 session target {target}
 voice-class codec 1
 no vad
!
end
"""

WEIR_PLATFORM = """\
realms:
{realms}sip:
  listen:
    - {{address: 127.0.0.1, port: {sip}}}
{more_listeners}media: {{{io}, sessions: {sessions}, memory_mib: {memory}, pre_roll: {{seconds: 0}}}}
paths: {{runtime: {work}/run, cdr: {work}/cdr.jsonl, log: {work}/log}}
http: {{listen: '127.0.0.1:{http}'}}
"""

KAMAILIO_CONFIG = """\
debug=0
log_stderror=no
fork=yes
children=2
disable_tcp=yes
auto_aliases=no
listen=udp:127.0.0.1:{sip}
mpath="/usr/lib/x86_64-linux-gnu/kamailio/modules/"
loadmodule "tm.so"
loadmodule "sl.so"
loadmodule "rr.so"
loadmodule "pv.so"
loadmodule "maxfwd.so"
loadmodule "siputils.so"
loadmodule "textops.so"
request_route {{
    if (!mf_process_maxfwd_header("10")) {{ sl_send_reply("483", "Too Many Hops"); exit; }}
    if (has_totag()) {{
        if (loose_route()) {{ t_relay(); exit; }}
        if (is_method("ACK")) {{ if (t_check_trans()) {{ t_relay(); }} exit; }}
        sl_send_reply("404", "Not here");
        exit;
    }}
    if (is_method("CANCEL")) {{ if (t_check_trans()) {{ t_relay(); }} exit; }}
    t_check_trans();
    record_route();
    $du = "sip:{callee}:{uas}";
    t_relay();
}}
"""


def raise_descriptors():
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))


def pinned(core, *words):
    return ["taskset", "-c", str(core), *[str(word) for word in words]]


def cpu_seconds(pid):
    """CPU time of a process by its threads, to the nanosecond."""
    total = 0
    for path in pathlib.Path(f"/proc/{pid}/task").glob("*/schedstat"):
        try:
            total += int(path.read_text().split()[0])
        except OSError:
            pass  # the thread has just ended
    return total / 1e9


def resident_kib(pid):
    for line in pathlib.Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
        if line.startswith("Pss:"):
            return int(line.split()[1])
    raise RuntimeError("no Pss")


def sip_port():
    """A free port below the media ports, which are all of the others: 30,000 pairs on each address."""
    for port in range(5060, 5500, 2):
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
            try:
                probe.bind((SERVER, port))
                return port
            except OSError:
                continue
    raise RuntimeError("no port is free")


# Sockets of the kernel on loopback. Two realms, one for each family, have 30,000 pairs of ports each: a port rests for
# 5 s behind its call, so that one of them would end at 6,000 calls a second.
SOCKETS = ("io: socket", {"inside": "address: 127.0.0.1", "outside": "address: '::1'"})
# No media at all: a DPDK device that swallows and never receives. Its ports need no descriptors (of which kernel sockets
# take four for each call), so that any number of calls can be held.
NO_WIRE = ("io: dpdk, ports: [{name: wire, driver: 'net_null0,no-rx=1', host_device: weir-bench}]",
           {"inside": "address: 198.18.71.1, device: wire, prefix_length: 24",
            "outside": "address: 'fd00:71::1', device: wire, prefix_length: 64"})


class Weir:
    name = "weir"
    caller = CALLER

    def __init__(self, binaries, work, limits="", sessions=2000, ipv6_callee=False, media=SOCKETS):
        self.work, self.binaries = work, binaries
        self.sip, self.uas, self.uac = sip_port(), free_port(), free_port()
        self.address = f"{SERVER}:{self.sip}"
        self.callee = "::1" if ipv6_callee else CALLEE
        target = f"ipv6:[::1]:{self.uas}" if ipv6_callee else f"ipv4:{CALLEE}:{self.uas}"
        io, realms = media
        (work / "run").mkdir(parents=True)
        (work / "log").mkdir()
        (work / "weir.cfg").write_text(WEIR_CONFIG.format(target=target, limits=limits))
        (work / "platform.yaml").write_text(WEIR_PLATFORM.format(
            work=work, sip=self.sip, http=free_port(), sessions=sessions, memory=256 if sessions < 5000 else 1024, io=io,
            realms="".join(f"  - {{name: {name}, {keys}}}\n" for name, keys in realms.items()
                           if ipv6_callee or name == "inside"),
            more_listeners=f"    - {{address: '::1', port: {self.sip}}}\n" if ipv6_callee else ""))
        self.process = subprocess.Popen(
            pinned(SERVER_CORE, binaries / "weir", "run", "--config", work / "weir.cfg", "--platform",
                   work / "platform.yaml"), stdout=subprocess.PIPE, stderr=open(work / "weir.stderr", "w"), text=True,
            preexec_fn=raise_descriptors)
        line = self.process.stdout.readline()
        if not line.startswith("weir ready"):
            self.stop()
            raise RuntimeError(f"weir did not start: {line!r}\n" + (work / "weir.stderr").read_text()
                               + "".join(log.read_text()[-1500:] for log in (work / "log").iterdir()))

    def leave_core_to_signalling(self):
        """The server's core is that of the signalling; weir-media, which has no packets here, goes to the parties'."""
        for task in pathlib.Path(f"/proc/{children_of(self.process.pid)['weir-media']}/task").iterdir():
            os.sched_setaffinity(int(task.name), {PARTY_CORE})

    def cpu(self):
        """CPU seconds of the signalling, and of the media process, which opens and closes the ports of each call."""
        children = children_of(self.process.pid)
        return {"signalling": cpu_seconds(children["weir-sip"]), "media": cpu_seconds(children["weir-media"])}

    def signalling_pid(self):
        return children_of(self.process.pid)["weir-sip"]

    def execute(self, command):
        return subprocess.run([self.binaries / "weir", "exec", command, "--runtime", self.work / "run"],
                              capture_output=True, text=True, timeout=60, check=False).stdout

    def stop(self):
        self.process.send_signal(signal.SIGTERM)
        self.process.wait(timeout=120)


class Kamailio:
    name = "kamailio"
    caller, callee = CALLER, CALLEE

    def __init__(self, _binaries, work):
        self.sip, self.uas, self.uac = free_port(), free_port(), free_port()
        self.address = f"{SERVER}:{self.sip}"
        (work / "run").mkdir(parents=True)
        (work / "kamailio.cfg").write_text(KAMAILIO_CONFIG.format(sip=self.sip, callee=CALLEE, uas=self.uas))
        self.process = subprocess.Popen(
            pinned(SERVER_CORE, "kamailio", "-f", work / "kamailio.cfg", "-DD", "-E", "-w", work, "-Y", work / "run", "-P",
                   work / "run" / "pid", "-m", "512", "-M", "32"), stdout=open(work / "kamailio.log", "w"),
            stderr=subprocess.STDOUT)
        limit = time.monotonic() + 20
        needle = f":{self.sip:04X} "
        while needle not in pathlib.Path("/proc/net/udp").read_text():
            if self.process.poll() is not None or time.monotonic() > limit:
                raise RuntimeError("kamailio did not start:\n" + (work / "kamailio.log").read_text())
            time.sleep(0.1)

    def _pids(self):
        pids, found = [self.process.pid], True
        while found:
            found = False
            for stat in pathlib.Path("/proc").glob("[0-9]*/stat"):
                try:
                    parent = int(stat.read_text().rsplit(")", 1)[1].split()[1])
                except OSError:
                    continue
                if parent in pids and int(stat.parent.name) not in pids:
                    pids.append(int(stat.parent.name))
                    found = True
        return pids

    def leave_core_to_signalling(self):
        """There is nothing else of it."""

    def cpu(self):
        return {"signalling": sum(cpu_seconds(pid) for pid in self._pids())}

    def stop(self):
        self.process.send_signal(signal.SIGTERM)
        try:
            self.process.wait(timeout=30)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


def sipp_scenario(name, hold_ms, ring_ms):
    text = scenario.SIPP[name].replace('<pause milliseconds="2000"/>', f'<pause milliseconds="{hold_ms}"/>')
    return text.replace('<pause milliseconds="200"/>', f'<pause milliseconds="{ring_ms}"/>')


class Load:
    """SIPp as callee and as caller; one number for each call."""

    def __init__(self, server, work, rate, calls, hold_ms=0, ring_ms=0, limit=0, seconds=0):
        self.work = work
        work.mkdir(parents=True, exist_ok=True)
        (work / "numbers.csv").write_text("SEQUENTIAL\n" + "".join(f"9{call:07};\n" for call in range(calls)))
        for name in ("caller", "callee"):
            (work / f"{name}.xml").write_text(sipp_scenario(name, hold_ms, ring_ms))
        self.callee = self._start("callee", server.callee, server.uas)
        limit = limit or max(2000, 20 * rate)
        self.caller = self._start(
            "caller", CALLER, server.uac, "-inf", work / "numbers.csv", "-r", rate, "-m", calls, "-l", limit,
            "-timeout", f"{seconds or calls // rate + 120}s", "-recv_timeout", 40_000, "-trace_stat", "-stf",
            work / "caller.csv", "-fd", 1, f"{SERVER}:{server.sip}")

    def _start(self, name, address, port, *words):
        log = open(self.work / f"{name}.log", "w")
        return subprocess.Popen(
            pinned(PARTY_CORE, "sipp", "-sf", self.work / f"{name}.xml", "-i", address, "-p", port, "-nostdin", "-nd",
                   *words),
            stdin=subprocess.DEVNULL, stdout=log, stderr=log, cwd=self.work, preexec_fn=raise_descriptors)

    def wait(self, seconds):
        self.caller.wait(timeout=seconds)
        return self.figures()

    def figures(self):
        """Of the last line of SIPp's statistics."""
        lines = (self.work / "caller.csv").read_text().splitlines()
        last = dict(zip(lines[0].split(";"), lines[-1].split(";")))
        return {"created": int(last["TotalCallCreated"]), "completed": int(last["SuccessfulCall(C)"]),
                "failed": int(last["FailedCall(C)"]), "current": int(last["CurrentCall"]),
                "sent_again": int(last["Retransmissions(C)"])}

    def stop(self):
        for process in (self.caller, self.callee):
            if process.poll() is None:
                process.send_signal(signal.SIGTERM)
                try:
                    process.wait(timeout=10)
                except subprocess.TimeoutExpired:
                    process.kill()
                    process.wait()

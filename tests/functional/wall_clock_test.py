#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The wall clock is stepped by an hour under calls, both ways: no timer, call or duration in a CDR notices.

The node runs with a preloaded library (tests/support/stepped_wall_clock.cpp) that moves the wall clock of its processes
alone; nobody touches the machine's.
"""

import datetime
import json
import os
import struct
import time

from harness import case as functional
from harness.case import check
from harness.process import wait_until
from harness.scenario_node import ScenarioNode, from_caller, section, to_callee
from harness.user_agent import Dialog, UserAgent, sdp

HOUR = 3600
# `timers trying 200` and `retry invite 2` of the tenant: 200 + 400 + 800 ms.
FAILOVER_SECONDS = 1.4
REFRESH_SECONDS = 45  # half of session-expires 90

PEERS = [
    from_caller(10, ".T"),
    to_callee(20, "2...$"),
    to_callee(50, "5...$", "voice-class sip session refresh", "voice-class sip min-se 90 session-expires 90"),
    to_callee(60, "6...$", "preference 1", "voice-class sip tenant 7", port=5098),  # nobody is there
    to_callee(61, "6...$", "preference 2"),
]
IMPATIENT = section("voice class tenant 7", "timers trying 200", "retry invite 2")


class ClockNode(ScenarioNode):
    """A node whose wall clock the test moves."""

    def __init__(self, case):
        self._offset = os.path.join(case.folder, "wall-clock-offset")
        self.step(0)
        super().__init__(case, PEERS, [IMPATIENT], prefix=["env", f"LD_PRELOAD={case.binary('weir_stepped_wall_clock.so')}",
                                       f"WEIR_WALL_CLOCK_OFFSET={self._offset}"])

    def step(self, seconds):
        """The wall clock is off by so many seconds from now on."""
        mode = "r+b" if os.path.exists(self._offset) else "wb"
        with open(self._offset, mode) as file:  # in place: the programs have it mapped
            file.write(struct.pack("<q", seconds * 10**9))


class HeldCall:
    """A call that is answered and held; it knows by the monotonic clock how long it lasted."""

    def __init__(self, caller, callee, number):
        self.number, self._caller, self._callee = number, caller, callee
        self._dialog = Dialog.calling(caller, number)
        caller.request("INVITE", self._dialog, 1, sdp(caller.address, [30000]))
        callee.respond(callee.expect("INVITE"), 200, sdp(callee.address, [31000]))
        callee.expect("ACK")
        self._answered = time.monotonic()
        self._dialog.learn(caller.expect(200))
        caller.request("ACK", self._dialog, 1)

    def hang_up(self):
        """Its length in seconds."""
        self._caller.request("BYE", self._dialog, 2)
        self._callee.respond(self._callee.expect("BYE"), 200)
        check(self._caller.expect_final().status == 200, "the BYE was not answered")
        return time.monotonic() - self._answered


def cdr_of(node, number):
    lines = wait_until(lambda: [line for line in node.cdr_lines() if f'"called":"{number}"' in line], 20,
                       f"the CDR of {number}")
    return json.loads(lines[0])


def instant(text):
    return datetime.datetime.fromisoformat(text.replace("Z", "+00:00")).timestamp()


def check_cdr(node, number, lasted, stepped):
    """The duration is what passed; only the instants show that the clock was stepped."""
    cdr = cdr_of(node, number)
    check(abs(cdr["duration_ms"] - 1000 * lasted) < 1000,
          f"{number} lasted {lasted:.2f} s, its CDR says {cdr['duration_ms']} ms")
    check(0 <= cdr["setup_ms"] < 15_000, f"{number}: set up in {cdr['setup_ms']} ms")
    shown = instant(cdr["disconnect"]) - instant(cdr["connect"])
    check(abs(shown - lasted - stepped) < 2, f"the clock of the node did not step by {stepped} s: {shown} s in the CDR")


def failover_across(node, caller, callee, silent, step_to):
    """An INVITE that nobody answers is given up in its time, though the clock is stepped while it is repeated."""
    call = Dialog.calling(caller, "6000")
    repeated = silent.repeated
    caller.request("INVITE", call, 1, sdp(caller.address, [30000]))
    silent.expect("INVITE")
    began = time.monotonic()
    node.step(step_to)
    invite = callee.expect("INVITE", 15)
    took = time.monotonic() - began
    check(FAILOVER_SECONDS - 0.3 < took < FAILOVER_SECONDS + 2, f"the next peer was asked after {took:.2f} s")
    silent.read_waiting()
    check(silent.repeated - repeated == 2, f"the INVITE was repeated {silent.repeated - repeated} times")
    callee.respond(invite, 486)
    callee.expect("ACK")
    final = caller.expect_final()
    check(final.status == 486, f"the caller got {final}")
    call.remote = final.header("To")
    caller.request("ACK", call, 1)
    return took


def wall_clock_steps_under_calls(case):
    """An hour forward, then back: failover in its seconds, and durations that are those of the calls."""
    node = ClockNode(case)
    node.start()
    caller, callee, silent = UserAgent(case, "caller", 5070), UserAgent(case, "callee"), UserAgent(case, "callee", 5098)
    for number, offset, stepped in (("2001", HOUR, HOUR), ("2002", 0, -HOUR)):
        held = HeldCall(caller, callee, number)
        took = failover_across(node, caller, callee, silent, offset)
        case.note(f"step of {stepped} s", failover_seconds=round(took, 2))
        wait_until(lambda: node.metric("weir_signaling_calls_active") == 1, 10, "the held call to be the only one")
        lasted = held.hang_up()
        check_cdr(node, number, lasted, stepped)
    node.stop()


def refreshes_across_wall_clock_steps(case):
    """Session timers: one call sees the hour come and go, another one sees it go; both are refreshed in their time."""
    node = ClockNode(case)
    node.start()
    caller, callee = UserAgent(case, "caller", 5070), UserAgent(case, "callee")
    begun = [time.monotonic()]
    first = HeldCall(caller, callee, "5001")
    node.step(HOUR)
    begun.append(time.monotonic())
    second = HeldCall(caller, callee, "5002")
    node.step(0)
    for number, begin in enumerate(begun, start=1):
        update = callee.expect("UPDATE", 60)
        took = time.monotonic() - begin
        case.note(f"call {number}", refreshed_after_seconds=round(took, 2))
        check(abs(took - REFRESH_SECONDS) < 3, f"refresh {number} came after {took:.1f} s instead of {REFRESH_SECONDS}")
        callee.respond(update, 200)
    for number, call, stepped in (("5001", first, 0), ("5002", second, -HOUR)):
        check_cdr(node, number, call.hang_up(), stepped)
    node.stop()


if __name__ == "__main__":
    functional.run(wall_clock_steps_under_calls, refreshes_across_wall_clock_steps)

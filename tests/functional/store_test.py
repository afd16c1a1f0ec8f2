#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Changes of a running node: the call in progress lives, the next one goes the new way, and back."""

import json
import os
import signal

from harness import case as functional
from harness.case import check
from harness.node import Node
from harness.process import wait_until
from harness.user_agent import Dialog, UserAgent, sdp


def invite(caller, number="2000"):
    call = Dialog.calling(caller, number)
    caller.request("INVITE", call, 1, sdp(caller.address, [30000]))
    return call


def answer(caller, callee, call):
    """The callee takes the call; its dialog."""
    request = callee.expect("INVITE")
    callee.respond(request, 200, sdp(callee.address, [31000]))
    callee.expect("ACK")
    call.learn(caller.expect(200))
    caller.request("ACK", call, 1)
    return Dialog.called(request)


def hang_up(caller, callee, call):
    caller.request("BYE", call, 2)
    callee.respond(callee.expect("BYE"), 200)
    check(caller.expect_final().status == 200, "the BYE was not answered with 200")


def session(node, *commands):
    """Several commands in one session of `weir exec`."""
    return node.execute_all(commands)


def route_changes_under_a_call(case):
    """The call lives and hangs up as it began; the next call goes the new way; write memory and rollback."""
    node = Node(case)
    node.start()
    caller = UserAgent(case, "caller", 5070)
    old, new = UserAgent(case, "callee", 5060), UserAgent(case, "callee", 5062)
    first = invite(caller)
    answer(caller, old, first)

    session(node, "configure terminal", "dial-peer voice 200 voip",
            f"session target ipv4:{old.address}:5062", "no media-class", "end")
    check(f"session target ipv4:{old.address}:5062" in node.execute("show running-config"), "running is not changed")
    differences = node.execute("show archive config differences")
    check(" -session target" in differences and " +session target" in differences, f"no differences: {differences}")

    second = invite(caller)
    answer(caller, new, second)
    hang_up(caller, new, second)
    hang_up(caller, old, first)  # the old call was not touched
    cdrs = [json.loads(line) for line in wait_until(lambda: len(node.cdr_lines()) == 2 and node.cdr_lines(), 20, "CDRs")]
    commits = sorted(cdr["config_commit"] for cdr in cdrs)
    check(commits[0] == 1 and commits[1] > 1, f"the records do not name their commits: {commits}")

    node.execute("write memory")
    with open(node.config, encoding="utf-8") as file:
        check(":5062" in file.read(), "write memory did not write")
    node.execute("rollback 1")
    third = invite(caller)
    answer(caller, old, third)
    hang_up(caller, old, third)
    node.stop()


def weir_sip_restarts_with_the_running_configuration(case):
    """What was typed is there when weir-sip is started again, though nobody wrote it to the startup file."""
    node = Node(case)
    node.start()
    session(node, "configure terminal", "hostname typed", "end")
    before = node.child("weir-sip")
    os.kill(before, signal.SIGKILL)
    wait_until(lambda: node.child("weir-sip") not in (None, before) and node.execute_if_up("show version"), 20,
               "another weir-sip")
    check("hostname typed" in node.execute("show running-config"), "the running configuration is lost")
    check("hostname typed" not in node.execute("show startup-config"), "the startup configuration was written")
    node.stop()


def nobody_confirms(case):
    """commit confirmed 1: after a minute the calls go the old way again."""
    node = Node(case)
    node.start()
    caller = UserAgent(case, "caller", 5070)
    old, new = UserAgent(case, "callee", 5060), UserAgent(case, "callee", 5062)
    session(node, "configure exclusive candidate", "dial-peer voice 200 voip",
            f"session target ipv4:{old.address}:5062", "exit", "show archive config differences", "commit confirmed 1")
    call = invite(caller)
    answer(caller, new, call)
    wait_until(lambda: "was not confirmed" in node.execute("show configuration history"), 90, "the rollback")
    hang_up(caller, new, call)
    call = invite(caller)
    answer(caller, old, call)
    hang_up(caller, old, call)
    node.stop()


if __name__ == "__main__":
    functional.run(route_changes_under_a_call, weir_sip_restarts_with_the_running_configuration, nobody_confirms)

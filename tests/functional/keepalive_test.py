#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""A peer that dies and comes back: OPTIONS take it out of service, calls go to the next, and back."""

from harness import case as functional
from harness.case import check
from harness.node import Node
from harness.process import TestFailure, wait_until
from harness.user_agent import Dialog, UserAgent, sdp

# The first peer with its own keepalive, behind it one without; failover of a call takes no ping.
PEERS = ["dial-peer voice 200 voip", "preference 1",
         "voice-class sip options-keepalive up-interval 5 down-interval 5 retry 2", "exit",
         "dial-peer voice 201 voip", "destination-pattern 2...$", "session protocol sipv2", "preference 2",
         "session target ipv4:{second}:5062", "codec g711ulaw", "exit",
         "sip-ua", "retry options 1", "timers options 100", "end"]


def configure(node, agent):
    node.execute_all(["configure terminal", *(line.format(second=agent.address) for line in PEERS)])


def answer_until(agent, status, reached, what):
    """Answers OPTIONS so until it has had its effect: those that waited here too long count for nothing."""
    for _ in range(20):
        ping = agent.expect("OPTIONS", 30)
        check(";tag=" not in ping.header("To"), "the ping is in a dialog")
        agent.respond(ping, status)
        if reached():
            return
    raise TestFailure(f"{what} did not come about by answers {status}")


def invite(caller):
    call = Dialog.calling(caller, "2000")
    caller.request("INVITE", call, 1, sdp(caller.address, [30000]))
    return call


def complete(caller, callee, call):
    """The call is answered by this callee and ended."""
    request = callee.expect("INVITE")
    callee.respond(request, 200, sdp(callee.address, [31000]))
    callee.expect("ACK")
    call.learn(caller.expect(200))
    caller.request("ACK", call, 1)
    caller.request("BYE", call, 2)
    callee.respond(callee.expect("BYE"), 200)
    check(caller.expect_final().status == 200, "the BYE was not answered with 200")


def summary_of(node, tag):
    """The line of the peer in show dial-peer voice summary."""
    lines = [line for line in node.execute("show dial-peer voice summary").splitlines() if line.split()[:1] == [tag]]
    check(len(lines) == 1, f"dial-peer {tag} has {len(lines)} lines in the summary")
    return lines[0]


def peer_dies_and_comes_back(case):
    """404 is alive; 503 twice is busyout and the next peer gets the calls; one 200 brings it back."""
    node = Node(case)
    node.start()
    caller = UserAgent(case, "caller", 5070)
    first, second = UserAgent(case, "callee", 5060), UserAgent(case, "callee", 5062)
    configure(node, second)
    answer_until(first, 404, lambda: "active" in summary_of(node, "200"), "alive by 404")
    complete(caller, first, invite(caller))

    answer_until(first, 503, lambda: "busyout" in summary_of(node, "200"), "busyout")
    check("busyout" in node.execute("show dial-peer voip keepalive status"), "keepalive status does not say busyout")
    check(node.metric("weir_signaling_dial_peers_busyout") == 1, "the metric does not count the busyout peer")
    complete(caller, second, invite(caller))

    answer_until(first, 200, lambda: "active" in summary_of(node, "200"), "active again")
    complete(caller, first, invite(caller))
    log = node.log("weir-sip")
    changes = (log.count(" dial_peer.busyout "), log.count(" dial_peer.active "))
    check(changes[0] == changes[1] >= 1, f"one line for each change was expected: {changes}")
    node.stop()


def silent_peer_is_busyout(case):
    """Nobody answers at all: timeouts count; without another peer the caller gets the override."""
    node = Node(case)
    node.start()
    caller = UserAgent(case, "caller", 5070)
    UserAgent(case, "callee", 5060)  # hears, and says nothing
    node.execute_all(["configure terminal", "voice service voip", "sip",
                      "error-code-override options-keepalive failure 502", "exit", "exit",
                      "dial-peer voice 200 voip",
                      "voice-class sip options-keepalive up-interval 5 down-interval 5 retry 1", "exit",
                      "sip-ua", "retry options 1", "timers options 100", "end"])
    wait_until(lambda: "busyout" in summary_of(node, "200"), 60, "dial-peer 200 to be busyout")
    invite(caller)
    status = caller.expect_final().status
    check(status == 502, f"502 by error-code-override was expected, {status} came")
    node.stop()


if __name__ == "__main__":
    functional.run(peer_dies_and_comes_back, silent_peer_is_busyout)

#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Calls with PRACK, UPDATE and re-INVITE between two SIPp while nftables drops every tenth datagram both ways, at random:
every call ends in a clean state, and no dialog, transaction, port or media session is left over."""

import collections
import csv
import json
import os
import platform
import re
import subprocess
import sys
import time

from harness import case as functional
from harness import script
from harness.case import SKIPPED, check
from harness.process import wait_until
from harness.scenario_node import ScenarioNode, from_caller, to_callee
from harness.sipp import Sipp

LOSS_PERCENT = 10
# Where what is sent to a namespace comes in: a datagram that is dropped on its way out would be an error of the sender.
DROP = """
add table inet loss
add chain inet loss arriving {{ type filter hook input priority 0; }}
add rule inet loss arriving udp dport 5060 counter
add rule inet loss arriving udp dport 5060 numgen random mod 100 < {percent} counter drop
"""
# A call fails only where a message is lost in all of its repetitions: an INVITE 0.19^7, nine in a million.
LEAST_COMPLETED = 0.98
TRANSACTION_SECONDS = 32  # RFC 3261 17: as long as a message may be repeated

PEERS = [from_caller(10, ".T", "voice-class sip rel1xx require 100rel"), to_callee(20, "2...$")]


class LossNode(ScenarioNode):
    """A node for a thousand calls, of which some hundreds are there at once."""

    def __init__(self, case):
        super().__init__(case, PEERS, service=["sip", " rel1xx supported 100rel"], rtp_ports=(20000, 22998))

    def _platform(self):
        return super()._platform().replace("sessions: 64", "sessions: 700")


class Caller:
    """Every request is a transaction of its own, whose response is told from another's by its branch; each is repeated."""

    def __init__(self):
        self._labels = 0
        self.steps = []
        self._request("INVITE", "sip:[service]@[remote_ip]:[remote_port]", "", "invite", [
            "Contact: <sip:1000@[local_ip]:[local_port]>", "Allow: INVITE, ACK, CANCEL, BYE, UPDATE, PRACK",
            "Supported: 100rel"], "caller")
        self.steps.append('<recv response="100" optional="true" response_txn="invite"/>')

    def _request(self, method, uri, tag, txn, headers=(), sdp=None):
        # SIPp counts by itself, so that a request that is made once more has a number of its own.
        cseq = 1 if txn == "invite" else "[cseq]"
        options = f'ack_txn="{txn}"' if method == "ACK" else f'retrans="500" start_txn="{txn}"'
        self.steps.append(script.send([
            f"{method} {uri} SIP/2.0", "Via: SIP/2.0/[transport] [local_ip]:[local_port];branch=[branch]",
            "From: <sip:1000@[local_ip]:[local_port]>;tag=[pid]caller[call_number]",
            f"To: <sip:[service]@[remote_ip]:[remote_port]>{tag}", "Call-ID: [call_id]", f"CSeq: {cseq} {method}",
            "Max-Forwards: 70", *headers], sdp, options))

    def in_dialog(self, method, sdp=None):
        """The request and its 200. An offer that is refused with 491 or 500 (RFC 3261 14.1, RFC 3311 5.2: the ACK before it
        was lost and is on its way again) is made once more after half a second."""
        self._labels += 1
        again = self._labels
        contact = ["Contact: <sip:1000@[local_ip]:[local_port]>"] if sdp else []
        rack = ["RAck: [$rseq] 1 INVITE"] if method == "PRACK" else []
        txn = f"{method.lower()}{again}"
        if sdp:  # SIPp waits on its way back
            self.steps += [f'<label id="{again}"/>', script.pause(500)]
        self._request(method, "[next_url]", "[peer_tag_param]", txn, [*contact, *rack], sdp)
        if method == "INVITE":
            self.steps.append(f'<recv response="100" optional="true" response_txn="{txn}"/>')
        if sdp:
            for status in (491, 500):
                self.steps.append(f'<recv response="{status}" optional="true" response_txn="{txn}" next="{again}"/>')
        self.steps.append(f'<recv response="200" response_txn="{txn}"/>')
        if method == "INVITE":
            self._request("ACK", "[next_url]", "[peer_tag_param]", txn)
        return self

    def ringing(self):
        self.steps.append('<recv response="183" response_txn="invite" rrs="true"><action><ereg regexp="[0-9]+" '
                          'search_in="hdr" header="RSeq:" check_it="true" assign_to="rseq"/></action></recv>')
        return self

    def answered(self):
        self.steps.append('<recv response="200" response_txn="invite" rrs="true"/>')
        self._request("ACK", "[next_url]", "[peer_tag_param]", "invite")
        return self

    def pause(self, milliseconds):
        self.steps.append(script.pause(milliseconds))
        return self

    def write(self, case):
        return script.write(case, "caller", self.steps)


class Callee(script.Callee):
    """Its reliable response is repeated until the PRACK, its 2xx until the ACK."""

    def ring_reliably(self):
        self.respond(183, sdp=True, rseq=1)
        self.steps[-1] = self.steps[-1].replace("<send ", '<send retrans="500" ')
        return self.expect("PRACK")

    def answer(self, method):
        self.steps.append(f'<recv request="{method}"/>')
        self.steps.append(script.send([
            "SIP/2.0 200 OK", "[last_Via:]", "[last_From:]", "[last_To:]", "[last_Call-ID:]", "[last_CSeq:]",
            "Contact: <sip:2000@[local_ip]:[local_port]>", "Allow: INVITE, ACK, CANCEL, BYE, UPDATE, PRACK"],
            "callee", 'retrans="500"' if method == "INVITE" else ""))
        return self.expect("ACK") if method == "INVITE" else self

    def stay(self, milliseconds):
        """Answers a request that comes again because its 200 was lost."""
        self.steps.append(f'<timewait milliseconds="{milliseconds}"/>')
        return self


class Party:
    """One SIPp with all its calls."""

    def __init__(self, case, name, path, calls, options=(), target=None):
        self._statistics = os.path.join(case.folder, f"{name}.csv")
        # -nd: what is not expected (a repetition of long ago) ends no call.
        self.sipp = Sipp(case, name, path, [
            "-m", str(calls), "-l", "2000", "-nd", "-timeout", "150s", "-trace_stat", "-stf", self._statistics, "-fd", "1",
            *options], target)

    def wait(self, seconds):
        """Calls that went to their end, and those that did not."""
        self.sipp.program.wait_for_end(seconds)
        with open(self._statistics, encoding="utf-8") as file:
            last = list(csv.DictReader(file, delimiter=";"))[-1]
        return {"completed": int(last["SuccessfulCall(C)"]), "failed": int(last["FailedCall(C)"]),
                "sent_again": int(last["Retransmissions(C)"])}


def lose(case):
    """Every tenth datagram of those that come to each of the three."""
    for party in ("sbc", "caller", "callee"):
        done = subprocess.run(["ip", "netns", "exec", case.network.namespace(party), "nft", "-f", "-"], text=True,
                              input=DROP.format(percent=LOSS_PERCENT), capture_output=True, check=False)
        if done.returncode != 0:
            print(f"skipped: nftables does not work here: {done.stderr}")
            sys.exit(SKIPPED)


def lost(case):
    """Of the datagrams that came to each: how many, and how many of them were dropped."""
    counts = {}
    for party in ("sbc", "caller", "callee"):
        text = subprocess.run(["ip", "netns", "exec", case.network.namespace(party), "nft", "list", "table", "inet", "loss"],
                              text=True, capture_output=True, check=True).stdout
        came, dropped = [int(each) for each in re.findall(r"counter packets (\d+)", text)]
        counts[party] = {"came": came, "dropped": dropped}
    return counts


def descriptors(node):
    """Sockets that weir-media has open: four for each call, and its own."""
    folder = f"/proc/{node.child('weir-media')}/fd"
    return sum(1 for each in os.listdir(folder) if os.readlink(os.path.join(folder, each)).startswith("socket:"))


LEFT_OVER = ("weir_signaling_calls_active", "weir_dataplane_sessions", "weir_dataplane_ports_in_use",
             "weir_signaling_cdr_held_calls")
TRANSACTIONS = ("weir_signaling_client_transactions", "weir_signaling_server_transactions")


def left_over(node, names):
    text = node.metrics()
    return {name: value for name in names if (value := node.metric(name, text)) != 0}


def play(case, calls, rate, pauses_ms, stay_ms):
    """The calls; what both parties and the node say of them."""
    node = LossNode(case)
    node.start()
    before = descriptors(node)
    lose(case)
    callee = Callee().ring_reliably().respond(200).expect("ACK").answer("UPDATE").answer("INVITE").expect("BYE")
    caller = Caller().ringing().in_dialog("PRACK").answered().pause(pauses_ms).in_dialog("UPDATE", "caller")
    caller.in_dialog("INVITE", "caller").pause(pauses_ms).in_dialog("BYE")
    answers = Party(case, "callee", callee.stay(stay_ms).write(case), calls)
    begins = Party(case, "caller", caller.write(case), calls, ["-s", "2000", "-r", str(rate)],
                   f"{case.network.sbc_address('caller')}:5060")
    figures = {"caller": begins.wait(200)}
    wait_until(lambda: not left_over(node, LEFT_OVER), 2 * TRANSACTION_SECONDS, "the last call to be gone")
    answers.sipp.program.stop()
    case.note("lost", **lost(case))
    return node, figures["caller"], before


def check_clean(case, node, calls, figures, sockets_before):
    # Lines are gathered for a moment before they are written.
    wait_until(lambda: len(node.cdr_lines()) >= calls, 5, f"{calls} CDRs")
    cdrs = [json.loads(line) for line in node.cdr_lines()]
    causes = collections.Counter(cdr["cause"] for cdr in cdrs)
    metrics = node.metrics()
    repeated = {name: node.metric(f"weir_signaling_{name}_total", metrics)
                for name in ("request_retransmissions", "answer_retransmissions", "reliable_1xx_retransmitted",
                             "ack_timeouts", "prack_received", "prack_sent")}
    # PRACKs in fact: SIPp answers a repeated one no more when it has sent its 200 to the INVITE meanwhile.
    unanswered = {method: count for method in ("INVITE", "PRACK", "UPDATE", "BYE", "CANCEL", "OPTIONS", "other")
                  if (count := node.metric("weir_signaling_request_timeouts_total", metrics, method=method))}
    case.note("calls", placed=calls, **figures, cdrs=len(cdrs), causes={str(key): value for key, value in causes.items()})
    case.note("weir", **repeated, unanswered_requests=unanswered)
    print(json.dumps(case.figures))
    check(len(cdrs) == calls, f"{calls} calls, {len(cdrs)} CDRs")
    check(len({cdr["guid"] for cdr in cdrs}) == calls, "a call has two CDRs")
    check(causes[16] >= LEAST_COMPLETED * calls, f"calls that did not end normally: {causes}")
    check(figures["completed"] >= LEAST_COMPLETED * calls, f"the callers say: {figures}")
    check(not left_over(node, LEFT_OVER), f"left over: {left_over(node, LEFT_OVER)}")
    check(node.metric("weir_signaling_laws_broken_total", metrics) == 0, "a law of the ledger was broken")
    wait_until(lambda: descriptors(node) == sockets_before, 10, "the sockets of the media to be closed")


def calls_over_a_lossy_network(case):
    """Three dozen calls, quickly."""
    node, figures, before = play(case, calls=36, rate=60, pauses_ms=100, stay_ms=4000)
    check_clean(case, node, 36, figures, before)
    node.stop()


def a_thousand_calls_over_a_lossy_network(case):
    """A thousand, and until every transaction is over; with --figures it writes bench/results/loss.json."""
    case.note("run", command="python3 tests/functional/loss_test.py --case a_thousand_calls_over_a_lossy_network "
              "--figures bench/results/loss.json", date=time.strftime("%Y-%m-%dT%H:%MZ", time.gmtime()),
              cores=os.cpu_count(), kernel=platform.release(), loss_percent=LOSS_PERCENT)
    node, figures, before = play(case, calls=1000, rate=30, pauses_ms=4000, stay_ms=32000)
    check_clean(case, node, 1000, figures, before)
    wait_until(lambda: not left_over(node, TRANSACTIONS), 2 * TRANSACTION_SECONDS, "the transactions to be gone")
    case.note("left_over", **{name: 0 for name in (*LEFT_OVER, *TRANSACTIONS)})
    node.stop()


if __name__ == "__main__":
    functional.run(calls_over_a_lossy_network, a_thousand_calls_over_a_lossy_network)

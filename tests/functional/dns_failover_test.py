#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Names of trunks (RFC 3263): SRV with failover to the second target; a number by ENUM, whose first call waits for its name;
a name server that is silent hurts nobody else."""

import time

from harness import case as functional
from harness import name_server
from harness.call import Call
from harness.case import check
from harness.node import Node
from harness.process import wait_until


class NamedNode(Node):
    """A node whose callee has a name, asked of the name server beside it."""

    def __init__(self, case, target):
        self._target = target
        super().__init__(case)

    def _configuration(self, recorder_transport):
        callee = self._case.network.uri_host(self._case.network.address("callee"))
        return (super()._configuration(recorder_transport)
                .replace(f" session target ipv4:{callee}:5060\n", f" session target {self._target}\n")
                .replace("end\n", "sip-ua\n retry invite 2\n!\nend\n"))

    def _platform(self):
        return super()._platform() + "dns:\n  servers: ['127.0.0.1:5353']\n"


def call_through(case, node):
    call = Call(case)
    call.start()
    call.wait()
    cdr = node.wait_for_cdr()
    check(cdr["cause"] == 16, f"the call did not end as a call should: {cdr}")
    return cdr


def second_target_answers(case):
    network = case.network
    name_server.start(case, {
        "_sip._udp.trunk.test SRV": ["10 0 5098 dead.trunk.test", "20 0 5060 live.trunk.test"],
        "dead.trunk.test A": [network.address("caller")],  # nobody listens at that port
        "live.trunk.test A": [network.address("callee")],
    })
    node = NamedNode(case, "dns:trunk.test")
    node.start()
    wait_until(lambda: node.metric("weir_signaling_dns_cached") >= 5, 15, "the records of the trunk")
    cdr = call_through(case, node)
    check(len(cdr.get("attempts", [])) >= 1, f"the CDR does not tell of the first target: {cdr}")
    node.stop()


def number_by_enum(case):
    """Nobody has asked for the number before: the call waits for its records, and for the host that they name."""
    network = case.network
    name_server.start(case, {
        "0.0.0.2.9.4.e164.test NAPTR": ["10 1 u E2U+sip !^49(.*)$!sip:\\1@callee.test:5060! ."],
        "callee.test A": [network.address("callee")],
    })
    node = NamedNode(case, "enum:1")
    node.config = node._write("node.cfg", open(node.config, encoding="utf-8").read().replace(
        "dial-peer voice 300", "voice enum-match-table 1\n rule 1 1 /^2/ /492/ e164.test\n!\ndial-peer voice 300"))
    node.start()
    call = Call(case)
    call.start(seconds=1)
    call.wait()
    check(node.wait_for_cdr()["cause"] == 16, "the call did not end as a call should")
    check("INVITE sip:2000@callee.test:5060 SIP/2.0" in call.callee.messages(), "the Request-URI is not that of the record")
    check(node.metric("weir_signaling_name_waits_total") == 1, "the first call did not wait")
    ladder = node.execute("show voip trace number 2000")
    check("for the address of 0.0.0.2.9.4.e164.test, callee.test: known" in ladder, f"the trace does not say why:\n{ladder}")
    node.stop()


def silent_server(case):
    name_server.start(case, None)
    network = case.network
    node = NamedNode(case, f"ipv4:{network.uri_host(network.address('callee'))}:5060")
    node.config = node._write("node.cfg", open(node.config, encoding="utf-8").read().replace(
        "sip-ua\n", "dial-peer voice 400 voip\n destination-pattern 4...$\n session protocol sipv2\n"
        " session target dns:nowhere.test\n!\nsip-ua\n"))
    node.start()
    wait_until(lambda: node.metric("weir_signaling_dns_failures_total") >= 1, 30, "a question without an answer")
    began = time.monotonic()
    call_through(case, node)
    case.note("call", seconds=round(time.monotonic() - began, 2))
    node.stop()


if __name__ == "__main__":
    functional.run(second_target_answers, number_by_enum, silent_server)

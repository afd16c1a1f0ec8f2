#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""A recorded call over IPv6 alone, where nobody has another address; and from an IPv4 caller to an IPv6 callee."""

from harness import case as functional
from harness import recorder
from harness.call import Call
from harness.node import Node


def record(case, mode):
    node = Node(case, io=mode)
    recordings = recorder.start(case)
    node.start()
    node.check_mode(mode)
    call = Call(case)
    call.start()
    recorder.check_recorded_call(node, call, recordings)
    node.stop()


class BetweenFamilies(Node):
    """The callee's interface and target are IPv6, the others' IPv4."""

    def _configuration(self, recorder_transport):
        network = self._case.network
        callee = network.address("callee")
        return (super()._configuration(recorder_transport)
                .replace(f"ip address {network.sbc_address('callee')} 255.255.255.0",
                         f"ipv6 address {network.sbc_address('callee')}/64")
                .replace(f"ipv4:{network.uri_host(callee)}", f"ipv6:{network.uri_host(callee)}"))


@functional.on_network(family=4, six=("callee",))
def recorded_between_families(case):
    node = BetweenFamilies(case)
    recordings = recorder.start(case)
    node.start()
    call = Call(case)
    call.start()
    recorder.check_recorded_call(node, call, recordings)
    node.stop()


def recorded_over_ipv6(case):
    record(case, "socket")


def recorded_over_ipv6_af_xdp(case):
    record(case, "af_xdp")


if __name__ == "__main__":
    functional.run(recorded_over_ipv6, recorded_over_ipv6_af_xdp, recorded_between_families, family=6)

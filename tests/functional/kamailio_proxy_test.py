#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Kamailio as the proxy of a provider: it challenges us (MD5 and SHA-256), records its route, fails over; calls both ways."""

import os

from harness import case as functional
from harness import kamailio
from harness.case import check
from harness.node import Node
from harness.process import wait_until
from harness.user_agent import Dialog, UserAgent, sdp

# Calls of the node (to numbers 2...) are challenged and go to the provider's first gateway, at which nobody is, then to
# the second one; calls of the second one go to the node.
KAMAILIO = """\
loadmodule "sl.so"
loadmodule "tm.so"
loadmodule "rr.so"
loadmodule "pv.so"
loadmodule "textops.so"
loadmodule "siputils.so"
loadmodule "auth.so"
modparam("auth", "algorithm", "{algorithm}")
modparam("tm", "fr_timer", 500)
modparam("tm", "fr_inv_timer", 20000)
request_route {{
    if (has_totag()) {{
        if (loose_route()) {{
            t_relay();
        }} else if (is_method("ACK") && t_check_trans()) {{
            t_relay();
        }} else if (!is_method("ACK")) {{
            sl_send_reply("404", "Not here");
        }}
        exit;
    }}
    if (is_method("CANCEL")) {{
        if (t_check_trans()) t_relay();
        exit;
    }}
    if (is_method("REGISTER")) {{
        if (!pv_auth_check("provider.example", "secret", "0", "0")) {{
            auth_challenge("provider.example", "0");
            exit;
        }}
        append_to_reply("Contact: $hdr(Contact);expires=120\\r\\n");
        sl_send_reply("200", "OK");
        exit;
    }}
    if (!is_method("INVITE")) {{
        sl_send_reply("405", "Not here");
        exit;
    }}
    if ($sp == 5070) {{
        record_route();
        $du = "sip:{node}:5060";
        t_relay();
        exit;
    }}
    if (!pv_auth_check("provider.example", "secret", "0", "0")) {{
        auth_challenge("provider.example", "0");
        exit;
    }}
    consume_credentials();
    record_route();
    t_on_failure("NEXT_GATEWAY");
    $du = "sip:{address}:5069";
    t_relay();
}}
failure_route[NEXT_GATEWAY] {{
    if (t_is_canceled()) exit;
    $du = "sip:{address}:5070";
    t_relay();
}}
"""


class Gateway(UserAgent):
    """A provider's gateway: everything that it sends goes to the proxy beside it."""

    def send(self, text):
        self._socket.sendto(text.encode(), (self.address, 5060))

    def in_dialog(self, method, dialog, cseq, routes):
        self.request(method, dialog, cseq, extra=[f"Route: {route}" for route in routes])


def call_out(case, caller, gateway):
    """Through the challenge and the failover to the second gateway; its BYE comes back along the recorded route."""
    call = Dialog.calling(caller, "2000")
    caller.request("INVITE", call, 1, sdp(caller.address, [30000]))
    invite = gateway.expect("INVITE")
    routes = invite.all("Record-Route")
    check(len(routes) == 1, f"the proxy is not in the route: {routes}")
    check(not invite.header("Proxy-Authorization"), "the proxy has not taken its credentials away")
    gateway.respond(invite, 180)
    gateway.respond_with(invite, 200, sdp(gateway.address, [31000]), routes)
    gateway.expect("ACK")
    call.learn(caller.expect(200))
    caller.request("ACK", call, 1)
    # Both ways inside the dialog: the caller's re-INVITE out through the proxy, the gateway's BYE in through it.
    caller.request("INVITE", call, 2, sdp(caller.address, [30002]))
    again = gateway.expect("INVITE")
    check(len(again.all("Via")) == 2, f"the re-INVITE did not come through the proxy: {again.all('Via')}")
    gateway.respond_with(again, 200, sdp(gateway.address, [31000]), [])
    gateway.expect("ACK")
    check(caller.expect_final().status == 200, "the re-INVITE was refused")
    caller.request("ACK", call, 2)
    gateway.in_dialog("BYE", Dialog.called(invite), 1, routes)
    check(gateway.expect_final().status == 200, "the BYE of the gateway was refused")
    caller.respond(caller.expect("BYE"), 200)


def call_in(caller, gateway):
    """From the gateway through the proxy to us; our BYE goes by the recorded route."""
    dialog = Dialog(f"sip:1000@{gateway.node}", f"<sip:2000@{gateway.address}>;tag=in",
                    f"<sip:1000@{gateway.node}>", f"in-{os.getpid()}@{gateway.address}")
    gateway.request("INVITE", dialog, 1, sdp(gateway.address, [31000]))
    invite = caller.expect("INVITE")
    caller.respond(invite, 200, sdp(caller.address, [30000]))
    caller.expect("ACK")
    answer = gateway.expect(200)
    dialog.learn(answer)
    routes = answer.all("Record-Route")
    check(len(routes) == 1, f"our 200 has not the route of the proxy: {routes}")
    gateway.in_dialog("ACK", dialog, 1, routes)
    caller.request("BYE", Dialog.called(invite), 1)
    bye = gateway.expect("BYE")
    check(len(bye.all("Via")) == 2, f"our BYE did not come through the proxy: {bye.all('Via')}")
    gateway.respond(bye, 200)
    check(caller.expect_final().status == 200, "the BYE of the caller was refused")


def register(case, node):
    """With the digest that the proxy asks for."""
    node.execute_all(["configure terminal", "sip-ua",
                      "credentials number 4085550100 username weir password 0 secret realm provider.example",
                      f"registrar 1 ipv4:{case.network.address('callee')} expires 3600", "end"])
    wait_until(lambda: node.metric("weir_signaling_registrations_active") == 1, 30, "the registration")


def was_answered(capture, method, algorithm):
    """Whether a challenge was answered in a request of that method, by that algorithm."""
    lines = [udp.payload.decode(errors="replace").split("\r\n") for udp in capture.so_far()]
    return any(message[0].startswith(method + " ") and "uthorization: Digest " in line and
               f"algorithm={algorithm}" in line for message in lines for line in message)


def calls_both_ways_through_a_proxy(case):
    node = Node(case)
    with open(node.config, encoding="utf-8") as file:
        text = file.read()
    caller_target = (f"dial-peer voice 400 voip\n destination-pattern 1...$\n session protocol sipv2\n session target "
                     f"ipv4:{case.network.address('caller')}:5070\n voice-class codec 1\n!\n")
    text = text.replace(" media-class 1\n", "").replace(
        " destination-pattern 2...$\n",
        " destination-pattern 2...$\n authentication username weir password 0 secret realm provider.example\n").replace(
        "dial-peer voice 9001", caller_target + "dial-peer voice 9001")
    with open(node.config, "w", encoding="utf-8") as file:
        file.write(text)
    node.start()
    capture = case.capture("callee")
    caller, gateway = UserAgent(case, "caller", 5070), Gateway(case, "callee", 5070)
    for algorithm in ("MD5", "SHA-256"):
        proxy = kamailio.start(case, "callee", KAMAILIO, f"kamailio-{algorithm}", algorithm=algorithm)
        call_out(case, caller, gateway)
        if algorithm == "MD5":
            call_in(caller, gateway)
        else:
            register(case, node)
        for method in ("INVITE",) if algorithm == "MD5" else ("INVITE", "REGISTER"):
            wait_until(lambda m=method, a=algorithm: was_answered(capture, m, a), 20,
                       f"the capture of an answer by {algorithm} in {method}")
        proxy.stop()
    wait_until(lambda: node.metric("weir_signaling_calls_active") == 0, 20, "the end of every call")
    check(node.metric("weir_signaling_requests_unmatched_total") == 0, "a request found no dialog")
    node.stop()


if __name__ == "__main__":
    kamailio.skip_without()
    functional.run(calls_both_ways_through_a_proxy)

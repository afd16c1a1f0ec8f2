#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The node registers at Kamailio, with digest; it removes its registration when it ends."""

import hashlib
import json
import os
import re
import signal

from harness import case as functional
from harness import kamailio
from harness.baresip import Baresip
from harness.case import check
from harness.node import Node
from harness.process import wait_until
from harness.user_agent import Dialog, UserAgent, sdp

# A registrar whose users have the password `secret`.
KAMAILIO = """\
loadmodule "tm.so"
loadmodule "sl.so"
loadmodule "pv.so"
loadmodule "textops.so"
loadmodule "xlog.so"
loadmodule "usrloc.so"
loadmodule "registrar.so"
loadmodule "auth.so"
modparam("usrloc", "db_mode", 0)
modparam("registrar", "max_expires", 120)
modparam("registrar", "min_expires", 90)
request_route {{
    if (is_method("OPTIONS")) {{
        sl_send_reply("200", "OK");
        exit;
    }}
    if (is_method("ACK")) {{
        t_relay();
        exit;
    }}
    if (!is_method("REGISTER")) {{
        if ($rU == "4000") {{
            $ru = "sip:4000@{address}:5070";
        }} else if (!lookup("location")) {{
            sl_send_reply("404", "Not here");
            exit;
        }}
        t_relay();
        exit;
    }}
    if (!pv_auth_check("weir.example", "secret", "0", "0")) {{
        xlog("L_ERR", "challenged $tU\\n");
        auth_challenge("weir.example", "0");
        exit;
    }}
    xlog("L_ERR", "accepted $tU expires $hdr(Expires)\\n");
    save("location");
}}
"""


def registers_at_kamailio(case):
    """Challenged, answered, registered for what the registrar grants; removed when the node stops."""
    registrar = kamailio.start(case, "callee", KAMAILIO)
    node = Node(case)
    node.start()
    node.execute_all(["configure terminal", "sip-ua",
                      "credentials number 4085550100 username weir password 0 secret realm weir.example",
                      f"registrar 1 ipv4:{case.network.address('callee')} expires 3600", "end"])
    status = wait_until(lambda: "yes" in node.execute("show sip-ua register status")
                        and node.execute("show sip-ua register status"), 30, "the registration")
    row = next(line.split() for line in status.splitlines() if line.startswith("4085550100"))
    check(60 < int(row[2]) <= 120, f"the registrar grants 120 s at most, the table says {row[2]}")
    check(node.metric("weir_signaling_registrations_active") == 1, "the metric does not count the registration")
    node.stop()
    wait_until(lambda: "accepted 4085550100 expires 0" in registrar.log(), 20, "the registration to be removed")


def wrong_password(case):
    """It is refused, tried no more for a while, and said."""
    kamailio.start(case, "callee", KAMAILIO)
    node = Node(case)
    node.start()
    node.execute_all(["configure terminal", "sip-ua",
                      "credentials number 100 username weir password 0 wrong realm weir.example",
                      f"registrar 1 ipv4:{case.network.address('callee')}", "end"])
    wait_until(lambda: "register.failed" in node.log("weir-sip"), 30, "the failure in the log")
    check("no" in node.execute("show sip-ua register status").split(), "the table must say no")
    check(node.metric("weir_signaling_registers_sent_total") == 2, "the wrong password was sent more than once")
    node.stop()


def read_file(path):
    """What a file holds; nothing where it is not."""
    if not os.path.exists(path):
        return ""
    with open(path, encoding="utf-8") as file:
        return file.read()


def register_with_password(agent, user, password):
    """REGISTER over UDP, the challenge, and REGISTER with its answer (RFC 2617 3.2.2 without qop)."""
    def md5(text):
        return hashlib.md5(text.encode(), usedforsecurity=False).hexdigest()
    address = f"<sip:{user}@{agent.node}>"
    line = Dialog(f"sip:{agent.node}", f"{address};tag=desk", address, f"desk@{agent.address}")
    agent.request("REGISTER", line, 1, extra=["Expires: 120"])
    challenge = agent.expect(401).header("WWW-Authenticate")
    realm, nonce = (re.search(f'{name}="([^"]+)"', challenge).group(1) for name in ("realm", "nonce"))
    secret = md5(f"{user}:{realm}:{password}")
    response = md5(f"{secret}:{nonce}:{md5(f'REGISTER:{line.target}')}")
    agent.request("REGISTER", line, 2, extra=["Expires: 120", (
        f'Authorization: Digest username="{user}", realm="{realm}", nonce="{nonce}", uri="{line.target}", '
        f'response="{response}", algorithm=MD5')])
    check(agent.expect_final().status == 200, "the registrar must accept the password")


def endpoint_behind_us(case):
    """baresip registers at Kamailio through the node, over TCP; it is called there by that connection, and calls. Its
    address is on no list. A telephone's binding outlives weir-sip."""
    kamailio.start(case, "callee", KAMAILIO)
    node = Node(case)
    node.start()
    registrar = case.network.address("callee")
    # The recorder's address is trusted as a target: with another target it is a stranger's.
    node.execute_all(["configure terminal", "dial-peer voice 9001 voip", "session target ipv4:192.0.2.77", "exit",
                      "sip-ua", f"registrar 1 ipv4:{registrar} expires 3600", "exit",
                      "voice service voip", "sip", "registrar server expires max 120 min 60",
                      "registration passthrough", "exit", "exit",
                      "dial-peer voice 400 voip", "destination-pattern 4...$", "session protocol sipv2",
                      "session target registrar", "codec g711ulaw", "end"])
    words = "show sip-ua registration passthrough status"
    phone = Baresip(case, "recorder", 100, 31000, registered=(case.network.sbc_address("recorder"), "secret"))
    wait_until(lambda: "1 bindings" in node.execute(words), 30, "the endpoint to be registered")
    detail = node.execute(f"{words} detail")
    check(f"Source: {case.network.address('recorder')}:" in detail and " over tcp" in detail,
          f"the source is not shown:\n{detail}")
    check(json.loads(node.execute(f"{words} | json"))[0]["aor"] == f"100@{registrar}", "the JSON names another")

    # Somebody at the registrar calls the endpoint, which answers by itself.
    other = UserAgent(case, "callee", 5070)
    other.node = registrar
    call = Dialog.calling(other, "100")
    other.request("INVITE", call, 1, sdp(other.address, [30000]))
    call.learn(other.expect(200))
    other.node = case.network.sbc_address("callee")
    other.request("ACK", call, 1)
    other.request("BYE", call, 2)
    check(other.expect_final().status == 200, "the call to the endpoint must end")

    # The endpoint calls by dial-peer, through the registrar.
    phone.command("dial", f"sip:4000@{case.network.sbc_address('recorder')}")
    request = other.expect("INVITE")
    other.respond(request, 486)

    phone.stop()
    wait_until(lambda: "No endpoint" in node.execute(words), 20, "the binding to be removed")

    # A telephone that registers seldom is called after weir-sip has been killed and has come back.
    desk = UserAgent(case, "recorder", 5090)
    register_with_password(desk, "101", "secret")
    wait_until(lambda: "101@" in read_file(os.path.join(node.folder, "bindings")), 20, "the binding on disk")
    victim = node.child("weir-sip")
    os.kill(victim, signal.SIGKILL)
    wait_until(lambda: "1 bindings" in node.execute_if_up(words), 30, "the successor with the binding")
    call = Dialog.calling(other, "101")
    other.node = registrar
    other.request("INVITE", call, 1, sdp(other.address, [30000]))
    desk.respond(desk.expect("INVITE"), 486)
    check(other.expect_final().status == 486, "the call to the telephone must reach it")
    check("bindings_not_read" not in node.log("weir-sip"), "a first start without a file is no reason to complain")
    node.stop()


if __name__ == "__main__":
    kamailio.skip_without()
    functional.run(registers_at_kamailio, wrong_password, endpoint_behind_us)

#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""SIP over TLS with programs that are not ours: openssl's client against the listener, baresip on both sides of a call."""

import json
import os
import shutil
import socket
import ssl
import subprocess
import threading

from harness import case as functional
from harness import certificates, recorder, sipp
from harness.baresip import Baresip
from harness.call import Call
from harness.case import check
from harness.node import Node
from harness.process import wait_until
from harness.user_agent import Dialog, Message, UserAgent, sdp, socket_in

TORTURE = os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "conformance", "rfc4475", "data")

TLS = """\
sip-ua
 transport tcp tls v1.2 minimum
 crypto signaling default trustpoint SBC
!
end
"""


class TlsNode(Node):
    """A node with a certificate, whose callee is reached over TLS."""

    def __init__(self, case):
        super().__init__(case)
        self.pki = os.path.join(self.folder, "pki")
        self.authority = certificates.Authority(os.path.join(case.folder, "authority"), "ca")
        os.makedirs(self.pki)
        shutil.copy(self.authority.certificate, os.path.join(self.pki, "ca.pem"))
        self.renew("first.sbc.test")

    def renew(self, name):
        """A certificate with this name, as an operator would put it there."""
        addresses = {self._case.network.sbc_address(party) for party in self._case.network.parties}
        names = ",".join([f"DNS:{name}", *(f"IP:{address}" for address in sorted(addresses))])
        pem, key = self.authority.sign("SBC", names)
        shutil.copy(key, os.path.join(self.pki, "SBC.key"))
        shutil.copy(pem, os.path.join(self.pki, "SBC.pem"))

    def _configuration(self, recorder_transport):
        callee = self._case.network.uri_host(self._case.network.address("callee"))
        return (super()._configuration(recorder_transport)
                .replace(f" session target ipv4:{callee}:5060\n",
                         f" session target ipv4:{callee}:5061\n session transport tcp tls\n")
                .replace("end\n", TLS))


def client(case, *arguments):
    """What `openssl s_client` says of one handshake from the caller."""
    return subprocess.run(["ip", "netns", "exec", case.network.namespace("caller"), "openssl", "s_client", "-connect",
                           f"{case.network.sbc_address('caller')}:5061", *arguments],
                          input="\r\n\r\n", capture_output=True, text=True, timeout=30, check=False)


def handshakes(case):
    """Mutual, or not at all; old versions refused; a new certificate without a restart."""
    node = TlsNode(case)
    node.start()
    pem, key = node.authority.sign("caller", "DNS:caller.test")
    stranger = certificates.Authority(os.path.join(case.folder, "stranger"), "stranger")
    strange_pem, strange_key = stranger.sign("caller", "DNS:caller.test")
    trusting = ("-CAfile", node.authority.certificate, "-verify_return_error")

    def established():
        return node.metric("weir_signaling_tls_established_total")

    good = client(case, "-cert", pem, "-key", key, "-showcerts", *trusting)
    check("Verify return code: 0 (ok)" in good.stdout, f"the handshake failed:\n{good.stdout}{good.stderr}")
    wait_until(lambda: established() == 1, 10, "the connection to be counted")
    client(case, *trusting)
    client(case, "-cert", strange_pem, "-key", strange_key, *trusting)
    client(case, "-cert", pem, "-key", key, "-tls1_1", "-cipher", "DEFAULT:@SECLEVEL=0", *trusting)
    wait_until(lambda: node.metric("weir_signaling_tls_failed_total") == 3, 10,
               "no certificate, a strange one and TLS 1.1 to be refused")
    check(established() == 1, "a connection was established that should have been refused")

    torture(case, pem, key, node.authority.certificate)
    node.renew("second.sbc.test")
    wait_until(lambda: "DNS:second.sbc.test" in names_shown(case, pem, key, trusting), 20, "the new certificate")
    node.stop()


def torture(case, pem, key, authority):
    """The messages of RFC 4475 over TLS: the one that names it has its outcome, also when all the others have been there."""
    context = ssl.create_default_context(cafile=authority)
    context.check_hostname = False
    context.load_cert_chain(pem, key)

    def connection():
        plain = socket_in(case.network.namespace("caller"), socket.AF_INET, socket.SOCK_STREAM)
        plain.settimeout(20)
        plain.connect((case.network.sbc_address("caller"), 5061))
        return context.wrap_socket(plain)

    def outcome_of_bext01():
        with connection() as peer:
            with open(os.path.join(TORTURE, "bext01.dat"), "rb") as file:
                peer.sendall(file.read())
            return peer.recv(65536)

    check(outcome_of_bext01().startswith(b"SIP/2.0 420"), "bext01 is not answered with 420")
    for name in sorted(os.listdir(TORTURE)):
        with connection() as peer, open(os.path.join(TORTURE, name), "rb") as file:
            peer.sendall(file.read().replace(b"SIP/2.0/UDP", b"SIP/2.0/TLS").replace(b"SIP/2.0/TCP", b"SIP/2.0/TLS"))
    check(outcome_of_bext01().startswith(b"SIP/2.0 420"), "bext01 is not answered after the others")


class TlsPhone:
    """A telephone that speaks SIP over one TLS connection, message by message."""

    def __init__(self, case, node, party):
        self.address, self.node = case.network.address(party), case.network.sbc_address(party)
        pem, key = node.authority.sign("phone", "DNS:phone.test")
        context = ssl.create_default_context(cafile=node.authority.certificate)
        context.check_hostname = False
        context.load_cert_chain(pem, key)
        plain = socket_in(case.network.namespace(party), socket.AF_INET, socket.SOCK_STREAM)
        plain.settimeout(20)
        plain.connect((self.node, 5061))
        self._stream = context.wrap_socket(plain)
        case.on_close(self._stream.close)

    def send(self, start, *headers):
        """A message without a body."""
        self._stream.sendall("\r\n".join([start, *headers, "Content-Length: 0", "", ""]).encode())

    def request(self, method):
        """One outside of a dialog."""
        address = f"<sip:100@{self.node}>"
        self.send(f"{method} sip:{self.node} SIP/2.0", f"Via: SIP/2.0/TLS {self.address};branch=z9hG4bK{method}",
                  f"From: {address};tag=phone", f"To: {address}", f"Call-ID: {method}@{self.address}",
                  f"CSeq: 1 {method}", "Max-Forwards: 70", "Expires: 120",
                  f"Contact: <sip:100@{self.address};transport=tls>")

    def read(self):
        """What comes next; "" when the node has closed the connection."""
        return self._stream.recv(65536).decode()


def stranger_registers(case):
    """From an address that is on no list: nothing but a REGISTER that is passed on gets an answer; the registrar's call
    comes back by that connection. Without pass-through it is closed before the handshake."""
    node = TlsNode(case)
    node.start()
    registrar = UserAgent(case, "callee", 5060)
    # The recorder's address is trusted as a target: with another target it is a stranger's.
    node.execute_all(["configure terminal", "dial-peer voice 9001 voip", "session target ipv4:192.0.2.77", "end"])
    try:
        check(TlsPhone(case, node, "recorder").read() == "", "a stranger gets an answer")
    except OSError:
        pass  # closed in the middle of the handshake
    node.execute_all(["configure terminal", "sip-ua", f"registrar 1 ipv4:{registrar.address}", "exit",
                      "voice service voip", "sip", "registrar server", "registration passthrough", "end"])
    asking = TlsPhone(case, node, "recorder")
    asking.request("OPTIONS")
    check(asking.read() == "", "a stranger that does not register gets an answer")

    phone = TlsPhone(case, node, "recorder")
    phone.request("REGISTER")
    asked = registrar.expect("REGISTER")
    contact = asked.header("Contact")
    registrar.send("\r\n".join(["SIP/2.0 200 OK", *(f"{name}: {asked.header(name)}" for name in ("Via", "From", "Call-ID", "CSeq")),
                                f"To: {asked.header('To')};tag=registrar", f"Contact: {contact};expires=120",
                                "Content-Length: 0", "", ""]))
    answer = phone.read()
    check(answer.startswith("SIP/2.0 200"), f"the REGISTER is answered with {answer}")
    call = Dialog(contact[contact.index("<") + 1:contact.index(">")], f"<sip:200@{registrar.address}>;tag=caller",
                  contact, f"call@{registrar.address}")
    registrar.request("INVITE", call, 1, sdp(registrar.address, [30000]))
    invite = phone.read()
    check(invite.startswith(f"INVITE sip:100@{phone.address};transport=tls "), f"the phone is sent {invite}")

    [row] = json.loads(node.execute("show sip-ua connections tcp tls detail | json"))["connections"]
    check(row["remote"].startswith(f"{phone.address}:") and row["tls"].startswith("TLSv1.3 "), f"{row}")
    node.execute(f"clear sip-ua tcp tls connection id {row['id']}")
    check(phone.read() == "", "an operator's clear must close the connection")
    registrar.close()
    node.stop()


def names_shown(case, pem, key, trusting):
    shown = client(case, "-cert", pem, "-key", key, *trusting).stdout
    return subprocess.run(["openssl", "x509", "-noout", "-ext", "subjectAltName"], input=shown, capture_output=True,
                          text=True, timeout=30, check=False).stdout


def missing_certificate(case):
    """The node starts, says which file is missing, and listens when it is there."""
    node = TlsNode(case)
    os.remove(os.path.join(node.pki, "SBC.pem"))
    node.start()
    check("SBC.pem" in node.log("weir-sip") and "tls.listener_down" in node.log("weir-sip"),
          f"the log does not name the file:\n{node.log('weir-sip')}")
    node.renew("late.sbc.test")
    wait_until(lambda: "tls.listening" in node.log("weir-sip"), 20, "the listener to open")
    node.stop()


def endpoints_over_tls(case):
    """baresip calls baresip through the node; the certificate changes under the call, which goes on."""
    node = TlsNode(case)
    recorder.start(case)
    node.start()
    parties = {}
    for party, number, port in (("callee", 2000, 31000), ("caller", 1000, 30000)):
        address = case.network.address(party)
        pem, key = node.authority.sign(party, f"DNS:{party}.test,IP:{address}")
        both = os.path.join(case.folder, f"{party}-both.pem")
        with open(both, "w", encoding="utf-8") as file:
            for path in (key, pem):
                with open(path, encoding="utf-8") as part:
                    file.write(part.read())
        parties[party] = Baresip(case, party, number, port, certificate=both, authority=node.authority.certificate)
    captures = {party: case.capture(party) for party in parties}
    sbc = case.network.sbc_address("caller")
    parties["caller"].command("dial", f"sip:2000@{sbc}:5061;transport=tls")

    def heard(party):
        address = case.network.address(party)
        return sum(1 for udp in captures[party].so_far() if udp.target[0] == address)

    def more_of_both():
        before = {party: heard(party) for party in parties}
        wait_until(lambda: all(heard(party) >= before[party] + 50 for party in parties), 20, "both voices")

    more_of_both()
    node.renew("second.sbc.test")
    wait_until(lambda: node.metric("weir_signaling_tls_reloads_total") >= 1, 20, "the certificate to be read again")
    more_of_both()
    check(node.metric("weir_signaling_tls_connections") >= 2, "the connections of the call are gone")
    parties["caller"].command("hangup")
    cdr = node.wait_for_cdr()
    check(cdr["cause"] == 16, f"the CDR tells of another end: {cdr}")
    signalling = [udp for party in parties for udp in captures[party].so_far() if 5060 in (udp.source[1], udp.target[1])]
    check(not signalling, "some of the signalling went over UDP")
    node.stop()


class RecordedOverTls(TlsNode):
    """A node whose recorder is reached over TLS, and must show a certificate with its address."""

    def _configuration(self, recorder_transport):
        at = f" session target ipv4:{self._case.network.address('recorder')}:"
        return (Node._configuration(self, recorder_transport)
                .replace(f"{at}5060\n session transport {recorder_transport}\n",
                         f"{at}5061\n session transport tcp tls\n")
                .replace("end\n", TLS.replace("trustpoint SBC", "trustpoint SBC cn-san-validate server")))


class TlsRecorder(threading.Thread):
    """A recorder that takes one call over TLS, from whoever shows a certificate of the authority."""

    def __init__(self, case, authority):
        super().__init__(daemon=True)
        self._address = case.network.address("recorder")
        pem, key = authority.sign("recorder", f"IP:{self._address}")
        self._context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH, cafile=authority.certificate)
        self._context.verify_mode = ssl.CERT_REQUIRED
        self._context.load_cert_chain(pem, key)
        self._listener = socket_in(case.network.namespace("recorder"), socket.AF_INET, socket.SOCK_STREAM)
        self._listener.bind((self._address, 5061))
        self._listener.listen(1)
        self._listener.settimeout(60)
        case.on_close(self._listener.close)
        self.requests = []
        self.start()

    def run(self):
        plain, _ = self._listener.accept()
        plain.settimeout(60)
        with self._context.wrap_socket(plain, server_side=True) as peer:
            stream = peer.makefile("rb")
            while not self.requests or self.requests[-1].method != "BYE":
                head = b""
                while not head.endswith(b"\r\n\r\n"):
                    head += stream.readline()
                request = Message(head.decode())
                stream.read(int(request.header("Content-Length") or 0))
                self.requests.append(request)
                if request.method != "ACK":
                    peer.sendall(self._answer(request).encode())

    def _answer(self, request):
        first = sipp.RTP_PORTS["recorder"]
        body = sdp(self._address, [first, first + 2], "recvonly") if request.method == "INVITE" else ""
        to = request.header("To")
        lines = ["SIP/2.0 200 OK", *(f"Via: {via}" for via in request.all("Via")), f"From: {request.header('From')}",
                 f"To: {to if ';tag=' in to else to + ';tag=rec'}", f"Call-ID: {request.header('Call-ID')}",
                 f"CSeq: {request.header('CSeq')}", f"Contact: <sip:9001@{self._address}:5061;transport=tls>",
                 "Content-Type: application/sdp", f"Content-Length: {len(body)}", "", body]
        return "\r\n".join(lines)


def recorder_over_tls(case):
    """INVITE, ACK and BYE of a recording over one mutual connection; the packets as ever."""
    node = RecordedOverTls(case)
    recorder_side = TlsRecorder(case, node.authority)
    node.start()
    call = Call(case, ("caller", "callee", "recorder"))
    call.start(seconds=2)
    call.wait()
    recorder_side.join(30)
    check([each.method for each in recorder_side.requests] == ["INVITE", "ACK", "BYE"],
          f"the recorder got {[str(each) for each in recorder_side.requests]}")
    check(recorder_side.requests[0].start.endswith(":5061;transport=tls SIP/2.0"), recorder_side.requests[0].start)
    check("SIP/2.0/TLS" in recorder_side.requests[0].header("Via"), "the Via names another transport")
    node.wait_for_ledger("unconfirmed")
    call.finish_captures()
    call.check_forks()
    node.stop()


if __name__ == "__main__":
    functional.run(handshakes, missing_certificate, endpoints_over_tls, stranger_registers, recorder_over_tls)

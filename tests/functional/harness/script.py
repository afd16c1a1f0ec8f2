# SPDX-License-Identifier: Apache-2.0
"""SIPp scenarios put together step by step: one call, of which each party's part is written in the test."""

import os

SDP = """
v=0
o={party} 1 1 IN IP[media_ip_type] [media_ip]
s=-
c=IN IP[media_ip_type] [media_ip]
t=0 0
m=audio [media_port] RTP/AVP 0 101
a=rtpmap:0 PCMU/8000
a=rtpmap:101 telephone-event/8000
a=fmtp:101 0-16
a=sendrecv
"""


def _message(lines, sdp=None):
    """The text of a message; `sdp` is the party that describes itself, or None."""
    body = SDP.format(party=sdp) if sdp else "\n"
    kind = ["Content-Type: application/sdp"] if sdp else []
    return "<![CDATA[\n" + "\n".join([*lines, *kind, "Content-Length: [len]"]) + "\n" + body + "\n]]>"


def send(lines, sdp=None, options=""):
    return f"<send {options}>{_message(lines, sdp)}</send>"


def pause(milliseconds):
    return f'<pause milliseconds="{milliseconds}"/>'


def write(case, name, steps):
    path = os.path.join(case.folder, f"{name}.xml")
    with open(path, "w", encoding="utf-8") as file:
        file.write(f'<?xml version="1.0" encoding="UTF-8"?>\n<scenario name="{name}">\n' + "\n".join(steps) +
                   "\n</scenario>\n")
    return path


class Callee:
    """Steps of the called party. What it answers to the INVITE is kept: other requests come in between."""

    _KEEP = ('<recv request="INVITE"><action>'
             '<ereg regexp=".*" search_in="hdr" header="Via:" assign_to="via"/>'
             '<ereg regexp=".*" search_in="hdr" header="CSeq:" assign_to="cseq"/>'
             '<ereg regexp=".*" search_in="hdr" header="To:" assign_to="to"/>'
             '</action></recv>')

    def __init__(self):
        self.steps = [self._KEEP]

    def respond(self, status, sdp=False, rseq=None):
        """A response to the INVITE; with `rseq` a reliable one. A 2xx is repeated until its ACK."""
        reliable = ["Require: 100rel", f"RSeq: {rseq}"] if rseq else []
        lines = [f"SIP/2.0 {status} Whatever", "Via:[$via]", "[last_From:]", "To:[$to];tag=[pid]callee[call_number]",
                 "[last_Call-ID:]", "CSeq:[$cseq]", "Contact: <sip:2000@[local_ip]:[local_port]>",
                 "Allow: INVITE, ACK, CANCEL, BYE, UPDATE, PRACK", *reliable]
        self.steps.append(send(lines, "callee" if sdp else None, 'retrans="500"' if status >= 200 else ""))
        return self

    def expect(self, method):
        """A request inside the dialog; all but ACK are answered 200."""
        self.steps.append(f'<recv request="{method}"/>')
        if method != "ACK":
            self.steps.append(send(["SIP/2.0 200 OK", "[last_Via:]", "[last_From:]", "[last_To:]", "[last_Call-ID:]",
                                    "[last_CSeq:]"]))
        return self

    def refuse_cancelled(self):
        """The CANCEL, its 200, the 487 of the INVITE and the ACK of that."""
        self.expect("CANCEL")
        self.respond(487)
        return self.expect("ACK")

    def pause(self, milliseconds):
        self.steps.append(pause(milliseconds))
        return self

    def write(self, case):
        return write(case, "callee", self.steps)


class Caller:
    """Steps of the calling party."""

    def __init__(self, *headers, sdp=True):
        self.steps = []
        self._cseq = 0
        self._request("INVITE", "sip:[service]@[remote_ip]:[remote_port]", [
            "Contact: <sip:1000@[local_ip]:[local_port]>", "Allow: INVITE, ACK, CANCEL, BYE, UPDATE, PRACK", *headers],
            "caller" if sdp else None, 'retrans="500"')
        self.steps.append('<recv response="100" optional="true"/>')

    def _request(self, method, uri, headers=(), sdp=None, options="", cseq=None):
        if cseq is None:
            self._cseq += 1
        tag = "" if method == "INVITE" else "[peer_tag_param]"
        self.steps.append(send([
            f"{method} {uri} SIP/2.0", "Via: SIP/2.0/[transport] [local_ip]:[local_port];branch=[branch]",
            "From: <sip:1000@[local_ip]:[local_port]>;tag=[pid]caller[call_number]",
            f"To: <sip:[service]@[remote_ip]:[remote_port]>{tag}", "Call-ID: [call_id]",
            f"CSeq: {cseq or self._cseq} {method}", "Max-Forwards: 70", *headers], sdp, options))

    def expect(self, status, reliable=False):
        """A response; of a reliable one the RSeq is kept for prack()."""
        keep = ('<action><ereg regexp="[0-9]+" search_in="hdr" header="RSeq:" check_it="true" assign_to="rseq"/>'
                '</action>' if reliable else "")
        learn = ' rrs="true"' if status < 300 else ""
        self.steps.append(f'<recv response="{status}"{learn}>{keep}</recv>')
        return self

    def prack(self):
        self._request("PRACK", "[next_url]", ["RAck: [$rseq] 1 INVITE"], options='retrans="500"')
        return self.expect(200)

    def ack(self):
        self._request("ACK", "[next_url]", cseq=1)
        return self

    def ack_failure(self):
        """SIPp does not acknowledge failures by itself: the branch is the INVITE's."""
        self.steps.append(send([
            "ACK sip:[service]@[remote_ip]:[remote_port] SIP/2.0", "[last_Via:]", "[last_From:]", "[last_To:]",
            "[last_Call-ID:]", "CSeq: 1 ACK", "Max-Forwards: 70"]))
        return self

    def bye(self):
        self._request("BYE", "[next_url]", options='retrans="500"')
        return self.expect(200)

    def pause(self, milliseconds):
        self.steps.append(pause(milliseconds))
        return self

    def write(self, case):
        return write(case, "caller", self.steps)

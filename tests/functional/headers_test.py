#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""SIP profiles, copy lists, identity and causes on the wire, with SIPp as both parties (spec D, B.8, B.10, E.8)."""

import re

from harness import case as functional
from harness.case import check
from harness.node import Node
from harness.sipp import SCENARIOS, Sipp
from harness.user_agent import Message

CONFIGURATION = """\
hostname functional
!
voice service voip
 ip address trusted list
  ipv4 {caller} 255.255.255.255
 mode border-element
 allow-connections sip to sip
 media bulk-stats
 media stats-disconnect
 sip
  sip-profiles inbound
  sip-profiles 60
  pass-thru headers 65
  pass-thru content custom-sdp
!
voice class sip-hdr-passthrulist 65
 passthru-hdr X-Trace-Id
 passthru-hdr P-Early-Media
!
voice class sip-copylist 61
 sip-header From
 sip-header P-Asserted-Identity
!
voice class sip-profiles 60
 request ANY sip-header User-Agent modify ".*" "User-Agent: edge/1.0"
 response ANY sip-header Server modify ".*" "Server: edge/1.0"
 response 180 method INVITE sip-header SIP-StatusLine modify "180 Ringing" "183 Session Progress"
!
voice class sip-profiles 61
 request INVITE sip-header SIP-Req-URI modify "sip:\\+(.*)@.*;user=phone" "sip:+\\1@{sbc}"
!
voice class sip-profiles 62
 rule 10 request INVITE sip-header Diversion modify "<sip:(.*)@.*>" "<sip:\\1@198.51.100.2>"
 rule 20 request ANY sip-header Allow-Header modify ", UPDATE" ""
 rule 30 request INVITE sip-header X-Tenant add "X-Tenant: gold"
 rule 40 request REINVITE sip-header X-Mid add "X-Mid: 1"
 rule 60 request INVITE peer-header sip P-Asserted-Identity copy "<sip:(.*)@" u01
 rule 70 request INVITE sip-header X-Orig-User add "X-Orig-User: \\u01"
 rule 90 request ANY sdp-header Audio-Attribute modify "a=inactive" "a=sendrecv"
 rule 100 request INVITE sdp-header mline-index 1 a=fmtp:101 modify "0-16" "0-15"
 rule 110 request ANY sdp-header Session-Owner modify "o=[^ ]+" "o=edge"
 rule 120 request INVITE sip-header Remote-Party-ID remove
!
voice class sip-profiles 63
 request INVITE sip-header X-Tenant add "X-Tenant: {long}"
!
{interfaces}dial-peer voice 610 voip
 session protocol sipv2
 incoming called-number .T
 voice-class sip profiles 61 inbound
 voice-class sip copy-list 61
 codec g711ulaw
 dtmf-relay rtp-nte
 no vad
!
dial-peer voice 620 voip
 destination-pattern +T
 session protocol sipv2
 session target ipv4:{callee}
 voice-class sip profiles {profile}
 codec g711ulaw
 dtmf-relay rtp-nte
 no vad
!
end
"""

EXTRA = """Diversion: <sip:5500@192.0.2.9>;reason=unconditional
P-Asserted-Identity: <sip:5550@pbx.example>
X-Trace-Id: t-1
X-Secret: s-1
"""


def configure(case, node, profile):
    """The node with the profiles of this test in the place of its usual configuration."""
    with open(node.config, encoding="utf-8") as file:
        interfaces = "".join(re.findall(r"^interface .*?^!\n", file.read(), re.MULTILINE | re.DOTALL))
    text = CONFIGURATION.format(caller=case.network.address("caller"), sbc=case.network.sbc_address("caller"),
                                callee=case.network.address("callee"), profile=profile, interfaces=interfaces,
                                long="x" * 300)
    with open(node.config, "w", encoding="utf-8") as file:
        file.write(text)


def scenario(case, name, *changes):
    """A scenario of the harness without its media, with texts replaced."""
    with open(f"{SCENARIOS}/{name}.xml", encoding="utf-8") as file:
        text = re.sub(r".*play_pcap_audio.*\n", "", file.read())
    for word in ("TALK", "HOLD"):
        text = text.replace(f"@{word}@", "100")
    for old, new in changes:
        check(old in text, f"{name} has no '{old}'")
        text = text.replace(old, new, 1)
    path = f"{case.folder}/{name}-changed.xml"
    with open(path, "w", encoding="utf-8") as file:
        file.write(text)
    return path


def received(sipp, begin):
    """The messages that this SIPp got, by the beginning of their first line."""
    blocks = re.split(r"^-{20,}.*$", sipp.messages(), flags=re.MULTILINE)
    found = []
    for block in blocks:
        head, _, text = block.strip("\n").partition("\n\n")
        if "message received" in head and text.startswith(begin):
            found.append(Message(text.rstrip("\n").replace("\n", "\r\n")))
    return found


def place(case, caller_changes=(), callee_changes=(), kind=""):
    callee = Sipp(case, "callee", scenario(case, f"callee{kind}", *callee_changes))
    caller = Sipp(case, "caller", scenario(case, f"caller{kind}", *caller_changes), ["-s", "+4420"],
                  f"{case.network.sbc_address('caller')}:5060")
    return caller, callee


def profiles_of_a_provider(case):
    """The rules of configs/06: outbound, inbound before the lookup, re-INVITE, SDP, copied and passed headers."""
    node = Node(case)
    configure(case, node, 62)
    node.start()
    caller, callee = place(case, [("INVITE sip:[service]@[remote_ip]:[remote_port] SIP/2.0",
                                   "INVITE sip:[service]@anything;user=phone SIP/2.0"),
                                  ("Max-Forwards: 70\n", "Max-Forwards: 70\n" + EXTRA)], kind="_hold")
    caller.wait()
    callee.wait()
    invites = received(callee, "INVITE ")
    check(len(invites) >= 2, f"the callee got {len(invites)} INVITEs")
    first, later = invites[0], invites[1]
    wanted = {"Diversion": "<sip:5500@198.51.100.2>;reason=unconditional", "X-Tenant": "gold", "X-Orig-User": "5550",
              "X-Trace-Id": "t-1", "X-Secret": "", "X-Mid": "", "Remote-Party-ID": ""}
    for name, value in wanted.items():
        check(first.header(name) == value, f"{name}: '{first.header(name)}' is not '{value}'")
    # The profile of the peer has taken the place of the global one (spec D.3).
    check(first.header("User-Agent") != "edge/1.0", "the global profile was applied, too")
    check("sip:+4420@" in first.start, f"the request line is {first.start}")
    check("UPDATE" not in first.header("Allow"), f"Allow: {first.header('Allow')}")
    check("a=fmtp:101 0-15" in first.body and re.search(r"^o=edge \d+ \d+ IN IP4", first.body, re.MULTILINE),
          f"the description is\n{first.body}")
    check(later.header("X-Mid") == "1" and later.header("X-Tenant") == "", f"the re-INVITE has {later.headers}")
    check("a=inactive" not in later.body, f"the description of the re-INVITE is\n{later.body}")
    for message in (first, later):
        length = len(message.body.encode())
        check(abs(int(message.header("Content-Length")) - length) <= 2, f"Content-Length of {length} bytes: {message}")
    # The caller hears 183 in the place of 180, and the global profile in what we answer.
    check(received(caller, "SIP/2.0 183") and not received(caller, "SIP/2.0 180"), "the status line is as it was")
    check(received(caller, "SIP/2.0 200")[0].header("Server") == "edge/1.0", "Server is as it was")
    for message in received(caller, "SIP/2.0 200") + invites:
        check(re.fullmatch(r"[0-9a-f]{32};remote=[0-9a-f]{32}", message.header("Session-ID")),
              f"Session-ID: {message.header('Session-ID')} in {message}")
    # Each leg's figures, in our BYE and in the 200 to the caller's (spec E.10); nobody talked.
    figures = r"PS=0,OS=0,PR=0,OR=0,PL=0,JI=0,LA=0,DU=\d+"
    for message in received(callee, "BYE ")[:1] + received(caller, "SIP/2.0 200")[-1:]:
        check(re.fullmatch(figures, message.header("P-RTP-Stat")), f"'{message.header('P-RTP-Stat')}' in {message}")
    check(re.search(r"^17 +486 +486$", node.execute("show sip-ua map pstn-sip"), re.MULTILINE), "no map of causes")
    check(re.search(r"^480 +18 +18$", node.execute("show sip-ua map sip-pstn"), re.MULTILINE), "no map of statuses")
    node.stop()


def a_profile_beyond_its_limits(case):
    """A value of more than 300 characters: the profile is not applied to that message, and the call goes through."""
    node = Node(case)
    configure(case, node, 63)
    node.start()
    caller, callee = place(case)
    caller.wait()
    callee.wait()
    invite = received(callee, "INVITE ")[0]
    check(invite.header("X-Tenant") == "", "the profile was applied")
    check(invite.header("Remote-Party-ID") != "", "the message is not as it was")
    node.stop()


if __name__ == "__main__":
    functional.run(profiles_of_a_provider, a_profile_beyond_its_limits)

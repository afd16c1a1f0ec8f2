#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""A TDM gateway whose calls are fed back to ourselves to be recorded (spec G): one recording, one media session."""

import json

from harness import case as functional
from harness import recorder, sipp
from harness.call import Call
from harness.case import check
from harness.node import Node
from harness.process import wait_until

# The marks of shared configuration 05: 7788 goes on in the first pass and off before the number leaves us.
LOOP = """\
voice translation-rule 51
 rule 1 /^/ /7788/
!
voice translation-rule 52
 rule 1 /^7788/ //
!
voice translation-profile MARK
 translate called 51
!
voice translation-profile UNMARK
 translate called 52
!
voice class uri PBX sip
 host ipv4:{callee}
!
voice class dpg 56
 dial-peer 560
!
voice-port 0/1/0:15
 signal sip target ipv4:{caller}
!
dial-peer voice 500 pots
 description the gateway calls
 incoming called-number 2...$
 port 0/1/0:15
!
dial-peer voice 510 voip
 description its first pass
 translation-profile outgoing MARK
 huntstop
 destination-pattern 2...$
 session protocol sipv2
 session target ipv4:{self}
 voice-class codec 1
 dtmf-relay rtp-nte
!
dial-peer voice 520 voip
 description its second pass
 session protocol sipv2
 incoming called-number 77882...$
 media-class 1
 voice-class codec 1
 dtmf-relay rtp-nte
!
dial-peer voice 530 voip
 translation-profile outgoing UNMARK
 huntstop
 destination-pattern 77882...$
 session protocol sipv2
 session target ipv4:{callee}
 voice-class codec 1
 dtmf-relay rtp-nte
!
dial-peer voice 540 voip
 description the PBX calls
 session protocol sipv2
 incoming uri via PBX
 voice-class codec 1
 dtmf-relay rtp-nte
!
dial-peer voice 550 voip
 translation-profile outgoing MARK
 huntstop
 destination-pattern 0T
 session protocol sipv2
 session target ipv4:{self}
 voice-class codec 1
 dtmf-relay rtp-nte
!
dial-peer voice 521 voip
 translation-profile incoming UNMARK
 session protocol sipv2
 incoming called-number 77880T
 destination dpg 56
 media-class 1
 voice-class codec 1
 dtmf-relay rtp-nte
!
dial-peer voice 560 pots
 destination-pattern AAAA
 no digit-strip
 port 0/1/0:15
!
"""


def looping_node(case):
    """A node whose ordinary route to the callee is the loop."""
    node = Node(case)
    network = case.network
    with open(node.config, encoding="utf-8") as file:
        text = file.read()
    ordinary, recorders = text.index("dial-peer voice 100 voip"), text.index("dial-peer voice 9001")
    loop = LOOP.format(caller=network.address("caller"), callee=network.address("callee"),
                       self=network.sbc_address("caller"))
    with open(node.config, "w", encoding="utf-8") as file:
        file.write(text[:ordinary] + loop + text[recorders:])
    node.start()
    return node


def records(node, count):
    """The CDRs by inbound dial-peer."""
    lines = wait_until(lambda: node.cdr_lines() if len(node.cdr_lines()) >= count else None, 20, f"{count} CDRs")
    check(len(lines) == count, f"{count} CDRs were expected, found {len(lines)}")
    return {cdr["caller"]["dial_peer"]: cdr for cdr in map(json.loads, lines)}


def check_passes(first, second):
    """What G.4 says of the records: one GUID; the packets stand at the pass that has the session."""
    check(first["guid"] == second["guid"], "the two passes have two GUIDs")
    check(first.get("shares_media") and not first["media"], f"the first pass has media of its own: {first['media']}")
    check(len(second["recordings"]) == 1 and not first["recordings"], "not one recording, at the second pass")
    verdict = second["recordings"][0]["verdict"]
    check(verdict == "proven", f"the recording is {verdict}")


def tdm_loop(case):
    """Both directions: media whole, the ports of one call, one recording, and nothing left."""
    node = looping_node(case)
    recordings = recorder.start(case)
    call = Call(case)
    call.start(2)
    # What the gateway was told is where one session listens: RTP and RTCP on two sides.
    call.media_port("caller")
    check(node.metric("weir_signaling_calls_active") == 2, "the loop counts as two calls")
    wait_until(lambda: node.metric("weir_dataplane_sessions") == 1, 10, "one media session for both passes")
    ports = node.metric("weir_dataplane_ports_in_use")
    check(ports == 4, f"the loop has {ports} ports instead of the four of one call")
    call.wait()
    cdrs = records(node, 2)
    check_passes(cdrs[500], cdrs[520])
    call.finish_captures()
    call.check_relay()
    recorder.check_tracks(recordings, call, node.execute("show recording ledger"))
    # The PBX calls through the gateway; the gateway hangs up.
    gateway = sipp.Sipp(case, "caller", sipp.scenario_file(case, "callee", {"STREAM": None}))
    sbc = case.network.uri_host(case.network.sbc_address("callee"))
    pbx = sipp.Sipp(case, "callee", sipp.scenario_file(case, "caller", {"STREAM": None, "TALK": 200}),
                    ["-s", "01234"], f"{sbc}:5060")
    for party in (pbx, gateway):
        party.wait()
    cdrs = records(node, 4)
    check("INVITE sip:01234@" in gateway.messages(), "the gateway was not called without the mark")
    check(cdrs[540].get("shares_media") and cdrs[521]["guid"] == cdrs[540]["guid"], "the way out is no loop")
    check(cdrs[521]["callee"]["dial_peer"] == 560, f"the second pass left by {cdrs[521]['callee']}")
    wait_until(lambda: node.metric("weir_dataplane_sessions") == 0, 20, "the end of every session")
    opened = node.metric("weir_dataplane_sessions_opened_total")
    check(opened == 2, f"two calls through the loop opened {opened} sessions")
    node.stop()


if __name__ == "__main__":
    functional.run(tdm_loop)

# SPDX-License-Identifier: Apache-2.0
"""The configuration of commit_under_calls.py, the numbers that its calls go to, and what its SIPp parties say."""

PATTERN_PAIRS = 4900  # an inbound and an outbound dial-peer for each block of a hundred numbers 9NNNNxx
MAP_PAIRS = 100  # the same for the numbers 8NNNxxxx, whose outbound dial-peer asks a map
MAP_ENTRIES = 500
PEERS = 2 * (PATTERN_PAIRS + MAP_PAIRS)
ENTRIES = MAP_PAIRS * MAP_ENTRIES
CALLEE_EVERY = 10  # so many of the pattern peers go to the callee; each of the others has an address of its own
INBOUND, OUTBOUND = 10000, 20000  # first tags
CHANGED_PEER = OUTBOUND  # carries calls

HEAD = """\
hostname bench
!
voice service voip
 ip address trusted list
  ipv4 10.81.0.0 255.255.0.0
 mode border-element
 allow-connections sip to sip
 rtp-port range 8000 27998
!
voice class codec 1
 codec preference 1 g711ulaw
!
"""

PAIR = """\
dial-peer voice {inbound} voip
 session protocol sipv2
 incoming called-number {prefix}
 voice-class codec 1
 no vad
!
dial-peer voice {outbound} voip
 {destination}
 session protocol sipv2
 session target ipv4:{target}
 voice-class codec 1
 no vad
!
"""


def map_number(number, entry):
    return f"8{number:03}{entry:04}"


def configuration(callee, port):
    """10,000 dial-peers and 50,000 e164 entries."""
    parts = [HEAD]
    for number in range(MAP_PAIRS):
        entries = "".join(f" e164 {map_number(number, entry)}$\n" for entry in range(MAP_ENTRIES))
        parts.append(f"voice class e164-pattern-map {number + 1}\n{entries}!\n")
    for number in range(PATTERN_PAIRS):
        own = f"198.18.{number // 250}.{1 + number % 250}:5060"
        parts.append(PAIR.format(inbound=INBOUND + number, outbound=OUTBOUND + number, prefix=f"9{number:04}",
                                 destination=f"destination-pattern 9{number:04}..$",
                                 target=own if number % CALLEE_EVERY else f"{callee}:{port}"))
    for number in range(MAP_PAIRS):
        tag = PATTERN_PAIRS + number
        parts.append(PAIR.format(inbound=INBOUND + tag, outbound=OUTBOUND + tag, prefix=f"8{number:03}",
                                 destination=f"destination e164-pattern-map {number + 1}", target=f"{callee}:{port}"))
    return "".join(parts) + "end\n"


def called_numbers(count):
    """As many different numbers, one by a pattern, the next one by a map; each dial-peer in its turn."""
    numbers = []
    through_patterns = PATTERN_PAIRS // CALLEE_EVERY
    for call in range(count):
        turn = call // 2
        if call % 2 == 0:
            numbers.append(f"9{turn % through_patterns * CALLEE_EVERY:04}{turn // through_patterns:02}")
        else:
            numbers.append(map_number(turn % MAP_PAIRS, turn // MAP_PAIRS))
    assert len(set(numbers)) == count, "more calls than numbers"
    return numbers


SDP = """\
v=0
o=party 1 1 IN IP4 [local_ip]
s=-
c=IN IP4 [local_ip]
t=0 0
m=audio 30000 RTP/AVP 0
a=rtpmap:0 PCMU/8000
"""

REQUEST = """\
Via: SIP/2.0/[transport] [local_ip]:[local_port];branch=[branch]
From: <sip:1000@[local_ip]:[local_port]>;tag=[pid]caller[call_number]
To: <sip:[field0]@[remote_ip]:[remote_port]>{tag}
Call-ID: [call_id]
CSeq: {cseq}
Contact: <sip:1000@[local_ip]:[local_port]>
Max-Forwards: 70
"""

CALLER = f"""\
<?xml version="1.0" encoding="UTF-8"?>
<scenario name="caller">
  <send retrans="500"><![CDATA[
INVITE sip:[field0]@[remote_ip]:[remote_port] SIP/2.0
{REQUEST.format(tag="", cseq="1 INVITE")}Content-Type: application/sdp
Content-Length: [len]

{SDP}]]></send>
  <recv response="100" optional="true"/>
  <recv response="180" optional="true"/>
  <recv response="183" optional="true"/>
  <recv response="200" rrs="true"/>
  <send><![CDATA[
ACK [next_url] SIP/2.0
{REQUEST.format(tag="[peer_tag_param]", cseq="1 ACK")}[routes]
Content-Length: 0

]]></send>
  <pause milliseconds="2000"/>
  <send retrans="500"><![CDATA[
BYE [next_url] SIP/2.0
{REQUEST.format(tag="[peer_tag_param]", cseq="2 BYE")}[routes]
Content-Length: 0

]]></send>
  <recv response="200"/>
</scenario>
"""

ANSWER = """\
[last_Via:]
[last_From:]
[last_To:]{tag}
[last_Call-ID:]
[last_CSeq:]
Contact: <sip:callee@[local_ip]:[local_port]>
"""

CALLEE = f"""\
<?xml version="1.0" encoding="UTF-8"?>
<scenario name="callee">
  <recv request="INVITE" rrs="true"/>
  <send><![CDATA[
SIP/2.0 180 Ringing
{ANSWER.format(tag=";tag=[pid]callee[call_number]")}Content-Length: 0

]]></send>
  <pause milliseconds="200"/>
  <send retrans="500"><![CDATA[
SIP/2.0 200 OK
{ANSWER.format(tag=";tag=[pid]callee[call_number]")}Content-Type: application/sdp
Content-Length: [len]

{SDP}]]></send>
  <recv request="ACK"/>
  <recv request="BYE"/>
  <send><![CDATA[
SIP/2.0 200 OK
{ANSWER.format(tag="")}Content-Length: 0

]]></send>
</scenario>
"""

SIPP = {"caller": CALLER, "callee": CALLEE}

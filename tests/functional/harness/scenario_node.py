# SPDX-License-Identifier: Apache-2.0
"""A node whose configuration a test puts together: what every one has, and the dial-peers that are special."""

from .node import Node

CONFIGURATION = """\
hostname scenario
!
voice service voip
 ip address trusted list
  ipv4 {caller} 255.255.255.255
  ipv4 {callee} 255.255.255.255
 mode border-element
 allow-connections sip to sip
 rtp-port range {ports[0]} {ports[1]}
{service}!
voice class codec 1
 codec preference 1 g711ulaw
 codec preference 2 g711alaw
!
{sections}{interfaces}{peers}end
"""


def section(head, *lines):
    """A line and what stands below it."""
    return "".join([f"{head}\n", *(f" {line}\n" for line in lines), "!\n"])


def _peer(tag, *lines):
    return section(f"dial-peer voice {tag} voip", "session protocol sipv2", *lines, "voice-class codec 1",
                   "dtmf-relay rtp-nte", "no vad")


def from_caller(tag, number, *lines):
    """The dial-peer of calls to these numbers as they come in."""
    return _peer(tag, f"incoming called-number {number}", *lines)


def to_callee(tag, number, *lines, port=5060):
    """The dial-peer that sends calls to these numbers to the callee."""
    return _peer(tag, f"destination-pattern {number}", f"session target ipv4:{{callee}}:{port}", *lines)


class ScenarioNode(Node):
    """`peers` and `sections` are of the functions above, `service` has further lines of `voice service voip`. In all of
    them {caller}, {callee} and {recorder} are the parties' addresses."""

    def __init__(self, case, peers, sections=(), service=(), **options):
        self._texts = {"peers": "".join(peers), "sections": "".join(sections),
                       "service": "".join(f" {line}\n" for line in service)}
        super().__init__(case, **options)

    def _configuration(self, recorder_transport):
        network = self._case.network
        addresses = {party: network.address(party) for party in network.parties}
        interfaces = "".join(section(f"interface {party.capitalize()}",
                                     f"ip address {network.sbc_address(party)} 255.255.255.0")
                             for party in network.parties)
        return CONFIGURATION.format(interfaces=interfaces, ports=self._rtp_ports, **addresses,
                                    **{name: text.format(**addresses) for name, text in self._texts.items()})

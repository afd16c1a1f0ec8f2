# SPDX-License-Identifier: Apache-2.0
"""Network namespaces: one per party, each on its own link to the SBC, over IPv4 or IPv6."""

import os
import subprocess

PARTIES = ("caller", "callee", "recorder")


def ip(*words, check=True):
    return subprocess.run(("ip",) + words, check=check, capture_output=True, text=True)


def is_permitted():
    """Whether this process may make network namespaces."""
    if os.geteuid() != 0:
        return False
    name = f"weir{os.getpid()}probe"
    made = ip("netns", "add", name, check=False).returncode == 0
    ip("netns", "delete", name, check=False)
    return made


class Network:
    """The SBC in the middle: 10.77.N.1 on link N, the party has 10.77.N.2 and a route to nothing else.

    Of family 6 it is fd77:N::1 and fd77:N::2, and there is no IPv4 anywhere; of the parties in `six` alone, on their links.
    With `cable` the near ends of the links are in a namespace of that name and have no addresses: what joins them with
    the SBC's own devices is a program's business (harness/cable.py). `beside` names parties that are on another's link,
    in its namespace, with addresses of their own.
    """

    def __init__(self, family=4, parties=PARTIES, cable=False, six=(), beside=None):
        self.family = family
        self.has_cable = cable
        self._six = six
        self._beside = beside or {}
        self.parties = tuple(parties)
        self._namespaces = []

    def up(self):
        self._add("sbc")
        if self.has_cable:
            self._add("cable")
        for number, party in enumerate(self.parties, start=1):
            if party not in self._beside:
                self._add(party)
                self._link(party, number)
            else:
                self._add_addresses(party, number)

    def down(self):
        # A namespace takes its devices with it.
        for name in reversed(self._namespaces):
            ip("netns", "delete", name, check=False)
        self._namespaces = []

    def cut(self, party):
        """Takes the party off its link, like a cable that is pulled."""
        ip("-n", self.namespace(party), "link", "set", "eth0", "down")

    def unplug(self, party):
        """Removes the link of the party, both ends, as when a card is pulled."""
        ip("-n", self.namespace("cable" if self.has_cable else "sbc"), "link", "delete", self.sbc_device(party))

    def set_mtu(self, party, mtu):
        """Of both ends of the party's link."""
        ip("-n", self.namespace("cable" if self.has_cable else "sbc"), "link", "set", self.sbc_device(party), "mtu",
           str(mtu))
        ip("-n", self.namespace(party), "link", "set", "eth0", "mtu", str(mtu))

    def plug(self, party):
        """Brings it back with the same names and addresses."""
        self._link(party, self._number(party))

    def take_xdp_frames(self, party, takes=True):
        """Whether the party's end of its link takes what an XDP program sends: a veth does so with GRO alone."""
        subprocess.run(["ip", "netns", "exec", self.namespace(party), "ethtool", "-K", "eth0", "gro",
                        "on" if takes else "off"], check=True, capture_output=True)

    def namespace(self, party):
        return f"weir{os.getpid()}{self._beside.get(party, party)}"

    def address(self, party):
        """Of the party itself."""
        return self._host(self._number(party), 2)

    def sbc_address(self, party):
        """Of the SBC, as that party sees it."""
        return self._host(self._number(party), 1)

    def uri_host(self, address):
        """As it stands in a URI or before a port (RFC 3986 3.2.2)."""
        return f"[{address}]" if ":" in address else address

    def sbc_device(self, party):
        return f"to-{self._beside.get(party, party)}"

    def prefix_length(self):
        return 24 if self.family == 4 else 64

    def has_ipv6(self, party):
        return self.family == 6 or party in self._six

    def _host(self, number, host):
        return f"fd77:{number}::{host}" if self.has_ipv6(self.parties[number - 1]) else f"10.77.{number}.{host}"

    def _number(self, party):
        return self.parties.index(party) + 1

    def _add(self, party):
        name = self.namespace(party)
        ip("netns", "add", name)
        self._namespaces.append(name)
        ip("-n", name, "link", "set", "lo", "up")

    def _link(self, party, number):
        sbc, far = self.namespace("cable" if self.has_cable else "sbc"), self.namespace(party)
        near_device = self.sbc_device(party)
        ip("-n", sbc, "link", "add", near_device, "type", "veth", "peer", "name", "eth0", "netns", far)
        self._add_addresses(party, number)
        ip("-n", sbc, "link", "set", near_device, "up")
        ip("-n", far, "link", "set", "eth0", "up")

    def _add_addresses(self, party, number):
        # Nobody else can have the address: without detection of duplicates it is usable at once.
        prefix, options = (64, ["nodad"]) if self.has_ipv6(party) else (24, [])
        if not self.has_cable:
            ip("-n", self.namespace("sbc"), "address", "add", f"{self._host(number, 1)}/{prefix}", "dev",
               self.sbc_device(party), *options)
        ip("-n", self.namespace(party), "address", "add", f"{self._host(number, 2)}/{prefix}", "dev", "eth0", *options)

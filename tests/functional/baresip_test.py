#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Real endpoints: baresip calls baresip, holds, resumes and hangs up; everything said is relayed and proven."""

import shutil
import sys
import time

from harness import case as functional
from harness import recorder, rtp
from harness.baresip import Baresip
from harness.call import PARTIES
from harness.case import check
from harness.node import Node
from harness.process import wait_until

PACKETS = 100  # two seconds of each voice
SILENT_SECONDS = 1.0  # no stall of a busy machine lasts so long


def said_by(case, captured, party):
    """The audio that a party sent, captured at its interface; baresip chooses its port itself."""
    address = case.network.address(party)
    return rtp.packets_of([udp for udp in captured if udp.source[0] == address])


def heard_by(case, captured, party):
    address = case.network.address(party)
    return rtp.packets_of([udp for udp in captured if udp.target[0] == address])


class BaresipCall:
    """Two endpoints, the node between them, weir-recorder behind it, captures at the parties."""

    def __init__(self, case):
        self._case = case
        self.node = Node(case)
        self._recordings = recorder.start(case)
        self.node.start()
        self._captures = {party: case.capture(party) for party in PARTIES}
        self.callee = Baresip(case, "callee", 2000, 31000)
        self.caller = Baresip(case, "caller", 1000, 30000)
        self.caller.command("dial", f"sip:2000@{case.network.sbc_address('caller')}")
        self.wait_for_voices()

    def said_so_far(self, party):
        return len(said_by(self._case, self._captures[party].so_far(), party))

    def wait_for_voices(self):
        """PACKETS more from each side."""
        before = {party: self.said_so_far(party) for party in PARTIES}
        wait_until(lambda: all(self.said_so_far(party) >= before[party] + PACKETS for party in PARTIES), 20,
                   f"{PACKETS} packets of each voice")

    def wait_for_silence(self):
        """Until neither side has sent anything for a while, as on hold."""
        wait_until(lambda: all(self._is_silent(party) for party in PARTIES), 10, "both voices to stop")

    def finish(self):
        """The caller hangs up; relay and recording are checked byte for byte."""
        self.caller.command("hangup")
        ledger = self.node.wait_for_ledger("proven")
        captured = {party: capture.finish() for party, capture in self._captures.items()}
        said = {party: said_by(self._case, captured[party], party) for party in PARTIES}
        for sender, receiver in (PARTIES, PARTIES[::-1]):
            check([packet.payload for packet in said[sender]] ==
                  [packet.payload for packet in heard_by(self._case, captured[receiver], receiver)],
                  f"the {receiver} did not hear the {len(said[sender])} packets that the {sender} sent, in order")
            self._case.note(sender, sent=len(said[sender]), relayed=len(said[sender]), recorded=len(said[sender]))
        recorder.check_recorded(self._recordings, [rtp.audio(said[party]) for party in PARTIES])
        cdr = self.node.wait_for_cdr()
        check(cdr["cause"] == 16 and cdr["released_by"] == "caller", f"the CDR tells of another end: {cdr}")
        print(f"{', '.join(f'{len(said[party])} packets of the {party}' for party in PARTIES)}\n{ledger}")
        self.node.stop()

    def _is_silent(self, party):
        said = said_by(self._case, self._captures[party].so_far(), party)
        return said and time.time() - said[-1].time > SILENT_SECONDS


def call_and_hang_up(case):
    BaresipCall(case).finish()


def hold_and_resume(case):
    call = BaresipCall(case)
    call.caller.command("hold")
    call.wait_for_silence()
    call.caller.command("resume")
    call.wait_for_voices()
    call.finish()


if __name__ == "__main__":
    if shutil.which("baresip") is None:
        print("skipped: baresip is not installed (package baresip-core)")
        sys.exit(functional.SKIPPED)
    functional.run(call_and_hang_up, hold_and_resume)

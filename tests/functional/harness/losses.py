# SPDX-License-Identifier: Apache-2.0
"""Who lost what in a recorded call: the captures against the ledger, packet for packet."""

from . import recorder, rtp
from .call import PARTIES
from .case import check


class Losses:
    """Of one party's voice: captured where it was sent, where it arrived, and where it was recorded."""

    def __init__(self, call, track, party):
        other = PARTIES[1 - track]
        port = track_port(call, track)
        forked = [packet for packet in rtp.packets_of(call.datagrams["recorder"])
                  if packet.target[1] == port]
        self.party = party
        self.sent = [packet.payload for packet in call.sent_by(party)]
        self.relayed = [packet.payload for packet in call.received_by(other)]
        self.recorded = [packet.payload for packet in rtp.in_order(forked)]
        self.relay_ports = {packet.source for packet in call.received_by(other)}

    def __str__(self):
        return (f"{self.party}: {len(self.sent)} sent, {len(self.relayed)} relayed, {len(self.recorded)} recorded")

    def check_nothing_is_invented(self):
        """What arrived is what was sent, in its order, each packet once."""
        for name, arrived in (("relayed", self.relayed), ("recorded", self.recorded)):
            rest = iter(self.sent)
            check(all(payload in rest for payload in arrived),
                  f"{self}: what was {name} is not what was sent less some packets")


def track_port(call, track):
    """The recorder's ports are its own choice; its m-lines are in ascending order of port."""
    ports = sorted({packet.target[1] for packet in rtp.packets_of(call.datagrams["recorder"])})
    check(len(ports) == 2, f"the recorder got RTP on the ports {ports}, two were expected")
    return ports[track]


def of_recorded_call(call, recordings):
    """The call is over. Nothing of it is invented, and the files hold what went to the recorder; what each voice has lost."""
    call.finish_captures()
    found = [Losses(call, track, party) for track, party in enumerate(PARTIES)]
    for losses in found:
        losses.check_nothing_is_invented()
    recorder.check_recorded(recordings, [b"".join(losses.recorded) for losses in found])
    return found


def check_all_ours(call, found, cdr, is_killed=False):
    """Every packet that is not there is the node's own loss by the ledger, none the network's.

    What a worker has in its hands when it is killed has left or has not: of that nobody knows more than how much it is.
    """
    recording = cdr["recordings"][0]
    for losses, media, track in zip(found, cdr["media"], recording["tracks"]):
        text = f"{losses}\n{media}\n{track}"
        print(losses, f"| ledger: {track['missing']} missing, {track['lost_before_us']} before us, "
                      f"{track['lost_ours']} ours, {track['lost_behind_us']} behind us, {track['verdict']}")
        missing = len(losses.sent) - len(losses.recorded)
        call.note_losses(losses)
        check(track["laws"] == "ok", f"a law is broken: {text}")
        check(media["lost_before_us"] == 0 and track["lost_before_us"] == 0, f"the network is blamed: {text}")
        # Received and counted, then neither sent nor dropped by anybody who could still say so: no gap shows it.
        in_hand = media["drops"].get("restart", 0) if is_killed else 0
        unrelayed = len(losses.sent) - len(losses.relayed)
        check(media["lost_ours"] <= unrelayed <= media["lost_ours"] + in_hand, f"the relay's loss is not ours: {text}")
        check(media["expected"] == len(losses.sent), f"not every packet sent was expected: {text}")
        copies_in_hand = track["fork"]["send_drops"] if is_killed else 0
        check(missing <= track["lost_ours"] <= missing + copies_in_hand, f"{missing} packets are not recorded: {text}")
        check(track["missing"] == track["lost_ours"] + track["lost_behind_us"], f"the sum is wrong: {text}")
        check(track["verdict"] == ("proven" if track["missing"] == 0 else "incomplete"), f"wrong verdict: {text}")

// SPDX-License-Identifier: Apache-2.0
// One record of a call, the counters of its dial-peers.
#include "signaling/call/peer_stats.hpp"

#include "dialplan/cause.hpp"

namespace weir::signaling {
namespace {

constexpr std::uint8_t kNoUserResponding = 18;  // Q.850

bool is_incomplete(std::uint8_t cause) {
    return cause == dialplan::kCauseUserBusy || cause == kNoUserResponding ||
           cause == dialplan::kCauseNoAnswer;
}

void end_at(PeerCounters& peer, const CdrRecord& record, std::uint8_t cause) {
    peer.last_setup = record.call.invited_at;
    peer.last_disconnect = record.end.at;
    peer.last_cause = cause;
}

void fail_at(PeerCounters& peer, std::uint8_t cause) {
    ++peer.failed;
    if (is_incomplete(cause)) ++peer.incomplete;
}

}  // namespace

void PeerStats::note(const CdrRecord& record, bool refused) {
    PeerCounters& caller = peers_[record.call.parties[0].dial_peer];
    ++(refused ? caller.refused : caller.accepted);
    if (record.call.connected_at) caller.connect_time += record.end.at - *record.call.connected_at;
    end_at(caller, record, record.end.q850_cause);
    if (!refused) note_callee(record);
}

void PeerStats::note_callee(const CdrRecord& record) {
    for (const CdrAttempt& attempt : record.attempts) {
        PeerCounters& tried = peers_[attempt.dial_peer];
        fail_at(tried, attempt.q850_cause);
        end_at(tried, record, attempt.q850_cause);
    }
    if (!record.has_callee) return;
    const config::DialPeerTag tag = record.call.parties[1].dial_peer;
    PeerCounters& callee = peers_[tag];
    if (record.call.connected_at) {
        ++callee.successful;
        callee.connect_time += record.end.at - *record.call.connected_at;
    } else if (record.attempts.empty() || record.attempts.back().dial_peer != tag) {
        // The caller has gone, or time was up, before the callee said anything.
        fail_at(callee, record.end.q850_cause);
    } else {
        return;
    }
    end_at(callee, record, record.end.q850_cause);
}

PeerCounters PeerStats::of(config::DialPeerTag peer) const {
    const auto found = peers_.find(peer);
    PeerCounters counters = found == peers_.end() ? PeerCounters{} : found->second;
    if (cleared_ && (!counters.cleared || *counters.cleared < *cleared_))
        counters.cleared = cleared_;
    return counters;
}

void PeerStats::clear(config::DialPeerTag peer, MonoTime now) {
    peers_[peer] = {};
    peers_[peer].cleared = now;
}

void PeerStats::clear_all(MonoTime now) {
    peers_.clear();
    cleared_ = now;
}

void PeerStats::prune(const config::Config& config) {
    std::erase_if(peers_, [&](const auto& each) {
        return config.find_peer(each.first) == nullptr && each.first != config::DialPeerTag{0};
    });
}

}  // namespace weir::signaling

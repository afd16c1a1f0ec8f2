// SPDX-License-Identifier: Apache-2.0
// AcceptedInvites; see accepted_invites.hpp.
#include "signaling/sip/accepted_invites.hpp"

#include <algorithm>

#include "signaling/api/party.hpp"
#include "signaling/sip/transaction_timers.hpp"

namespace weir::signaling {
std::optional<AckKey> AckKey::of(const SipMessage& message) {
    const auto cseq = message.cseq();
    const auto* call_id = message.find("Call-ID");
    if (!cseq || call_id == nullptr) return std::nullopt;
    return AckKey{.call_id = *call_id,
                  .from_tag = tag_in(message, "From"),
                  .to_tag = tag_in(message, "To"),
                  .cseq = cseq->number};
}

AcceptedInvites::~AcceptedInvites() {
    for (const auto& [key, entry] : entries_)
        loop_.cancel(entry.timer);
}

void AcceptedInvites::start(ServerTxn txn, const AckKey& key) {
    const auto [it, is_new] = entries_.try_emplace(key);
    if (!is_new) return;
    it->second.txn = txn;
    it->second.interval = t1_;
    it->second.deadline = loop_.clock().now() + t1_ * kT1Factor;
    arm(it->first, it->second);
}

void AcceptedInvites::arm(const AckKey& key, Entry& entry) {
    const auto left = entry.deadline - loop_.clock().now();
    entry.timer = loop_.after(std::min(entry.interval, left), [this, key] { on_timer(key); });
}

void AcceptedInvites::on_timer(const AckKey& key) {
    const auto it = entries_.find(key);
    if (it == entries_.end()) return;
    const ServerTxn txn = it->second.txn;
    if (loop_.clock().now() >= it->second.deadline) {
        entries_.erase(it);
        callbacks_.on_timeout(txn);
        return;
    }
    it->second.interval = std::min<std::chrono::nanoseconds>(it->second.interval * 2, t2_);
    arm(it->first, it->second);
    callbacks_.send_again(txn);
}

std::optional<ServerTxn> AcceptedInvites::take(const AckKey& ack) {
    const auto it = entries_.find(ack);
    if (it == entries_.end()) return std::nullopt;
    const ServerTxn txn = it->second.txn;
    loop_.cancel(it->second.timer);
    entries_.erase(it);
    return txn;
}

}  // namespace weir::signaling

// SPDX-License-Identifier: Apache-2.0
// ServerTransactions; see server_transactions.hpp.
#include "signaling/sip/server_transactions.hpp"

#include <algorithm>

#include "config/base/limits.hpp"
#include "config/base/shrink.hpp"
#include "signaling/api/party.hpp"
#include "signaling/sip/wire_parser.hpp"

namespace weir::signaling {
namespace {

constexpr std::chrono::milliseconds kTryingAfter(200);  // RFC 3261 17.2.1

// RFC 3261 17.2.3: branch, sent-by and method; ACK and CANCEL are looked up as the INVITE. A branch
// without the magic cookie is RFC 2543's: then the From tag takes its place. Call-ID and CSeq have
// to be the same, too: some peers give the next request the branch of the one before, and that is
// no retransmission.
std::string key_of(const SipMessage& request, const Via& top, std::string_view method) {
    std::string key = top.branch();
    if (!key.starts_with("z9hG4bK") || key.size() <= 7) key = tag_in(request, "From");
    const std::string& cseq = *request.find("CSeq");
    key.reserve(key.size() + top.host.size() + cseq.size() + 80);
    for (const std::string_view piece :
         {std::string_view(top.host), std::string_view(*request.find("Call-ID")),
          std::string_view(cseq).substr(0, cseq.find_first_of(" \t")), method}) {
        key += '\n';
        key += piece;
    }
    return key += '\n' + std::to_string(top.port);
}

}  // namespace

ServerTransactions::~ServerTransactions() {
    loop_.cancel(rest_timer_);
    for (auto& [id, transaction] : transactions_) {
        loop_.cancel(transaction.repeat);
        loop_.cancel(transaction.end);
    }
}

ServerTransactions::Transaction* ServerTransactions::find(std::uint64_t id) {
    const auto it = transactions_.find(id);
    return it == transactions_.end() ? nullptr : &it->second;
}

bool ServerTransactions::is_datagram(const Transaction& transaction) const {
    return transaction.origin.path.transport == SipTransport::udp;
}

void ServerTransactions::answer(const SipMessage& request, int status, std::string_view to_tag,
                                const RequestOrigin& origin) {
    (void)send_(origin, to_wire(make_response(request, status, default_phrase(status), to_tag)));
}

ServerTransactions::Taken ServerTransactions::take(const SipMessage& request, const Via& top,
                                                   RequestOrigin origin) {
    const bool is_about_invite = request.method == "ACK" || request.method == "CANCEL";
    std::string key = key_of(request, top, is_about_invite ? "INVITE" : request.method);
    const auto it = by_key_.find(key);
    Transaction* known = it == by_key_.end() ? nullptr : find(it->second);
    if (request.method == "ACK") return take_ack(known, known != nullptr ? it->second : 0);
    if (request.method == "CANCEL") {
        Taken taken = take_cancel(request, known, origin);
        if (taken.kind == Kind::cancels) taken.txn = ServerTxn{it->second};
        return taken;
    }
    if (known != nullptr) {
        ++absorbed_;
        const bool is_repeated = known->state == State::proceeding ||
                                 known->state == State::completed ||
                                 (known->state == State::resting && !known->is_invite);
        if (is_repeated && !known->last.empty()) (void)send_(known->origin, known->last);
        return {};
    }
    if (transactions_.size() >= kSipMaxTransactions && !resting_.empty()) {
        erase(resting_.front().second);  // what has waited longest for a repetition
        resting_.pop_front();
    }
    if (transactions_.size() >= kSipMaxTransactions) {
        answer(request, 503, "weir", origin);
        return {Kind::full, {}};
    }
    const std::uint64_t id = ++last_id_;
    Transaction& transaction = transactions_[id];
    transaction.is_invite = request.method == "INVITE";
    transaction.key = std::move(key);
    transaction.cseq = *request.find("CSeq");
    transaction.origin = std::move(origin);
    by_key_.emplace(transaction.key, id);
    return {Kind::fresh, ServerTxn{id}};
}

ServerTransactions::Taken ServerTransactions::take_ack(Transaction* invite, std::uint64_t id) {
    if (invite == nullptr) return {Kind::ack, {}};
    if (invite->state == State::confirmed) return {};
    if (invite->state != State::completed) return {Kind::ack, {}};
    if (!is_datagram(*invite)) {
        erase(id);  // timer I is zero
        return {};
    }
    invite->state = State::confirmed;
    loop_.cancel(std::exchange(invite->repeat, {}));
    loop_.cancel(invite->end);
    invite->end = loop_.after(timers_.t4, [this, id] { erase(id); });
    return {};
}

// RFC 3261 9.2: 200 whether or not the INVITE is answered already, with the tag of its answer.
ServerTransactions::Taken ServerTransactions::take_cancel(const SipMessage& cancel,
                                                          Transaction* invite,
                                                          const RequestOrigin& origin) {
    if (invite == nullptr) {
        answer(cancel, 481, "weir", origin);
        return {Kind::no_invite, {}};
    }
    const std::string tag = tag_in(parse_wire(invite->last).message, "To");
    answer(cancel, 200, tag.empty() ? "weir" : tag, origin);
    if (invite->state != State::proceeding || invite->is_cancelled) return {};
    invite->is_cancelled = true;
    return {Kind::cancels, {}};
}

ServerTransactions::Outcome ServerTransactions::respond(ServerTxn txn, const SipMessage& response) {
    Transaction* transaction = find(txn.value());
    if (transaction == nullptr || transaction->state != State::proceeding) return Outcome::ignored;
    loop_.cancel(std::exchange(transaction->repeat, {}));
    const std::string* cseq = response.find("CSeq");
    if (cseq != nullptr && *cseq == transaction->cseq) {
        transaction->last = to_wire(response);
    } else {
        SipMessage complete = response;
        complete.set("CSeq", transaction->cseq);
        transaction->last = to_wire(complete);
    }
    const bool has_left = send_(transaction->origin, transaction->last);
    if (response.status < 200) return Outcome::sent;
    if (!has_left) return refuse_unsent(txn.value(), response);
    if (!transaction->is_invite) {
        rest(txn.value(), *transaction);
        return Outcome::sent;
    }
    if (response.status < 300) {
        transaction->state = State::accepted;
        return Outcome::accepted;
    }
    complete(txn.value(), *transaction);
    return Outcome::sent;
}

// The final answer did not leave: too large, or no way back to the peer. A short 500 may.
ServerTransactions::Outcome ServerTransactions::refuse_unsent(std::uint64_t id,
                                                              SipMessage response) {
    Transaction& transaction = *find(id);
    response.set("CSeq", transaction.cseq);
    transaction.last = to_wire(make_response(response, 500, "", ""));
    if (!send_(transaction.origin, transaction.last))
        erase(id);
    else if (transaction.is_invite)
        complete(id, transaction);
    else
        rest(id, transaction);
    return Outcome::failed;
}

void ServerTransactions::complete(std::uint64_t id, Transaction& invite) {
    invite.state = State::completed;
    invite.end = loop_.after(timers_.t1 * kT1Factor, [this, id] { erase(id); });
    if (!is_datagram(invite)) return;
    invite.interval = timers_.t1;
    invite.repeat = loop_.after(invite.interval, [this, id] { repeat_refusal(id); });
}

// Timer G.
void ServerTransactions::repeat_refusal(std::uint64_t id) {
    Transaction* invite = find(id);
    if (invite == nullptr || invite->state != State::completed) return;
    invite->interval = std::min<std::chrono::nanoseconds>(invite->interval * 2, timers_.t2);
    invite->repeat = loop_.after(invite->interval, [this, id] { repeat_refusal(id); });
    (void)send_(invite->origin, invite->last);
}

void ServerTransactions::promise_trying(ServerTxn invite, const SipMessage& request) {
    Transaction* transaction = find(invite.value());
    if (transaction == nullptr || !transaction->is_invite || !transaction->last.empty()) return;
    std::string text = to_wire(make_response(request, 100, "", ""));
    transaction->repeat =
        loop_.after(kTryingAfter, [this, id = invite.value(), text = std::move(text)] {
            Transaction* waiting = find(id);
            if (waiting == nullptr || !waiting->last.empty()) return;
            waiting->repeat = {};
            waiting->last = text;
            (void)send_(waiting->origin, waiting->last);
        });
}

void ServerTransactions::send_again(ServerTxn txn) {
    const Transaction* invite = find(txn.value());
    if (invite == nullptr || invite->state != State::accepted) return;
    (void)send_(invite->origin, invite->last);
}

void ServerTransactions::finish(ServerTxn txn) {
    Transaction* invite = find(txn.value());
    if (invite == nullptr || invite->state == State::resting) return;
    invite->last = {};
    rest(txn.value(), *invite);
}

// Nothing is left to do but to know what comes again: 3,000 calls a second leave 200,000 of these,
// so they keep little, and one timer is for all.
void ServerTransactions::rest(std::uint64_t id, Transaction& transaction) {
    if (!is_datagram(transaction)) return erase(id);
    transaction.state = State::resting;
    transaction.cseq = {};
    transaction.last.shrink_to_fit();
    resting_.emplace_back(loop_.clock().now() + timers_.t1 * kT1Factor, id);
    if (resting_.size() == 1)
        rest_timer_ = loop_.after(timers_.t1 * kT1Factor, [this] { wake_resting(); });
}

void ServerTransactions::wake_resting() {
    const MonoTime now = loop_.clock().now();
    while (!resting_.empty() && resting_.front().first <= now) {
        erase(resting_.front().second);
        resting_.pop_front();
    }
    // A few at a time, not each by its own timer: late by this much nobody notices.
    constexpr std::chrono::milliseconds kSlack(50);
    if (!resting_.empty())
        rest_timer_ =
            loop_.after(std::max<std::chrono::nanoseconds>(resting_.front().first - now, kSlack),
                        [this] { wake_resting(); });
}

void ServerTransactions::erase(std::uint64_t id) {
    const auto it = transactions_.find(id);
    if (it == transactions_.end()) return;
    loop_.cancel(it->second.repeat);
    loop_.cancel(it->second.end);
    by_key_.erase(it->second.key);
    transactions_.erase(it);
    shrink_buckets(by_key_);
    shrink_buckets(transactions_);
}

}  // namespace weir::signaling

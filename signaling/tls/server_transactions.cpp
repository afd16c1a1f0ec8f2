// SPDX-License-Identifier: Apache-2.0
// ServerTransactions; see server_transactions.hpp.
#include "signaling/tls/server_transactions.hpp"

#include <utility>

#include "config/base/limits.hpp"
#include "signaling/sip/syntax.hpp"

namespace weir::signaling {
namespace {

constexpr int kT1Factor = 64;  // RFC 3261 17.2.1: timer H

std::string tag_of(const SipMessage& message, std::string_view header) {
    const std::string* value = message.find(header);
    const auto address = value == nullptr ? Result<NameAddr>() : NameAddr::parse(*value);
    return value != nullptr && address ? address->tag() : std::string();
}

// RFC 3261 17.2.3: branch, sent-by and method; ACK and CANCEL are looked up as the INVITE. A branch
// without the magic cookie is RFC 2543's: then what makes such a request one of its kind.
std::string key_of(const SipMessage& request, std::string_view method) {
    const auto vias = split_list(request.all("Via").front());
    const auto via = Via::parse(vias.empty() ? std::string_view() : vias.front());
    if (!via) return {};
    const std::string sent_by = via->host + ":" + std::to_string(via->port);
    const std::string branch = via->branch();
    if (branch.starts_with("z9hG4bK") && branch.size() > 7)
        return branch + "\n" + sent_by + "\n" + std::string(method);
    const auto cseq = request.cseq();
    return *request.find("Call-ID") + "\n" + tag_of(request, "From") + "\n" +
           std::to_string(cseq ? cseq->number : 0) + "\n" + sent_by + "\n" + std::string(method);
}

}  // namespace

ServerTransactions::~ServerTransactions() {
    for (auto& [id, transaction] : transactions_)
        loop_.cancel(transaction.end);
}

void ServerTransactions::answer(const SipMessage& request, int status, std::uint64_t connection,
                                const SipPath& path) {
    (void)send_(connection, to_wire(make_response(request, status, default_phrase(status), "weir")),
                path);
}

ServerTransactions::Taken ServerTransactions::take(const SipMessage& request,
                                                   std::uint64_t connection, const SipPath& path) {
    const bool about_invite = request.method == "ACK" || request.method == "CANCEL";
    const std::string key = key_of(request, about_invite ? "INVITE" : request.method);
    const auto known = by_key_.find(key);
    if (request.method == "ACK") {
        if (known == by_key_.end()) return {Kind::ack, {}};
        const State state = transactions_.at(known->second).state;
        // RFC 3261 17.2.1: over a reliable transport timer I is 0.
        if (state == State::completed) erase(known->second);
        return {state == State::completed ? Kind::absorbed : Kind::ack, {}};
    }
    if (request.method == "CANCEL") {
        // RFC 3261 9.2: 200 whether or not the INVITE is answered already.
        answer(request, known == by_key_.end() ? 481 : 200, connection, path);
        if (known == by_key_.end()) return {Kind::no_invite, {}};
        const bool open = transactions_.at(known->second).state == State::proceeding;
        return open ? Taken{Kind::cancels, ServerTxn{known->second}} : Taken{};
    }
    if (known != by_key_.end()) {
        const Transaction& transaction = transactions_.at(known->second);
        if (!transaction.last.empty()) (void)send_(connection, transaction.last, path);
        return {};
    }
    if (transactions_.size() >= kSipMaxTransactions) {
        answer(request, 503, connection, path);
        return {Kind::full, {}};
    }
    const std::uint64_t id = ++last_id_;
    Transaction& transaction = transactions_[id];
    transaction.key = key;
    transaction.method = request.method;
    transaction.cseq = *request.find("CSeq");
    transaction.connection = connection;
    transaction.path = path;
    by_key_[key] = id;
    return {Kind::fresh, ServerTxn{id}};
}

ServerTransactions::Outcome ServerTransactions::respond(ServerTxn txn, const SipMessage& response) {
    const auto it = transactions_.find(txn.value());
    if (it == transactions_.end() || it->second.state != State::proceeding) return Outcome::ignored;
    Transaction& transaction = it->second;
    SipMessage complete = response;
    complete.set("CSeq", transaction.cseq);
    transaction.last = to_wire(complete);
    const bool has_left = send_(transaction.connection, transaction.last, transaction.path);
    if (response.status < 200) return Outcome::sent;
    if (!has_left || transaction.method != "INVITE") {
        erase(txn.value());
        return has_left ? Outcome::sent : Outcome::failed;
    }
    if (response.status < 300) {
        transaction.state = State::accepted;
        return Outcome::accepted;
    }
    transaction.state = State::completed;
    transaction.end = loop_.after(t1_ * kT1Factor, [this, id = txn.value()] { erase(id); });
    return Outcome::sent;
}

void ServerTransactions::send_again(ServerTxn txn) {
    const auto it = transactions_.find(txn.value());
    if (it == transactions_.end() || it->second.state != State::accepted) return;
    (void)send_(it->second.connection, it->second.last, it->second.path);
}

void ServerTransactions::finish(ServerTxn txn) {
    erase(txn.value());
}

void ServerTransactions::erase(std::uint64_t id) {
    const auto it = transactions_.find(id);
    if (it == transactions_.end()) return;
    loop_.cancel(it->second.end);
    by_key_.erase(it->second.key);
    transactions_.erase(it);
}

}  // namespace weir::signaling

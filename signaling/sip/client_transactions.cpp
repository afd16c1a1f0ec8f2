// SPDX-License-Identifier: Apache-2.0
// ClientTransactions; see client_transactions.hpp.
#include "signaling/sip/client_transactions.hpp"

#include <algorithm>
#include <utility>
#include <vector>

#include "config/base/limits.hpp"
#include "config/base/shrink.hpp"
#include "config/base/text.hpp"
#include "signaling/sip/syntax.hpp"

namespace weir::signaling {
namespace {

void push_via(SipMessage& message, const SipPath& path, const std::string& branch) {
    std::string transport = to_string(path.transport);
    std::transform(transport.begin(), transport.end(), transport.begin(),
                   [](char c) { return static_cast<char>(c - 'a' + 'A'); });
    message.headers.insert(
        message.headers.begin(),
        {"Via", "SIP/2.0/" + transport + " " + uri_host(path.local.address) + ":" +
                    std::to_string(path.local.port) + ";branch=" + branch});
}

// The same request, whose Via is there already, by another way.
OutgoingRequest over(const SipPath& path, const OutgoingRequest& request,
                     const std::string& branch) {
    OutgoingRequest other = request;
    other.path = path;
    other.message.headers.erase(other.message.headers.begin());
    push_via(other.message, path, branch);
    return other;
}

// t1 + 2*t1 + 4*t1 ... for the first sending and each retry, but never beyond 64*t1 (spec B.12: two
// retries give 3.5 s, six or more the 32 s of RFC 3261).
std::chrono::nanoseconds patience(std::chrono::milliseconds t1, unsigned retries) {
    constexpr unsigned kEnoughForLimit = 6;
    const auto whole = t1 * ((1 << (std::min(retries, kEnoughForLimit) + 1)) - 1);
    return std::min(whole, t1 * kT1Factor);
}

// The requests that a hop makes for another one: same Request-URI, Call-ID, From, CSeq number and
// Route (RFC 3261 9.1, 17.1.1.3).
SipMessage hop_request(const SipMessage& invite, const std::string& method) {
    SipMessage message;
    message.method = method;
    message.request_uri = invite.request_uri;
    for (const char* name : {"Via", "From", "To", "Call-ID", "Session-ID"})
        if (const auto* value = invite.find(name)) message.add(name, *value);
    const auto cseq = invite.cseq();
    message.add("CSeq", std::to_string(cseq ? cseq->number : 0) + " " + method);
    message.add("Max-Forwards", "70");
    for (const auto value : invite.all("Route"))
        message.add("Route", std::string(value));
    return message;
}

// What a response is matched by (RFC 3261 17.1.3): the method, for a CANCEL has its INVITE's
// branch.
std::string branch_key(const std::string& branch, const std::string& method) {
    return branch + ' ' + method;
}

}  // namespace

ClientTransactions::ClientTransactions(const Seams& seams, const TransactionTimers& timers,
                                       Callbacks callbacks)
    : seams_(seams), timers_(timers), callbacks_(std::move(callbacks)) {}

ClientTransactions::~ClientTransactions() {
    while (!transactions_.empty())
        finish(transactions_.begin()->first);
}

std::string ClientTransactions::new_branch() {
    return "z9hG4bK" + seams_.random.hex(24);
}

ClientTransactions::Transaction* ClientTransactions::find(std::uint64_t id) {
    const auto it = transactions_.find(id);
    return it == transactions_.end() ? nullptr : &it->second;
}

Result<ClientTxn> ClientTransactions::send(OutgoingRequest request,
                                           const std::optional<SipPath>& tcp) {
    const std::string branch = new_branch();
    push_via(request.message, request.path, branch);
    if (tcp && large_.goes_by_tcp(to_wire(request.message).size(), request.path.remote,
                                  seams_.loop.clock().now())) {
        OutgoingRequest by_tcp = over(*tcp, request, branch);
        if (const auto sent = send_by_tcp(request, std::move(by_tcp), branch)) return *sent;
    }
    return start(std::move(request), branch);
}

// RFC 3261 18.1.1. Nothing where the connection was refused at once.
std::optional<ClientTxn> ClientTransactions::send_by_tcp(OutgoingRequest& over_udp,
                                                         OutgoingRequest by_tcp,
                                                         const std::string& branch) {
    const auto silence = std::min<std::chrono::nanoseconds>(
        by_tcp.t1 * kTcpPatience, patience(by_tcp.t1, by_tcp.retries) / 2);
    const auto started = start(std::move(by_tcp), branch);
    if (!started) {
        large_.refused(over_udp.path.remote, seams_.loop.clock().now());
        return std::nullopt;
    }
    ++seams_.stats.requests_by_tcp;
    Transaction& transaction = *find(started->value());
    transaction.over_udp = std::make_unique<OutgoingRequest>(std::move(over_udp));
    if (callbacks_.switched)
        callbacks_.switched(transaction.request.message, transaction.request.path);
    transaction.retransmit = seams_.loop.after(silence, [this, id = transaction.id] {
        if (Transaction* waiting = find(id)) waiting->retransmit = {};
        (void)fall_back_to_udp(id);
    });
    return *started;
}

// The same transaction over UDP, from its beginning; with the same branch, so that a peer that has
// got both takes the second for a retransmission. False: it was not sent by TCP, or is answered.
bool ClientTransactions::fall_back_to_udp(std::uint64_t id) {
    Transaction* transaction = find(id);
    if (transaction == nullptr || !transaction->over_udp || transaction->has_response ||
        transaction->state != State::calling)
        return false;
    OutgoingRequest request = std::move(*transaction->over_udp);
    transaction->over_udp.reset();
    large_.refused(request.path.remote, seams_.loop.clock().now());
    stop_retransmission(*transaction);
    seams_.sender.forget(id);
    if (!seams_.sender.send(id, to_wire(request.message), request.path)) return false;
    if (callbacks_.switched) callbacks_.switched(request.message, request.path);
    request.message.body.clear();
    transaction->request = std::move(request);
    transaction->interval = transaction->request.t1;
    set_end(*transaction, patience(transaction->request.t1, transaction->request.retries), true);
    arm_retransmission(*transaction);
    return true;
}

Result<ClientTxn> ClientTransactions::start(OutgoingRequest request, const std::string& branch) {
    if (transactions_.size() >= kSipMaxTransactions)
        return fail(ErrorCode::exhausted, "too many SIP requests of ours wait for an answer");
    const std::uint64_t id = ++last_id_;
    WEIR_TRY(seams_.sender.send(id, to_wire(request.message), request.path));
    seams_.stats.sent.count(request.message);
    request.message.body.clear();  // the sender keeps the text for retransmissions
    Transaction& transaction = transactions_[id];
    transaction.id = id;
    transaction.is_invite = request.message.method == "INVITE";
    transaction.branch = branch;
    transaction.request = std::move(request);
    transaction.interval = transaction.request.t1;
    by_branch_[branch_key(branch, transaction.request.message.method)] = id;
    const OutgoingRequest& sent = transaction.request;
    set_end(transaction, patience(sent.t1, sent.retries), true);
    if (sent.path.transport == SipTransport::udp) arm_retransmission(transaction);
    return ClientTxn{id};
}

Result<void> ClientTransactions::send_ack(OutgoingRequest ack, const std::optional<SipPath>& tcp) {
    // RFC 3261 13.2.2.4, 8.1.1.7: the ACK of a 2xx has a branch of its own.
    const std::string branch = new_branch();
    push_via(ack.message, ack.path, branch);
    const bool is_switched =
        tcp && large_.ack_goes_by_tcp(to_wire(ack.message).size(), ack.path.remote,
                                      seams_.loop.clock().now());
    if (is_switched) ack = over(*tcp, ack, branch);
    seams_.stats.sent.count(ack.message);
    WEIR_TRY(seams_.sender.send(0, to_wire(ack.message), ack.path));
    if (is_switched && callbacks_.switched) callbacks_.switched(ack.message, ack.path);
    return {};
}

void ClientTransactions::arm_retransmission(Transaction& transaction) {
    transaction.retransmit =
        seams_.loop.after(transaction.interval, [this, id = transaction.id] { retransmit(id); });
}

void ClientTransactions::retransmit(std::uint64_t id) {
    Transaction* transaction = find(id);
    if (transaction == nullptr) return;
    transaction->retransmit = {};
    // After a 1xx the count no longer matters: the request goes on until its end (RFC
    // 3261 17.1.2.2).
    if (!transaction->has_response && transaction->sent_again >= transaction->request.retries)
        return;
    ++transaction->sent_again;
    ++seams_.stats.retransmitted_requests;
    ++seams_.stats.retransmitted_by_method[method_index(transaction->request.message.method)];
    transaction->interval *= 2;
    if (!transaction->is_invite)
        transaction->interval =
            std::min<std::chrono::nanoseconds>(transaction->interval, timers_.t2);
    arm_retransmission(*transaction);
    seams_.sender.send_again(id);
}

void ClientTransactions::stop_retransmission(Transaction& transaction) {
    seams_.loop.cancel(transaction.retransmit);
    transaction.retransmit = {};
}

void ClientTransactions::set_end(Transaction& transaction, std::chrono::nanoseconds delay,
                                 bool is_failure) {
    seams_.loop.cancel(transaction.end);
    transaction.end = seams_.loop.after(delay, [this, id = transaction.id, is_failure] {
        if (is_failure)
            fail_transaction(id, TxnFailure::timeout);
        else
            finish(id);
    });
}

void ClientTransactions::fail_transaction(std::uint64_t id, TxnFailure failure) {
    const Transaction* transaction = find(id);
    if (transaction == nullptr) return;
    const bool is_muted = transaction->is_muted;
    if (!is_muted && failure == TxnFailure::timeout) {
        ++seams_.stats.request_timeouts;
        ++seams_.stats.timeouts_by_method[method_index(transaction->request.message.method)];
    }
    if (!is_muted && failure == TxnFailure::transport) ++seams_.stats.transport_failures;
    finish(id);
    if (!is_muted) callbacks_.on_failure(ClientTxn{id}, failure);
}

void ClientTransactions::finish(std::uint64_t id) {
    const auto it = transactions_.find(id);
    if (it == transactions_.end()) return;
    stop_retransmission(it->second);
    seams_.loop.cancel(it->second.end);
    const bool is_shrunk =
        it->second.state == State::completed || it->second.state == State::accepted;
    if (!is_shrunk) seams_.sender.forget(id);
    by_branch_.erase(branch_key(it->second.branch, it->second.request.message.method));
    transactions_.erase(it);
    shrink_buckets(by_branch_);
    shrink_buckets(transactions_);
}

bool ClientTransactions::on_response(SipMessage response, const TopVia& top, MonoTime received_at) {
    // RFC 3261 8.1.3.3: a response with more than our Via took a wrong way.
    const auto cseq = response.cseq();
    if (top.count != 1 || !cseq) return false;
    const auto it = by_branch_.find(branch_key(top.via.branch(), cseq->method));
    if (it == by_branch_.end()) return false;
    Transaction& transaction = *find(it->second);
    if (transaction.request.message.cseq() != cseq) return false;
    seams_.stats.received.count(response);
    const std::uint64_t id = transaction.id;
    if (transaction.over_udp) {
        transaction.over_udp.reset();
        large_.answered(transaction.request.path.remote, received_at);
    }
    if (response.status < 200) {
        // RFC 6026 7.2: provisional responses behind a final one are not passed on.
        if (transaction.state == State::completed || transaction.state == State::accepted)
            return true;
        handle_provisional(transaction);
    } else if (!handle_final(transaction, response)) {
        return true;
    }
    if (transaction.is_muted) return true;
    callbacks_.on_response(
        {.txn = ClientTxn{id}, .message = std::move(response), .received_at = received_at});
    return true;
}

void ClientTransactions::handle_provisional(Transaction& transaction) {
    const bool is_first = !transaction.has_response;
    transaction.has_response = true;
    transaction.state = State::proceeding;
    if (!transaction.is_invite) {
        // RFC 3261 17.1.2.2: from now on every T2, until 64*T1 after the beginning.
        transaction.interval = timers_.t2;
        if (is_first) set_end(transaction, transaction.request.t1 * kT1Factor, true);
        return;
    }
    if (is_first) {
        stop_retransmission(transaction);
        seams_.loop.cancel(transaction.end);  // how long it may ring is the call's decision
        transaction.end = {};
    }
    if (transaction.is_cancelled && !transaction.cancel_is_sent) send_cancel(transaction);
}

// True: the response goes up.
bool ClientTransactions::handle_final(Transaction& transaction, const SipMessage& response) {
    const bool is_reliable = transaction.request.path.transport != SipTransport::udp;
    const bool is_success = response.status < 300;
    if (transaction.state == State::completed) {
        if (transaction.is_invite && !is_success) acknowledge(transaction, response);
        return false;
    }
    if (transaction.state == State::accepted) return is_success;
    stop_retransmission(transaction);
    if (!transaction.is_invite) {
        shrink(transaction);
        transaction.state = State::completed;
        set_end(transaction, is_reliable ? std::chrono::milliseconds(0) : timers_.t4, false);
        return true;
    }
    if (is_success) {
        shrink(transaction);
        transaction.state = State::accepted;  // RFC 6026 timer M, over every transport
        set_end(transaction, timers_.t1 * kT1Factor, false);
        return true;
    }
    transaction.state = State::completed;
    acknowledge(transaction, response);
    shrink(transaction);
    set_end(transaction, is_reliable ? std::chrono::milliseconds(0) : timers_.t1 * kT1Factor,
            false);
    return true;
}

// An answered request is not sent again: what only that needed makes room for the next call, while
// the transaction stays for up to 64*T1. The CSeq is what later responses are matched by.
void ClientTransactions::shrink(Transaction& answered) {
    seams_.sender.forget(answered.id);
    SipMessage& request = answered.request.message;
    std::erase_if(request.headers,
                  [](const Header& header) { return !text::iequals(header.name, "CSeq"); });
    request.headers.shrink_to_fit();
}

// RFC 3261 17.1.1.3: the same branch, the To of the response; the same again for its repetitions.
void ClientTransactions::acknowledge(Transaction& invite, const SipMessage& response) {
    SipMessage ack = hop_request(invite.request.message, "ACK");
    seams_.stats.sent.count(ack);
    if (invite.ack.empty()) {
        if (const auto* to = response.find("To")) ack.set("To", *to);
        if (callbacks_.leaving) callbacks_.leaving(ClientTxn{invite.id}, ack);
        invite.ack = to_wire(ack);
    }
    (void)seams_.sender.send(0, invite.ack, invite.request.path);
}

void ClientTransactions::cancel(ClientTxn invite, std::string_view reason) {
    Transaction* transaction = find(invite.value());
    if (transaction == nullptr || !transaction->is_invite || transaction->is_cancelled) return;
    if (transaction->state == State::completed || transaction->state == State::accepted) return;
    transaction->is_cancelled = true;
    transaction->cancel_reason = reason;
    // RFC 3261 9.1: not before a provisional response, or it could overtake the INVITE.
    if (transaction->state == State::proceeding) send_cancel(*transaction);
}

void ClientTransactions::send_cancel(Transaction& invite) {
    invite.cancel_is_sent = true;
    OutgoingRequest cancel = invite.request;
    cancel.message = hop_request(invite.request.message, "CANCEL");
    if (!invite.cancel_reason.empty()) cancel.message.add("Reason", invite.cancel_reason);
    if (callbacks_.leaving) callbacks_.leaving(ClientTxn{invite.id}, cancel.message);
    constexpr std::uint8_t kCancelRetries = 10;  // spec B.12 retry cancel
    cancel.retries = kCancelRetries;
    // RFC 3261 9.1: without a final response 64*T1 later the INVITE counts as cancelled.
    set_end(invite, invite.request.t1 * kT1Factor, true);
    const auto started = start(std::move(cancel), invite.branch);
    if (started) find(started->value())->is_muted = true;
}

void ClientTransactions::abandon(ClientTxn txn) {
    if (Transaction* transaction = find(txn.value())) transaction->is_muted = true;
}

void ClientTransactions::on_send_error(std::uint64_t key) {
    const Transaction* transaction = find(key);
    // Once the peer has answered, a broken connection is no verdict on the request: it may come
    // back.
    if (transaction == nullptr || transaction->has_response) return;
    if (transaction->state != State::calling) return;
    if (fall_back_to_udp(key)) return;
    fail_transaction(key, TxnFailure::transport);
}

}  // namespace weir::signaling

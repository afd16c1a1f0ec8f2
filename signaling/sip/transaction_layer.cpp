// SPDX-License-Identifier: Apache-2.0
// TransactionLayer; see transaction_layer.hpp.
#include "signaling/sip/transaction_layer.hpp"

#include <utility>

#include "signaling/sip/syntax.hpp"

namespace weir::signaling {
namespace {

// RFC 3261 18.2.2 and RFC 3581 4: where the answers to a request go.
RequestOrigin origin_of(const ReceivedMessage& received, std::uint64_t connection) {
    RequestOrigin origin{
        .connection = connection, .path = received.path, .reply_to = received.path.remote};
    origin.reply_to =
        response_target(received.top.via, received.path.remote, received.path.transport);
    return origin;
}

}  // namespace

TransactionLayer::TransactionLayer(const Seams& seams, const TransactionTimers& timers)
    : loop_(seams.loop),
      stats_(seams.stats),
      server_(seams.loop, timers, seams.reply),
      accepted_(seams.loop, timers.t1, timers.t2,
                {.send_again =
                     [this](ServerTxn txn) {
                         ++stats_.retransmitted_answers;
                         server_.send_again(txn);
                     },
                 .on_timeout =
                     [this](ServerTxn txn) {
                         server_.finish(txn);
                         on_ack_timeout(txn);
                     }}),
      client_({.loop = seams.loop,
               .sender = seams.sender,
               .random = seams.random,
               .stats = seams.stats},
              timers, client_callbacks(seams.switched)) {}

TransactionLayer::~TransactionLayer() {
    loop_.cancel(tell_unsent_);
}

void TransactionLayer::decide_for(Intake& intake) {
    intake.set_admission([this](const SipMessage* request, const SipPath& path) {
        return events_ == nullptr || events_->admits(request, path);
    });
    intake.set_refusal([this](const SipMessage& request, const SipPath& path) {
        return events_ == nullptr ? std::nullopt : events_->refuses(request, path);
    });
}

ClientTransactions::Callbacks TransactionLayer::client_callbacks(
    std::function<void(const SipMessage&, const SipPath&)> switched) {
    return {.on_response =
                [this](IncomingResponse response) {
                    if (events_ != nullptr) events_->on_response(std::move(response));
                },
            .on_failure =
                [this](ClientTxn txn, TxnFailure failure) {
                    if (events_ != nullptr) events_->on_failure(txn, failure);
                },
            .leaving =
                [this](ClientTxn invite, SipMessage& request) {
                    if (events_ != nullptr) events_->leaving(invite, request);
                },
            .switched = std::move(switched)};
}

bool TransactionLayer::on_message(ReceivedMessage received, std::uint64_t connection) {
    if (received.message.is_request) {
        on_request(std::move(received), connection);
        return true;
    }
    if (client_.on_response(std::move(received.message), received.top, received.received_at))
        return true;
    stats_.drop(GuardReason::unmatched_response);
    return false;
}

void TransactionLayer::on_request(ReceivedMessage received, std::uint64_t connection) {
    using Kind = ServerTransactions::Kind;
    const auto taken =
        server_.take(received.message, received.top.via, origin_of(received, connection));
    if (taken.kind == Kind::absorbed) return;
    stats_.received.count(received.message);
    IncomingRequest request{.txn = taken.txn,
                            .message = std::move(received.message),
                            .path = std::move(received.path),
                            .received_at = received.received_at};
    switch (taken.kind) {
        case Kind::fresh:
            return on_fresh(std::move(request));
        case Kind::cancels:
            request.txn = {};
            if (events_ != nullptr) events_->on_cancel(taken.txn, std::move(request));
            return;
        case Kind::ack:
            return on_ack(std::move(request));
        case Kind::absorbed:
        case Kind::no_invite:
        case Kind::full:
            return;
    }
}

void TransactionLayer::on_fresh(IncomingRequest request) {
    const ServerTxn txn = request.txn;
    if (events_ == nullptr) return respond(txn, make_response(request.message, 503, "", "weir"));
    if (request.message.method == "INVITE") server_.promise_trying(txn, request.message);
    events_->on_request(std::move(request));
}

void TransactionLayer::on_ack(IncomingRequest ack) {
    const auto key = AckKey::of(ack.message);
    const auto invite = key ? accepted_.take(*key) : std::nullopt;
    if (!invite) return stats_.drop(GuardReason::unmatched_ack);
    server_.finish(*invite);
    if (events_ != nullptr) events_->on_ack(*invite, std::move(ack));
}

void TransactionLayer::on_ack_timeout(ServerTxn invite) {
    ++stats_.ack_timeouts;
    if (events_ != nullptr) events_->on_ack_timeout(invite);
}

void TransactionLayer::respond(ServerTxn txn, const SipMessage& response) {
    using Outcome = ServerTransactions::Outcome;
    const auto outcome = server_.respond(txn, response);
    if (outcome == Outcome::ignored) return;
    stats_.sent.count(response);
    if (outcome == Outcome::accepted) {
        if (const auto key = AckKey::of(response)) accepted_.start(txn, *key);
        return;
    }
    const auto cseq = response.cseq();
    if (outcome != Outcome::failed || response.status >= 300 || !cseq || cseq->method != "INVITE")
        return;
    // Whoever answered believes in a call; an ACK will never come.
    unsent_.push_back(txn);
    if (unsent_.size() > 1) return;
    tell_unsent_ = loop_.after(std::chrono::nanoseconds(0), [this] {
        for (const ServerTxn invite : std::exchange(unsent_, {}))
            on_ack_timeout(invite);
    });
}

void TransactionLayer::count(SipGauges& gauges) const {
    gauges.server_transactions = server_.open();
    gauges.client_transactions = client_.size();
    gauges.absorbed_retransmissions = server_.absorbed();
}

}  // namespace weir::signaling

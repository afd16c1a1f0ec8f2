// SPDX-License-Identifier: Apache-2.0
// FuzzLoopback; see fuzz_loopback.hpp.
#include "tests/sim/fuzz_loopback.hpp"

#include <algorithm>

namespace weir::signaling {
namespace {

std::string key_of(const SipMessage& message) {
    const auto from = NameAddr::parse(*message.find("From"));
    return *message.find("Call-ID") + " " + std::to_string(message.cseq()->number) + " " +
           (from ? from->tag() : "");
}

std::string to_tag(const SipMessage& message) {
    const auto address = NameAddr::parse(*message.find("To"));
    return address ? address->tag() : "";
}

SipPath path_back(const SipPath& path) {
    return {path.transport, path.remote, path.local};
}

}  // namespace

void FuzzLoopback::carry() {
    // More would be two passes that send to each other without end.
    constexpr unsigned kMostMessages = 20'000;
    for (unsigned i = 0; i < kMostMessages && carry_one(); ++i)
        bench_.media.deliver();
}

// In the order of a wire as far as one sender's messages depend on each other: an ACK leaves before
// the request behind it, an answer before what its sender asks next, an INVITE before its CANCEL.
bool FuzzLoopback::carry_one() {
    auto& stack = bench_.stack;
    while (acks_ < stack.acks.size()) {
        const OutgoingRequest ack = stack.acks[acks_++];
        if (!is_own(ack)) continue;
        take_ack(ack);
        return true;
    }
    while (answers_ < stack.answered.size()) {
        const auto answered = stack.answered[answers_++];
        const auto client = clients_.find(answered.txn);
        if (client == clients_.end()) continue;
        for (Invite& invite : invites_)
            if (invite.txn == answered.txn && answered.response.status >= 200)
                invite.final = answered.response.status;
        take_answer(client->second, answered.response);
        return true;
    }
    while (sent_ < stack.sent.size()) {
        const auto sent = stack.sent[sent_++];
        if (!is_own(sent.request)) continue;
        take_request(sent);
        return true;
    }
    while (cancels_ < stack.cancelled.size()) {
        const ClientTxn invite = stack.cancelled[cancels_++].first;
        if (!servers_.contains(invite)) continue;
        take_cancel(invite);
        return true;
    }
    return false;
}

void FuzzLoopback::take_ack(const OutgoingRequest& ack) {
    const std::string key = key_of(ack.message);
    for (Invite& invite : invites_) {
        if (invite.key != key || invite.final / 100 != 2 || invite.acked) continue;
        invite.acked = true;
        bench_.stack.events().on_ack(invite.txn,
                                     {ServerTxn{}, ack.message, path_back(ack.path), bench_.now()});
        return;
    }
}

void FuzzLoopback::take_answer(ClientTxn client, const SipMessage& response) {
    if (wire_.finals.contains(client)) return;
    if (response.status >= 200) {
        wire_.finals[client] = response.status;
        const auto cseq = response.cseq();
        if (cseq->method == "INVITE" && response.status < 300)
            wire_.accepted.push_back({*response.find("Call-ID"), to_tag(response), cseq->number});
        if (response.status == 408 || response.status == 481)
            wire_.ended.insert(*response.find("Call-ID"));
    }
    bench_.stack.events().on_response({client, response, bench_.now()});
}

void FuzzLoopback::take_request(const tests::FakeSipStack::Sent& sent) {
    SipMessage message = sent.request.message;
    message.headers.insert(
        message.headers.begin(),
        {"Via", "SIP/2.0/UDP 198.51.100.1;branch=z9hG4bKw" + std::to_string(sent.txn.value())});
    const ServerTxn txn = bench_.stack.receive(message, path_back(sent.request.path), bench_.now());
    // Known before its answers are looked at.
    clients_[txn] = sent.txn;
    servers_[sent.txn] = txn;
    wire_.received.insert(txn);
    if (message.method == "INVITE") invites_.push_back({txn, key_of(message)});
    if (message.method == "BYE") wire_.ended.insert(*message.find("Call-ID"));
}

void FuzzLoopback::take_cancel(ClientTxn invite) {
    const ServerTxn txn = servers_.at(invite);
    const bool is_answered = std::any_of(invites_.begin(), invites_.end(), [&](const Invite& each) {
        return each.txn == txn && each.final != 0;
    });
    if (is_answered) return;  // the stack answers it 200, and that is all
    bench_.stack.events().on_cancel(txn, {});
}

std::vector<ServerTxn> FuzzLoopback::unacknowledged() const {
    std::vector<ServerTxn> found;
    for (const Invite& invite : invites_)
        if (invite.final / 100 == 2 && !invite.acked) found.push_back(invite.txn);
    return found;
}

}  // namespace weir::signaling

// SPDX-License-Identifier: Apache-2.0
// SIP and media events on their way to the recording session that they belong to.
#include <utility>

#include "config/base/limits.hpp"
#include "forking/session/recording_manager.hpp"
#include "signaling/api/party.hpp"

namespace weir::forking {

using signaling::IncomingRequest;
using signaling::ServerTxn;

namespace {

std::string to_tag(const signaling::SipMessage& message) {
    return signaling::tag_in(message, "To");
}

}  // namespace

struct RecordingManager::MediaVisitor {
    RecordingManager& manager;

    void operator()(const dataplane::ForkLeased& event) {
        const auto found = manager.leases_.find(event.tag);
        if (found == manager.leases_.end()) return;
        const Lease lease = found->second;
        manager.leases_.erase(found);
        Entry* entry = manager.find(lease.call);
        if (entry == nullptr) return;
        manager.forks_[event.fork] = lease.call;
        manager.carry_out(lease.call, entry->session->on_fork_leased(lease.track, event));
    }
    void operator()(const dataplane::Refused& event) {
        manager.reads_.erase(event.tag);
        const auto found = manager.leases_.find(event.tag);
        if (found == manager.leases_.end()) return;
        const Lease lease = found->second;
        manager.leases_.erase(found);
        if (Entry* entry = manager.find(lease.call); entry != nullptr)
            manager.carry_out(lease.call, entry->session->on_fork_refused(
                                              lease.track, dataplane::to_string(event.reason)));
    }
    void operator()(const dataplane::ForkClosed& event) {
        const auto found = manager.forks_.find(event.fork);
        if (found == manager.forks_.end()) return;
        const signaling::CallId call = found->second;
        manager.forks_.erase(found);
        if (Entry* entry = manager.find(call); entry != nullptr)
            manager.carry_out(call, entry->session->on_fork_closed(event));
    }
    void operator()(const dataplane::Report& event) {
        const auto found = manager.reads_.find(event.tag);
        if (found == manager.reads_.end()) return;
        const signaling::CallId call = found->second;
        manager.reads_.erase(found);
        Entry* entry = manager.find(call);
        if (entry == nullptr || entry->session->is_finished()) return;
        entry->session->on_report(event);
        manager.parts_.ledger.update(entry->session->summary());
    }
    void operator()(const dataplane::LawBroken& event) {
        manager.parts_.ledger.count_broken_law();
        manager.parts_.log.error("recording.law_broken",
                                 {{"slot", event.session.slot},
                                  {"part", event.stream_or_fork},
                                  {"law", dataplane::to_string(event.law)}});
    }
    void operator()(const dataplane::PlaneUp& event) {
        const bool same = manager.media_incarnation_ == event.media_incarnation ||
                          manager.media_incarnation_ == 0;
        manager.media_incarnation_ = event.media_incarnation;
        std::vector<signaling::CallId> calls;
        manager.unlisted_.clear();
        for (const auto& [call, entry] : manager.entries_) {
            if (entry.session->is_finished()) continue;
            calls.push_back(call);
            manager.unlisted_[entry.session->setup().call.media] = call;
        }
        for (const auto call : calls)
            if (Entry* entry = manager.find(call); entry != nullptr)
                manager.carry_out(call, entry->session->on_media_up(!same));
    }
    // The call table asks for the list. Each session's forks as it is listed: those of all at once
    // would overflow the link's queue.
    void operator()(const dataplane::Listed& event) {
        const auto found = manager.unlisted_.find(event.session);
        if (found == manager.unlisted_.end()) return;
        const signaling::CallId call = found->second;
        manager.unlisted_.erase(found);
        if (Entry* entry = manager.find(call); entry != nullptr)
            manager.carry_out(call, entry->session->on_media_kept());
    }
    // Nothing that was asked over this link is answered any more.
    void operator()(const dataplane::PlaneDown&) {
        manager.leases_.clear();
        manager.reads_.clear();
    }
    template <typename Other>
    void operator()(const Other&) {}  // of the call table
};

void RecordingManager::on_media_event(const dataplane::Event& event) {
    std::visit(MediaVisitor{*this}, event);
}

bool RecordingManager::owns_dialog(const signaling::SipMessage& request) const {
    return tags_.contains(to_tag(request));
}

bool RecordingManager::claim_request(const IncomingRequest& request) {
    const auto found = tags_.find(to_tag(request.message));
    if (found == tags_.end()) return false;
    Entry* entry = find(found->second);
    if (entry == nullptr || !entry->session->matches(request.message)) {
        // Our tag, but another dialog: of an attempt that has ended.
        if (request.message.method != "ACK")
            parts_.stack.respond(request.txn,
                                 signaling::make_response(request.message, 481, "", ""));
        return true;
    }
    if (request.message.method == "INVITE" && server_invites_.size() < kMaxRecordings)
        server_invites_[request.txn] = found->second;
    carry_out(found->second, entry->session->on_request(request));
    return true;
}

bool RecordingManager::claim_response(const signaling::IncomingResponse& response) {
    const auto found = clients_.find(response.txn);
    if (found == clients_.end()) return false;
    Entry* entry = find(found->second.call);
    if (response.message.status >= 200) found->second.answered = true;
    const Client client = found->second;
    // An INVITE's 2xx may be repeated as long as the session lives; all else ends with its final
    // response.
    const bool ends = response.message.status >= 300 ||
                      (client.answered && (!client.is_invite || entry == nullptr));
    if (ends) clients_.erase(found);
    if (entry == nullptr) return true;
    if (ends) entry->clients.erase(client.token);
    carry_out(client.call,
              entry->session->on_response(client.token, response.message, response.received_at));
    return true;
}

bool RecordingManager::claim_failure(signaling::ClientTxn txn, signaling::TxnFailure failure) {
    const auto found = clients_.find(txn);
    if (found == clients_.end()) return false;
    const Client client = found->second;
    clients_.erase(found);
    if (Entry* entry = find(client.call); entry != nullptr) {
        entry->clients.erase(client.token);
        carry_out(client.call, entry->session->on_failure(client.token, failure));
    }
    return true;
}

bool RecordingManager::claim_ack(ServerTxn invite, const IncomingRequest& /*ack*/) {
    return server_invites_.erase(invite) > 0;
}

// The recorder never acknowledged our answer to its refresh: the next request finds out whether it
// lives.
bool RecordingManager::claim_ack_timeout(ServerTxn invite) {
    return server_invites_.erase(invite) > 0;
}

// Its re-INVITE is answered at once, so there is nothing left to cancel.
bool RecordingManager::claim_cancel(ServerTxn invite, const IncomingRequest& /*cancel*/) {
    return server_invites_.contains(invite);
}

}  // namespace weir::forking

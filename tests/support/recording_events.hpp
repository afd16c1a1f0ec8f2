// SPDX-License-Identifier: Apache-2.0
// SipEvents that only remember what came; tests look and answer by themselves.
#pragma once

#include <utility>
#include <vector>

#include "signaling/api/sip_stack.hpp"

namespace weir::tests {

struct RecordingEvents final : signaling::SipEvents {
    bool admits(const signaling::SipMessage* request, const signaling::SipPath&) override {
        return is_admitting || (request != nullptr && request->method == lets_in);
    }
    void on_request(signaling::IncomingRequest request) override { requests.push_back(request); }
    void on_cancel(signaling::ServerTxn invite, signaling::IncomingRequest cancel) override {
        cancels.emplace_back(invite, cancel);
    }
    void on_ack(signaling::ServerTxn invite, signaling::IncomingRequest ack) override {
        acks.emplace_back(invite, ack);
    }
    void on_ack_timeout(signaling::ServerTxn invite) override { ack_timeouts.push_back(invite); }
    void on_response(signaling::IncomingResponse response) override {
        responses.push_back(response);
    }
    void on_failure(signaling::ClientTxn txn, signaling::TxnFailure failure) override {
        failures.emplace_back(txn, failure);
    }

    bool is_admitting = true;
    std::string lets_in;  // a method that is admitted all the same
    std::vector<signaling::IncomingRequest> requests;
    std::vector<std::pair<signaling::ServerTxn, signaling::IncomingRequest>> cancels;
    std::vector<std::pair<signaling::ServerTxn, signaling::IncomingRequest>> acks;
    std::vector<signaling::ServerTxn> ack_timeouts;
    std::vector<signaling::IncomingResponse> responses;
    std::vector<std::pair<signaling::ClientTxn, signaling::TxnFailure>> failures;
};

}  // namespace weir::tests

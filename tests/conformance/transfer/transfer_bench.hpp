// SPDX-License-Identifier: Apache-2.0
// TransferBench: a CallBench with a transferor (the callee), a target, and what the configuration
// says of supplementary services.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "tests/unit/signaling/call/call_bench.hpp"

namespace weir::tests {

class TransferBench : public CallBench {
protected:
    explicit TransferBench(signaling::NetworkKnowledge network = {})
        : CallBench(std::move(network)) {
        add_peer(30, "3..", "", "192.0.2.30");
        apply();
    }
    // no supplementary-service sip SERVICE, at voice service voip.
    void consume(const char* service) {
        const std::string line = "supplementary-service sip " + std::string(service);
        config.voice.kept.push_back({line, "no " + line});
        apply();
    }
    // A REFER of the callee, which sends the caller elsewhere.
    ServerTxn refer(const std::string& to = "<sip:300@192.0.2.20>",
                    std::vector<signaling::Header> more = {}) {
        more.push_back({"Refer-To", to});
        return request_of_callee("REFER", std::move(more));
    }
    // The bodies of the NOTIFYs so far, each answered 200 as it comes.
    std::vector<std::string> progress() {
        std::vector<std::string> told;
        for (std::size_t i = 0; i < stack.sent_with("NOTIFY").size(); ++i) {
            const auto notify = stack.sent_with("NOTIFY")[i];
            told.push_back(notify.request.message.body.substr(8, 3));
            if (i >= notifies_answered_) {
                ++notifies_answered_;
                answer(notify, 200);
            }
        }
        return told;
    }
    // The target's answer to the last INVITE.
    void answer_of_target(int status, const std::string& body = {}) {
        const auto to = last_out("INVITE");
        SipMessage response = signaling::make_response(to.request.message, status, "", "target");
        response.add("Contact", "<sip:300@192.0.2.30>");
        if (!body.empty()) {
            response.add("Content-Type", "application/sdp");
            response.body = body;
        }
        stack.events().on_response({to.txn, std::move(response), now()});
        media.deliver();
    }
    // The last request of that method that went out.
    FakeSipStack::Sent last_out(const char* method) const {
        const auto all = stack.sent_with(method);
        EXPECT_FALSE(all.empty()) << method;
        return all.empty() ? FakeSipStack::Sent{} : all.back();
    }
    std::size_t notifies_answered_ = 0;
};

}  // namespace weir::tests

// SPDX-License-Identifier: Apache-2.0
// MidcallBench: a CallBench with shorthands for offers inside a call that stands.
#pragma once

#include <string>

#include "tests/unit/signaling/call/call_bench.hpp"

namespace weir::tests {

class MidcallBench : public CallBench {
protected:
    MidcallBench();
    ~MidcallBench() override;

    config::SipOptions& everyone() { return config.voice.sip; }
    config::SipOptions& of_peer(std::uint32_t tag);
    // The request of that method that went out last.
    FakeSipStack::Sent last_out(const char* method) const;
    std::size_t count_out(const char* method) const { return stack.sent_with(method).size(); }
    std::string body_out(const char* method = "INVITE") const;
    // Answers with headers beside those of an ordinary callee.
    void answer_with(const FakeSipStack::Sent& to, int status, std::vector<signaling::Header> extra,
                     std::string body = {}, const char* allow = "INVITE, ACK, BYE, CANCEL, UPDATE");
    // An INVITE of the caller with more headers.
    signaling::ServerTxn call_with(const std::vector<signaling::Header>& extra,
                                   const std::string& body = sdp("203.0.113.5", 4000));
    signaling::ServerTxn caller_sends(const char* method, const std::string& body,
                                      const std::vector<signaling::Header>& extra = {});
    void ack_from_callee(signaling::ServerTxn txn, const std::string& body = {});
    static bool has(const std::string& text, const char* part);
};

std::string held(const char* address, unsigned port, const char* how = "sendonly");

}  // namespace weir::tests

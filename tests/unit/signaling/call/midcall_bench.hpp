// SPDX-License-Identifier: Apache-2.0
// MidcallBench: a CallBench with shorthands for offers inside a call that stands.
#pragma once

#include <string>

#include "tests/unit/signaling/call/call_bench.hpp"

namespace weir::tests {

class MidcallBench : public CallBench {
protected:
    config::SipOptions& everyone() { return config.voice.sip; }
    config::SipOptions& of_peer(std::uint32_t tag) {
        return config.dial_peers[config::DialPeerTag{tag}].sip;
    }
    // The request of that method that went out last.
    FakeSipStack::Sent last_out(const char* method) const {
        const auto all = stack.sent_with(method);
        EXPECT_FALSE(all.empty()) << "no " << method << " went out";
        return all.empty() ? FakeSipStack::Sent{} : all.back();
    }
    std::size_t count_out(const char* method) const { return stack.sent_with(method).size(); }
    std::string body_out(const char* method = "INVITE") const {
        return last_out(method).request.message.body;
    }
    // Answers with headers beside those of an ordinary callee.
    void answer_with(const FakeSipStack::Sent& to, int status, std::vector<signaling::Header> extra,
                     std::string body = {},
                     const char* allow = "INVITE, ACK, BYE, CANCEL, UPDATE") {
        extra.push_back({"Contact", "<sip:200@192.0.2.20>"});
        extra.push_back({"Allow", allow});
        stack.answer(to, status, "callee", std::move(body), std::move(extra));
        media.deliver();
    }
    // An INVITE of the caller with more headers.
    signaling::ServerTxn call_with(const std::vector<signaling::Header>& extra,
                                   const std::string& body = sdp("203.0.113.5", 4000)) {
        auto message = invite(body);
        for (const auto& header : extra)
            message.set(header.name, header.value);
        return call(message);
    }
    signaling::ServerTxn caller_sends(const char* method, const std::string& body,
                                      const std::vector<signaling::Header>& extra = {}) {
        auto message = from_caller(method, body);
        for (const auto& header : extra)
            message.set(header.name, header.value);
        const auto txn = stack.receive(message, caller_path(), now());
        media.deliver();
        return txn;
    }
    void ack_from_callee(signaling::ServerTxn txn, const std::string& body = {}) {
        SipMessage message;
        message.method = "ACK";
        message.body = body;
        stack.events().on_ack(txn, {{}, std::move(message), {}, now()});
    }
    static bool has(const std::string& text, const char* part) {
        return text.find(part) != std::string::npos;
    }
};

inline std::string held(const char* address, unsigned port, const char* how = "sendonly") {
    return sdp(address, port, "a=" + std::string(how) + "\r\n");
}

}  // namespace weir::tests

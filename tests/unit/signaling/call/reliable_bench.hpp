// SPDX-License-Identifier: Apache-2.0
// ReliableBench: CallBench with 100rel on either leg: reliable 18x of the callee, PRACKs of both.
#pragma once

#include <string>
#include <vector>

#include "tests/unit/signaling/call/call_bench.hpp"

namespace weir::tests {

class ReliableBench : public CallBench {
protected:
    using Mode = config::Rel1xx::Mode;

    ReliableBench() {
        peer(20).sip.rel1xx = config::Rel1xx{};
        apply();
    }
    config::DialPeer& peer(std::uint32_t tag) {
        return config.dial_peers[config::DialPeerTag{tag}];
    }
    // rel1xx of the caller's peer (10) or the callee's (20).
    void set_rel1xx(std::uint32_t tag, Mode mode) {
        peer(tag).sip.rel1xx =
            config::Rel1xx{mode, mode == Mode::disable ? std::string() : std::string("100rel")};
        apply();
    }
    // A call whose caller names 100rel in `header`: Supported, Require, or none with "".
    ServerTxn call_with(const std::string& header,
                        const std::string& body = sdp("203.0.113.5", 4000)) {
        SipMessage message = invite(body);
        if (!header.empty()) message.add(header, "100rel");
        return call(message);
    }
    // The caller's peer requires 100rel, and the caller supports it.
    ServerTxn reliable_call(const std::string& body = sdp("203.0.113.5", 4000)) {
        set_rel1xx(10, Mode::require);
        return call_with("Supported", body);
    }

    // ---- the callee ---------------------------------------------------------------------------
    void reliable(int status, unsigned rseq, const std::string& body = {},
                  const char* tag = "callee", std::size_t leg = 0) {
        const auto to = invite_out(leg);
        SipMessage response = signaling::make_response(to.request.message, status, "", tag);
        response.add("Contact", "<sip:200@192.0.2.20>");
        response.add("Allow", "INVITE, ACK, BYE, CANCEL, UPDATE, PRACK");
        response.add("Require", "100rel");
        response.add("RSeq", std::to_string(rseq));
        add_body(response, body);
        stack.events().on_response({to.txn, std::move(response), now()});
        media.deliver();
    }
    std::vector<FakeSipStack::Sent> pracks() const { return stack.sent_with("PRACK"); }
    void answer_callee(int status, const std::string& body = {}, const char* tag = "callee") {
        answer(invite_out(), status, body, tag);
    }

    // ---- the caller ---------------------------------------------------------------------------
    // PRACKs the last reliable response that the caller got.
    ServerTxn prack(const std::string& body = {}) { return prack_as(last_rseq(), body); }
    ServerTxn prack_as(const std::string& rseq, const std::string& body = {}) {
        return prack_with("RAck", rseq + " 1 INVITE", body);
    }
    ServerTxn prack_with(const char* name, const std::string& value, const std::string& body = {}) {
        SipMessage message = from_caller("PRACK");
        message.add(name, value);
        add_body(message, body);
        const auto txn = stack.receive(std::move(message), caller_path(), now());
        media.deliver();
        return txn;
    }
    std::string last_rseq() const { return header(last_reliable(), "RSeq"); }
    SipMessage last_reliable() const {
        SipMessage found;
        for (const auto& response : stack.answers_to(invite_))
            if (response.find("RSeq") != nullptr) found = response;
        return found;
    }
    std::size_t count_of(int status) const {
        std::size_t count = 0;
        for (const int each : statuses(invite_))
            if (each == status) ++count;
        return count;
    }
    static void add_body(SipMessage& message, const std::string& body) {
        if (body.empty()) return;
        message.add("Content-Type", "application/sdp");
        message.body = body;
    }
    static std::string early() { return sdp("192.0.2.20", 5000); }
};

}  // namespace weir::tests

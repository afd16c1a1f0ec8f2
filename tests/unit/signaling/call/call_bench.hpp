// SPDX-License-Identifier: Apache-2.0
// CallBench: a CallTable with a caller and callees on either side, all in virtual time.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "signaling/call/call_table.hpp"
#include "tests/support/fake_loop.hpp"
#include "tests/support/fake_media_plane.hpp"
#include "tests/support/fake_sip_stack.hpp"

namespace weir::tests {

using signaling::ClientTxn;
using signaling::ServerTxn;
using signaling::SipMessage;

class LineSink final : public signaling::CdrSink {
public:
    bool append(std::string line) override;
    std::vector<std::string> lines;
};

// What listeners were told, in words.
class EventLog final : public signaling::CallListener {
public:
    EventLog();
    ~EventLog() override;
    EventLog(const EventLog&) = delete;
    EventLog& operator=(const EventLog&) = delete;

    bool wants_media(const config::Config&, config::DialPeerTag,
                     config::DialPeerTag) const override;
    void on_call_connected(const signaling::CallView& call) override;
    void on_call_media_changed(const signaling::CallView& call, MonoTime since) override;
    void on_call_releasing(const signaling::CallView&, const signaling::CallEnd& call_end) override;
    void on_call_ended(const signaling::CallView&, const signaling::CallEnd& call_end,
                       const dataplane::SessionState& state) override;
    [[nodiscard]] std::string text() const;

    bool wants = false;
    std::vector<std::string> events;
    signaling::CallView connected;
    signaling::CallView changed;
    MonoTime changed_since;
    signaling::CallEnd end;
    dataplane::SessionState accounts;
};

Endpoint at(const char* text);
std::string sdp(const char* address, unsigned port, const std::string& more = {},
                const char* formats = "0 101");

class CallBench : public testing::Test {
protected:
    // `network`: what the node knows of names and realms; nothing in most tests.
    explicit CallBench(signaling::NetworkKnowledge network = {});
    ~CallBench() override;

    config::DialPeer& add_peer(std::uint32_t tag, const char* destination, const char* incoming,
                               const char* target);
    void apply();

    // ---- the caller -------------------------------------------------------------------------
    static SipMessage request(const std::string& method, const std::string& uri);
    static signaling::SipPath caller_path();
    SipMessage invite(const std::string& body = sdp("203.0.113.5", 4000));
    ServerTxn call(const SipMessage& message);
    ServerTxn call() { return call(invite()); }
    // A request of the caller inside its dialog.
    SipMessage from_caller(const std::string& method, const std::string& body = {});
    std::string to_with_tag() const;
    ServerTxn send_from_caller(const std::string& method, const std::string& body = {});
    void ack(ServerTxn invite, const std::string& body = {});
    void cancel(ServerTxn invite) { stack.events().on_cancel(invite, {}); }

    // ---- the callee -------------------------------------------------------------------------
    // The n-th INVITE that went out, from 0.
    FakeSipStack::Sent invite_out(std::size_t n = 0) const;
    void answer(const FakeSipStack::Sent& to, int status, const std::string& body = {},
                const char* tag = "callee");
    // A request of the callee inside the dialog of INVITE `leg`, with headers of its own.
    ServerTxn request_of_callee(const std::string& method, std::vector<signaling::Header> headers,
                                const std::string& body = {}, std::size_t leg = 0);
    ServerTxn send_from_callee(const std::string& method, const std::string& body = {},
                               std::size_t leg = 0);

    // ---- both -------------------------------------------------------------------------------
    // A call that talks: INVITE, 200, ACK.
    ServerTxn connect();
    void confirm_byes();
    std::vector<int> statuses(ServerTxn txn) const;
    SipMessage last_answer(ServerTxn txn) const;
    std::string header(const SipMessage& message, const char* name) const;
    MonoTime now() const { return loop.clock().now(); }

    config::Config config;
    FakeLoop loop;
    FakeSipStack stack;
    FakeMediaPlane media;
    LineSink sink;
    NullLogger logger;
    SeededRandom random{42};
    EventLog log;
    signaling::CdrLog cdr{loop, sink, logger,
                          [](const signaling::RecordingSummary&) { return "{}"; }};
    signaling::NetworkKnowledge network_;
    signaling::CallTable table{{loop, stack, media, cdr, random, logger}, network_};
    ServerTxn invite_;
    unsigned caller_cseq_ = 1;
    unsigned callee_cseq_ = 0;
};

}  // namespace weir::tests

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
    bool append(std::string line) override {
        lines.push_back(std::move(line));
        return true;
    }
    std::vector<std::string> lines;
};

// What listeners were told, in words.
class EventLog final : public signaling::CallListener {
public:
    bool wants_media(const config::Config&, config::DialPeerTag,
                     config::DialPeerTag) const override {
        return wants;
    }
    void on_call_connected(const signaling::CallView& call) override {
        events.emplace_back("connected");
        connected = call;
    }
    void on_call_media_changed(const signaling::CallView& call, MonoTime since) override {
        events.emplace_back("media");
        changed = call;
        changed_since = since;
    }
    void on_call_releasing(const signaling::CallView&,
                           const signaling::CallEnd& call_end) override {
        events.emplace_back("releasing");
        end = call_end;
    }
    void on_call_ended(const signaling::CallView&, const signaling::CallEnd& call_end,
                       const dataplane::SessionState& state) override {
        events.emplace_back("ended");
        end = call_end;
        accounts = state;
    }
    [[nodiscard]] std::string text() const {
        std::string all;
        for (const auto& event : events)
            all += (all.empty() ? "" : " ") + event;
        return all;
    }

    bool wants = false;
    std::vector<std::string> events;
    signaling::CallView connected;
    signaling::CallView changed;
    MonoTime changed_since;
    signaling::CallEnd end;
    dataplane::SessionState accounts;
};

inline Endpoint at(const char* text) {
    return *Endpoint::parse(text, 5060);
}

inline std::string sdp(const char* address, unsigned port, const std::string& more = {},
                       const char* formats = "0 101") {
    return "v=0\r\no=- 1 1 IN IP4 " + std::string(address) + "\r\ns=-\r\nc=IN IP4 " + address +
           "\r\nt=0 0\r\nm=audio " + std::to_string(port) + " RTP/AVP " + formats +
           "\r\na=rtpmap:101 telephone-event/8000\r\na=fmtp:101 0-16\r\n" + more;
}

class CallBench : public testing::Test {
protected:
    // `network`: what the node knows of names and realms; nothing in most tests.
    explicit CallBench(signaling::NetworkKnowledge network = {}) : network_(std::move(network)) {
        config.voice.border_element = true;
        config.voice.allow_sip_to_sip = true;
        config.voice.trusted.prefixes = {*Prefix::parse("203.0.113.0/24")};
        add_peer(10, "", ".T", "");
        add_peer(20, "2..", "", "192.0.2.20");
        stack.listening = {{signaling::SipTransport::udp, at("198.51.100.1")},
                           {signaling::SipTransport::tcp, at("198.51.100.1")}};
        stack.set_events(table);
        media.add_listener(table);
        table.add_listener(log);
        apply();
    }

    config::DialPeer& add_peer(std::uint32_t tag, const char* destination, const char* incoming,
                               const char* target) {
        config::DialPeer peer;
        peer.tag = config::DialPeerTag{tag};
        peer.session_protocol_sip = true;
        peer.destination_pattern = destination;
        peer.incoming_called_number = incoming;
        peer.codec = config::CodecPreference{1, config::Codec::g711ulaw, {}};
        peer.dtmf_relay = {config::DtmfRelay::rtp_nte};
        if (*target != '\0') {
            peer.target.kind = config::SessionTarget::Kind::address;
            peer.target.address = *IpAddress::parse(target);
        }
        return config.dial_peers[peer.tag] = peer;
    }
    void apply() {
        auto plan = dialplan::DialPlan::compile(std::make_shared<const config::Config>(config));
        ASSERT_TRUE(plan) << plan.error().context;
        table.set_config(*plan);
    }

    // ---- the caller -------------------------------------------------------------------------
    static SipMessage request(const std::string& method, const std::string& uri) {
        SipMessage message;
        message.method = method;
        message.request_uri = uri;
        message.headers = {{"Via", "SIP/2.0/UDP 203.0.113.5;branch=z9hG4bK1"},
                           {"From", "\"Ann\" <sip:100@pbx.example.net>;tag=caller"},
                           {"To", "<sip:200@198.51.100.1>"},
                           {"Call-ID", "one@203.0.113.5"},
                           {"CSeq", "1 " + method},
                           {"Max-Forwards", "70"},
                           {"Contact", "<sip:100@203.0.113.5>"},
                           {"Allow", "INVITE, ACK, BYE, CANCEL, UPDATE"}};
        return message;
    }
    static signaling::SipPath caller_path() {
        return {signaling::SipTransport::udp, at("198.51.100.1"), at("203.0.113.5")};
    }
    SipMessage invite(const std::string& body = sdp("203.0.113.5", 4000)) {
        SipMessage message = request("INVITE", "sip:200@198.51.100.1");
        message.body = body;
        if (!body.empty()) message.add("Content-Type", "application/sdp");
        return message;
    }
    ServerTxn call(const SipMessage& message) {
        invite_ = stack.receive(message, caller_path(), now());
        media.deliver();
        return invite_;
    }
    ServerTxn call() { return call(invite()); }
    // A request of the caller inside its dialog.
    SipMessage from_caller(const std::string& method, const std::string& body = {}) {
        SipMessage message = request(method, "sip:200@198.51.100.1");
        message.set("To", to_with_tag());
        message.set("CSeq", std::to_string(++caller_cseq_) + " " + method);
        if (!body.empty()) {
            message.add("Content-Type", "application/sdp");
            message.body = body;
        }
        return message;
    }
    std::string to_with_tag() const {
        for (const auto& answer : stack.answers_to(invite_))
            if (answer.status > 100) return *answer.find("To");
        return "<sip:200@198.51.100.1>;tag=none";
    }
    ServerTxn send_from_caller(const std::string& method, const std::string& body = {}) {
        const auto txn = stack.receive(from_caller(method, body), caller_path(), now());
        media.deliver();
        return txn;
    }
    void ack(ServerTxn invite, const std::string& body = {}) {
        SipMessage message = from_caller("ACK", body);
        stack.events().on_ack(invite, {ServerTxn{}, std::move(message), caller_path(), now()});
    }
    void cancel(ServerTxn invite) { stack.events().on_cancel(invite, {}); }

    // ---- the callee -------------------------------------------------------------------------
    // The n-th INVITE that went out, from 0.
    FakeSipStack::Sent invite_out(std::size_t n = 0) const {
        const auto all = stack.sent_with("INVITE");
        EXPECT_LT(n, all.size());
        return n < all.size() ? all[n] : FakeSipStack::Sent{};
    }
    void answer(const FakeSipStack::Sent& to, int status, const std::string& body = {},
                const char* tag = "callee") {
        SipMessage response = signaling::make_response(to.request.message, status, "", tag);
        response.add("Contact", "<sip:200@192.0.2.20>");
        response.add("Allow", "INVITE, ACK, BYE, CANCEL, UPDATE");
        if (!body.empty()) {
            response.add("Content-Type", "application/sdp");
            response.body = body;
        }
        stack.events().on_response({to.txn, std::move(response), now()});
        media.deliver();
    }
    // A request of the callee inside the dialog of INVITE `leg`, with headers of its own.
    ServerTxn request_of_callee(const std::string& method, std::vector<signaling::Header> headers,
                                const std::string& body = {}, std::size_t leg = 0) {
        const SipMessage out = invite_out(leg).request.message;
        SipMessage message;
        message.method = method;
        message.request_uri = "sip:100@198.51.100.1";
        message.headers = {{"Via", "SIP/2.0/UDP 192.0.2.20;branch=z9hG4bK9"},
                           {"From", *out.find("To") + ";tag=callee"},
                           {"To", *out.find("From")},
                           {"Call-ID", *out.find("Call-ID")},
                           {"CSeq", std::to_string(++callee_cseq_) + " " + method},
                           {"Contact", "<sip:200@192.0.2.20>"}};
        for (auto& header : headers)
            message.add(header.name, std::move(header.value));
        message.body = body;
        const signaling::SipPath path{signaling::SipTransport::udp, at("198.51.100.1"),
                                      at("192.0.2.20")};
        const auto txn = stack.receive(std::move(message), path, now());
        media.deliver();
        return txn;
    }
    ServerTxn send_from_callee(const std::string& method, const std::string& body = {},
                               std::size_t leg = 0) {
        std::vector<signaling::Header> headers;
        if (!body.empty()) headers.push_back({"Content-Type", "application/sdp"});
        return request_of_callee(method, std::move(headers), body, leg);
    }

    // ---- both -------------------------------------------------------------------------------
    // A call that talks: INVITE, 200, ACK.
    ServerTxn connect() {
        const auto txn = call();
        answer(invite_out(), 200, sdp("192.0.2.20", 5000));
        ack(txn);
        return txn;
    }
    void confirm_byes() {
        for (const auto& bye : stack.sent_with("BYE"))
            answer(bye, 200);
    }
    std::vector<int> statuses(ServerTxn txn) const {
        std::vector<int> all;
        for (const auto& response : stack.answers_to(txn))
            all.push_back(response.status);
        return all;
    }
    SipMessage last_answer(ServerTxn txn) const {
        const auto all = stack.answers_to(txn);
        EXPECT_FALSE(all.empty());
        return all.empty() ? SipMessage{} : all.back();
    }
    std::string header(const SipMessage& message, const char* name) const {
        const std::string* value = message.find(name);
        return value == nullptr ? "(none)" : *value;
    }
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

// SPDX-License-Identifier: Apache-2.0
// A recorded call on fakes: the test plays weir-media, the recorders and the call.
#pragma once

#include <string>
#include <vector>

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "forking/session/recording_manager.hpp"
#include "signaling/sdp/offer.hpp"
#include "tests/support/fake_loop.hpp"
#include "tests/support/fake_media_plane.hpp"
#include "tests/support/fake_sip_stack.hpp"

namespace weir::tests {

using dataplane::Side;
using forking::RecordingManager;
using signaling::RecordingVerdict;

// Whoever claims nothing: the call table's place behind the router.
struct NobodysEvents final : signaling::SipEvents {
    void on_request(signaling::IncomingRequest) override { ++events; }
    void on_cancel(signaling::ServerTxn, signaling::IncomingRequest) override { ++events; }
    void on_ack(signaling::ServerTxn, signaling::IncomingRequest) override { ++events; }
    void on_ack_timeout(signaling::ServerTxn) override { ++events; }
    void on_response(signaling::IncomingResponse) override { ++events; }
    void on_failure(signaling::ClientTxn, signaling::TxnFailure) override { ++events; }
    int events = 0;
};

class RecordingTest : public testing::Test {
protected:
    RecordingTest() {
        stack.listening = {{signaling::SipTransport::udp, local},
                           {signaling::SipTransport::tcp, local}};
        router.add(manager);
        stack.set_events(router);
        media.add_listener(manager);
        media.emit(dataplane::PlaneUp{7});
        config = std::make_shared<config::Config>(make_config());
        call = make_call();
    }

    static config::Config make_config() {
        config::Config made;
        auto& inbound = made.dial_peers[config::DialPeerTag{410}];
        inbound.tag = config::DialPeerTag{410};
        inbound.media_class = 1;
        std::uint8_t host = 71;
        for (const std::uint32_t tag : {8001U, 8002U, 8003U}) {
            auto& recorder = made.dial_peers[config::DialPeerTag{tag}];
            recorder.tag = config::DialPeerTag{tag};
            recorder.session_protocol_sip = true;
            recorder.destination_pattern = "5900" + std::to_string(tag % 10);
            recorder.target.kind = config::SessionTarget::Kind::address;
            recorder.target.address = IpAddress::v4(198, 51, 100, host++);
            made.recorder_profiles[1].recorders.push_back(recorder.tag);
        }
        made.recorder_profiles[1].tag = 1;
        made.media_classes[1].tag = 1;
        made.media_classes[1].recorder_profile = 1;
        return made;
    }

    signaling::CallView make_call() const {
        signaling::CallView view;
        view.id = signaling::CallId{11};
        view.guid = Guid{{1334370502, 1348997600, 2396699092, 3395863316}};
        view.config = config;
        view.parties[0] = {.number = "708090",
                           .display = {},
                           .peer = IpAddress::v4(192, 0, 2, 5),
                           .dial_peer = config::DialPeerTag{410},
                           .sip_call_id = "a"};
        view.parties[1] = {.number = "10000",
                           .display = {},
                           .peer = IpAddress::v4(192, 0, 2, 32),
                           .dial_peer = config::DialPeerTag{420},
                           .sip_call_id = "b"};
        view.media = {3, 1};
        signaling::NegotiatedStream audio;
        audio.media = "audio";
        audio.formats = {
            {0, "PCMU/8000", ""}, {101, "telephone-event/8000", "0-16"}, {19, "CN/8000", ""}};
        view.streams.push_back(audio);
        view.connected_at = loop.clock().now();
        return view;
    }

    // The call connects and weir-media leases both forks.
    void connect() {
        call.connected_at = loop.clock().now();
        manager.on_call_connected(call);
        lease();
    }
    void lease() {
        std::uint32_t index = 0;
        for (const auto& command : media.sent<dataplane::LeaseFork>()) {
            if (leased.contains(command.tag)) continue;
            leased.insert(command.tag);
            media.emit(dataplane::ForkLeased{
                command.tag,
                {call.media, index, 0},
                {local.address, 0, static_cast<std::uint16_t>(24544 + 2 * index)}});
            ++index;
        }
    }
    FakeSipStack::Sent last_invite() const {
        const auto invites = stack.sent_with("INVITE");
        EXPECT_FALSE(invites.empty());
        return invites.empty() ? FakeSipStack::Sent{} : invites.back();
    }
    static std::string answer_sdp(const std::string& direction = "recvonly", int port = 40000,
                                  const std::string& payload = "0") {
        std::string sdp =
            "v=0\r\no=CiscoORA 1 1 IN IP4 198.51.100.71\r\ns=SIP Call\r\nc=IN IP4 "
            "198.51.100.71\r\nt=0 0\r\n";
        for (int i = 0; i < 2; ++i)
            sdp += fmt::format("m=audio {} RTP/AVP {}\r\na={}\r\n", port == 0 ? 0 : port + 2 * i,
                               payload, direction);
        return sdp;
    }
    void answer(int status, const std::string& sdp = {},
                std::vector<signaling::Header> extra = {}) {
        extra.push_back({"Contact", "<sip:198.51.100.71:5060>"});
        stack.answer(last_invite(), status, "rec", sdp, std::move(extra));
    }
    void begin() {
        connect();
        answer(200, answer_sdp());
    }
    void end_call(std::uint8_t cause = 16) {
        signaling::CallEnd end;
        end.q850_cause = cause;
        manager.on_call_ended(call, end, accounts);
    }
    // weir-media closes the fork with this many packets, all sent.
    void close_fork(std::uint32_t index, std::uint64_t packets) {
        dataplane::ForkAccount account;
        account.eligible = account.copied = account.sent = packets;
        account.sent_octets = packets * 160;
        media.emit(dataplane::ForkClosed{{call.media, index, 0}, 0, Side::a, account});
    }
    void close_unanswered(std::uint32_t index, std::uint32_t packets) {
        dataplane::ForkAccount account;
        account.eligible = packets;
        account.drops.at(static_cast<std::size_t>(dataplane::ForkDrop::unanswered)) = packets;
        media.emit(dataplane::ForkClosed{{call.media, index, 0}, 0, Side::a, account});
    }
    void answer_bye(std::uint64_t packets, bool with_account = true) {
        const auto byes = stack.sent_with("BYE");
        ASSERT_EQ(byes.size(), 1U);
        std::vector<signaling::Header> headers;
        for (int i = 0; i < 2 && with_account; ++i)
            headers.push_back(
                {"X-Weir-Recorded",
                 fmt::format("{};packets={};octets={};lost=0;first-seq=1;last-seq=9;duplicates=0",
                             i, packets, packets * 160)});
        stack.answer(byes.back(), 200, "rec", {}, std::move(headers));
    }
    void hold(bool a_sends, bool b_sends) {
        call.streams[0].sends = {a_sends, b_sends};
        manager.on_call_media_changed(call, loop.clock().now());
    }
    // A request of the recorder inside the recording dialog.
    signaling::ServerTxn recorder_asks(const std::string& method, const std::string& sdp = {}) {
        const signaling::SipMessage invite = stack.sent_with("INVITE").front().request.message;
        signaling::SipMessage message;
        message.method = method;
        message.request_uri = "sip:198.51.100.10";
        message.add("Via", "SIP/2.0/UDP 198.51.100.71");
        message.add("From", *invite.find("To") + ";tag=rec");
        message.add("To", *invite.find("From"));
        message.add("Call-ID", *invite.find("Call-ID"));
        message.add("CSeq", std::to_string(++recorder_cseq) + " " + method);
        message.body = sdp;
        return stack.receive(message);
    }
    template <typename Command>
    std::size_t count() const {
        return media.sent<Command>().size();
    }
    const signaling::RecordingSummary& result() {
        EXPECT_EQ(released.size(), 1U);
        static const signaling::RecordingSummary none;
        return released.empty() ? none : released.back();
    }

    Endpoint local{IpAddress::v4(198, 51, 100, 10), 0, 5060};
    FakeLoop loop;
    FakeSipStack stack;
    FakeMediaPlane media;
    forking::LedgerBook ledger;
    SeededRandom random{1};
    NullLogger log;
    std::vector<signaling::CallId> held;
    std::vector<signaling::RecordingSummary> released;
    RecordingManager manager{
        {loop, stack, media, ledger, random, log},
        {},
        {[this](signaling::CallId id) {
             held.push_back(id);
             return true;
         },
         [this](signaling::CallId, std::vector<signaling::RecordingSummary> list) {
             for (auto& each : list)
                 released.push_back(std::move(each));
         }}};
    NobodysEvents others;
    signaling::SipRouter router{others};
    std::shared_ptr<config::Config> config;
    signaling::CallView call;
    dataplane::SessionState accounts{};
    std::set<dataplane::RequestTag> leased;
    std::uint32_t recorder_cseq = 1;
};

}  // namespace weir::tests

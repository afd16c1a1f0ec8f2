// SPDX-License-Identifier: Apache-2.0
// TDM trunks: pots dial-peers over the SIP gateway of a voice-port (spec G.5).
#include "tests/unit/signaling/call/call_bench.hpp"

namespace weir::signaling {
namespace {

class VoicePortTest : public tests::CallBench {
protected:
    VoicePortTest() {
        set_gateway("signal sip target ipv4:192.0.2.77:5070");
        auto& pots = add_peer(50, "9T", "", "");
        pots.type = config::DialPeer::Type::pots;
        pots.session_protocol_sip = false;
        pots.port = "0/1/0:15";
        pots.incoming_called_number = "2..";
        apply();
    }
    void set_gateway(const char* line) {
        config.kept_blocks["voice-port 0/1/0:15"] = {{"signal sip target", line, ""}};
    }
    ServerTxn call_to(const char* number) {
        SipMessage message = invite();
        message.request_uri = std::string("sip:") + number + "@198.51.100.1";
        return call(message);
    }
    ServerTxn call_from_gateway() {
        SipPath path = caller_path();
        path.remote = tests::at("192.0.2.77");
        invite_ = stack.receive(invite(), path, now());
        media.deliver();
        return invite_;
    }
};

TEST_F(VoicePortTest, ACallForAPotsPeerGoesToTheGatewayWithItsDigits) {
    call_to("9123");
    const auto out = invite_out().request;
    // digit-strip takes the explicit digits away.
    EXPECT_EQ(out.message.request_uri, "sip:123@192.0.2.77:5070");
    EXPECT_EQ(out.path.remote, tests::at("192.0.2.77:5070"));
}

TEST_F(VoicePortTest, ThePotsLegTakesTheCodecsThatAreOffered) {
    call_to("9123");
    EXPECT_NE(invite_out().request.message.body.find("RTP/AVP 0 101"), std::string::npos)
        << invite_out().request.message.body;
}

TEST_F(VoicePortTest, ACallFromTheGatewayIsACallOfThePort) {
    call_from_gateway();
    const auto calls = table.calls();
    ASSERT_EQ(calls.size(), 1U);
    EXPECT_EQ(calls[0].view.parties[0].dial_peer, config::DialPeerTag{50});
    EXPECT_EQ(invite_out().request.message.request_uri, "sip:200@192.0.2.20");
}

TEST_F(VoicePortTest, TheGatewayIsTrustedThoughNoListNamesIt) {
    config.voice.trusted.prefixes.clear();
    apply();
    EXPECT_TRUE(table.admits(nullptr, [] {
        SipPath path = caller_path();
        path.remote = tests::at("192.0.2.77");
        return path;
    }()));
}

TEST_F(VoicePortTest, APortThatIsShutDownTakesNoCall) {
    config.kept_blocks["voice-port 0/1/0:15"].push_back({"shutdown", "shutdown", ""});
    apply();
    const auto txn = call_to("9123");
    EXPECT_EQ(last_answer(txn).status, 503);
}

}  // namespace
}  // namespace weir::signaling

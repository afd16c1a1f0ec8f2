// SPDX-License-Identifier: Apache-2.0
// What operators see and end of a table of calls, and what each dial-peer has counted.
#include "tests/unit/signaling/call/call_bench.hpp"

namespace weir::signaling {
namespace {

using tests::sdp;

class CallTableShowTest : public tests::CallBench {
protected:
    // A second call, of another caller and number.
    ServerTxn call_other() {
        SipMessage message = invite();
        message.request_uri = "sip:201@198.51.100.1";
        message.set("From", "<sip:555@pbx.example.net>;tag=other");
        message.set("Call-ID", "other@203.0.113.5");
        return call(message);
    }
    static CallChoice calling(const char* number) {
        CallChoice choice;
        choice.calling = number;
        return choice;
    }
    // Media sessions close, calls are written.
    void settle() {
        media.deliver();
        loop.advance(std::chrono::seconds(60));
        media.deliver();
    }
    [[nodiscard]] PeerCounters peer(std::uint32_t tag) const {
        return table.peer_stats().of(config::DialPeerTag{tag});
    }
};

TEST_F(CallTableShowTest, CallsAreChosenByNumberAndId) {
    call();
    call_other();
    ASSERT_EQ(table.calls().size(), 2U);
    const auto chosen = table.some_calls(calling("555"));
    ASSERT_EQ(chosen.calls.size(), 1U);
    EXPECT_EQ(chosen.calls[0].view.called, "201");
    CallChoice by_id;
    by_id.id = table.calls()[0].view.id;
    EXPECT_EQ(table.some_calls(by_id).calls.size(), 1U);
    CallChoice called;
    called.called = "201";
    EXPECT_EQ(table.some_calls(called).calls.size(), 1U);
}

TEST_F(CallTableShowTest, ALongTableIsTakenInPieces) {
    call();
    call_other();
    CallChoice choice;
    choice.most = 1;
    const auto first = table.some_calls(choice);
    ASSERT_EQ(first.calls.size(), 1U);
    EXPECT_EQ(first.left_out, 1U);
    choice.after = first.calls[0].view.id;
    const auto second = table.some_calls(choice);
    ASSERT_EQ(second.calls.size(), 1U);
    EXPECT_EQ(second.left_out, 0U);
    EXPECT_GT(second.calls[0].view.id, choice.after);
}

TEST_F(CallTableShowTest, ASnapshotHasThePathsOfBothLegs) {
    connect();
    const auto calls = table.calls();
    ASSERT_EQ(calls.size(), 1U);
    EXPECT_EQ(calls[0].paths[0].remote, tests::at("203.0.113.5"));
    EXPECT_EQ(calls[0].paths[1].remote, tests::at("192.0.2.20"));
    EXPECT_EQ(calls[0].uuids[0].size(), 32U);
}

TEST_F(CallTableShowTest, AClearedCallEndsBothLegsWithThatCause) {
    connect();
    EXPECT_EQ(table.release_calls(calling("999"), 17), 0U);
    EXPECT_EQ(table.release_calls(calling("100"), 17), 1U);
    const auto byes = stack.sent_with("BYE");
    ASSERT_EQ(byes.size(), 2U);
    for (const auto& bye : byes)
        EXPECT_EQ(header(bye.request.message, "Reason"), "Q.850;cause=17");
    confirm_byes();
    settle();
    ASSERT_EQ(sink.lines.size(), 1U);
    EXPECT_NE(sink.lines[0].find("\"cause\":17"), std::string::npos) << sink.lines[0];
}

TEST_F(CallTableShowTest, AClearedCallThatRingsIsCancelledAndRefusedByThatCause) {
    const auto txn = call();
    answer(invite_out(), 180);
    EXPECT_EQ(table.release_calls(calling("100"), 17), 1U);
    EXPECT_EQ(last_answer(txn).status, 486);
    EXPECT_EQ(header(last_answer(txn), "Reason"), "Q.850;cause=17");
}

TEST_F(CallTableShowTest, ACallIsOfTheVoicePortWhereItIsAndNotWhereItMightGo) {
    config.kept_blocks["voice-port 0/1/0:15"] = {
        {"signal sip target", "signal sip target ipv4:192.0.2.77:5070", ""}};
    auto& pots = add_peer(50, "2..", "", "");
    pots.type = config::DialPeer::Type::pots;
    pots.session_protocol_sip = false;
    pots.port = "0/1/0:15";
    pots.preference = 5;
    apply();
    CallChoice of_port;
    of_port.voice_port = "0/1/0:15";
    call();
    EXPECT_EQ(table.release_calls(of_port, 17), 0U) << "the port is the next candidate";
    answer(invite_out(), 503);
    ASSERT_EQ(invite_out(1).request.path.remote, tests::at("192.0.2.77:5070"));
    CallChoice of_other;
    of_other.voice_port = "0/2/0";
    EXPECT_EQ(table.release_calls(of_other, 17), 0U);
    EXPECT_EQ(table.release_calls(of_port, 17), 1U);
}

TEST_F(CallTableShowTest, PeersCountAnsweredAndFailedCalls) {
    connect();
    loop.advance(std::chrono::seconds(10));
    send_from_caller("BYE");
    confirm_byes();
    settle();
    EXPECT_EQ(peer(10).accepted, 1U);
    EXPECT_EQ(peer(20).successful, 1U);
    EXPECT_EQ(peer(20).connect_time, std::chrono::seconds(10));
    EXPECT_EQ(peer(20).last_cause, 16);

    const auto sent = stack.sent_with("INVITE").size();
    call_other();
    answer(invite_out(sent), 486);
    settle();
    EXPECT_EQ(peer(20).successful, 1U);
    EXPECT_EQ(peer(20).failed, 1U);
    EXPECT_EQ(peer(20).incomplete, 1U);
    EXPECT_EQ(peer(20).last_cause, 17);
    EXPECT_EQ(peer(10).accepted, 2U);
    EXPECT_EQ(peer(10).refused, 0U);
}

TEST_F(CallTableShowTest, ACallWithoutARouteIsRefusedAtItsInboundPeer) {
    SipMessage message = invite();
    message.request_uri = "sip:999@198.51.100.1";
    call(message);
    settle();
    EXPECT_EQ(peer(10).refused, 1U);
    EXPECT_EQ(peer(10).accepted, 0U);
}

TEST_F(CallTableShowTest, ClearedCountersBeginAnewAndPeersThatAreGoneAreForgotten) {
    SipMessage message = invite();
    message.request_uri = "sip:999@198.51.100.1";
    call(message);
    settle();
    table.peer_stats().clear(config::DialPeerTag{10}, now());
    EXPECT_EQ(peer(10).refused, 0U);
    EXPECT_EQ(peer(10).cleared, now());
    config.dial_peers.erase(config::DialPeerTag{20});
    config.dial_peers.erase(config::DialPeerTag{10});
    apply();
    EXPECT_TRUE(table.peer_stats().all().empty());
}

}  // namespace
}  // namespace weir::signaling

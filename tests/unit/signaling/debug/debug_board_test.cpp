// SPDX-License-Identifier: Apache-2.0
// What sessions that debug are told of calls, and what nobody asked for.
#include "signaling/debug/debug_board.hpp"

#include <gmock/gmock.h>

#include "tests/unit/signaling/call/call_bench.hpp"

namespace weir::signaling {
namespace {

using testing::HasSubstr;
using testing::Not;

// Counts as the flight recorder would.
class CountingTape final : public CallTape {
public:
    void on_begin(const CallSetup&, Moment) override { ++begun; }
    void on_input(CallId, const CallInput&, Moment) override { ++inputs; }
    void on_actions(CallId, CallState, const std::vector<CallAction>&, Moment) override {}
    void on_finish(CallId, Moment) override {}
    int begun = 0;
    int inputs = 0;
};

class DebugBoardTest : public tests::CallBench {
protected:
    void watch(std::uint64_t session, const char* words) {
        const auto wish = parse_debug_wish(words);
        ASSERT_TRUE(wish);
        board.watch(session, *wish,
                    [this, session](const std::string& text) { told[session] += text; });
    }
    void ignore(std::uint64_t session, const char* words) {
        board.ignore(session, *parse_debug_wish(words));
    }
    // What the stack counts, as the wire has it: the bench's stack counts nothing by itself.
    void wire_in(const SipMessage& message) { stats.received.count(message); }
    void wire_out(const SipMessage& message) { stats.sent.count(message); }
    // The caller's INVITE and everything up to the callee's 200, on the wire and in the machine.
    void talk() {
        wire_in(invite());
        const auto txn = call();
        for (const auto& response : stack.answers_to(txn))
            wire_out(response);
        wire_out(invite_out().request.message);
        SipMessage ok = make_response(invite_out().request.message, 200, "OK", "callee");
        wire_in(ok);
        answer(invite_out(), 200, tests::sdp("192.0.2.20", 5000));
        wire_out(last_answer(txn));
        ack(txn);
    }

    SipStats stats;
    std::map<std::uint64_t, std::string> told;
    DebugBoard board{loop, table, stats, 7};
};

TEST_F(DebugBoardTest, NobodyWatchesNothingIsHooked) {
    EXPECT_EQ(stats.received.watcher, nullptr);
    EXPECT_EQ(table.tape(), nullptr);
    watch(1, "all");
    EXPECT_NE(stats.sent.watcher, nullptr);
    EXPECT_EQ(table.tape(), &board);
    board.leave(1);
    EXPECT_EQ(stats.sent.watcher, nullptr);
    EXPECT_EQ(table.tape(), nullptr);
}

TEST_F(DebugBoardTest, MessagesComeInTheRoutersLayoutWithTheirCall) {
    watch(1, "messages");
    talk();
    EXPECT_THAT(told[1], HasSubstr(": //-1/xxxxxxxxxxxx/SIP/Msg/ccsipDisplayMsg:\nReceived:\n"
                                   "INVITE sip:200@198.51.100.1 SIP/2.0\n"));
    EXPECT_THAT(told[1], testing::ContainsRegex("//12/[0-9A-F]{12}/SIP/Msg/ccsipDisplayMsg:\n"
                                                "Sent:\nINVITE sip:200@192.0.2.20"));
    EXPECT_THAT(told[1], testing::ContainsRegex("//11/[0-9A-F]{12}/SIP/Msg/ccsipDisplayMsg:\n"
                                                "Sent:\nSIP/2.0 200 OK"));
    EXPECT_THAT(told[1], Not(HasSubstr("State/")));
}

TEST_F(DebugBoardTest, AFilterByNumberShowsThatNumberAlone) {
    watch(1, "messages number 200");
    watch(2, "messages number 777");
    talk();
    EXPECT_THAT(told[1], HasSubstr("Sent:\nINVITE"));
    EXPECT_EQ(told[2], "");
}

TEST_F(DebugBoardTest, AFilterByDialPeerShowsAlsoTheInviteThatBeganTheCall) {
    watch(1, "messages peer 20");
    watch(2, "messages peer 30");
    talk();
    EXPECT_THAT(told[1], HasSubstr("Received:\nINVITE sip:200@198.51.100.1"));
    EXPECT_LT(told[1].find("Received:\nINVITE"), told[1].find("Sent:"));
    EXPECT_EQ(told[2], "");
}

TEST_F(DebugBoardTest, AFilterByCallShowsItFromThere) {
    watch(1, "messages call 1");
    watch(2, "messages call 2");
    talk();
    EXPECT_THAT(told[1], HasSubstr("Sent:\nINVITE"));
    EXPECT_EQ(told[2], "");
}

TEST_F(DebugBoardTest, EventsAndStatesAreTopicsOfTheirOwn) {
    watch(1, "events");
    watch(2, "states");
    connect();
    EXPECT_THAT(told[1], HasSubstr("SIP/Event/begin: 100 -> 200, dial-peer 10"));
    EXPECT_THAT(told[1], HasSubstr("SIP/Event/action: INVITE sip:200@192.0.2.20"));
    EXPECT_THAT(told[1], Not(HasSubstr("State/")));
    EXPECT_THAT(told[2], HasSubstr("SIP/State/call: answered -> connected\n"));
    EXPECT_THAT(told[2], Not(HasSubstr("Event/")));
}

TEST_F(DebugBoardTest, TheFlightRecorderHearsEverythingAsBefore) {
    CountingTape recorder;
    table.set_tape(&recorder);
    watch(1, "events");
    connect();
    EXPECT_EQ(recorder.begun, 1);
    EXPECT_GT(recorder.inputs, 2);
    board.leave(1);
    EXPECT_EQ(table.tape(), &recorder);
    table.set_tape(nullptr);
}

TEST_F(DebugBoardTest, EachTopicHasItsOwnFilter) {
    watch(1, "messages number 777");
    watch(1, "states");
    talk();
    EXPECT_THAT(told[1], HasSubstr("State/call"));
    EXPECT_THAT(told[1], Not(HasSubstr("ccsipDisplayMsg")));
}

TEST_F(DebugBoardTest, ATopicIsSwitchedOffAlone) {
    watch(1, "messages");
    watch(1, "states");
    ignore(1, "messages");
    EXPECT_EQ(stats.sent.watcher, nullptr);
    connect();
    EXPECT_THAT(told[1], HasSubstr("State/call"));
    ignore(1, "all");
    EXPECT_EQ(board.watchers(), 0U);
}

TEST_F(DebugBoardTest, AFloodIsCutAndSaid) {
    watch(1, "messages");
    SipMessage ping = request("OPTIONS", "sip:198.51.100.1");
    for (std::uint32_t i = 0; i < 10 * kDebugTexts; ++i)
        wire_in(ping);
    const auto texts = [&] {
        std::size_t count = 0;
        for (std::size_t at = told[1].find("ccsipDisplayMsg"); at != std::string::npos;
             at = told[1].find("ccsipDisplayMsg", at + 1))
            ++count;
        return count;
    };
    EXPECT_EQ(texts(), kDebugTexts);
    loop.advance(std::chrono::seconds(1));
    wire_in(ping);
    EXPECT_EQ(texts(), kDebugTexts + 1);
    EXPECT_THAT(told[1], HasSubstr("texts of debug output were dropped"));
}

TEST_F(DebugBoardTest, PasswordsAndKeysAreTokens) {
    watch(1, "messages");
    SipMessage message = request("REGISTER", "sip:198.51.100.1");
    message.add("Authorization",
                "Digest username=\"ann\", realm=\"r\", nonce=\"n\", "
                "uri=\"sip:a\", response=\"0123456789abcdef\"");
    wire_in(message);
    EXPECT_THAT(told[1], HasSubstr("username=\"ann\""));
    EXPECT_THAT(told[1], Not(HasSubstr("0123456789abcdef")));
}

}  // namespace
}  // namespace weir::signaling

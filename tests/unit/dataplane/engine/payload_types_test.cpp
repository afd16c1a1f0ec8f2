// SPDX-License-Identifier: Apache-2.0
// Payload types that differ between the parties: which octets of which packets change.
#include "tests/unit/dataplane/engine/framed_fixture.hpp"

namespace weir::dataplane::tests {
namespace {

Bytes typed(std::uint16_t sequence, std::uint8_t second) {
    Bytes packet = rtp(sequence);
    packet[1] = second;
    return packet;
}

to_worker::SetPayloadTypes pairs(Side side, std::vector<PayloadPair> list) {
    to_worker::SetPayloadTypes command{.session = SessionId{0, 1}, .side = side};
    command.count = static_cast<std::uint8_t>(list.size());
    std::copy(list.begin(), list.end(), command.pairs.begin());
    return command;
}

class PayloadTypes : public Engine {
protected:
    void caller_sends_typed(std::uint8_t second) {
        io->arriving.push_back({typed(++sequence_, second), kCaller, kTowardCaller});
        turn();
    }
    void callee_sends_typed(std::uint8_t second) {
        io->arriving.push_back({typed(++sequence_, second), kCallee, kTowardCallee});
        turn();
    }
    // The last packet that went there.
    Bytes last_to(const Endpoint& to) {
        const auto all = io->sent_to(to);
        return all.empty() ? Bytes() : all.back().bytes;
    }
    std::uint16_t sequence_ = 0;
};

TEST_F(PayloadTypes, EachDirectionHasItsOwnMapAndNothingElseOfThePacketChanges) {
    open();
    send(pairs(Side::a, {{101, 96}, {111, 114}}));
    send(pairs(Side::b, {{96, 101}}));
    for (const auto& [came, goes] : std::vector<std::pair<std::uint8_t, std::uint8_t>>{
             {101, 96}, {101 | 0x80, 96 | 0x80}, {111, 114}, {0, 0}, {96, 96}, {127, 127}}) {
        caller_sends_typed(came);
        EXPECT_EQ(last_to(kCallee), typed(sequence_, goes)) << int{came};
    }
    for (const auto& [came, goes] :
         std::vector<std::pair<std::uint8_t, std::uint8_t>>{{96, 101}, {101, 101}, {114, 114}}) {
        callee_sends_typed(came);
        EXPECT_EQ(last_to(kCaller), typed(sequence_, goes)) << int{came};
    }
    expect_laws();
}

TEST_F(PayloadTypes, ListReplacesTheOneBeforeAndAnEmptyOneEndsIt) {
    open();
    send(pairs(Side::a, {{101, 96}}));
    send(pairs(Side::a, {{102, 97}}));
    caller_sends_typed(101);
    EXPECT_EQ(last_to(kCallee)[1], 101);
    caller_sends_typed(102);
    EXPECT_EQ(last_to(kCallee)[1], 97);
    send(pairs(Side::a, {}));
    caller_sends_typed(102);
    EXPECT_EQ(last_to(kCallee)[1], 102);
}

TEST_F(PayloadTypes, RecordersHearTheNumbersOfTheSenderLiveAndFromThePreRoll) {
    open();
    send(pairs(Side::a, {{101, 96}}));
    arm(0, now.ns);
    caller_sends_typed(101);  // waits in the pre-roll
    start_fork();
    pass(std::chrono::milliseconds(50));
    caller_sends_typed(101 | 0x80);
    const auto copies = io->sent_to(kRecorder);
    ASSERT_EQ(copies.size(), 2U);
    EXPECT_EQ(copies[0].bytes[1], 101);
    EXPECT_EQ(copies[1].bytes[1], 101 | 0x80);
    EXPECT_EQ(last_to(kCallee)[1], 96 | 0x80);
    expect_laws();
}

TEST_F(PayloadTypes, RtcpIsLeftAloneOnEitherPort) {
    open();
    send(pairs(Side::a, {{72, 96}, {200 & 0x7F, 97}}));
    Bytes report(28, 0);
    report[0] = 0x80;
    report[1] = 200;                                           // SR, RFC 3550 6.4.1
    report[3] = 6;                                             // words that follow
    io->arriving.push_back({report, kCaller, kTowardCaller});  // RFC 5761
    turn();
    EXPECT_EQ(last_to(kCallee), report);
    LocalPort rtcp = kTowardCaller;
    ++rtcp.port;
    io->arriving.push_back({report, next_port(kCaller), rtcp});
    turn();
    EXPECT_EQ(last_to(next_port(kCallee)), report);
}

TEST_F(PayloadTypes, HeldBackPacketsHaveTheNumbersThatCameBeforeTheAddress) {
    open_unanswered();
    io->arriving.push_back({typed(1, 96), kCallee, kTowardCallee});
    turn();
    send(pairs(Side::b, {{96, 101}}));
    answer();
    EXPECT_EQ(last_to(kCaller), typed(1, 101));
}

TEST_F(PayloadTypes, ForAStreamThatIsNotThereAreCounted) {
    open();
    auto command = pairs(Side::a, {{101, 96}});
    command.stream = 2;
    send(command);
    command.stream = 0;
    command.session.generation = 7;
    send(command);
    caller_sends_typed(101);
    EXPECT_EQ(last_to(kCallee)[1], 101);
    EXPECT_EQ(shared->counters(0).stale_commands.load(), 2U);
}

TEST_F(PayloadTypes, NextSessionOfTheSlotBeginsWithoutAny) {
    open();
    send(pairs(Side::a, {{101, 96}}));
    turn();
    send(to_worker::CloseSession{kSession});
    pass(std::chrono::milliseconds(3000));
    open();
    caller_sends_typed(101);
    EXPECT_EQ(last_to(kCallee)[1], 101);
}

// Odd sums and all octets: the checksum that a frame gets is that of what it holds.
class FramedPayloadTypes : public FramedEngine {};

TEST_F(FramedPayloadTypes, ChecksumIsThatOfTheNewNumber) {
    open_plain();
    for (std::uint8_t to = 0; to < 128; ++to) {
        send(pairs(Side::a, {{101, to}}));
        FrameSpec spec = spec_from(caller, typed(to, to % 2 == 0 ? 101 : 101 | 0x80));
        receive(frame_of(spec));
        turn();
        ASSERT_FALSE(io->sent.empty());
        const auto read = read_sent(io->sent.back().bytes, kCallee);
        EXPECT_TRUE(read.is_good) << int{to};
        EXPECT_EQ(read.payload, typed(to, static_cast<std::uint8_t>(to % 2 == 0 ? to : to | 0x80)));
    }
    expect_no_leak();
}

}  // namespace
}  // namespace weir::dataplane::tests

// SPDX-License-Identifier: Apache-2.0
// The relay: which packets pass, which are counted as what. Fixtures: description, in, verdict,
// out.
#include "tests/unit/dataplane/engine/harness.hpp"

namespace weir::dataplane::tests {
namespace {

struct RelayFixture {
    const char* description;
    Bytes packet;
    Endpoint peer;
    LocalPort local;
    std::optional<Verdict> verdict;  // nothing: relayed
};

Bytes cut(std::size_t bytes) {
    Bytes packet = rtp(7);
    packet.resize(bytes);
    return packet;
}
Bytes with_first(std::uint8_t first, std::size_t payload = 160) {
    Bytes packet = rtp(7, 0x1111, payload);
    packet[0] = first;
    return packet;
}
Bytes padded(std::uint8_t last) {
    Bytes packet = with_first(0xA0, 20);
    packet.back() = last;
    return packet;
}
Bytes extended(std::uint16_t words, std::size_t bytes_behind) {
    Bytes packet = with_first(0x90, 4 + bytes_behind);
    packet[12] = 0xBE;
    packet[13] = 0xDE;
    packet[14] = static_cast<std::uint8_t>(words >> 8U);
    packet[15] = static_cast<std::uint8_t>(words);
    return packet;
}

std::vector<RelayFixture> fixtures() {
    const Endpoint stranger = at("192.0.2.66:4000");
    const Endpoint other_port = at("192.0.2.1:4002");
    std::vector<RelayFixture> all{
        {"G.711, 20 ms", rtp(7), kCaller, kTowardCaller, std::nullopt},
        {"header only", rtp(7, 1, 0), kCaller, kTowardCaller, std::nullopt},
        {"version 0", with_first(0x00), kCaller, kTowardCaller, Verdict::bad_version},
        {"version 1", with_first(0x40), kCaller, kTowardCaller, Verdict::bad_version},
        {"version 3", with_first(0xC0), kCaller, kTowardCaller, Verdict::bad_version},
        {"15 CSRC, all there", with_first(0x8F), kCaller, kTowardCaller, std::nullopt},
        {"15 CSRC, 59 bytes left", with_first(0x8F, 59), kCaller, kTowardCaller,
         Verdict::bad_header},
        {"15 CSRC, 60 bytes left", with_first(0x8F, 60), kCaller, kTowardCaller, std::nullopt},
        {"extension fits", extended(2, 8), kCaller, kTowardCaller, std::nullopt},
        {"extension one word too long", extended(3, 8), kCaller, kTowardCaller,
         Verdict::bad_header},
        {"extension of 65,535 words", extended(65535, 160), kCaller, kTowardCaller,
         Verdict::bad_header},
        {"extension header cut", with_first(0x90, 3), kCaller, kTowardCaller, Verdict::bad_header},
        {"padding 20 of 20", padded(20), kCaller, kTowardCaller, std::nullopt},
        {"padding 21 of 20", padded(21), kCaller, kTowardCaller, Verdict::bad_header},
        {"padding 255", padded(255), kCaller, kTowardCaller, Verdict::bad_header},
        {"padding 0", padded(0), kCaller, kTowardCaller, Verdict::bad_header},
        {"1,500 bytes", rtp(7, 1, 1488), kCaller, kTowardCaller, std::nullopt},
        {"1,501 bytes", rtp(7, 1, 1489), kCaller, kTowardCaller, Verdict::too_long},
        {"foreign address", rtp(7), stranger, kTowardCaller, Verdict::wrong_source},
        {"foreign port", rtp(7), other_port, kTowardCaller, Verdict::wrong_source},
        {"the other party's address", rtp(7), kCallee, kTowardCaller, Verdict::wrong_source},
        {"nobody's port", rtp(7), kCaller, {9000, 0, 0}, Verdict::no_session},
        {"nobody's realm", rtp(7), kCaller, {8000, 9, 0}, Verdict::no_session},
    };
    for (std::size_t bytes = 0; bytes < kMinRtpBytes; ++bytes)
        all.push_back({"too short", cut(bytes), kCaller, kTowardCaller, Verdict::too_short});
    return all;
}

class Relay : public Engine {};

TEST_F(Relay, EachFixtureHasItsVerdict) {
    open();
    for (const auto& fixture : fixtures()) {
        SCOPED_TRACE(fixture.description);
        io->sent.clear();
        const auto dropped_before = from(Side::a).drops;
        const std::uint64_t node_before =
            fixture.verdict
                ? shared->counters(0).drops[static_cast<std::size_t>(*fixture.verdict)].load()
                : 0;
        io->arriving.push_back({fixture.packet, fixture.peer, fixture.local});
        turn();
        if (!fixture.verdict) {
            ASSERT_EQ(io->sent.size(), 1U);
            EXPECT_EQ(io->sent[0].bytes, fixture.packet);
            EXPECT_EQ(io->sent[0].to, kCallee);
            EXPECT_EQ(io->sent[0].from, kTowardCallee);
        } else {
            EXPECT_TRUE(io->sent.empty());
            const auto index = static_cast<std::size_t>(*fixture.verdict);
            EXPECT_EQ(shared->counters(0).drops[index].load(), node_before + 1);
            if (*fixture.verdict != Verdict::no_session) {
                EXPECT_EQ(from(Side::a).drops[index], dropped_before[index] + 1);
            }
        }
        expect_laws();
    }
    EXPECT_EQ(pool->available(), 4095U);
}

TEST_F(Relay, GoesBothWays) {
    open();
    callee_sends(1);
    turn();
    ASSERT_EQ(io->sent.size(), 1U);
    EXPECT_EQ(io->sent[0].to, kCaller);
    EXPECT_EQ(io->sent[0].from, kTowardCaller);
    EXPECT_EQ(from(Side::b).relayed, 1U);
}

TEST_F(Relay, RtcpGoesToTheRtcpPort) {
    open();
    const Bytes report{0x80, 201, 0, 1, 0, 0, 0, 7};
    io->arriving.push_back({report, next_port(kCaller), {8001, 0, 0}});
    turn();
    ASSERT_EQ(io->sent.size(), 1U);
    EXPECT_EQ(io->sent[0].to, next_port(kCallee));
    EXPECT_EQ(io->sent[0].from.port, 8003);
    EXPECT_EQ(from(Side::a).rtcp_relayed, 1U);
    EXPECT_EQ(from(Side::a).received, 0U);
}

TEST_F(Relay, RtcpMultiplexedOnTheRtpPortStaysThere) {
    open();
    const Bytes report{0x80, 201, 0, 1, 0, 0, 0, 7};
    io->arriving.push_back({report, kCaller, kTowardCaller});
    turn();
    ASSERT_EQ(io->sent.size(), 1U);
    EXPECT_EQ(io->sent[0].to, kCallee);
    EXPECT_EQ(from(Side::a).rtcp_relayed, 1U);
    EXPECT_EQ(from(Side::a).received, 0U);
}

TEST_F(Relay, BrokenRtcpIsCountedAndNotRelayed) {
    open();
    for (const Bytes& bad :
         {Bytes{}, Bytes{0x80}, Bytes{0x80, 201, 0, 9, 0, 0, 0, 7},
          Bytes{0x40, 201, 0, 1, 0, 0, 0, 7}, Bytes{0x80, 201, 0, 1, 0, 0, 0, 7, 0x80}}) {
        io->arriving.push_back({bad, next_port(kCaller), {8001, 0, 0}});
        turn();
    }
    EXPECT_TRUE(io->sent.empty());
    EXPECT_EQ(shared->counters(0).drops[static_cast<std::size_t>(Verdict::bad_header)].load(), 5U);
    expect_laws();
}

TEST_F(Relay, RefusedBySocketIsCountedAgainstTheStream) {
    open();
    io->refuse = true;
    caller_sends(1);
    turn();
    EXPECT_EQ(from(Side::a).drops[static_cast<std::size_t>(Verdict::send_refused)], 1U);
    expect_laws();
}

TEST_F(Relay, PacketsBeforeTheAnswerWaitForIt) {
    open_unanswered();
    callee_sends(1);  // the callee's 2xx is still on its way through signalling
    caller_sends(1);
    pass(std::chrono::milliseconds(50));
    EXPECT_TRUE(io->sent.empty());
    answer();
    EXPECT_EQ(io->sent_to(kCaller).size(), 1U);
    EXPECT_EQ(io->sent_to(kCallee).size(), 1U);
    expect_laws();
}

TEST_F(Relay, AStrangersEarlyPacketsAreNotRelayedLater) {
    open_unanswered();
    io->arriving.push_back({rtp(1), at("192.0.2.66:5000"), kTowardCallee});
    pass(std::chrono::milliseconds(5));
    answer();
    EXPECT_TRUE(io->sent.empty());
    EXPECT_EQ(from(Side::b).drops[static_cast<std::size_t>(Verdict::wrong_source)], 1U);
}

TEST_F(Relay, EarlyPacketsDoNotWaitLongerThanTheBound) {
    open_unanswered();
    callee_sends(1);
    pass(std::chrono::milliseconds(1100));
    EXPECT_EQ(from(Side::b).drops[static_cast<std::size_t>(Verdict::wrong_source)], 1U);
    EXPECT_EQ(pool->available(), 4095U);
    expect_laws();
}

TEST_F(Relay, HeldPacketsAreBoundedPerDirection) {
    open_unanswered();
    for (std::uint16_t i = 0; i < 200; ++i)
        callee_sends(i);
    for (int i = 0; i < 10; ++i)
        turn();
    EXPECT_EQ(pool->available(), 4095U - kHoldBackPerDirection);
    EXPECT_EQ(from(Side::b).received, 200U - kHoldBackPerDirection);
}

TEST_F(Relay, UnsetRemoteStopsSendingToThatSide) {
    open();
    send(to_worker::SetRemote{.session = kSession, .side = Side::b});
    caller_sends(1);
    pass(std::chrono::milliseconds(1100));
    EXPECT_TRUE(io->sent.empty());
    EXPECT_EQ(from(Side::a).drops[static_cast<std::size_t>(Verdict::no_destination)], 1U);
}

TEST_F(Relay, OpaqueStreamsPassWithoutBeingLookedAt) {
    lay_out(false);
    slot().kinds[0] = StreamKind::opaque;
    send(to_worker::Install{.session = kSession});
    send(to_worker::SetRemote{.session = kSession, .side = Side::a, .rtp = kCaller});
    send(to_worker::SetRemote{.session = kSession, .side = Side::b, .rtp = kCallee});
    io->arriving.push_back({Bytes{1, 2, 3}, kCaller, kTowardCaller});
    turn();
    ASSERT_EQ(io->sent.size(), 1U);
    EXPECT_EQ(io->sent[0].bytes, (Bytes{1, 2, 3}));
    EXPECT_EQ(from(Side::a).expected, 0U);
    expect_laws();
}

TEST_F(Relay, GapIsTheNetworksUnlessTheSocketOverflowed) {
    open();
    caller_sends(1);
    caller_sends(4);
    io->arriving.push_back({rtp(7), kCaller, kTowardCaller, 0, 5});
    turn();
    EXPECT_EQ(from(Side::a).lost_before_us, 2U);
    EXPECT_EQ(from(Side::a).lost_ours, 2U);
    EXPECT_EQ(from(Side::a).expected, 7U);
}

}  // namespace
}  // namespace weir::dataplane::tests

// SPDX-License-Identifier: Apache-2.0
// What the kernel is told of a direction: enough to write the very frames that the worker writes.
#include "tests/unit/dataplane/engine/flows_fixture.hpp"

namespace weir::dataplane::tests {
namespace {

using FlowRules = FlowsEngine;

TEST_F(FlowRules, ByItTheKernelWritesWhatTheWorkerWrites) {
    open_given();
    for (const std::size_t bytes : {0U, 1U, 20U, 33U, 160U, 240U, 1400U}) {
        SCOPED_TRACE(bytes);
        const Bytes payload = rtp(++last, 0x1111, bytes);
        io->sent.clear();
        receive(frame_of(spec_from(caller, payload)));
        turn();
        ASSERT_EQ(io->sent.size(), 1U);
        EXPECT_EQ(frame_by(fake.given[0].headers, payload), io->sent[0].bytes);
    }
}

TEST_F(FlowRules, ItsLengthsAndChecksumsAreZero) {
    open_given();
    for (const std::size_t at : {16U, 17U, 24U, 25U, 38U, 39U, 40U, 41U})
        EXPECT_EQ(fake.given[0].headers.header[at], 0) << at;
}

TEST_F(FlowRules, TheStreamIsTheOneThatIsAcceptedNow) {
    open_given();
    const FlowRule& rule = fake.given[0];
    const auto bytes_of = [](std::uint32_t word) {
        Bytes bytes(sizeof(word));
        std::memcpy(bytes.data(), &word, sizeof(word));
        return bytes;
    };
    EXPECT_EQ(rule.arrives, (LocalPort{8000, 0, 0}));
    EXPECT_EQ(bytes_of(rule.local), (Bytes{192, 0, 2, 100}));
    EXPECT_EQ(bytes_of(rule.source), (Bytes{192, 0, 2, 1}));
    EXPECT_EQ(rule.source_port, 4000);
    EXPECT_EQ(rule.ssrc, 0x1111U);
}

TEST_F(FlowRules, TheNextPacketIsTheOneBehindTheHighest) {
    open_plain();
    last = 500;
    speak(kOffloadAfter - 2);
    caller_sends_frame(static_cast<std::uint16_t>(last + 2));
    caller_sends_frame(static_cast<std::uint16_t>(last + 1));  // it was overtaken
    pass(std::chrono::milliseconds(20));
    ASSERT_EQ(fake.given.size(), 1U);
    EXPECT_EQ(fake.given[0].next_sequence, last + 3);
}

TEST_F(FlowRules, SequenceNumbersWrap) {
    open_plain();
    last = static_cast<std::uint16_t>(0xFFFF - kOffloadAfter);
    speak(kOffloadAfter);
    ASSERT_EQ(fake.given.size(), 1U);
    EXPECT_EQ(fake.given[0].next_sequence, 0);
}

// Two plain realms; what leaves by the second has its addresses.
class FlowRulesOfTwoRealms : public FlowsEngine {
protected:
    FlowRulesOfTwoRealms() {
        stop();
        options.frames.realms[2] = {
            .address = ip("198.51.100.7"), .own_mac = {2, 0, 0, 0, 2, 2}, .mtu = 1200};
        start();
    }
};

TEST_F(FlowRulesOfTwoRealms, ItLeavesByTheRealmOfTheOtherParty) {
    open_between({kCaller, 0, kCallerHop, 8000}, {at("198.51.100.1:5000"), 2, kCalleeHop, 8002});
    speak(kOffloadAfter);
    ASSERT_EQ(fake.given.size(), 1U);
    EXPECT_EQ(fake.given[0].leaves, 2);
    EXPECT_EQ(fake.given[0].longest_payload, 1200 - 28);
    EXPECT_EQ(frame_by(fake.given[0].headers, rtp(last)), io->sent.back().bytes);
}

}  // namespace
}  // namespace weir::dataplane::tests

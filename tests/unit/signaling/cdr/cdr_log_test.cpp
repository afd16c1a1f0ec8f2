// SPDX-License-Identifier: Apache-2.0
// When a call's line is written: at its end, or when its recordings are settled, or when time is
// up.
#include "signaling/cdr/cdr_log.hpp"

#include <gtest/gtest.h>

#include "config/base/limits.hpp"
#include "tests/support/fake_loop.hpp"
#include "tests/unit/signaling/cdr/cdr_fixture.hpp"

namespace weir::signaling {
namespace {

class ListSink final : public CdrSink {
public:
    bool append(std::string line) override {
        if (full) return false;
        lines.push_back(std::move(line));
        return true;
    }
    std::vector<std::string> lines;
    bool full = false;
};

class CdrLogTest : public testing::Test {
protected:
    tests::FakeLoop loop;
    ListSink sink;
    NullLogger logger;
    CdrLog log{loop, sink, logger, [](const RecordingSummary&) { return "{\"r\":1}"; }};
    const CdrRecord record = tests::example_record();

    double metric(const std::string& name) const {
        for (const auto& entry : log.metrics())
            if (entry.name == name) return entry.value;
        return -1;
    }
};

TEST_F(CdrLogTest, WritesAtOnceWhenNobodyHolds) {
    log.call_ended(record);
    EXPECT_EQ(sink.lines.size(), 1U);
}

TEST_F(CdrLogTest, WaitsForEveryHold) {
    EXPECT_TRUE(log.hold(record.call.id));
    EXPECT_TRUE(log.hold(record.call.id));
    log.call_ended(record);
    log.release(record.call.id, {RecordingSummary{}});
    EXPECT_TRUE(sink.lines.empty());
    log.release(record.call.id, {RecordingSummary{}});
    ASSERT_EQ(sink.lines.size(), 1U);
    EXPECT_NE(sink.lines[0].find("\"recordings\":[{\"r\":1},{\"r\":1}]"), std::string::npos);
    EXPECT_EQ(loop.pending_timers(), 0U);
}

TEST_F(CdrLogTest, RecordingSettledBeforeTheEndIsKeptForIt) {
    EXPECT_TRUE(log.hold(record.call.id));
    log.release(record.call.id, {RecordingSummary{}});
    EXPECT_TRUE(sink.lines.empty());
    log.call_ended(record);
    ASSERT_EQ(sink.lines.size(), 1U);
    EXPECT_NE(sink.lines[0].find("{\"r\":1}"), std::string::npos);
}

TEST_F(CdrLogTest, WritesWithoutTheRecordingWhenTimeIsUp) {
    EXPECT_TRUE(log.hold(record.call.id));
    log.call_ended(record);
    loop.advance(kCdrHold);
    EXPECT_EQ(sink.lines.size(), 1U);
    log.release(record.call.id, {RecordingSummary{}});
    EXPECT_EQ(sink.lines.size(), 1U);
    EXPECT_EQ(metric("weir_signaling_cdr_expired_total"), 1);
    EXPECT_EQ(metric("weir_signaling_cdr_late_total"), 1);
}

TEST_F(CdrLogTest, CountsWhatTheDiskDoesNotTake) {
    sink.full = true;
    log.call_ended(record);
    EXPECT_EQ(metric("weir_signaling_cdr_lost_total"), 1);
}

TEST_F(CdrLogTest, RefusesMoreHoldsThanItsBound) {
    for (std::uint64_t call = 1; call <= kCdrHeld; ++call)
        ASSERT_TRUE(log.hold(CallId{call}));
    EXPECT_FALSE(log.hold(CallId{kCdrHeld + 1}));
    EXPECT_TRUE(log.hold(CallId{1}));
}

TEST(CdrLogEnd, WritesWhatIsHeldWhenTheProcessEnds) {
    tests::FakeLoop loop;
    ListSink sink;
    NullLogger logger;
    {
        CdrLog log(loop, sink, logger, {});
        EXPECT_TRUE(log.hold(CallId{17}));
        log.call_ended(tests::example_record());
    }
    EXPECT_EQ(sink.lines.size(), 1U);
}

}  // namespace
}  // namespace weir::signaling

// SPDX-License-Identifier: Apache-2.0
// What operators see of the log.
#include "config/base/log_tap.hpp"

#include <algorithm>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/fake_clock.hpp"

namespace weir {
namespace {

using testing::HasSubstr;
using testing::Not;

class LogTapTest : public testing::Test {
protected:
    tests::FakeClock clock;
    NullLogger inner;
    LogTap tap{inner, clock};
};

TEST_F(LogTapTest, KeepsLinesButThoseOfDebug) {
    tap.info("sip.ready", {{"listeners", "udp 192.0.2.1:5060"}});
    tap.debug("sip.detail");
    EXPECT_THAT(tap.recent(), HasSubstr(" info sip.ready listeners=\"udp 192.0.2.1:5060\"\n"));
    EXPECT_THAT(tap.recent(), Not(HasSubstr("detail")));
}

TEST_F(LogTapTest, TheOldestLinesGiveWay) {
    for (std::size_t line = 0; line < kLogTapLines + 1; ++line)
        tap.warning("call.failed", {{"number", line}});
    const std::string text = tap.recent();
    EXPECT_EQ(static_cast<std::size_t>(std::count(text.begin(), text.end(), '\n')), kLogTapLines);
    EXPECT_THAT(text, Not(HasSubstr("number=0\n")));
}

TEST_F(LogTapTest, AMonitorHearsWhatComesUntilItIsTakenAway) {
    std::string heard;
    tap.info("before");
    tap.set_monitor(7, [&](const std::string& line) { heard += line; });
    tap.error("meanwhile", {{"why", "a\nb"}});
    tap.set_monitor(7, nullptr);
    tap.info("after");
    EXPECT_THAT(heard, HasSubstr("error meanwhile why="));
    EXPECT_EQ(std::count(heard.begin(), heard.end(), '\n'), 1) << "one line, whatever a peer sent";
    EXPECT_THAT(heard, Not(HasSubstr("after")));
}

}  // namespace
}  // namespace weir

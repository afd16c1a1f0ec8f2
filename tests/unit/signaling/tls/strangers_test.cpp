// SPDX-License-Identifier: Apache-2.0
// How many connections of strangers may shake hands, in virtual time.
#include "signaling/tls/strangers.hpp"

#include <gtest/gtest.h>

namespace weir::signaling {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

class StrangersTest : public testing::Test {
protected:
    // As many as are let in of so many that come now; each from an address of its own.
    std::size_t admitted(std::size_t count) {
        std::size_t in = 0;
        for (std::size_t i = 0; i < count; ++i) {
            ++last_;
            const auto high = static_cast<std::uint8_t>(last_ / 256);
            const auto low = static_cast<std::uint8_t>(last_ % 256);
            if (strangers.admit(IpAddress::v4(10, 0, high, low), now)) ++in;
        }
        return in;
    }
    void leave_all() {
        while (strangers.present() > 0)
            strangers.leave();
    }
    Strangers strangers;
    MonoTime now = MonoTime{} + seconds(1000);

private:
    std::size_t last_ = 0;
};

TEST_F(StrangersTest, SoManyAtOnceAndThenSoManyASecond) {
    EXPECT_EQ(admitted(500), std::size_t{kTlsStrangersAtOnce});
    leave_all();
    now = now + seconds(1);
    EXPECT_EQ(admitted(500), std::size_t{kTlsStrangersPerSecond});
}

TEST_F(StrangersTest, TheyTakeAnEighthOfTheConnections) {
    admitted(100);
    now = now + seconds(10);
    admitted(100);
    EXPECT_EQ(strangers.present(), kTlsMaxStrangers);
    strangers.leave();
    now = now + seconds(10);
    EXPECT_EQ(admitted(100), 1U) << "one has gone";
}

TEST_F(StrangersTest, OneAddressDoesNotTakeThePlacesOfOthers) {
    const IpAddress loud = IpAddress::v4(192, 0, 2, 1);
    std::uint32_t in = 0;
    // For a minute it comes as often as all together may.
    for (int i = 0; i < 60 * kTlsStrangersPerSecond; ++i) {
        now = now + milliseconds(1000 / kTlsStrangersPerSecond);
        if (!strangers.admit(loud, now)) continue;
        ++in;
        strangers.leave();
    }
    EXPECT_LE(in, kStrangerBurst + 60 * kStrangerPerSecond);
    EXPECT_GT(admitted(10), 0U);
}

}  // namespace
}  // namespace weir::signaling

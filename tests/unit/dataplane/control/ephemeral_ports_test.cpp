// SPDX-License-Identifier: Apache-2.0
// Media ports that the kernel may give to other programs.
#include "dataplane/control/ephemeral_ports.hpp"

#include <gtest/gtest.h>

namespace weir::dataplane {
namespace {

TEST(EphemeralPorts, AreThoseOfBothRanges) {
    EXPECT_EQ(shared_ports({8000, 48199}, "32768\t60999", ""), 48199U - 32768 + 1);
    EXPECT_EQ(shared_ports({16384, 32767}, "32768\t60999", ""), 0U);
    EXPECT_EQ(shared_ports({60999, 65535}, "32768 60999", ""), 1U);
}

TEST(EphemeralPorts, ReservedOnesAreNot) {
    EXPECT_EQ(shared_ports({40000, 40009}, "32768\t60999", "40000-40009"), 0U);
    EXPECT_EQ(shared_ports({40000, 40009}, "32768\t60999", "8080,40003,40005-40006"), 7U);
}

TEST(EphemeralPorts, StrangeWordsCountForNothing) {
    EXPECT_EQ(shared_ports({40000, 40009}, "", ""), 0U);
    EXPECT_EQ(shared_ports({40000, 40009}, "32768", ""), 0U);
    EXPECT_EQ(shared_ports({40000, 40009}, "32768\tmany", ""), 0U);
    EXPECT_EQ(shared_ports({40000, 40009}, "32768\t60999", "x,-,40000-,99999999999"), 10U);
    EXPECT_EQ(shared_ports({1, 0}, "32768\t60999", ""), 0U);
}

TEST(EphemeralPorts, TheLastPortOfAllIsCountedOnce) {
    EXPECT_EQ(shared_ports({65535, 65535}, "1 65535", ""), 1U);
}

}  // namespace
}  // namespace weir::dataplane

// SPDX-License-Identifier: Apache-2.0
// Holds the cause mapping to the two tables of spec E.8.
#include <gtest/gtest.h>

#include "dialplan/cause.hpp"
#include "tests/golden/dialplan/golden_table.hpp"

namespace weir::dialplan {
namespace {

TEST(CauseTable, EveryQ850CauseHasItsResponse) {
    for (const auto& row : tests::read_table("sip_from_q850.table", 2)) {
        EXPECT_EQ(sip_from_q850(std::stoi(row.words[0])), std::stoi(row.words[1])) << row.place;
    }
}

TEST(CauseTable, EveryResponseHasItsQ850Cause) {
    for (const auto& row : tests::read_table("q850_from_sip.table", 2)) {
        EXPECT_EQ(q850_from_sip(std::stoi(row.words[0])), std::stoi(row.words[1])) << row.place;
    }
}

}  // namespace
}  // namespace weir::dialplan

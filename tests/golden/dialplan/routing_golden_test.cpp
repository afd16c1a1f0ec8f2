// SPDX-License-Identifier: Apache-2.0
// Holds whole calls to routing.table: from the text of a configuration to the peers of a call.
#include <algorithm>

#include <gtest/gtest.h>

#include "config/language/language.hpp"
#include "dialplan/dial_plan.hpp"
#include "dialplan/uri_text.hpp"
#include "tests/golden/dialplan/golden_table.hpp"

namespace weir::dialplan {
namespace {

std::shared_ptr<const DialPlan> plan_of_the_table() {
    const auto reading = config::language::read_file(std::string(WEIR_SOURCE_DIR) +
                                                     "/tests/golden/dialplan/routing.cfg");
    for (const auto& diagnostic : reading.diagnostics) {
        ADD_FAILURE() << config::language::print_diagnostic(diagnostic);
    }
    if (!reading.config) return nullptr;
    auto plan = DialPlan::compile(reading.config);
    EXPECT_TRUE(plan.has_value()) << plan.error().context;
    return plan ? *plan : nullptr;
}

std::string joined(const std::vector<OutboundCandidate>& candidates) {
    std::string text;
    for (const auto& candidate : candidates) {
        if (!text.empty()) text += ',';
        text += std::to_string(candidate.peer.value());
    }
    return text;
}

TEST(RoutingTable, EveryCallTakesThePeersOfItsRow) {
    const auto plan = plan_of_the_table();
    ASSERT_NE(plan, nullptr);
    for (const auto& row : tests::read_table("routing.table", 6)) {
        SCOPED_TRACE(row.place);
        const std::string& uri = row.words[2];
        const InboundQuery query{.calling = row.words[1],
                                 .called = number_in_uri(uri),
                                 .via_host = row.words[0],
                                 .request_uri = uri,
                                 .to_uri = uri,
                                 .from_uri = "sip:" + row.words[1] + "@pbx.example"};
        const InboundMatch inbound = plan->match_inbound(query);
        EXPECT_EQ(std::to_string(inbound.peer.value()), row.words[3]);
        std::string criterion = inbound.criterion;
        std::replace(criterion.begin(), criterion.end(), ' ', '_');
        EXPECT_EQ(criterion, row.words[4]);
        SeededRandom random(1);
        EXPECT_EQ(joined(plan->match_outbound(query.called, random, UsageMap{})), row.words[5]);
    }
}

}  // namespace
}  // namespace weir::dialplan

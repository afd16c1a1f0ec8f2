// SPDX-License-Identifier: Apache-2.0
// Holds whole calls against whole configurations to calls.table: route() from text to candidates.
#include <algorithm>
#include <map>

#include <gtest/gtest.h>

#include "config/base/text.hpp"
#include "config/language/language.hpp"
#include "dialplan/route.hpp"
#include "tests/golden/dialplan/golden_table.hpp"

namespace weir::dialplan {
namespace {

std::shared_ptr<const DialPlan> plan_of(const std::string& name) {
    const auto reading = config::language::read_file(
        std::string(WEIR_SOURCE_DIR) + "/tests/golden/dialplan/calls/" + name + ".cfg");
    if (!reading.config) {  // warnings are part of some configurations
        for (const auto& diagnostic : reading.diagnostics)
            ADD_FAILURE() << config::language::print_diagnostic(diagnostic);
        return nullptr;
    }
    auto plan = DialPlan::compile(reading.config);
    EXPECT_TRUE(plan.has_value()) << plan.error().context;
    return plan ? *plan : nullptr;
}

RouteQuery query_of(const std::vector<std::string>& words) {
    RouteQuery query;
    if (words[1].starts_with("port:"))
        query.voice_port = words[1].substr(5);
    else
        query.via_host = words[1];
    query.calling.digits = words[2];
    query.called.digits = words[3];
    query.request_uri = query.to_uri = "sip:" + words[3] + "@192.0.2.1";
    query.from_uri = "sip:" + words[2] + "@" + query.via_host;
    return query;
}

std::string blanks_to(char sign, std::string text) {
    std::replace(text.begin(), text.end(), ' ', sign);
    return text;
}

std::string text_of(const RouteCandidate& candidate) {
    std::string text = std::to_string(candidate.match.peer.value()) + "=" + candidate.called + "@" +
                       blanks_to(':', candidate.target);
    if (candidate.servers.empty()) return text;
    std::string servers;
    for (const auto& choice : candidate.servers) {
        if (!servers.empty()) servers += '+';
        servers += choice.server.address.to_string();
        if (choice.server.port != 0) servers += ":" + std::to_string(choice.server.port);
    }
    return text + "[" + servers + "]";
}

std::string outbound_of(const RouteDecision& decision) {
    if (decision.refused)
        return "refused=" + std::to_string(decision.refused->cause) + "/" +
               std::to_string(decision.refused->sip);
    std::string text;
    for (const auto& candidate : decision.candidates)
        text += (text.empty() ? "" : ",") + text_of(candidate);
    return text;
}

// What each candidate is sent, said once where it is the same.
std::string calling_of(const RouteDecision& decision) {
    std::vector<std::string> sent;
    for (const auto& candidate : decision.candidates)
        if (sent.empty() || sent.back() != candidate.calling) sent.push_back(candidate.calling);
    if (sent.empty()) sent.push_back(decision.calling);
    std::string text;
    for (const auto& number : sent)
        text += (text.empty() ? "" : ",") + number;
    return text;
}

TEST(CallsTable, EveryCallGoesAsItsRowSays) {
    std::map<std::string, std::shared_ptr<const DialPlan>> plans;
    for (const auto& row : tests::read_table("calls.table", 8)) {
        SCOPED_TRACE(row.place);
        auto& plan = plans[row.words[0]];
        if (plan == nullptr) plan = plan_of(row.words[0]);
        ASSERT_NE(plan, nullptr);
        SeededRandom random(1);
        const auto decision = route(*plan, query_of(row.words), random, UsageMap{});
        EXPECT_EQ(std::to_string(decision.inbound.peer.value()), row.words[4]);
        EXPECT_EQ(blanks_to('_', decision.inbound.criterion), row.words[5]);
        EXPECT_EQ(outbound_of(decision), row.words[6]);
        EXPECT_EQ(calling_of(decision), row.words[7]);
    }
}

}  // namespace
}  // namespace weir::dialplan

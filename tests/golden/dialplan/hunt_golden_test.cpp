// SPDX-License-Identifier: Apache-2.0
// Holds the eight orders of `dial-peer hunt` to hunt.table (spec A.8).
#include <algorithm>
#include <set>

#include <gtest/gtest.h>

#include "config/base/text.hpp"
#include "dialplan/dial_plan.hpp"
#include "tests/golden/dialplan/golden_table.hpp"

namespace weir::dialplan {
namespace {

config::DialPeer peer(std::uint32_t tag, const char* pattern, std::uint8_t preference) {
    config::DialPeer made;
    made.tag = config::DialPeerTag{tag};
    made.destination_pattern = pattern;
    made.preference = preference;
    made.session_protocol_sip = true;
    made.target = {config::SessionTarget::Kind::address, IpAddress::v4(192, 0, 2, 1), "", 0};
    return made;
}

config::Config peers_of_the_table(std::uint8_t hunt) {
    config::Config config;
    config.voice.allow_sip_to_sip = true;
    config.dial_peer_hunt = hunt;
    for (const auto& one : {peer(10, "408", 0), peer(20, "408555", 2), peer(30, "408555", 1),
                            peer(40, "4085550148", 2), peer(50, "408", 0)}) {
        config.dial_peers[one.tag] = one;
    }
    return config;
}

UsageMap uses_of_the_table() {
    UsageMap usage;
    for (const std::uint32_t tag : {20U, 40U, 10U, 30U})
        usage.mark_used(config::DialPeerTag{tag});
    return usage;
}

using Group = std::multiset<std::string>;

std::vector<Group> expected_groups(const std::string& text) {
    std::vector<Group> groups;
    for (const auto group : text::split(text, '|')) {
        auto& made = groups.emplace_back();
        for (const auto tag : text::split(group, ','))
            made.emplace(tag);
    }
    return groups;
}

TEST(HuntTable, EverySchemeOrdersAsItsRowSays) {
    for (const auto& row : tests::read_table("hunt.table", 2)) {
        SCOPED_TRACE(row.place);
        auto config = std::make_shared<const config::Config>(
            peers_of_the_table(static_cast<std::uint8_t>(std::stoi(row.words[0]))));
        const auto plan = DialPlan::compile(config);
        ASSERT_TRUE(plan.has_value());
        for (std::uint64_t seed = 1; seed <= 20; ++seed) {
            SCOPED_TRACE(seed);
            SeededRandom random(seed);
            const auto found = (*plan)->match_outbound("4085550148", random, uses_of_the_table());
            std::size_t next = 0;
            for (const auto& group : expected_groups(row.words[1])) {
                Group actual;
                for (std::size_t i = 0; i < group.size() && next < found.size(); ++i) {
                    actual.insert(std::to_string(found[next++].peer.value()));
                }
                EXPECT_EQ(actual, group);
            }
            EXPECT_EQ(next, found.size());
        }
    }
}

// The rows with chance: over several seeds each peer of the group comes first at some time, and a
// seed gives the same order again.
TEST(HuntTable, ChanceIsSeededAndReachesEveryPeer) {
    auto config = std::make_shared<const config::Config>(peers_of_the_table(6));
    const auto plan = DialPlan::compile(config);
    ASSERT_TRUE(plan.has_value());
    std::set<std::uint32_t> first;
    for (std::uint64_t seed = 1; seed <= 200; ++seed) {
        SeededRandom random(seed);
        SeededRandom again(seed);
        const auto found = (*plan)->match_outbound("4085550148", random, UsageMap{});
        EXPECT_EQ(found, (*plan)->match_outbound("4085550148", again, UsageMap{}));
        first.insert(found.front().peer.value());
    }
    EXPECT_EQ(first, (std::set<std::uint32_t>{10, 20, 30, 40, 50}));
}

}  // namespace
}  // namespace weir::dialplan

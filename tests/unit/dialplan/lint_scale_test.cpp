// SPDX-License-Identifier: Apache-2.0
// The linter on many equal dial-peers: counted in steps, not in seconds.
#include <gtest/gtest.h>

#include "dialplan/lint.hpp"
#include "dialplan/lint_limits.hpp"
#include "tests/unit/dialplan/route_fixture.hpp"

namespace weir::dialplan {
namespace {

class LintScale : public RouteTest {
protected:
    LintResult lint_of(std::uint32_t peers) {
        config_.dial_peers.clear();
        for (std::uint32_t tag = 1; tag <= peers; ++tag) {
            DialPeer& peer = add_out(tag, "9T");
            peer.incoming_called_number = "9T";
            peer.huntstop = tag % 2 == 0;
            peer.preference = static_cast<std::uint8_t>(tag % 3);
        }
        const auto compiled = plan();
        LintInput input{*compiled, {}};
        input.own = {{IpAddress::v4(192, 0, 2, 1), 0, 5060}};  // each peer leads to ourselves
        return lint(input);
    }
};

TEST_F(LintScale, EqualPeersAreAskedByEqualCallsOnce) {
    const LintResult small = lint_of(50);
    const LintResult large = lint_of(500);
    // Besides the sampled calls each peer is asked whether it is the first of a loop.
    EXPECT_LE(large.sampled_calls, small.sampled_calls + 4 * 450U);
}

TEST_F(LintScale, PeersThatFitTheSameCallsAreLookedAtUpToABound) {
    const LintResult result = lint_of(2000);
    EXPECT_LE(result.sampled_candidates, kLintCandidates + 2000U);
    EXPECT_TRUE(result.is_sample_cut);
}

TEST_F(LintScale, APeerBehindManyThatEndHuntingIsNamedOnce) {
    const LintResult result = lint_of(30);
    std::size_t named = 0;
    for (const LintFinding& finding : result.findings)
        if (finding.code == "WL103" && finding.block == "dial-peer voice 5") ++named;
    EXPECT_EQ(named, 1U);
}

}  // namespace
}  // namespace weir::dialplan

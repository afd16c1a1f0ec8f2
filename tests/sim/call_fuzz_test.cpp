// SPDX-License-Identifier: Apache-2.0
// Seeded random sequences of legal and illegal messages on both legs of calls (issue of every
// release: one final answer per request, ports in equal ports out, one CDR per call, no action
// after the end).
#include "tests/sim/call_fuzz_run.hpp"

namespace weir::signaling {
namespace {

TEST(CallFuzz, EveryRequestIsAnsweredOnceAndNothingIsLeft) {
    constexpr std::uint64_t kFirstSeed = 1;
    constexpr std::uint64_t kRuns = 300;
    unsigned connected = 0;
    unsigned changed = 0;
    for (std::uint64_t seed = kFirstSeed; seed < kFirstSeed + kRuns; ++seed) {
        SCOPED_TRACE("seed " + std::to_string(seed));
        FuzzRun run(seed);
        run.run(300);
        run.check();
        run.replay_all();
        connected += run.count('c');
        changed += run.count('m');
        if (testing::Test::HasFailure()) FAIL() << run.ladders();
    }
    // The dice must reach the deep states, or the test proves little.
    EXPECT_GT(connected, kRuns / 5);
    EXPECT_GT(changed, kRuns / 20);
    RecordProperty("connected", static_cast<int>(connected));
    RecordProperty("changed", static_cast<int>(changed));
}

}  // namespace
}  // namespace weir::signaling

// SPDX-License-Identifier: Apache-2.0
// play_sequences; see fuzz_sequences.hpp.
#include "tests/sim/fuzz_sequences.hpp"

#include <cstdio>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "tests/sim/fuzz_laws.hpp"
#include "tests/sim/fuzz_tally.hpp"

namespace weir::signaling {
namespace {

constexpr std::uint64_t kSettingsSeed = 7;
constexpr std::size_t kSettings = 256;

// Neighbouring seeds must not give neighbouring dice.
std::uint64_t mixed(std::uint64_t seed) {
    seed += 0x9E3779B97F4A7C15ULL;
    seed = (seed ^ (seed >> 30U)) * 0xBF58476D1CE4E5B9ULL;
    seed = (seed ^ (seed >> 27U)) * 0x94D049BB133111EBULL;
    return seed ^ (seed >> 31U);
}

std::string lines(const std::vector<std::string>& laws) {
    std::string text;
    for (const auto& law : laws)
        text += "  " + law + "\n";
    return text;
}

// The same sequence once more, recorded, for its ladders.
std::string story_of(std::uint64_t seed, const FuzzSettings& settings) {
    SeededRandom dice(mixed(seed));
    FuzzRun again(dice, settings, true);
    again.play();
    return ladders(again);
}

// What the dice must reach, or the sequences prove little.
void expect_depth(const FuzzTally& tally, std::uint64_t recorded) {
    EXPECT_GT(tally.count("connected"), recorded / 10) << tally.text();
    for (const char* what :
         {"media changed", "re-INVITE sent", "UPDATE sent", "PRACK sent", "reliable 1xx sent",
          "REFER sent", "NOTIFY sent", "INFO sent", "CANCEL sent", "BYE sent", "302 sent",
          "202 sent", "422 sent", "491 sent", "challenge answered", "hunted on",
          "third party called", "session timer asked"})
        EXPECT_GT(tally.count(what), 0U) << what << "; " << tally.text();
    std::printf("reached by every %u-th: %s\n", static_cast<unsigned>(kRecordedOneIn),
                tally.text().c_str());
}

}  // namespace

void play_sequences(std::uint64_t first, std::uint64_t count) {
    const FuzzSettings settings(kSettingsSeed, kSettings);
    FuzzTally tally;
    for (std::uint64_t seed = first; seed < first + count; ++seed) {
        const bool is_recorded = seed % kRecordedOneIn == 0;
        SeededRandom dice(mixed(seed));
        FuzzRun run(dice, settings, is_recorded);
        run.play();
        auto broken = broken_laws(run);
        if (is_recorded) {
            tally.note(run);
            for (auto& law : broken_replays(run))
                broken.push_back(std::move(law));
        }
        if (!broken.empty())
            FAIL() << "seed " << seed << "\n" << lines(broken) << story_of(seed, settings);
    }
    constexpr std::uint64_t kFewSequences = 5000;  // too few to reach everything by chance
    if (count > kFewSequences) expect_depth(tally, count / kRecordedOneIn);
}

}  // namespace weir::signaling

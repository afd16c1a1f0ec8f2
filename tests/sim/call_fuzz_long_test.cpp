// SPDX-License-Identifier: Apache-2.0
// A million sequences, of other seeds than those of every day; WEIR_FUZZ_FIRST moves them on, so
// that no two nights are the same, and a failure names the seed to come back to.
#include <cstdlib>
#include <string>

#include <gtest/gtest.h>

#include "tests/sim/fuzz_sequences.hpp"

namespace weir::signaling {
namespace {

std::uint64_t number_from(const char* variable, std::uint64_t otherwise) {
    const char* text = std::getenv(variable);
    return text == nullptr ? otherwise : std::strtoull(text, nullptr, 10);
}

TEST(CallFuzzLong, AMillionSequencesBreakNoLaw) {
    constexpr std::uint64_t kFirst = 1'000'000;
    constexpr std::uint64_t kMillion = 1'000'000;
    play_sequences(number_from("WEIR_FUZZ_FIRST", kFirst),
                   number_from("WEIR_FUZZ_COUNT", kMillion));
}

}  // namespace
}  // namespace weir::signaling

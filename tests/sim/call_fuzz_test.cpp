// SPDX-License-Identifier: Apache-2.0
// Seeded random sequences of legal and illegal messages on both legs of calls: late, twice,
// lost, crossing. In quarters, so that as many cores can work.
#include <gtest/gtest.h>

#include "tests/sim/fuzz_sequences.hpp"

namespace weir::signaling {
namespace {

// The first of each quarter, fewer where a sanitizer makes each one slow.
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
constexpr std::uint64_t kSequences = 2'000;
#else
constexpr std::uint64_t kSequences = 100'000;
#endif
constexpr std::uint64_t kQuarter = 25'000;

class CallFuzz : public testing::TestWithParam<std::uint64_t> {};

TEST_P(CallFuzz, EveryRequestIsAnsweredOnceAndNothingIsLeft) {
    play_sequences(1 + GetParam() * kQuarter, kSequences / 4);
}

INSTANTIATE_TEST_SUITE_P(Quarter, CallFuzz, testing::Values(0, 1, 2, 3));

}  // namespace
}  // namespace weir::signaling

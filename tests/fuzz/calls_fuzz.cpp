// SPDX-License-Identifier: Apache-2.0
// The sequences of tests/sim with libFuzzer in place of the dice: what it finds interesting is what
// reaches code of the calls that no input has reached before.
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>

#include "tests/sim/fuzz_laws.hpp"

using namespace weir::signaling;

namespace {

// Two bytes a throw; behind the end they go on from a seed, so that every input is a whole
// sequence.
class ByteDice final : public weir::Random {
public:
    ByteDice(const std::uint8_t* data, std::size_t size) : data_(data), size_(size) {}
    std::uint64_t next() override {
        if (at_ + 2 > size_) return rest_.next();
        const std::uint64_t value = (std::uint64_t{data_[at_]} << 8U) | data_[at_ + 1];
        at_ += 2;
        return value;
    }

private:
    const std::uint8_t* data_;
    std::size_t size_;
    std::size_t at_ = 0;
    weir::SeededRandom rest_{1};
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    static const FuzzSettings settings(7, 256);
    ByteDice dice(data, size);
    FuzzRun run(dice, settings, true);
    run.play();
    auto broken = broken_laws(run);
    for (auto& law : broken_replays(run))
        broken.push_back(std::move(law));
    if (broken.empty()) return 0;
    for (const auto& law : broken)
        std::fprintf(stderr, "%s\n", law.c_str());
    std::fprintf(stderr, "%s", ladders(run).c_str());
    std::abort();
}

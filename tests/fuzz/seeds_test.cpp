// SPDX-License-Identifier: Apache-2.0
// The committed seeds once through each target, without libFuzzer: the laws of the targets hold in
// every build. `fuzz_calls` has no seeds; tests/sim plays its sequences.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "config/base/random.hpp"

using Entry = int(const std::uint8_t*, std::size_t);
extern "C" Entry fuzz_call_headers, fuzz_capture, fuzz_config_import, fuzz_config_language,
    fuzz_dialplan, fuzz_dns, fuzz_frame, fuzz_media_link, fuzz_multipart, fuzz_netlink,
    fuzz_platform, fuzz_sdp, fuzz_sip_message, fuzz_sip_profile, fuzz_trace, fuzz_translation;

namespace {

struct Target {
    const char* name;  // also of the folder of its seeds
    Entry* entry;
};

void PrintTo(const Target& target, std::ostream* out) {
    *out << target.name;
}

std::vector<std::string> seeds_of(const std::string& folder_name) {
    std::vector<std::string> seeds{"", std::string(1, '\0'), "\n"};
    const std::filesystem::path folder =
        std::string(WEIR_SOURCE_DIR) + "/tests/fuzz/corpus/" + folder_name;
    if (!std::filesystem::is_directory(folder)) return seeds;
    for (const auto& entry : std::filesystem::directory_iterator(folder)) {
        std::ifstream file(entry.path(), std::ios::binary);
        seeds.emplace_back(std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>());
    }
    return seeds;
}

class FuzzSeeds : public testing::TestWithParam<Target> {};

// A law that breaks ends the process and says which one.
TEST_P(FuzzSeeds, AndTheirTornFormsKeepTheLaws) {
    for (const auto& seed : seeds_of(GetParam().name)) {
        // Whole, and torn where a datagram or a file would be: a sixteenth at a time.
        const std::size_t step = std::max<std::size_t>(1, seed.size() / 16);
        for (std::size_t size = seed.size();; size -= step) {
            const std::vector<std::uint8_t> bytes(seed.begin(),
                                                  seed.begin() + static_cast<std::ptrdiff_t>(size));
            GetParam().entry(bytes.data(), bytes.size());
            if (size < step) break;
        }
    }
}

// Where clang and libFuzzer are not at hand: WEIR_FUZZ_ROUNDS=1000 for more of it.
TEST_P(FuzzSeeds, AndTheirBentFormsKeepTheLaws) {
    constexpr std::uint64_t kSeed = 4475;
    SCOPED_TRACE("seed " + std::to_string(kSeed));
    const char* wanted = std::getenv("WEIR_FUZZ_ROUNDS");
    const int rounds = wanted != nullptr ? std::atoi(wanted) : 4;
    weir::SeededRandom random(kSeed);
    for (const auto& seed : seeds_of(GetParam().name)) {
        for (int round = 0; round < rounds && !seed.empty(); ++round) {
            std::string bent = seed;
            for (std::uint64_t n = 1 + random.below(4); n > 0 && !bent.empty(); --n) {
                const std::size_t at = random.below(bent.size());
                const auto byte = static_cast<char>(random.below(256));
                if (random.below(3) == 0)
                    bent.insert(at, bent.substr(random.below(bent.size()), random.below(64)));
                else if (random.below(2) == 0)
                    bent.erase(at, 1 + random.below(16));
                else
                    bent[at] = byte;
            }
            const std::vector<std::uint8_t> bytes(bent.begin(), bent.end());
            GetParam().entry(bytes.data(), bytes.size());
        }
    }
}

INSTANTIATE_TEST_SUITE_P(
    Targets, FuzzSeeds,
    testing::Values(Target{"fuzz_call_headers", fuzz_call_headers},
                    Target{"fuzz_capture", fuzz_capture},
                    Target{"fuzz_config_import", fuzz_config_import},
                    Target{"fuzz_config_language", fuzz_config_language},
                    Target{"fuzz_dialplan", fuzz_dialplan}, Target{"fuzz_dns", fuzz_dns},
                    Target{"fuzz_frame", fuzz_frame}, Target{"fuzz_media_link", fuzz_media_link},
                    Target{"fuzz_multipart", fuzz_multipart}, Target{"fuzz_netlink", fuzz_netlink},
                    Target{"fuzz_platform", fuzz_platform}, Target{"fuzz_sdp", fuzz_sdp},
                    Target{"fuzz_sip_message", fuzz_sip_message},
                    Target{"fuzz_sip_profile", fuzz_sip_profile}, Target{"fuzz_trace", fuzz_trace},
                    Target{"fuzz_translation", fuzz_translation}),
    [](const auto& row) { return std::string(row.param.name); });

}  // namespace

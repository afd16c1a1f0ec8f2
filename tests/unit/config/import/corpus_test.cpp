// SPDX-License-Identifier: Apache-2.0
// The fuzz target of the import over its seeds, and over captures with random damage.
#include <algorithm>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <random>
#include <sstream>
#include <string>
#include <vector>

#include <gtest/gtest.h>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

namespace {

constexpr unsigned kSeed = 20261121;
constexpr int kRounds = 60;

std::vector<std::string> texts_in(const std::string& folder, const std::string& extension) {
    std::vector<std::string> texts;
    for (const auto& entry : std::filesystem::directory_iterator(WEIR_SOURCE_DIR + folder)) {
        if (entry.path().extension() != extension) continue;
        std::ifstream file(entry.path(), std::ios::binary);
        std::ostringstream text;
        text << file.rdbuf();
        texts.push_back(text.str());
    }
    return texts;
}

// Ends the process where a promise is broken.
void give(const std::string& text) {
    LLVMFuzzerTestOneInput(reinterpret_cast<const std::uint8_t*>(text.data()), text.size());
}

TEST(ImportCorpus, SeedsKeepThePromises) {
    const auto texts = texts_in("/tests/fuzz/corpus/fuzz_config_import", "");
    EXPECT_FALSE(texts.empty());
    for (const std::string& text : texts)
        give(text);
}

// Lines go, come twice, move in, lose or gain bytes: what a copy by hand does, and worse.
std::string damaged(std::string text, std::mt19937& random) {
    const auto below = [&](std::size_t most) {
        return std::uniform_int_distribution<std::size_t>(0, most)(random);
    };
    for (std::size_t times = 1 + below(30); times > 0 && !text.empty(); --times) {
        const std::size_t at = below(text.size() - 1);
        const std::size_t length = below(std::min<std::size_t>(60, text.size() - at));
        switch (below(4)) {
            case 0:
                text.erase(at, length);
                break;
            case 1:
                text.insert(below(text.size()), text.substr(at, length));
                break;
            case 2:
                text[at] = static_cast<char>(below(255));
                break;
            case 3:
                text.insert(at, "\n");
                break;
            default:
                text.insert(at, std::string(below(4), ' '));
                break;
        }
    }
    return text;
}

TEST(ImportCorpus, DamagedCapturesKeepThePromises) {
    std::mt19937 random(kSeed);
    const auto texts = texts_in("/tests/golden/import", ".capture");
    ASSERT_FALSE(texts.empty());
    for (int round = 0; round < kRounds; ++round) {
        SCOPED_TRACE("seed " + std::to_string(kSeed) + " round " + std::to_string(round));
        give(damaged(texts[static_cast<std::size_t>(round) % texts.size()], random));
    }
}

}  // namespace

// SPDX-License-Identifier: Apache-2.0
// WAV files: readable at any instant, repaired after a crash.
#include "forking/recorder/wav_file.hpp"

#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "tests/unit/forking/recorder/scratch.hpp"

namespace weir::forking {
namespace {

using tests::Scratch;

std::uint32_t u32(const std::string& bytes, std::size_t at) {
    std::uint32_t value = 0;
    for (std::size_t i = 4; i-- > 0;)
        value = value << 8U | static_cast<unsigned char>(bytes.at(at + i));
    return value;
}

std::vector<std::uint8_t> samples(std::size_t count) {
    return std::vector<std::uint8_t>(count, 0x55);
}

TEST(WavFile, HeaderIsTrueAfterEachAppend) {
    const Scratch scratch;
    auto wav = WavFile::create(scratch.path("a.wav"), Law711::mu);
    ASSERT_TRUE(wav) << wav.error().context;
    ASSERT_TRUE(wav->append(samples(160)));
    const std::string bytes = scratch.read("a.wav");
    EXPECT_EQ(bytes.substr(0, 4), "RIFF");
    EXPECT_EQ(bytes.substr(8, 8), "WAVEfmt ");
    EXPECT_EQ(bytes.at(20), 7);        // WAVE_FORMAT_MULAW
    EXPECT_EQ(u32(bytes, 24), 8000U);  // samples per second
    EXPECT_EQ(u32(bytes, 46), 160U);   // fact
    EXPECT_EQ(bytes.substr(50, 4), "data");
    EXPECT_EQ(u32(bytes, 54), 160U);
    EXPECT_EQ(u32(bytes, 4) + 8, bytes.size());
}

TEST(WavFile, ALawIsFormat6) {
    const Scratch scratch;
    ASSERT_TRUE(WavFile::create(scratch.path("a.wav"), Law711::a));
    EXPECT_EQ(scratch.read("a.wav").at(20), 6);
}

TEST(WavFile, OddLengthIsPadded) {
    const Scratch scratch;
    auto wav = WavFile::create(scratch.path("a.wav"), Law711::mu);
    ASSERT_TRUE(wav->append(samples(3)));
    ASSERT_TRUE(wav->finish());
    const std::string bytes = scratch.read("a.wav");
    EXPECT_EQ(bytes.size(), kWavHeaderBytes + 4);
    EXPECT_EQ(u32(bytes, 54), 3U);
    EXPECT_EQ(u32(bytes, 4) + 8, bytes.size());
}

TEST(WavFile, NeverWritesOverARecording) {
    const Scratch scratch;
    ASSERT_TRUE(WavFile::create(scratch.path("a.wav"), Law711::mu));
    const auto again = WavFile::create(scratch.path("a.wav"), Law711::mu);
    ASSERT_FALSE(again);
    EXPECT_EQ(again.error().code, ErrorCode::exists);
}

TEST(WavFile, FullDiskIsAnErrorAndTheHeaderStaysTrue) {
    const auto wav = WavFile::create("/dev/full", Law711::mu);
    EXPECT_FALSE(wav);
}

TEST(WavRepair, CountsWhatACrashLeftBehindTheHeader) {
    const Scratch scratch;
    {
        auto wav = WavFile::create(scratch.path("a.wav"), Law711::a);
        ASSERT_TRUE(wav->append(samples(160)));
    }
    std::ofstream(scratch.path("a.wav"), std::ios::app | std::ios::binary) << std::string(81, 'x');
    const auto repaired = WavFile::repair(scratch.path("a.wav"));
    ASSERT_TRUE(repaired) << repaired.error().context;
    EXPECT_EQ(*repaired, 241U);
    const std::string bytes = scratch.read("a.wav");
    EXPECT_EQ(u32(bytes, 54), 241U);
    EXPECT_EQ(u32(bytes, 4) + 8, bytes.size());
}

TEST(WavRepair, LeavesAWholeFileWithItsPadByteAlone) {
    const Scratch scratch;
    auto wav = WavFile::create(scratch.path("a.wav"), Law711::mu);
    ASSERT_TRUE(wav->append(samples(3)));
    ASSERT_TRUE(wav->finish());
    const std::string before = scratch.read("a.wav");
    EXPECT_EQ(WavFile::repair(scratch.path("a.wav")).value_or(0), 3U);
    EXPECT_EQ(scratch.read("a.wav"), before);
}

TEST(WavRepair, RefusesWhatIsNotOurs) {
    const Scratch scratch;
    for (const char* content :
         {"", "RIFF", "not a wav file, but long enough to hold a header of fifty-eight bytes"}) {
        std::ofstream(scratch.path("b.wav"), std::ios::binary | std::ios::trunc) << content;
        EXPECT_FALSE(WavFile::repair(scratch.path("b.wav"))) << content;
    }
}

}  // namespace
}  // namespace weir::forking

// SPDX-License-Identifier: Apache-2.0
// Records on the disk: whole ones are read, everything else ends the reading.
#include "signaling/trace/record.hpp"

#include <cstring>

#include <gtest/gtest.h>

namespace weir::signaling {
namespace {

TraceRecord record(const char* payload) {
    return {RecordKind::input, {3, CallId{4}}, {5}, {6}, payload};
}

TEST(TraceRecords, AreReadAsTheyWereWritten) {
    std::string bytes;
    append_record(bytes, record("one"));
    append_record(bytes, record(""));
    std::string_view rest = bytes;
    const auto first = take_record(rest);
    const auto second = take_record(rest);
    ASSERT_TRUE(first && second);
    EXPECT_EQ(first->kind, RecordKind::input);
    EXPECT_EQ(first->call, (TracedCall{3, CallId{4}}));
    EXPECT_EQ(first->mono.ns, 5);
    EXPECT_EQ(first->wall.ns, 6);
    EXPECT_EQ(first->payload, "one");
    EXPECT_EQ(second->payload, "");
    EXPECT_TRUE(rest.empty());
}

TEST(TraceRecords, HaveTheChecksumOfAnyZip) {
    std::string bytes;
    append_record(bytes, record("payload"));
    std::uint32_t checksum = 0;
    std::memcpy(&checksum, bytes.data() + 4, sizeof checksum);
    EXPECT_EQ(checksum, 0xe2858a1fU) << "CRC-32 of the 40 bytes behind it, as zlib has it";
}

TEST(TraceRecords, ATornEndIsNoRecord) {
    std::string bytes;
    append_record(bytes, record("payload"));
    for (std::size_t size = 0; size < bytes.size(); ++size) {
        std::string_view rest = std::string_view(bytes).substr(0, size);
        EXPECT_FALSE(take_record(rest)) << size;
    }
}

TEST(TraceRecords, AnyFlippedBitIsFound) {
    std::string bytes;
    append_record(bytes, record("payload"));
    for (std::size_t bit = 0; bit < bytes.size() * 8; ++bit) {
        std::string damaged = bytes;
        damaged[bit / 8] = static_cast<char>(damaged[bit / 8] ^ (1 << (bit % 8)));
        std::string_view rest = damaged;
        EXPECT_FALSE(take_record(rest)) << "bit " << bit;
    }
}

}  // namespace
}  // namespace weir::signaling

// SPDX-License-Identifier: Apache-2.0
// The store on the disk: what is found, what makes room, and what happens without a disk.
#include "signaling/trace/trace_store.hpp"

#include <fstream>
#include <iterator>

#include "tests/unit/signaling/trace/trace_bench.hpp"

namespace weir::tests {
namespace {

using signaling::find_calls;

class TraceStoreTest : public TraceBench {};

TEST_F(TraceStoreTest, ACallIsFoundByEverythingThatNamesIt) {
    whole_call();
    const auto all = find_calls(folder_.string(), {});
    ASSERT_EQ(all.size(), 1U);
    EXPECT_EQ(all[0].calling, "100");
    EXPECT_EQ(all[0].called, "200");
    EXPECT_EQ(all[0].sip_call_id, "one@203.0.113.5");
    const std::string out = *invite_out().request.message.find("Call-ID");
    for (const auto& [key, value] :
         std::vector<std::pair<std::string, std::string>>{{"calling", "100"},
                                                          {"called", "200"},
                                                          {"number", "200"},
                                                          {"sip-call-id", "one@203.0.113.5"},
                                                          {"sip-call-id", out},
                                                          {"guid", all[0].guid},
                                                          {"peer", "20"},
                                                          {"call-id", "1"},
                                                          {"call-id", "7.1"}})
        EXPECT_EQ(find_calls(folder_.string(), {key, value}).size(), 1U) << key << " " << value;
    EXPECT_TRUE(find_calls(folder_.string(), {"called", "201"}).empty());
    EXPECT_TRUE(find_calls(folder_.string(), {"peer", "30"}).empty());
}

TEST_F(TraceStoreTest, TheOldestSegmentsMakeRoom) {
    // 64 MiB in 64 segments of 1 MiB; a record of 300,000 bytes fills one after four.
    signaling::TraceRecord record;
    record.payload = std::string(300'000, 'x');
    std::string bytes;
    append_record(bytes, record);
    for (int i = 0; i < 400; ++i) {
        ASSERT_TRUE(store->append(bytes, "7 1 begin 1\n"));
        store->flush();
    }
    const auto segments = signaling::trace_segments(folder_.string());
    EXPECT_EQ(segments.size(), signaling::kTraceSegments);
    std::uintmax_t size = 0;
    for (const auto& file : std::filesystem::directory_iterator(folder_))
        size += file.file_size();
    EXPECT_LE(size, (64U + signaling::kTraceSegments) * 1024 * 1024);
    EXPECT_GT(segments.front(), 1U);
}

TEST_F(TraceStoreTest, RecordsAreWholeWhenTheirPagesHaveLeftTheCache) {
    store->set_megabytes(1000);  // segments of more than a dozen steps of kTraceCached
    signaling::TraceRecord record;
    record.payload = std::string(300'000, 'x');
    constexpr int kRecords = 20;
    for (int i = 0; i < kRecords; ++i) {
        record.payload[0] = static_cast<char>(i);
        std::string bytes;
        append_record(bytes, record);
        ASSERT_TRUE(store->append(bytes, ""));
        store->flush();
    }
    const auto segments = signaling::trace_segments(folder_.string());
    ASSERT_EQ(segments.size(), 1U);
    std::ifstream file(folder_ / signaling::trace_file_name(segments.front(), "trace"));
    const std::string bytes{std::istreambuf_iterator<char>(file), {}};
    std::string_view rest = bytes;
    for (int i = 0; i < kRecords; ++i) {
        const auto read = signaling::take_record(rest);
        ASSERT_TRUE(read) << i;
        EXPECT_EQ(read->payload[0], static_cast<char>(i));
    }
    EXPECT_TRUE(rest.empty());
}

TEST_F(TraceStoreTest, ADamagedSegmentHarmsNothingElse) {
    whole_call();
    const auto segments = signaling::trace_segments(folder_.string());
    ASSERT_FALSE(segments.empty());
    std::ofstream(folder_ / signaling::trace_file_name(segments.back() + 1, "trace"))
        << "not a record";
    std::ofstream(folder_ / signaling::trace_file_name(segments.back() + 1, "index"))
        << "x y\n7 z begin";
    EXPECT_EQ(find_calls(folder_.string(), {}).size(), 1U);
    EXPECT_TRUE(recorded());
}

TEST_F(TraceStoreTest, WithoutItsFolderRecordsAreLostAndCounted) {
    std::filesystem::remove_all(folder_);
    whole_call();
    EXPECT_FALSE(recorded());
    double lost = 0;
    for (const auto& metric : store->metrics())
        if (metric.name == "weir_signaling_trace_lost_bytes_total") lost = metric.value;
    EXPECT_GT(lost, 0);
}

TEST_F(TraceStoreTest, AnUnwritablePlaceIsNamed) {
    const auto opened = signaling::TraceStore::open({"/proc/weir-trace", 64}, logger);
    ASSERT_FALSE(opened);
    EXPECT_NE(opened.error().context.find("/proc/weir-trace"), std::string::npos);
}

TEST_F(TraceStoreTest, ACallThatIsNotThereSaysSo) {
    const auto call = recorded(99);
    ASSERT_FALSE(call);
    EXPECT_EQ(call.error().code, ErrorCode::unavailable);
}

}  // namespace
}  // namespace weir::tests

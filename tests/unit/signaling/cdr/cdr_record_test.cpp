// SPDX-License-Identifier: Apache-2.0
// The JSON of a call record.
#include <random>

#include <boost/json.hpp>
#include <gtest/gtest.h>

#include "tests/unit/signaling/cdr/cdr_fixture.hpp"

namespace weir::signaling {
namespace {

namespace json = boost::json;

json::object line_of(const CdrRecord& record,
                     const std::vector<RecordingSummary>& recordings = {}) {
    return json::parse(to_json(record, recordings,
                               [](const RecordingSummary& recording) {
                                   return "{\"verdict\":\"" +
                                          std::string(to_string(recording.verdict)) + "\"}";
                               }))
        .as_object();
}

TEST(CdrRecord, NamesPartiesCauseAndTimes) {
    const auto line = line_of(tests::example_record());
    EXPECT_EQ(line.at("guid").as_string(), tests::example_record().call.guid.to_string());
    EXPECT_EQ(line.at("conf_id").as_string(), "4F88E1C6 50680FA0 8EDAB394 CA688D54");
    EXPECT_EQ(line.at("caller").at("number").as_string(), "100");
    EXPECT_EQ(line.at("callee").at("dial_peer").as_int64(), 20);
    EXPECT_EQ(line.at("callee").at("rtp").as_string(), "198.51.100.7:5000");
    EXPECT_EQ(line.at("cause").as_int64(), 16);
    EXPECT_EQ(line.at("released_by").as_string(), "callee");
    EXPECT_EQ(line.at("attempts").at(0).at("sip_status").as_int64(), 503);
    EXPECT_EQ(line.at("streams").at(0).at("codec").as_string(), "PCMU/8000");
}

TEST(CdrRecord, MeasuresWithTheMonotonicClock) {
    auto record = tests::example_record();
    record.end.wall = WallTime{0};  // somebody has set the clock back during the call
    const auto line = line_of(record);
    EXPECT_EQ(line.at("setup_ms").as_int64(), 2000);
    EXPECT_EQ(line.at("duration_ms").as_int64(), 10500);
}

TEST(CdrRecord, CallThatWasNotAnsweredHasNoConnectAndNoDuration) {
    auto record = tests::example_record();
    record.call.connected_at.reset();
    record.has_callee = false;
    const auto line = line_of(record);
    EXPECT_TRUE(line.at("connect").is_null());
    EXPECT_TRUE(line.at("callee").is_null());
    EXPECT_EQ(line.at("duration_ms").as_int64(), 0);
}

TEST(CdrRecord, HoldsTheAccountsByDirectionWithNamedDrops) {
    const auto line = line_of(tests::example_record());
    const auto& media = line.at("media").as_array();
    ASSERT_EQ(media.size(), 2U);
    EXPECT_EQ(media[0].at("from").as_string(), "caller");
    EXPECT_EQ(media[0].at("received").as_int64(), 501);
    EXPECT_EQ(media[0].at("drops").at("wrong_source").as_int64(), 1);
}

TEST(CdrRecord, HoldsTheRecordingsAsTheirRendererWritesThem) {
    RecordingSummary recording;
    recording.verdict = RecordingVerdict::proven;
    const auto line = line_of(tests::example_record(), {recording});
    EXPECT_EQ(line.at("recordings").at(0).at("verdict").as_string(), "proven");
}

// What boost::json would write for the same values: scripts read these lines.
std::string rewritten(const std::string& line) {
    return json::serialize(json::parse(line));
}

TEST(CdrRecord, IsCompactJsonForAnyRecord) {
    const unsigned seed = std::random_device{}();
    SCOPED_TRACE("seed " + std::to_string(seed));
    std::mt19937 random(seed);
    const auto word = [&random] {
        std::string text(random() % 40, ' ');
        for (char& c : text)
            c = static_cast<char>(random() % 128);
        return text;
    };
    for (int turn = 0; turn < 200; ++turn) {
        auto record = tests::example_record();
        for (auto& party : record.call.parties)
            party = {word(), word(), party.peer, party.dial_peer, word()};
        record.call.calling = word();
        record.has_callee = random() % 2 == 0;
        record.call.shares_media = random() % 2 == 0;
        if (random() % 2 == 0) record.call.connected_at.reset();
        if (random() % 2 == 0) record.end.released_by.reset();
        record.attempts.resize(random() % 3);
        record.call.streams.resize(random() % 3);
        record.accounts.stream_count = static_cast<std::uint8_t>(random() % (kMaxStreams + 1));
        for (auto& stream : record.accounts.streams)
            for (auto& account : stream)
                for (auto& drops : account.drops)
                    drops = random() % 4 == 0 ? random() : 0;
        const std::vector<RecordingSummary> recordings(random() % 3);
        const std::string line = to_json(record, recordings, [&word](const RecordingSummary&) {
            return R"({"file" : )" + json::serialize(json::string(word())) + " }";
        });
        EXPECT_EQ(line, rewritten(line));
        EXPECT_EQ(json::parse(line).at("calling").as_string(), record.call.calling);
    }
}

TEST(CdrRecord, ARecordingThatIsNoJsonIsItsVerdict) {
    RecordingSummary recording;
    recording.verdict = RecordingVerdict::unconfirmed;
    const std::string line = to_json(tests::example_record(), {recording, recording},
                                     [](const RecordingSummary&) { return "torn {"; });
    EXPECT_TRUE(line.ends_with(R"("recordings":["unconfirmed","unconfirmed"]})")) << line;
}

TEST(CdrRecord, IsOneLineWhateverTheNumbersHold) {
    auto record = tests::example_record();
    record.call.parties[0].number = "1\n\"2\\\x01";
    EXPECT_EQ(to_json(record, {}, {}).find('\n'), std::string::npos);
    EXPECT_EQ(line_of(record).at("caller").at("number").as_string(), "1\n\"2\\\x01");
}

}  // namespace
}  // namespace weir::signaling

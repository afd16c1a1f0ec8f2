// SPDX-License-Identifier: Apache-2.0
// Rows of the show tables from snapshots.
#include "deploy/apps/call_rows.hpp"

#include <gtest/gtest.h>

#include "config/model/config.hpp"
#include "deploy/apps/recording_rows.hpp"

namespace weir::apps {
namespace {

using dataplane::Side;

Endpoint at(const char* text) {
    return Endpoint::parse(text, 0).value();
}

// A recorded call of 1000 to 5001, whose callee's peer has the media class: the callee is the
// anchor.
struct RecordedCall {
    RecordedCall() {
        auto config = std::make_shared<config::Config>();
        config::DialPeer recorder;
        recorder.tag = config::DialPeerTag{9000};
        recorder.destination_pattern = "9000";
        config->dial_peers[recorder.tag] = recorder;
        call.view.id = signaling::CallId{7};
        call.view.config = config;
        call.view.parties[0].number = "1000";
        call.view.parties[1].number = "5001";
        call.view.invited_at = MonoTime{0};
        call.view.connected_at = MonoTime{5'000'000'000};
        signaling::NegotiatedStream audio;
        audio.media = "audio";
        audio.formats.push_back({0, "PCMU/8000", ""});
        call.view.streams.push_back(audio);
        call.local_rtp[0] = {at("192.0.2.1:16384"), at("192.0.2.1:16386")};
        call.remote_rtp[0] = {at("192.0.2.9:6000"), at("192.0.2.8:6002")};
        recording.recorder = config::DialPeerTag{9000};
        signaling::RecordedTrack near;
        near.media_index = 0;
        near.source = Side::b;
        recording.tracks.push_back(near);
        add_fork(0, Side::b, at("192.0.2.1:16388"), at("192.0.2.7:40000"));
        add_fork(1, Side::a, at("192.0.2.1:16390"), at("192.0.2.7:40002"));
    }
    void add_fork(std::size_t index, Side source, const Endpoint& local, const Endpoint& remote) {
        auto& fork = report.forks[index];
        fork.present = 1;
        fork.source = source;
        fork.local_rtp = local;
        fork.remote_rtp = remote;
        fork.account.sent = 100 + index;
    }
    [[nodiscard]] std::vector<CallPicture> picture() const { return {{call, &report, &recording}}; }

    signaling::CallSnapshot call;
    dataplane::Report report;
    signaling::RecordingSummary recording;
};

TEST(CallRows, ARecordedCallHasThreeLegs) {
    const RecordedCall recorded;
    const auto legs = active_legs(recorded.picture(), MonoTime{65'000'000'000});
    ASSERT_EQ(legs.size(), 3U);
    EXPECT_EQ(legs[0].id, 71U);
    EXPECT_TRUE(legs[0].answered_by_us);
    EXPECT_EQ(legs[0].age.count(), 60);
    EXPECT_EQ(legs[1].peer, "5001");
    EXPECT_EQ(legs[1].codec, "g711ulaw");
    EXPECT_EQ(legs[2].id, 73U);
    EXPECT_FALSE(legs[2].answered_by_us);
    EXPECT_EQ(legs[2].peer, "9000");
    EXPECT_EQ(legs[2].remote, at("192.0.2.7:40000"));
}

TEST(CallRows, ACallThatIsNotRecordedHasTwo) {
    const RecordedCall recorded;
    EXPECT_EQ(active_legs({{recorded.call, nullptr, nullptr}}, MonoTime{0}).size(), 2U);
}

TEST(CallRows, ConnectionsNameTheOtherLegAndForksTheirAnchor) {
    const RecordedCall recorded;
    const auto rows = rtp_connections(recorded.picture());
    ASSERT_EQ(rows.size(), 4U);
    EXPECT_EQ(rows[0].leg, 71U);
    EXPECT_EQ(rows[0].other_leg, 72U);
    EXPECT_EQ(rows[1].remote, at("192.0.2.8:6002"));
    EXPECT_EQ(rows[2].leg, 73U);
    EXPECT_EQ(rows[2].other_leg, 72U);
    EXPECT_EQ(rows[3].other_leg, 71U);
}

TEST(CallRows, TheAnchorsTrackIsTheNearEnd) {
    const RecordedCall recorded;
    const auto groups = fork_groups(recorded.picture());
    ASSERT_EQ(groups.size(), 1U);
    EXPECT_EQ(groups[0].rows.at(0).stream, signaling::ForkStream::voice_nearend);
    EXPECT_EQ(groups[0].rows.at(1).stream, signaling::ForkStream::voice_farend);
    EXPECT_EQ(groups[0].rows.at(1).packets_sent, 101U);
}

TEST(CallRows, FullLegsHaveTheRecorderAsAnOriginatedLegWithItsCounters) {
    RecordedCall recorded;
    recorded.call.state = signaling::CallState::connected;
    const auto legs =
        full_legs(recorded.picture(), MonoTime{65'000'000'000}, signaling::LegMedia::voice);
    ASSERT_EQ(legs.size(), 3U);
    EXPECT_EQ(legs[1].id, leg_id(signaling::CallId{7}, 2));
    EXPECT_TRUE(legs[2].is_fork);
    EXPECT_EQ(legs[2].number, "9000");
    EXPECT_EQ(legs[2].peer, config::DialPeerTag{9000});
    EXPECT_EQ(legs[2].remote_rtp, at("192.0.2.7:40000"));
    EXPECT_EQ(legs[2].sent.packets, 100U);
    EXPECT_EQ(legs[2].received.packets, 0U);
    EXPECT_TRUE(full_legs(recorded.picture(), MonoTime{}, signaling::LegMedia::video).empty());
}

TEST(CallRows, ConnectionsHaveTheNumbersAsTheyCameAndAsTheyWentOn) {
    RecordedCall recorded;
    recorded.call.view.calling = "1000";
    recorded.call.view.called = "85001";
    const auto rows = rtp_connections(recorded.picture());
    ASSERT_EQ(rows.size(), 4U);
    EXPECT_TRUE(rows[0].own.incoming);
    EXPECT_EQ(rows[0].own.called, "85001");
    EXPECT_FALSE(rows[0].other.incoming);
    EXPECT_EQ(rows[0].other.called, "5001");
    EXPECT_EQ(rows[2].own.called, "9000") << "a copy goes to the recorder";
}

TEST(CallRows, ARecordingHasItsAnchorTheOtherPartyAndItsCopies) {
    RecordedCall recorded;
    recorded.recording.tried = {config::DialPeerTag{8000}, config::DialPeerTag{9000}};
    recorded.recording.failures = {"8000: 503", "80001: 486"};
    recorded.report.forks[0].phase = 3;
    recorded.report.forks[1].phase = 4;
    recorded.report.forks[0].account.first_sent_ns = 60'000'000'000;
    const auto calls = recorded_calls(recorded.picture(), MonoTime{65'000'000'000});
    ASSERT_EQ(calls.size(), 1U);
    const signaling::CallRecording& call = calls.front();
    EXPECT_EQ(call.anchor.number, "5001") << "the callee's peer has the media class";
    ASSERT_TRUE(call.other);
    EXPECT_EQ(call.other->number, "1000");
    EXPECT_EQ(call.recorder_number, "9000");
    EXPECT_EQ(call.failed, std::vector{config::DialPeerTag{8000}});
    EXPECT_EQ(call.age.count(), 5);
    ASSERT_EQ(call.streams.size(), 2U);
    EXPECT_EQ(call.streams[0].leg, 73U);
    EXPECT_TRUE(call.streams[0].near_end);
    EXPECT_EQ(call.streams[0].state, signaling::ForkState::active);
    EXPECT_FALSE(call.streams[1].near_end);
    EXPECT_EQ(call.streams[1].state, signaling::ForkState::hold);
    EXPECT_EQ(call.streams[1].sent.packets, 101U);
    for (const std::uint64_t leg : {70U, 71U, 72U, 73U, 74U})
        EXPECT_TRUE(call.has_leg(leg)) << leg;
    EXPECT_FALSE(call.has_leg(75));
}

TEST(CallRows, ACallThatIsNotRecordedIsNoRecording) {
    const RecordedCall recorded;
    EXPECT_TRUE(recorded_calls({{recorded.call, &recorded.report, nullptr}}, MonoTime{0}).empty());
}

TEST(CallRows, SessionsOfTheFastPathHaveTheirLegsAndOrphansHaveNone) {
    RecordedCall recorded;
    EXPECT_TRUE(media_calls(recorded.picture(), {}).empty()) << "no session is open";
    recorded.call.view.media = {12, 3};
    const auto rows = media_calls(recorded.picture(), {{{13, 1}, Guid{}}});
    ASSERT_EQ(rows.size(), 2U);
    EXPECT_EQ(rows[0].legs[1], 72U);
    EXPECT_TRUE(rows[1].orphan);
    const std::string text = fpi_calls_text(rows);
    EXPECT_NE(text.find("Number of Calls : 2\n"), std::string::npos) << text;
    EXPECT_NE(text.find("12         3          71         72         ALLOCATED     -\n"),
              std::string::npos)
        << text;
    EXPECT_NE(text.find("13         1          -          -          ORPHAN        -\n"),
              std::string::npos)
        << text;
}

}  // namespace
}  // namespace weir::apps

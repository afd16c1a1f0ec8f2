// SPDX-License-Identifier: Apache-2.0
// Tables of calls that run and that have ended (spec H.5), letter by letter.
#include "signaling/show/show_legs.hpp"
#include "signaling/show/show_sip_calls.hpp"
#include "tests/golden/show/golden_text.hpp"

namespace weir::signaling {
namespace {

using tests::at;
using tests::expect_golden;

constexpr std::int64_t kSecond = 1'000'000'000;

// A call of 1000 to 2001 that was connected 2.27 s after its INVITE and has talked for 8 s.
struct OneCall {
    OneCall() {
        auto config = std::make_shared<config::Config>();
        config::DialPeer peer;
        peer.tag = config::DialPeerTag{200};
        peer.target.kind = config::SessionTarget::Kind::address;
        peer.target.address = *IpAddress::parse("192.0.2.20");
        config->dial_peers[peer.tag] = peer;
        CallView& view = snapshot.view;
        view.id = CallId{0x1283};
        view.guid.words = {0x4F88E0C6, 0x506811E0, 0x8EDAB9D4, 0xCA681ED4};
        view.config = config;
        view.calling = "1000";
        view.called = "2001";
        view.parties[0] = {"1000", "Ann", *IpAddress::parse("203.0.113.5"),
                           config::DialPeerTag{100}, "one@203.0.113.5"};
        view.parties[1] = {"+492001", "", *IpAddress::parse("192.0.2.20"), config::DialPeerTag{200},
                           "two@198.51.100.1"};
        view.invited_at = MonoTime{100 * kSecond};
        view.connected_at = MonoTime{102 * kSecond + 270'000'000};
        view.invited_wall = WallTime{1'424'044'643 * kSecond + 929'000'000};
        view.connected_wall = WallTime{1'424'044'646 * kSecond};
        NegotiatedStream audio;
        audio.media = "audio";
        audio.formats = {{0, "PCMU/8000", ""}, {101, "telephone-event/8000", "0-16"}};
        view.streams.push_back(audio);
        snapshot.state = CallState::connected;
        snapshot.local_rtp[0] = {at("198.51.100.1:16384"), at("198.51.100.1:16386")};
        snapshot.remote_rtp[0] = {at("203.0.113.5:4000"), at("192.0.2.20:5000")};
        snapshot.paths[0] = {SipTransport::udp, at("198.51.100.1:5060"), at("203.0.113.5:5060")};
        snapshot.paths[1] = {SipTransport::tcp, at("198.51.100.1:5060"), at("192.0.2.20:5070")};
        snapshot.uuids = {"11111111111111111111111111111111", ""};
        media.stream_count = 1;
        media.remote_rtp[0] = snapshot.remote_rtp[0];
        media.streams[0][0].received = 383;
        media.streams[0][0].received_octets = 61280;
        media.streams[0][0].relayed = 382;
        media.streams[0][0].jitter = 16;
        media.streams[0][1].received = 371;
        media.streams[0][1].received_octets = 59360;
        media.streams[0][1].relayed = 371;
        media.streams[0][1].lost_before_us = 4;
        media.streams[0][1].reordered = 2;
    }
    [[nodiscard]] LegTable active() const {
        const MonoTime now{110 * kSecond + 300'000'000};
        return {legs_of({snapshot.view, snapshot.state, &snapshot, &media, nullptr}, now,
                        LegMedia::voice),
                MonoTime{10 * kSecond}, 0};
    }
    [[nodiscard]] LegTable ended() const {
        CallEnd end;
        end.q850_cause = 17;
        end.released_by = Side::b;
        end.at = MonoTime{110 * kSecond + 270'000'000};
        end.wall = WallTime{1'424'044'654 * kSecond};
        return {legs_of({snapshot.view, CallState::finished, nullptr, &media, &end}, end.at,
                        LegMedia::voice),
                MonoTime{10 * kSecond}, 0};
    }

    CallSnapshot snapshot;
    dataplane::SessionState media;
};

TEST(ShowCalls, ActiveBrief) {
    expect_golden("call_active_voice_brief.txt", show_legs_brief(OneCall().active()));
}

TEST(ShowCalls, ActiveBriefSaysWhatItLeavesOut) {
    LegTable table;
    table.not_shown = 18'000;
    expect_golden("call_active_voice_brief_more.txt", show_legs_brief(table));
}

TEST(ShowCalls, ActiveLong) {
    expect_golden("call_active_voice.txt", show_legs_long(OneCall().active()));
}

TEST(ShowCalls, HistoryBrief) {
    expect_golden("call_history_voice_brief.txt", show_legs_brief(OneCall().ended()));
}

TEST(ShowCalls, HistoryLong) {
    expect_golden("call_history_voice.txt", show_legs_long(OneCall().ended()));
}

TEST(ShowCalls, HistoryCompact) {
    expect_golden("call_history_voice_compact.txt", show_history_compact(OneCall().ended()));
}

TEST(ShowCalls, ForPrograms) {
    expect_golden("call_active_voice.json", legs_json(OneCall().active()));
    expect_golden("call_history_voice.json", legs_json(OneCall().ended()));
}

TEST(ShowCalls, SipUaCalls) {
    expect_golden("sip_ua_calls.txt", show_sip_ua_calls(OneCall().active()));
}

TEST(ShowCalls, SipUaCallsBrief) {
    expect_golden("sip_ua_calls_brief.txt", show_sip_ua_calls_brief(OneCall().active()));
}

TEST(ShowCalls, ACallThatRingsHasNoConnectTimeAndNoDuration) {
    OneCall call;
    call.snapshot.view.connected_at.reset();
    call.snapshot.state = CallState::inviting;
    expect_golden("call_active_voice_brief_ringing.txt", show_legs_brief(call.active()));
}

TEST(ShowCalls, BytesOfAPeerAreNoControlCharactersHere) {
    OneCall call;
    call.snapshot.view.parties[0].number = "10\x1b[31m00\n";
    const std::string text =
        show_legs_brief(call.active()) + show_legs_long(call.active()) + legs_json(call.active());
    EXPECT_EQ(text.find('\x1b'), std::string::npos);
}

TEST(ShowCalls, VideoHasLegsOfItsOwn) {
    OneCall call;
    EXPECT_TRUE(legs_of({call.snapshot.view, call.snapshot.state, &call.snapshot, nullptr, nullptr},
                        MonoTime{}, LegMedia::video)
                    .empty());
    NegotiatedStream video;
    video.media = "video";
    video.stream = 1;
    video.formats = {{96, "H264/90000", ""}};
    call.snapshot.view.streams.push_back(video);
    call.snapshot.remote_rtp[1][0] = at("203.0.113.5:4002");
    const auto legs =
        legs_of({call.snapshot.view, call.snapshot.state, &call.snapshot, nullptr, nullptr},
                MonoTime{}, LegMedia::video);
    ASSERT_EQ(legs.size(), 2U);
    EXPECT_TRUE(legs[0].video);
    EXPECT_EQ(legs[0].remote_rtp, at("203.0.113.5:4002"));
}

}  // namespace
}  // namespace weir::signaling

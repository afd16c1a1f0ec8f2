// SPDX-License-Identifier: Apache-2.0
// Tables of recordings in progress (spec H.8, H.10), letter by letter.
#include "signaling/show/show_recordings.hpp"

#include "signaling/show/show_legs.hpp"
#include "tests/golden/show/golden_text.hpp"

namespace weir::signaling {
namespace {

using tests::at;
using tests::expect_golden;

CallLeg leg(unsigned number, const char* party, std::uint32_t peer) {
    CallLeg leg;
    leg.call = CallId{14};
    leg.id = leg_id(leg.call, number);
    leg.side = number == 1 ? Side::a : Side::b;
    leg.number = party;
    leg.peer = config::DialPeerTag{peer};
    leg.codec = "g711ulaw";
    leg.counted = true;
    leg.sent = {1484, 296'800};
    leg.received = {1490, 298'000};
    leg.lost = 3;
    leg.lost_ours = 1;
    leg.reordered = 2;
    leg.duplicates = 4;
    leg.rtcp = 6;
    leg.ssrc = 0x1234;
    leg.ssrc_changes = 1;
    leg.jitter_ms = 2;
    leg.local_rtp = at("198.51.100.1:18630");
    leg.remote_rtp = at("192.0.2.32:18638");
    leg.setup = MonoTime{1'000'000'000};
    leg.connect = MonoTime{2'000'000'000};
    leg.until = MonoTime{32'000'000'000};
    leg.uuids = {"11111111111111111111111111111111", "22222222222222222222222222222222"};
    return leg;
}

// The second recorder has it, the first one has refused.
CallRecording recorded() {
    CallRecording call;
    call.anchor = leg(2, "708090", 300);
    call.other = leg(1, "10000", 100);
    call.guid.words = {0x7C5946D3, 0x8ECD11E0, 0x8EDAB9D4, 0xCA681ED4};
    call.recorder = config::DialPeerTag{8001};
    call.recorder_number = "595959";
    call.tried = {config::DialPeerTag{8000}, config::DialPeerTag{8001}};
    call.failed = {config::DialPeerTag{8000}};
    call.sip_call_id = "recording@198.51.100.1";
    call.siprec = true;
    call.age = std::chrono::seconds(28);
    call.streams = {{leg_id(CallId{14}, 3),
                     true,
                     false,
                     ForkState::active,
                     "g711ulaw",
                     at("198.51.100.1:18648"),
                     at("198.51.100.70:38526"),
                     {1480, 296'000}},
                    {leg_id(CallId{14}, 4),
                     false,
                     false,
                     ForkState::hold,
                     "g711ulaw",
                     at("198.51.100.1:18650"),
                     at("198.51.100.70:38528"),
                     {1400, 280'000}}};
    return call;
}

// No recorder has answered yet.
CallRecording begun() {
    CallRecording call;
    call.anchor = leg(1, "10001", 100);
    call.anchor.call = CallId{15};
    call.anchor.id = leg_id(CallId{15}, 1);
    call.anchor.uuids = {};
    call.tried = {config::DialPeerTag{8000}};
    return call;
}

TEST(ShowRecordings, Sessions) {
    expect_golden("recmsp_session.txt", show_recmsp_sessions({recorded(), begun()}));
}

TEST(ShowRecordings, DetailOfOne) {
    expect_golden("recmsp_detail.txt", show_recmsp_detail(recorded()));
    expect_golden("recmsp_detail_begun.txt", show_recmsp_detail(begun()));
}

TEST(ShowRecordings, StreamsOfOne) {
    expect_golden("recmsp_forked.txt", show_recmsp_forked(recorded()));
}

TEST(ShowRecordings, MediaForking) {
    expect_golden("call_media_forking.txt", show_media_forking({recorded(), begun()}));
}

TEST(ShowRecordings, MediaProxy) {
    expect_golden("media_proxy_sessions.txt", show_media_proxy({recorded(), begun()}));
    expect_golden("media_proxy_summary.txt", show_media_proxy_summary({recorded(), begun()}));
    expect_golden("media_proxy_detail.txt", show_media_proxy_detail(recorded()));
}

TEST(ShowRecordings, ForPrograms) {
    expect_golden("recordings.json", recordings_json({recorded(), begun()}));
}

TEST(ShowRecordings, WhatAPeerSendsHasNoControlCharacters) {
    CallRecording call = recorded();
    call.anchor.number = call.anchor.uuids[0] = "1\x1b[2J";
    EXPECT_EQ((show_recmsp_detail(call) + show_media_proxy({call}) + show_media_proxy_detail(call))
                  .find('\x1b'),
              std::string::npos);
}

TEST(ShowRecordings, StatisticsOfLegs) {
    CallLeg uncounted = leg(2, "708090", 300);
    uncounted.counted = false;
    CallLeg copy = leg(3, "595959", 8001);
    copy.is_fork = true;
    expect_golden("call_active_voice_stats.txt",
                  show_legs_stats({{leg(1, "10000", 100), uncounted, copy}, MonoTime{}, 7}));
}

}  // namespace
}  // namespace weir::signaling

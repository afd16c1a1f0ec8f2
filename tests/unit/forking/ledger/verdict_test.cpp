// SPDX-License-Identifier: Apache-2.0
// The verdict on a track: one row per way in which packets can be missing or witnesses disagree.
#include "forking/ledger/verdict.hpp"

#include <ostream>
#include <vector>

#include <gtest/gtest.h>

namespace weir::forking {
namespace {

using dataplane::ForkAccount;
using dataplane::ForkDrop;
using signaling::RecorderAccount;
using signaling::RecordingVerdict;

constexpr std::int64_t kSecond = 1'000'000'000;

// 1000 packets of 160 octets, all sent, sequence 100..1099, the last one 20 s after the first.
ForkAccount whole() {
    ForkAccount fork;
    fork.eligible = fork.copied = fork.sent = 1000;
    fork.sent_octets = 160'000;
    fork.first_sequence = 100;
    fork.last_sequence = 1099;
    fork.first_sent_ns = 1 * kSecond;
    fork.last_sent_ns = 21 * kSecond;
    return fork;
}

RecorderAccount all_of_it() {
    return {.packets = 1000, .octets = 160'000, .first_sequence = 100, .last_sequence = 1099};
}

void reports(ForkAccount& fork, std::int32_t lost, std::int64_t at_s,
             std::uint16_t highest = 1090) {
    fork.receiver_reports = 4;
    fork.rr_cumulative_lost = lost;
    fork.rr_highest_sequence = 0x10000U + highest;
    fork.rr_at_ns = at_s * kSecond;
}

struct Row {
    const char* name;
    TrackEvidence evidence;
    RecordingVerdict verdict;
    std::uint64_t before, ours, behind;
};

void PrintTo(const Row& row, std::ostream* out) {
    *out << row.name;
}

template <typename Change>
TrackEvidence evidence(Change change) {
    TrackEvidence made{.taken = true, .fork = whole(), .recorder = all_of_it()};
    change(made);
    return made;
}

void drop(TrackEvidence& e, ForkDrop reason, std::uint32_t count) {
    e.fork.drops.at(static_cast<std::size_t>(reason)) = count;
    e.fork.copied -= count;
    e.fork.sent -= count;
    e.fork.sent_octets -= 160ULL * count;
    if (e.recorder) {
        e.recorder->packets -= count;
        e.recorder->octets -= 160ULL * count;
        e.recorder->lost += count;
    }
}

std::vector<Row> rows_of_whose_loss_it_was() {
    using V = RecordingVerdict;
    using E = TrackEvidence;
    return {
        {"whole", evidence([](E&) {}), V::proven, 0, 0, 0},
        {"silent_party", evidence([](E& e) {
             e.fork = {};
             e.recorder = RecorderAccount{};
         }),
         V::proven, 0, 0, 0},
        {"gap_of_the_network_before_us_is_not_whole", evidence([](E& e) {
             e.fork.lost_before_us = 3;
             e.recorder->lost = 3;
         }),
         V::incomplete, 3, 0, 0},
        {"gap_covered_by_our_overflow_is_ours", evidence([](E& e) {
             e.fork.lost_ours = 50;
             e.recorder->lost = 50;
         }),
         V::incomplete, 0, 50, 0},
        {"pool_short_is_ours", evidence([](E& e) { drop(e, ForkDrop::pool_short, 2); }),
         V::incomplete, 0, 2, 0},
        {"pre_roll_short_is_ours", evidence([](E& e) { drop(e, ForkDrop::pre_roll_short, 7); }),
         V::incomplete, 0, 7, 0},
        {"refused_by_the_socket_is_ours", evidence([](E& e) {
             e.fork.sent -= 4;
             e.fork.send_drops = 4;
             e.fork.sent_octets -= 640;
             e.recorder->packets -= 4;
             e.recorder->octets -= 640;
             e.recorder->lost = 4;
         }),
         V::incomplete, 0, 4, 0},
        {"still_queued_at_the_end_is_ours", evidence([](E& e) {
             e.fork.sent -= 1;
             e.fork.queued = 1;
             e.fork.sent_octets -= 160;
             e.recorder->packets -= 1;
             e.recorder->octets -= 160;
         }),
         V::incomplete, 0, 1, 0},
    };
}

std::vector<Row> rows_with_the_recorders_account() {
    using V = RecordingVerdict;
    using E = TrackEvidence;
    return {
        {"lost_behind_us", evidence([](E& e) {
             e.recorder->packets = 990;
             e.recorder->octets = 158'400;
             e.recorder->lost = 10;
         }),
         V::incomplete, 0, 0, 10},
        {"lost_at_the_end_behind_us_leaves_no_gap", evidence([](E& e) {
             e.recorder->packets = 990;
             e.recorder->octets = 158'400;
             e.recorder->last_sequence = 1089;
         }),
         V::incomplete, 0, 0, 10},
        {"a_copy_made_by_the_network_does_not_hide_a_loss", evidence([](E& e) {
             e.recorder->lost = 1;
             e.recorder->duplicates = 1;
         }),
         V::incomplete, 0, 0, 1},
        {"the_partys_own_duplicates_are_no_loss", evidence([](E& e) {
             e.source_duplicates = 5;
             e.recorder->duplicates = 5;
         }),
         V::proven, 0, 0, 0},
        {"a_copy_made_by_the_network_alone_does_no_harm", evidence([](E& e) {
             e.recorder->packets = 1001;
             e.recorder->octets = 160'160;
             e.recorder->duplicates = 1;
         }),
         V::proven, 0, 0, 0},
        {"a_paused_stretch_is_a_gap_that_we_know", evidence([](E& e) {
             e.fork.paused = 200;
             e.recorder->lost = 200;
         }),
         V::proven, 0, 0, 0},
        {"numbers_skipped_after_a_restart_are_a_gap_that_we_know", evidence([](E& e) {
             e.fork.skipped = 10'923;
             e.recorder->lost = 10'923;
         }),
         V::proven, 0, 0, 0},
        {"losses_of_all_three_kinds", evidence([](E& e) {
             e.fork.lost_before_us = 1;
             drop(e, ForkDrop::pool_short, 2);
             e.recorder->lost = 6;
             e.recorder->packets -= 3;
         }),
         V::incomplete, 1, 2, 3},
        {"more_than_was_sent_is_no_proof", evidence([](E& e) { e.recorder->packets = 1010; }),
         V::unconfirmed, 0, 0, 0},
        {"other_octets_are_no_proof", evidence([](E& e) { e.recorder->octets = 159'999; }),
         V::unconfirmed, 0, 0, 0},
        {"a_broken_law_is_no_proof", evidence([](E& e) { e.fork.eligible = 1001; }), V::unconfirmed,
         0, 0, 0},
    };
}

std::vector<Row> rows_without_it() {
    using V = RecordingVerdict;
    using E = TrackEvidence;
    return {
        {"reports_agree", evidence([](E& e) {
             e.recorder.reset();
             reports(e.fork, 0, 20);
         }),
         V::consistent, 0, 0, 0},
        {"reports_count_known_gaps", evidence([](E& e) {
             e.recorder.reset();
             e.fork.paused = 100;
             reports(e.fork, 100, 20);
         }),
         V::consistent, 0, 0, 0},
        {"reports_tell_of_loss_behind_us", evidence([](E& e) {
             e.recorder.reset();
             reports(e.fork, 12, 20);
         }),
         V::incomplete, 0, 0, 12},
        {"reports_that_stopped_early_confirm_nothing", evidence([](E& e) {
             e.recorder.reset();
             reports(e.fork, 0, 5, 300);
         }),
         V::unconfirmed, 0, 0, 0},
        {"reports_of_packets_never_sent_confirm_nothing", evidence([](E& e) {
             e.recorder.reset();
             reports(e.fork, 0, 20, 2000);
         }),
         V::unconfirmed, 0, 0, 0},
        {"no_witness", evidence([](E& e) { e.recorder.reset(); }), V::unconfirmed, 0, 0, 0},
        {"nothing_sent_and_no_witness", evidence([](E& e) {
             e.recorder.reset();
             e.fork = {};
         }),
         V::consistent, 0, 0, 0},
        {"no_recorder", evidence([](E& e) {
             e.taken = false;
             e.recorder.reset();
             e.fork = {};
             e.fork.eligible = 500;
             e.fork.drops.at(static_cast<std::size_t>(ForkDrop::unanswered)) = 500;
         }),
         V::failed, 0, 0, 500},
    };
}

std::vector<Row> rows() {
    std::vector<Row> all = rows_of_whose_loss_it_was();
    for (const auto& part : {rows_with_the_recorders_account(), rows_without_it()})
        all.insert(all.end(), part.begin(), part.end());
    return all;
}

class TrackVerdict : public testing::TestWithParam<Row> {};

TEST_P(TrackVerdict, NamesWhoseLossItWas) {
    const Row& row = GetParam();
    const TrackJudgement result = judge(row.evidence);
    EXPECT_STREQ(signaling::to_string(result.verdict), signaling::to_string(row.verdict))
        << result.note;
    EXPECT_EQ(result.lost_before_us, row.before);
    EXPECT_EQ(result.lost_ours, row.ours);
    EXPECT_EQ(result.lost_behind_us, row.behind);
    EXPECT_EQ(result.missing, row.before + row.ours + row.behind);
    EXPECT_EQ(result.note.empty(), result.verdict == RecordingVerdict::proven);
}

INSTANTIATE_TEST_SUITE_P(Table, TrackVerdict, testing::ValuesIn(rows()),
                         [](const auto& row) { return std::string(row.param.name); });

TEST(RecordingVerdictOfAll, IsTheWorstOfItsTracks) {
    std::vector<signaling::RecordedTrack> tracks(2);
    tracks[0].fork = tracks[1].fork = whole();
    tracks[0].recorder = tracks[1].recorder = all_of_it();
    judge_track(tracks[0], true, 0);
    tracks[1].recorder->packets = 999;
    judge_track(tracks[1], true, 0);
    EXPECT_EQ(worst_of(tracks), RecordingVerdict::incomplete);
    EXPECT_EQ(worst_of({}), RecordingVerdict::failed);
}

}  // namespace
}  // namespace weir::forking

// SPDX-License-Identifier: Apache-2.0
// The book of recordings, and how it prints.
#include "forking/ledger/book.hpp"

#include <boost/json.hpp>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "config/base/limits.hpp"
#include "forking/ledger/render.hpp"
#include "forking/ledger/verdict.hpp"

namespace weir::forking {
namespace {

using signaling::RecordingSummary;
using signaling::RecordingVerdict;
using testing::HasSubstr;
using testing::Not;

RecordingSummary recording(std::uint64_t call) {
    RecordingSummary summary;
    summary.call = signaling::CallId{call};
    summary.guid = Guid{{1, 2, 3, static_cast<std::uint32_t>(call)}};
    summary.media_class = 1;
    summary.recorder = config::DialPeerTag{8000};
    summary.started = WallTime{1'790'000'000'000'000'000};
    signaling::RecordedTrack track;
    track.participant = "sip:708090@192.0.2.5";
    track.fork.eligible = track.fork.copied = track.fork.sent = 250;
    track.recorder = signaling::RecorderAccount{.packets = 250};
    judge_track(track, true, 0);
    summary.tracks.push_back(track);
    return summary;
}

RecordingSummary ended(std::uint64_t call) {
    RecordingSummary summary = recording(call);
    summary.finished = true;
    summary.verdict = worst_of(summary.tracks);
    return summary;
}

TEST(LedgerBook, MovesARecordingToTheEndedOnes) {
    LedgerBook book;
    book.update(recording(7));
    EXPECT_EQ(book.active().size(), 1U);
    book.finish(ended(7));
    EXPECT_TRUE(book.active().empty());
    EXPECT_EQ(book.ended().size(), 1U);
    EXPECT_EQ(book.ended_with(RecordingVerdict::proven), 1U);
}

TEST(LedgerBook, ForgetsTheOldestWhenFull) {
    LedgerBook book;
    for (std::uint64_t i = 0; i <= kLedgerHistory; ++i)
        book.finish(ended(i));
    EXPECT_EQ(book.ended().size(), kLedgerHistory);
    EXPECT_EQ(book.ended().front().call, signaling::CallId{1});
    EXPECT_EQ(book.ended_with(RecordingVerdict::proven), kLedgerHistory + 1);
}

TEST(LedgerText, ShowsWhoHasWhat) {
    LedgerBook book;
    book.finish(ended(7));
    const std::string text = ledger_text(book, {});
    EXPECT_THAT(text, HasSubstr("0000000001-0000000002-0000000003-0000000007: proven"));
    EXPECT_THAT(text, HasSubstr("recorder 8000"));
    EXPECT_THAT(text, HasSubstr("sip:708090@192.0.2.5"));
    EXPECT_THAT(text, HasSubstr("250"));
}

TEST(LedgerText, ShowsOnlyTheGuidAskedFor) {
    LedgerBook book;
    book.finish(ended(7));
    book.finish(ended(8));
    const std::string text = ledger_text(book, {.guid = Guid{{1, 2, 3, 8}}});
    EXPECT_THAT(text, HasSubstr("0000000008"));
    EXPECT_THAT(text, Not(HasSubstr("0000000007")));
}

TEST(LedgerText, ARecordingInProgressHasNoVerdict) {
    LedgerBook book;
    book.update(recording(7));
    EXPECT_THAT(ledger_text(book, {}), HasSubstr("in progress"));
    EXPECT_THAT(ledger_text(book, {}), Not(HasSubstr("proven")));
}

TEST(LedgerText, NamesABrokenLaw) {
    LedgerBook book;
    auto summary = ended(7);
    summary.tracks[0].fork.eligible = 251;
    book.finish(summary);
    book.count_broken_law();
    EXPECT_THAT(ledger_text(book, {}), HasSubstr("BROKEN"));
    EXPECT_THAT(ledger_text(book, {}), HasSubstr("laws broken 1"));
}

TEST(LedgerJson, IsReadableByAJsonReader) {
    LedgerBook book;
    book.finish(ended(7));
    const auto value = boost::json::parse(ledger_json(book, {}));
    const auto& first = value.at("recordings").at(0);
    EXPECT_EQ(first.at("verdict").as_string(), "proven");
    EXPECT_EQ(first.at("tracks").at(0).at("recorder").at("packets").to_number<int>(), 250);
}

TEST(LedgerMetrics, CountVerdictsAndLosses) {
    LedgerBook book;
    auto summary = ended(7);
    summary.tracks[0].lost_ours = 5;
    book.finish(summary);
    double ours = 0;
    for (const auto& metric : book.metrics()) {
        if (metric.name == "weir_forking_packets_missing_total" &&
            metric.labels[0].second == "ours")
            ours = metric.value;
    }
    EXPECT_EQ(ours, 5);
}

}  // namespace
}  // namespace weir::forking

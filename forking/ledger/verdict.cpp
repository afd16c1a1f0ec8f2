// SPDX-License-Identifier: Apache-2.0
// Judging a track: attribution first, then how sure we may be.
#include "forking/ledger/verdict.hpp"

#include <algorithm>
#include <chrono>

#include <fmt/format.h>

#include "config/base/limits.hpp"

namespace weir::forking {
namespace {

using dataplane::ForkAccount;
using dataplane::ForkDrop;
using signaling::RecorderAccount;
using signaling::RecordingVerdict;

std::uint64_t at_least_zero(std::uint64_t a, std::uint64_t b) {
    return a > b ? a - b : 0;
}

std::uint64_t unanswered(const ForkAccount& fork) {
    return fork.drops.at(static_cast<std::size_t>(ForkDrop::unanswered));
}

// Sequence numbers that the fork never sent: a recorder that counts gaps sees them too, so they are
// no loss of the network behind us. A paused stretch is a gap as well, because we copy the
// sequence.
std::uint64_t known_gaps(const ForkAccount& fork) {
    return fork.lost_before_us + fork.lost_ours + fork.dropped() + fork.send_drops + fork.paused +
           fork.skipped;
}

// What the recorder behind us misses of what we sent, by its own account. Two witnesses, the
// greater loss counts: packets that did not come, and gaps that we cannot explain. Without the
// second, a packet duplicated by the network would hide one that it lost.
std::uint64_t lost_by_account(const TrackEvidence& evidence) {
    const ForkAccount& fork = evidence.fork;
    const RecorderAccount& recorder = *evidence.recorder;
    const std::uint64_t foreign_copies =
        at_least_zero(recorder.duplicates, evidence.source_duplicates);
    const std::uint64_t had = at_least_zero(recorder.packets, foreign_copies);
    return std::max(at_least_zero(fork.sent, had), at_least_zero(recorder.lost, known_gaps(fork)));
}

std::uint64_t lost_by_reports(const ForkAccount& fork) {
    if (fork.receiver_reports == 0 || fork.rr_cumulative_lost <= 0) return 0;
    return at_least_zero(static_cast<std::uint64_t>(fork.rr_cumulative_lost), known_gaps(fork));
}

// Receiver reports agree as far as they reach; they must reach the end but for two intervals, and
// may not speak of packets that were never sent.
std::string doubt_of_reports(const ForkAccount& fork) {
    if (fork.receiver_reports == 0)
        return "the recorder gave no account and sent no receiver report";
    const auto last_reported = static_cast<std::uint16_t>(fork.rr_highest_sequence & 0xFFFFU);
    const auto behind =
        static_cast<std::int16_t>(static_cast<std::uint16_t>(fork.last_sequence - last_reported));
    if (behind < 0) return "its receiver reports name packets that were never sent";
    const auto silence = std::chrono::nanoseconds(fork.last_sent_ns - fork.rr_at_ns);
    if (silence > 2 * kRtcpInterval)
        return fmt::format("its last receiver report came {} s before the end",
                           std::chrono::duration_cast<seconds>(silence).count());
    return {};
}

std::string doubt_of_account(const TrackEvidence& evidence) {
    const ForkAccount& fork = evidence.fork;
    const RecorderAccount& recorder = *evidence.recorder;
    const std::uint64_t foreign_copies =
        at_least_zero(recorder.duplicates, evidence.source_duplicates);
    if (recorder.packets > fork.sent + foreign_copies)
        return fmt::format("the recorder claims {} packets, {} were sent", recorder.packets,
                           fork.sent);
    if (foreign_copies == 0 && recorder.octets != fork.sent_octets)
        return fmt::format("the recorder claims {} octets, {} were sent", recorder.octets,
                           fork.sent_octets);
    return {};
}

std::string words_of_loss(const TrackJudgement& loss) {
    return fmt::format("{} missing: {} lost before us, {} ours, {} behind us", loss.missing,
                       loss.lost_before_us, loss.lost_ours, loss.lost_behind_us);
}

}  // namespace

TrackJudgement judge(const TrackEvidence& evidence) {
    const ForkAccount& fork = evidence.fork;
    TrackJudgement result;
    result.lost_before_us = fork.lost_before_us;
    // What still waits or is queued when all is over was lost by us, whatever the fork may call it.
    result.lost_ours = fork.lost_ours + at_least_zero(fork.dropped(), unanswered(fork)) +
                       fork.send_drops + fork.queued + (evidence.taken ? fork.awaiting : 0);
    result.lost_behind_us = unanswered(fork) + (evidence.taken ? 0 : fork.awaiting);
    if (evidence.recorder)
        result.lost_behind_us += lost_by_account(evidence);
    else
        result.lost_behind_us += lost_by_reports(fork);
    result.missing = result.lost_before_us + result.lost_ours + result.lost_behind_us;

    const dataplane::Law law = dataplane::check_laws(fork);
    if (!evidence.taken) {
        result.verdict = RecordingVerdict::failed;
        result.note = "no recorder took it";
    } else if (result.missing > 0) {
        result.verdict = RecordingVerdict::incomplete;
        result.note = words_of_loss(result);
    } else if (law != dataplane::Law::none) {
        result.verdict = RecordingVerdict::unconfirmed;
        result.note = fmt::format("our own books do not balance: {}", dataplane::to_string(law));
    } else if (evidence.recorder) {
        result.note = doubt_of_account(evidence);
        result.verdict =
            result.note.empty() ? RecordingVerdict::proven : RecordingVerdict::unconfirmed;
    } else if (fork.sent == 0) {
        result.verdict = RecordingVerdict::consistent;
        result.note = "nothing was sent, so nothing can be missing; the recorder gave no account";
    } else {
        result.note = doubt_of_reports(fork);
        const bool agrees = result.note.empty();
        result.verdict = agrees ? RecordingVerdict::consistent : RecordingVerdict::unconfirmed;
        if (agrees) result.note = "its receiver reports agree; it gave no account of its own";
    }
    return result;
}

void judge_track(signaling::RecordedTrack& track, bool taken, std::uint64_t source_duplicates) {
    const TrackJudgement result = judge({taken, track.fork, source_duplicates, track.recorder});
    track.verdict = result.verdict;
    track.missing = result.missing;
    track.lost_before_us = result.lost_before_us;
    track.lost_ours = result.lost_ours;
    track.lost_behind_us = result.lost_behind_us;
    track.note = result.note;
}

RecordingVerdict worst_of(std::span<const signaling::RecordedTrack> tracks) {
    if (tracks.empty()) return RecordingVerdict::failed;
    RecordingVerdict worst = RecordingVerdict::proven;
    for (const auto& track : tracks)
        worst = std::max(worst, track.verdict);
    return worst;
}

}  // namespace weir::forking

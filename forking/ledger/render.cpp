// SPDX-License-Identifier: Apache-2.0
// Printing the ledger.
#include "forking/ledger/render.hpp"

#include <vector>

#include <boost/json.hpp>
#include <fmt/format.h>

namespace weir::forking {
namespace {

namespace json = boost::json;
using signaling::RecordedTrack;
using signaling::RecordingSummary;

std::vector<const RecordingSummary*> select(const LedgerBook& book, const LedgerQuery& query) {
    std::vector<const RecordingSummary*> chosen;
    const auto take = [&](const RecordingSummary& recording) {
        if (chosen.size() >= query.limit) return;
        if (query.guid && recording.guid != *query.guid) return;
        chosen.push_back(&recording);
    };
    for (auto it = book.active().rbegin(); it != book.active().rend(); ++it)
        take(it->second);
    for (auto it = book.ended().rbegin(); it != book.ended().rend(); ++it)
        take(*it);
    return chosen;
}

const char* law_word(const RecordedTrack& track) {
    return dataplane::check_laws(track.fork) == dataplane::Law::none ? "ok" : "BROKEN";
}

std::string recorder_has(const RecordedTrack& track) {
    return track.recorder ? std::to_string(track.recorder->packets) : std::string("-");
}

std::string recorder_words(const RecordingSummary& recording) {
    std::string words = recording.recorder ? fmt::format("recorder {}", recording.recorder->value())
                                           : std::string("no recorder");
    for (const auto& failure : recording.failures)
        words += fmt::format("; {}", failure);
    return words;
}

std::string verdict_word(const RecordingSummary& recording) {
    return recording.finished ? signaling::to_string(recording.verdict) : "in progress";
}

void print_recording(std::string& out, const RecordingSummary& recording) {
    out +=
        fmt::format("\nCisco-Guid {}: {}\n", recording.guid.to_string(), verdict_word(recording));
    out += fmt::format("  media class {}, {}\n", recording.media_class, recorder_words(recording));
    out += fmt::format(
        "  started {}{}\n", iso8601(recording.started),
        recording.finished ? fmt::format(", ended {}", iso8601(recording.ended)) : std::string());
    if (!recording.sip_call_id.empty())
        out += fmt::format("  recording Call-ID {}\n", recording.sip_call_id);
    if (recording.tracks.empty()) return;
    out += fmt::format("  {:<5} {:<28} {:>8} {:>8} {:>8} {:>8} {:>8} {:>9} {:>6} {:>9} {:<6} {}\n",
                       "Track", "Party", "Eligible", "Copied", "Sent", "Recorder", "Missing",
                       "Before us", "Ours", "Behind us", "Laws", "Verdict");
    for (const auto& track : recording.tracks) {
        out += fmt::format(
            "  {:<5} {:<28} {:>8} {:>8} {:>8} {:>8} {:>8} {:>9} {:>6} {:>9} {:<6} {}\n",
            track.media_index, track.participant, track.fork.eligible, track.fork.copied,
            track.fork.sent, recorder_has(track), track.missing, track.lost_before_us,
            track.lost_ours, track.lost_behind_us, law_word(track),
            recording.finished ? signaling::to_string(track.verdict) : "-");
        if (recording.finished && !track.note.empty())
            out += fmt::format("        {}\n", track.note);
    }
}

json::object fork_object(const dataplane::ForkAccount& fork) {
    json::object drops;
    for (std::size_t i = 0; i < dataplane::kForkDropCount; ++i) {
        const auto& reason = dataplane::text_of(static_cast<dataplane::ForkDrop>(i));
        drops[reason.name] = fork.drops.at(i);
    }
    return json::object{{"eligible", fork.eligible},
                        {"awaiting", fork.awaiting},
                        {"copied", fork.copied},
                        {"drops", std::move(drops)},
                        {"queued", fork.queued},
                        {"sent", fork.sent},
                        {"sent_octets", fork.sent_octets},
                        {"send_drops", fork.send_drops},
                        {"paused", fork.paused},
                        {"skipped", fork.skipped},
                        {"ssrc", fork.ssrc},
                        {"first_sequence", fork.first_sequence},
                        {"last_sequence", fork.last_sequence},
                        {"sender_reports", fork.sender_reports},
                        {"receiver_reports", fork.receiver_reports},
                        {"rr_highest_sequence", fork.rr_highest_sequence},
                        {"rr_cumulative_lost", fork.rr_cumulative_lost},
                        {"rr_jitter", fork.rr_jitter},
                        {"rr_round_trip_us", fork.rr_round_trip_us}};
}

json::value recorder_value(const RecordedTrack& track) {
    if (!track.recorder) return nullptr;
    const auto& recorder = *track.recorder;
    return json::object{{"packets", recorder.packets},
                        {"octets", recorder.octets},
                        {"lost", recorder.lost},
                        {"duplicates", recorder.duplicates},
                        {"first_sequence", recorder.first_sequence},
                        {"last_sequence", recorder.last_sequence}};
}

json::object track_object(const RecordedTrack& track, bool finished) {
    return json::object{
        {"media_index", track.media_index},
        {"source", track.source == dataplane::Side::a ? "a" : "b"},
        {"participant", track.participant},
        {"fork", fork_object(track.fork)},
        {"recorder", recorder_value(track)},
        {"missing", track.missing},
        {"lost_before_us", track.lost_before_us},
        {"lost_ours", track.lost_ours},
        {"lost_behind_us", track.lost_behind_us},
        {"laws", dataplane::check_laws(track.fork) == dataplane::Law::none ? "ok" : "broken"},
        {"verdict", finished ? signaling::to_string(track.verdict) : "in progress"},
        {"note", track.note}};
}

json::object recording_object(const RecordingSummary& recording) {
    json::array tracks;
    for (const auto& track : recording.tracks)
        tracks.emplace_back(track_object(track, recording.finished));
    json::array tried;
    for (const auto& tag : recording.tried)
        tried.emplace_back(tag.value());
    json::array failures;
    for (const auto& failure : recording.failures)
        failures.emplace_back(failure);
    json::object object{{"call", recording.call.value()},
                        {"guid", recording.guid.to_string()},
                        {"media_class", recording.media_class},
                        {"recorder", nullptr},
                        {"tried", std::move(tried)},
                        {"failures", std::move(failures)},
                        {"recording_call_id", recording.sip_call_id},
                        {"started", iso8601(recording.started)},
                        {"ended", nullptr},
                        {"verdict", verdict_word(recording)},
                        {"tracks", std::move(tracks)}};
    if (recording.recorder) object["recorder"] = recording.recorder->value();
    if (recording.finished) object["ended"] = iso8601(recording.ended);
    if (recording.part > 1) object["part"] = recording.part;
    return object;
}

}  // namespace

std::string ledger_text(const LedgerBook& book, const LedgerQuery& query) {
    std::string out =
        fmt::format("Recording ledger: {} in progress, {} ended kept, laws broken {}\n",
                    book.active().size(), book.ended().size(), book.laws_broken());
    for (const auto* recording : select(book, query))
        print_recording(out, *recording);
    return out;
}

std::string ledger_json(const LedgerBook& book, const LedgerQuery& query) {
    json::array recordings;
    for (const auto* recording : select(book, query))
        recordings.emplace_back(recording_object(*recording));
    return json::serialize(json::object{{"active", book.active().size()},
                                        {"ended", book.ended().size()},
                                        {"laws_broken", book.laws_broken()},
                                        {"recordings", std::move(recordings)}});
}

std::string recording_json(const RecordingSummary& recording) {
    return json::serialize(recording_object(recording));
}

}  // namespace weir::forking

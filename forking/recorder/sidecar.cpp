// SPDX-License-Identifier: Apache-2.0
// Writes the JSON sidecar of a recording.
#include "forking/recorder/sidecar.hpp"

#include <cerrno>
#include <cstdio>

#include <boost/json.hpp>
#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include "config/base/text.hpp"
#include "config/base/unique_fd.hpp"

namespace weir::forking {
namespace {

namespace json = boost::json;

// JSON is UTF-8, a peer's text need not be: other bytes than printable ASCII are written as \xNN.
std::string ascii(const std::string& value) {
    return text::printable(value, 1000);
}

json::value time_value(const std::optional<WallTime>& time) {
    if (!time || time->ns == 0) return nullptr;
    return json::value(iso8601(*time));
}

std::string event_name(std::uint8_t event) {
    static constexpr std::string_view kNames = "0123456789*#ABCD";
    return event < kNames.size() ? std::string(1, kNames[event]) : std::to_string(event);
}

json::object account_object(const TrackRecord& track) {
    const TrackAccount& account = track.account;
    return json::object{{"packets", account.recorded_packets()},
                        {"octets", track.recorded_octets()},
                        {"audio_packets", account.audio},
                        {"event_packets", account.events},
                        {"comfort_noise_packets", account.comfort},
                        {"duplicates", account.duplicates},
                        {"lost", account.lost},
                        {"late", account.late},
                        {"reordered", account.reordered},
                        {"in_pause", account.in_pause},
                        {"other_payload_type", account.other_payload},
                        {"other_source", account.other_source},
                        {"malformed", account.malformed},
                        {"socket_overflow", account.overflow},
                        {"unwritten", account.unwritten},
                        {"ssrc", account.ssrc},
                        {"ssrc_changes", account.ssrc_changes},
                        {"jitter", account.jitter},
                        {"first_sequence", account.first_sequence},
                        {"last_sequence", account.last_sequence},
                        {"first_packet", time_value(account.first_at)},
                        {"last_packet", time_value(account.last_at)}};
}

json::array notes_of_gaps(const TrackRecord& track) {
    json::array list;
    for (const Gap& gap : track.gaps)
        list.emplace_back(json::object{{"after_sequence", gap.after_sequence},
                                       {"packets", gap.packets},
                                       {"file", gap.file},
                                       {"data_offset", gap.data_offset},
                                       {"in_pause", gap.in_pause},
                                       {"at", iso8601(gap.at)}});
    return list;
}

json::array notes_of_pauses(const TrackRecord& track) {
    json::array list;
    for (const Pause& pause : track.pauses)
        list.emplace_back(json::object{{"from", iso8601(pause.from)},
                                       {"to", time_value(pause.to)},
                                       {"file", pause.file},
                                       {"data_offset", pause.data_offset}});
    return list;
}

json::array notes_of_events(const TrackRecord& track) {
    json::array list;
    for (const TelephoneEvent& event : track.events)
        list.emplace_back(json::object{{"event", event_name(event.event)},
                                       {"rtp_timestamp", event.timestamp},
                                       {"duration_ms", event.duration / 8},
                                       {"packets", event.packets},
                                       {"ended", event.ended},
                                       {"data_offset", event.data_offset},
                                       {"at", iso8601(event.at)}});
    return list;
}

json::object track_object(const TrackRecord& track) {
    json::array files;
    for (const TrackFile& file : track.files)
        files.emplace_back(json::object{{"name", file.name},
                                        {"codec", file.codec},
                                        {"bytes", file.bytes},
                                        {"duration_ms", file.bytes / 8},
                                        {"packets", file.packets}});
    return json::object{
        {"track", track.media_index},
        {"codec", track.codec},
        {"payload_type", track.payload_type},
        {"local", track.local.to_string()},
        {"remote", track.remote.is_set() ? track.remote.to_string() : std::string()},
        {"files", std::move(files)},
        {"account", account_object(track)},
        {"gaps", notes_of_gaps(track)},
        {"pauses", notes_of_pauses(track)},
        {"telephone_events", notes_of_events(track)},
        {"notes_dropped", track.notes_dropped}};
}

// All or nothing: a reader sees the old file or the new one.
Result<void> replace_file(const std::string& path, const std::string& content) {
    const std::string temporary = path + ".new";
    UniqueFd fd(::open(temporary.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0640));
    if (!fd.is_open()) return fail_errno("make " + temporary, errno);
    std::size_t done = 0;
    while (done < content.size()) {
        const ssize_t n = ::write(fd.get(), content.data() + done, content.size() - done);
        if (n < 0 && errno == EINTR) continue;
        if (n < 0) {
            const int error = errno;
            ::unlink(temporary.c_str());
            return fail_errno("write " + temporary, error);
        }
        done += static_cast<std::size_t>(n);
    }
    fd.reset();
    if (::rename(temporary.c_str(), path.c_str()) != 0)
        return fail_errno("rename to " + path, errno);
    return {};
}

}  // namespace

std::string wav_name(const std::string& id, std::uint8_t media_index, std::size_t file) {
    if (file == 0) return fmt::format("{}-track{}.wav", id, media_index);
    return fmt::format("{}-track{}-{}.wav", id, media_index, file + 1);
}

std::string sidecar_json(const SessionRecord& record) {
    json::array participants;
    for (const Participant& participant : record.participants) {
        json::array indexes;
        for (const std::uint8_t index : participant.media_index)
            indexes.emplace_back(index);
        participants.emplace_back(
            json::object{{"uri", ascii(participant.uri)}, {"media_index", std::move(indexes)}});
    }
    json::array tracks;
    for (const TrackRecord& track : record.tracks)
        tracks.emplace_back(track_object(track));
    json::object object{{"session", record.id},
                        {"state", to_string(record.state)},
                        {"cisco_guid", ascii(record.guid)},
                        {"call_id", ascii(record.call_id)},
                        {"called", ascii(record.called)},
                        {"controller", record.controller.to_string()},
                        {"participants", std::move(participants)},
                        {"started", iso8601(record.started)},
                        {"ended", time_value(record.ended)},
                        {"end_reason", ascii(record.end_reason)},
                        {"error", ascii(record.error)},
                        {"tracks", std::move(tracks)}};
    return json::serialize(object) + "\n";
}

Result<void> write_sidecar(const std::string& directory, const SessionRecord& record) {
    const std::string partial = fmt::format("{}/{}.partial.json", directory, record.id);
    if (record.state == SessionState::active) return replace_file(partial, sidecar_json(record));
    WEIR_TRY(replace_file(fmt::format("{}/{}.json", directory, record.id), sidecar_json(record)));
    if (::unlink(partial.c_str()) != 0 && errno != ENOENT)
        return fail_errno("remove " + partial, errno);
    return {};
}

}  // namespace weir::forking

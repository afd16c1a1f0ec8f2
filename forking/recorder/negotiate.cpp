// SPDX-License-Identifier: Apache-2.0
// Reading a recording offer, writing its answer.
#include "forking/recorder/negotiate.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "config/base/limits.hpp"
#include "config/base/text.hpp"

namespace weir::forking {
namespace {

namespace sdp = signaling::sdp;

// The first G.711 format of the line, with the telephone-event and comfort noise that go with it.
std::optional<TrackFormat> choose_format(const sdp::MediaView& media) {
    std::optional<TrackFormat> chosen;
    for (const sdp::Format& format : media.formats) {
        const bool mu = text::iequals(format.encoding(), "PCMU");
        const bool a = text::iequals(format.encoding(), "PCMA");
        if ((!mu && !a) || format.clock_rate() != 8000) continue;
        chosen = TrackFormat{.audio = format.payload_type,
                             .law = mu ? Law711::mu : Law711::a,
                             .event = std::nullopt,
                             .comfort = std::nullopt};
        break;
    }
    if (!chosen) return chosen;
    for (const sdp::Format& format : media.formats) {
        if (format.is_telephone_event() && format.clock_rate() == 8000)
            chosen->event = format.payload_type;
        else if (format.is_comfort_noise())
            chosen->comfort = format.payload_type;
    }
    return chosen;
}

void append_accepted(std::string& out, const OfferedTrack& track, const AnswerSettings& settings,
                     std::uint16_t port) {
    std::vector<const sdp::Format*> formats;
    for (const sdp::Format& format : track.view.formats) {
        const std::uint8_t type = format.payload_type;
        if (type == track.format.audio || track.format.event == type ||
            track.format.comfort == type)
            formats.push_back(&format);
    }
    out += fmt::format("m=audio {} RTP/AVP", port);
    for (const auto* format : formats)
        out += fmt::format(" {}", format->payload_type);
    out += fmt::format("\r\nc={}\r\n", sdp::connection_text(settings.address));
    for (const auto* format : formats) {
        out += fmt::format("a=rtpmap:{} {}\r\n", format->payload_type, format->rtpmap);
        if (!format->fmtp.empty())
            out += fmt::format("a=fmtp:{} {}\r\n", format->payload_type, format->fmtp);
    }
    out += fmt::format("a=ptime:{}\r\n", track.view.ptime_ms);
    out += track.paused ? "a=inactive\r\n" : "a=recvonly\r\n";
}

void append_refused(std::string& out, const OfferedTrack& track) {
    sdp::MediaLine line = track.view.line;
    line.port = 0;
    out += line.to_string() + "\r\n";
}

}  // namespace

Result<std::vector<OfferedTrack>> read_offer(std::string_view text) {
    auto description = sdp::Description::parse(text);
    if (!description) return fail(description.error());
    std::vector<OfferedTrack> tracks;
    std::size_t accepted = 0;
    for (sdp::MediaView& media : sdp::view_all(*description)) {
        OfferedTrack track;
        const auto format = choose_format(media);
        const bool audio = text::iequals(media.line.media, "audio") && media.line.is_rtp();
        track.accepted =
            audio && media.is_active() && format.has_value() && accepted < kRecorderTracks;
        if (format) track.format = *format;
        track.paused = !sdp::sends(media.direction) || media.held_by_address;
        track.sender_rtcp = media.rtcp;
        track.view = std::move(media);
        accepted += track.accepted ? 1 : 0;
        tracks.push_back(std::move(track));
    }
    if (accepted == 0)
        return fail(ErrorCode::denied, "the offer has no G.711 audio over RTP/AVP to record");
    return tracks;
}

std::string write_answer(const std::vector<OfferedTrack>& offer, const AnswerSettings& settings) {
    std::string out =
        fmt::format("v=0\r\no=WeirRecorder {} {} {}\r\ns=SIP Call\r\nc={}\r\nt=0 0\r\n",
                    settings.session_id, settings.version, sdp::connection_text(settings.address),
                    sdp::connection_text(settings.address));
    for (std::size_t i = 0; i < offer.size(); ++i) {
        const std::uint16_t port = i < settings.ports.size() ? settings.ports[i] : std::uint16_t{0};
        if (offer[i].accepted && port != 0)
            append_accepted(out, offer[i], settings, port);
        else
            append_refused(out, offer[i]);
    }
    return out;
}

Participant read_participant(std::string_view header) {
    Participant participant;
    const std::size_t semicolon = header.find(';');
    participant.uri = text::trim(header.substr(0, semicolon));
    if (semicolon == std::string_view::npos) return participant;
    for (const std::string_view part : text::split(header.substr(semicolon + 1), ';')) {
        const std::string_view piece = text::trim(part);
        if (!text::istarts_with(piece, "media-index=")) continue;
        std::string indexes(piece.substr(std::string_view("media-index=").size()));
        std::erase(indexes, '"');
        for (const std::string_view word : text::words(indexes)) {
            const auto index = text::number(word);
            if (index && *index <= 255 && participant.media_index.size() < kRecorderTracks)
                participant.media_index.push_back(static_cast<std::uint8_t>(*index));
        }
    }
    return participant;
}

}  // namespace weir::forking

// SPDX-License-Identifier: Apache-2.0
// Writing and reading the texts of a recording session.
#include "forking/session/compose.hpp"

#include <cctype>
#include <map>

#include <fmt/format.h>

#include "config/base/text.hpp"

namespace weir::forking {
namespace {

using signaling::Header;
using signaling::SipMessage;

// RFC 3261 25.1: unreserved and user-unreserved; all else is written as %XX.
std::string escape_user(const std::string& user) {
    static constexpr std::string_view kPlain = "-_.!~*'()&=+$,;?/#";
    std::string out;
    for (const char c : user) {
        const auto byte = static_cast<unsigned char>(c);
        const bool alphanumeric = byte < 0x80 && std::isalnum(byte) != 0;
        // '#' is dialled and must not look like a fragment: RFC 3261 wants it escaped.
        if (alphanumeric || (c != '#' && kPlain.find(c) != std::string_view::npos))
            out += c;
        else
            out += fmt::format("%{:02X}", byte);
    }
    return out;
}

// Media indexes of one party: 0 2 for the anchor (audio, video), 1 3 for the other.
std::string media_indexes(const SessionSetup& setup, dataplane::Side side) {
    std::string indexes;
    for (std::size_t i = 0; i < setup.tracks.size(); ++i) {
        if (setup.tracks[i].source != side) continue;
        indexes += (indexes.empty() ? "" : " ") + std::to_string(i);
    }
    return indexes;
}

}  // namespace

std::string participant_uri(const signaling::CallParty& party) {
    const std::string host = uri_host(party.peer);
    if (party.number.empty()) return "sip:" + host;
    return "sip:" + escape_user(party.number) + "@" + host;
}

std::vector<Header> participant_headers(const SessionSetup& setup) {
    std::vector<Header> headers;
    for (const auto side : {setup.plan.anchor, dataplane::other(setup.plan.anchor)}) {
        const auto& party = setup.call.parties.at(static_cast<std::size_t>(side));
        headers.push_back({"X-Cisco-Recording-Participant",
                           fmt::format("{};media-index=\"{}\"", participant_uri(party),
                                       media_indexes(setup, side))});
    }
    return headers;
}

signaling::sdp::OfferedStream offered_stream(const SessionTrack& track, std::uint16_t port,
                                             bool sending) {
    using signaling::sdp::Direction;
    signaling::sdp::OfferedStream stream;
    stream.media = track.media;
    stream.port = port;
    stream.ptime_ms = track.ptime_ms;
    stream.direction = sending ? Direction::sendonly : Direction::inactive;
    for (const auto& format : track.formats) {
        stream.formats.push_back(signaling::sdp::Format{
            .payload_type = format.payload_type, .rtpmap = format.rtpmap, .fmtp = format.fmtp});
    }
    return stream;
}

SipMessage ora_invite(signaling::Dialog& dialog, const SessionSetup& setup, WallTime now,
                      std::string sdp) {
    signaling::InviteHeaders headers;
    headers.leading = participant_headers(setup);
    headers.supported = "100rel,timer,resource-priority,replaces,sdp-anat";  // spec F.3, as printed
    headers.allow =
        "INVITE, OPTIONS, BYE, CANCEL, ACK, PRACK, UPDATE, REFER, SUBSCRIBE, NOTIFY, INFO, "
        "REGISTER";
    headers.guid = setup.call.guid;
    headers.now = now;
    headers.expires =
        std::chrono::duration_cast<std::chrono::seconds>(setup.call.config->sip_ua.timer_expires);
    headers.body = std::move(sdp);
    return dialog.invite(headers);
}

std::optional<RecorderTarget> redirect_target(const SipMessage& response,
                                              const RecorderTarget& from) {
    for (const std::string_view value : response.all("Contact")) {
        for (const std::string_view element : signaling::split_list(value)) {
            const auto name = signaling::NameAddr::parse(element);
            if (!name) continue;
            const auto uri = signaling::SipUri::parse(name->uri);
            if (!uri || (uri->scheme != "sip" && uri->scheme != "sips")) continue;
            const auto address = IpAddress::parse(uri->host);
            if (!address || address->is_unspecified()) continue;
            RecorderTarget target = from;
            if (!uri->user.empty()) target.number = uri->user_unescaped();
            target.address = *address;
            target.host.clear();
            target.port = uri->port;
            const auto transport = uri->parameter("transport");
            const auto says = [&](const char* word) {
                return transport && text::iequals(*transport, word);
            };
            if (says("tcp") || says("udp")) target.tls = false;
            if (says("udp")) target.transport = config::Transport::udp;
            if (says("tls") || uri->scheme == "sips") target.tls = true;
            if (says("tcp") || target.tls) target.transport = config::Transport::tcp;
            return target;
        }
    }
    return std::nullopt;
}

std::optional<TrackAccountHeader> read_account(std::string_view header) {
    const auto pieces = text::split(header, ';');
    const auto index = text::number(text::trim(pieces.front()));
    if (!index) return std::nullopt;
    std::map<std::string, std::uint64_t> values;
    for (std::size_t i = 1; i < pieces.size(); ++i) {
        const std::string_view piece = text::trim(pieces[i]);
        const std::size_t equals = piece.find('=');
        if (equals == std::string_view::npos) return std::nullopt;
        const auto number = text::number(piece.substr(equals + 1));
        if (!number) return std::nullopt;
        values[std::string(piece.substr(0, equals))] = *number;
    }
    for (const char* name : {"packets", "octets", "lost", "first-seq", "last-seq"})
        if (!values.contains(name)) return std::nullopt;
    TrackAccountHeader result;
    result.media_index = static_cast<std::size_t>(*index);
    result.account = signaling::RecorderAccount{
        .packets = values["packets"],
        .octets = values["octets"],
        .lost = values["lost"],
        .first_sequence = static_cast<std::uint16_t>(values["first-seq"]),
        .last_sequence = static_cast<std::uint16_t>(values["last-seq"]),
        .duplicates = values["duplicates"],
    };
    return result;
}

}  // namespace weir::forking

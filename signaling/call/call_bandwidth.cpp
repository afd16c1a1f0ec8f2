// SPDX-License-Identifier: Apache-2.0
// Sums over the m-lines of an offer, and over the streams of a call.
#include "signaling/call/call_bandwidth.hpp"

#include <algorithm>
#include <optional>

#include "config/base/text.hpp"
#include "signaling/edge/bandwidth.hpp"
#include "signaling/sdp/description.hpp"
#include "signaling/sdp/view.hpp"

namespace weir::signaling {
namespace {

// b=TIAS:64000 in bit/s, b=AS:80 in kbit/s (RFC 3890, RFC 4566 5.8), of one m-line.
std::optional<std::uint32_t> declared(const sdp::MediaSection& section) {
    std::optional<std::uint32_t> found;
    for (const sdp::Line& line : section.lines) {
        if (line.type() != 'b') continue;
        const std::string_view value = line.value();
        const auto colon = value.find(':');
        if (colon == std::string_view::npos) continue;
        const auto number = text::number(text::trim(value.substr(colon + 1)));
        if (!number || *number > 1'000'000'000) continue;
        if (value.starts_with("TIAS")) return static_cast<std::uint32_t>(*number / 1000);
        if (value.starts_with("AS")) found = static_cast<std::uint32_t>(*number);
    }
    return found;
}

bool passes(const sdp::Format& format, const sdp::CodecPolicy& policy) {
    if (format.is_telephone_event() || format.is_comfort_noise()) return false;
    if (policy.transparent) return true;
    return std::any_of(policy.codecs.begin(), policy.codecs.end(), [&](const auto& codec) {
        return text::iequals(codec.encoding, format.encoding());
    });
}

std::string_view encoding_of(const std::string& rtpmap) {
    return std::string_view(rtpmap).substr(0, rtpmap.find('/'));
}

}  // namespace

std::uint32_t offered_kbps(std::string_view text, const sdp::CodecPolicy& policy, bool ipv6) {
    if (text.empty()) return 0;
    const auto description = sdp::Description::parse(text);
    if (!description) return 0;
    std::uint32_t total = 0;
    for (std::size_t i = 0; i < description->media.size(); ++i) {
        const sdp::MediaView media = sdp::view(*description, i);
        if (!media.is_active()) continue;
        const auto said = declared(description->media[i]);
        if (media.line.media != "audio") {
            if (said) total += declared_kbps(*said, media.ptime_ms, ipv6);
            continue;
        }
        std::uint32_t most = 0;
        for (const sdp::Format& format : media.formats) {
            if (!passes(format, policy)) continue;
            const bool by_line = said && text::istarts_with(format.encoding(), "mpeg4");
            most = std::max(most, by_line ? declared_kbps(*said, media.ptime_ms, ipv6)
                                          : audio_kbps(format.encoding(), media.ptime_ms, ipv6));
        }
        total += most;
    }
    return total;
}

std::uint32_t agreed_kbps(const std::vector<NegotiatedStream>& streams, bool ipv6) {
    std::uint32_t total = 0;
    for (const NegotiatedStream& stream : streams) {
        if (!stream.active || stream.media != "audio" || stream.formats.empty()) continue;
        total += audio_kbps(encoding_of(stream.formats.front().rtpmap), stream.ptime_ms, ipv6);
    }
    return total;
}

}  // namespace weir::signaling

// SPDX-License-Identifier: Apache-2.0
// CodecPolicy: filters and orders formats.
#include "signaling/sdp/codec_policy.hpp"

#include <algorithm>
#include <optional>
#include <string_view>

#include "config/base/text.hpp"
#include "signaling/sdp/lines.hpp"

namespace weir::signaling::sdp {
namespace {

constexpr std::uint8_t kEvents = 101;  // spec A.10: rtp payload-type nte, comfort-noise
constexpr std::uint8_t kNoise = 19;

// "annexb=no" of "annexb=no;x=1"; without the parameter the format says nothing that counts.
AnnexB annexb_of(const Format& format) {
    for (const auto piece : text::split(format.fmtp, ';')) {
        const auto word = text::lower(text::trim(piece));
        if (word == "annexb=no") return AnnexB::no;
        if (word == "annexb=yes") return AnnexB::yes;
    }
    return AnnexB::any;
}

bool is(const Format& format, const AllowedCodec& codec) {
    if (!text::iequals(format.encoding(), codec.encoding) ||
        format.clock_rate() != codec.clock_rate)
        return false;
    const AnnexB said = annexb_of(format);
    return codec.annexb == AnnexB::any || said == AnnexB::any || said == codec.annexb;
}

// Where only g729r8 is configured, a format that leaves annex B open must not be read as "yes", its
// default (RFC 4856 2.1.9).
Format settled(Format format, const AllowedCodec& codec) {
    if (codec.annexb == AnnexB::no && annexb_of(format) == AnnexB::any)
        format.fmtp += format.fmtp.empty() ? "annexb=no" : ";annexb=no";
    return format;
}

std::optional<std::uint8_t> wanted(const CodecPolicy& policy, std::string_view encoding) {
    for (const auto& one : policy.numbers)
        if (text::iequals(one.encoding, encoding)) return one.number;
    return std::nullopt;
}

bool holds_type(const std::vector<Format>& formats, std::uint8_t payload_type) {
    return std::any_of(formats.begin(), formats.end(),
                       [&](const Format& f) { return f.payload_type == payload_type; });
}

}  // namespace

std::vector<Format> apply(const CodecPolicy& policy, std::vector<Format> formats) {
    std::vector<Format> kept;
    if (policy.transparent) {
        std::copy_if(formats.begin(), formats.end(), std::back_inserter(kept), is_codec);
    }
    for (const auto& codec : policy.codecs) {
        for (const auto& format : formats) {
            if (!is(format, codec) || holds_type(kept, format.payload_type)) continue;
            kept.push_back(settled(format, codec));
        }
    }
    if (kept.empty()) return kept;
    for (auto& format : formats) {
        if ((format.is_telephone_event() && policy.telephone_event) ||
            (format.is_comfort_noise() && policy.comfort_noise))
            kept.push_back(std::move(format));
    }
    return kept;
}

std::vector<Format> first_codec_only(std::vector<Format> formats) {
    bool seen = false;
    std::erase_if(formats, [&](const Format& format) {
        const bool later = is_codec(format) && seen;
        seen = seen || is_codec(format);
        return later;
    });
    return formats;
}

std::vector<Format> own_formats(const CodecPolicy& policy) {
    std::vector<Format> formats;
    const std::uint8_t events = wanted(policy, "telephone-event").value_or(kEvents);
    std::uint8_t next = kFirstDynamic;
    for (const auto& codec : policy.codecs) {
        Format format;
        format.payload_type = wanted(policy, codec.encoding).value_or(codec.payload_type);
        format.rtpmap = codec.encoding + "/" + std::to_string(codec.clock_rate);
        // PCMU alone is number 0; two numbers that are the same cannot stand in one m-line.
        const bool unset = format.payload_type == 0 && !text::iequals(codec.encoding, "PCMU");
        if (unset || format.payload_type == events || holds_type(formats, format.payload_type)) {
            if (codec.annexb != AnnexB::any) continue;  // G.729 stands there already
            while (next == events || holds_type(formats, next))
                ++next;
            format.payload_type = next++;
        }
        if (text::iequals(codec.encoding, "opus")) format.rtpmap += "/2";  // RFC 7587 7
        if (codec.annexb == AnnexB::no) format.fmtp = "annexb=no";
        if (codec.annexb == AnnexB::yes) format.fmtp = "annexb=yes";
        formats.push_back(std::move(format));
    }
    if (formats.empty()) return formats;
    if (policy.telephone_event) formats.push_back({events, "telephone-event/8000", "0-16"});
    if (policy.comfort_noise)
        formats.push_back({wanted(policy, "CN").value_or(kNoise), "CN/8000", ""});
    return formats;
}

std::vector<Format> own_video_formats(const CodecPolicy& policy) {
    std::vector<Format> formats;
    for (const auto& codec : policy.video) {
        Format format;
        format.payload_type = wanted(policy, codec.encoding).value_or(codec.payload_type);
        format.rtpmap = codec.encoding + "/" + std::to_string(codec.clock_rate);
        if (!holds_type(formats, format.payload_type)) formats.push_back(std::move(format));
    }
    return formats;
}

bool answers(const Format& format, const std::vector<Format>& offered, const Asymmetric& numbers) {
    const bool may_differ = format.is_telephone_event() ? numbers.events : numbers.codecs;
    return std::any_of(offered.begin(), offered.end(), [&](const Format& one) {
        if (one.payload_type == format.payload_type) return true;
        return may_differ && format.payload_type >= kFirstDynamic &&
               text::iequals(one.encoding(), format.encoding()) &&
               one.clock_rate() == format.clock_rate();
    });
}

}  // namespace weir::signaling::sdp

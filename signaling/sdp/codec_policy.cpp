// SPDX-License-Identifier: Apache-2.0
// CodecPolicy: filters and orders formats.
#include "signaling/sdp/codec_policy.hpp"

#include <algorithm>

#include "config/base/text.hpp"

namespace weir::signaling::sdp {
namespace {

bool is_codec(const Format& format) {
    return !format.is_telephone_event() && !format.is_comfort_noise();
}

bool is(const Format& format, const AllowedCodec& codec) {
    return text::iequals(format.encoding(), codec.encoding) &&
           format.clock_rate() == codec.clock_rate;
}

}  // namespace

std::vector<Format> apply(const CodecPolicy& policy, std::vector<Format> formats) {
    std::vector<Format> kept;
    if (policy.transparent) {
        std::copy_if(formats.begin(), formats.end(), std::back_inserter(kept), is_codec);
    }
    for (const auto& codec : policy.codecs) {
        for (const auto& format : formats) {
            if (!is(format, codec) || std::find(kept.begin(), kept.end(), format) != kept.end())
                continue;
            kept.push_back(format);
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

}  // namespace weir::signaling::sdp

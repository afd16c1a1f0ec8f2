// SPDX-License-Identifier: Apache-2.0
// Local answers: an offer accepted line by line.
#include "signaling/call/local_answer.hpp"

#include <algorithm>
#include <optional>
#include <string>
#include <vector>

#include "config/base/text.hpp"
#include "signaling/sdp/codec_policy.hpp"
#include "signaling/sdp/view.hpp"

namespace weir::signaling {
namespace {

bool is_codec(const sdp::Format& format) {
    return !format.is_telephone_event() && !format.is_comfort_noise();
}

bool is_same_codec(const sdp::Format& one, const sdp::Format& other) {
    return text::iequals(one.encoding(), other.encoding()) &&
           one.clock_rate() == other.clock_rate() && !one.rtpmap.empty();
}

std::vector<sdp::Format> formats_in(const sdp::Description& description, std::size_t index) {
    return index < description.media.size() ? sdp::view(description, index).formats
                                            : std::vector<sdp::Format>();
}

// The formats of an RTP line that are accepted, the first codec alone.
std::vector<sdp::Format> accepted(const std::vector<sdp::Format>& offered,
                                  const sdp::Description* agreed, std::size_t index) {
    std::vector<sdp::Format> kept = offered;
    if (agreed != nullptr) {
        const auto known = formats_in(*agreed, index);
        std::erase_if(kept, [&](const sdp::Format& format) {
            return std::none_of(known.begin(), known.end(),
                                [&](const sdp::Format& one) { return is_same_codec(one, format); });
        });
    }
    if (std::none_of(kept.begin(), kept.end(), is_codec)) return {};
    return sdp::first_codec_only(std::move(kept));
}

sdp::Direction mirrored(sdp::Direction direction) {
    return sdp::make_direction(sdp::receives(direction), sdp::sends(direction));
}

bool is_direction(const sdp::Line& line) {
    if (line.type() != 'a') return false;
    for (const auto direction : {sdp::Direction::sendrecv, sdp::Direction::sendonly,
                                 sdp::Direction::recvonly, sdp::Direction::inactive})
        if (line.value() == sdp::to_string(direction)) return true;
    return false;
}

}  // namespace

sdp::Description limit_offer(const sdp::Description& offer, const sdp::Description* agreed) {
    sdp::Description limited = offer;
    for (std::size_t i = 0; i < limited.media.size(); ++i) {
        sdp::MediaSection& section = limited.media[i];
        const sdp::MediaView offered = sdp::view(offer, i);
        if (!offered.is_active() || offered.formats.empty()) continue;
        const auto formats = accepted(offered.formats, agreed, i);
        if (formats.empty()) {
            section.line.port = 0;
        } else {
            section.line.formats.clear();
            for (const auto& format : formats)
                section.line.formats.push_back(std::to_string(format.payload_type));
        }
        section.lines.front().text = section.line.to_string();
    }
    return limited;
}

sdp::Description accept_offer(const sdp::Description& offer, const sdp::Description* agreed) {
    sdp::Description answer = limit_offer(offer, agreed);
    for (std::size_t i = 0; i < answer.media.size(); ++i) {
        auto& lines = answer.media[i].lines;
        const auto direction = mirrored(sdp::view(offer, i).direction);
        std::erase_if(lines, is_direction);
        if (!lines.empty() && lines.back().ending.empty()) lines.back().ending = "\r\n";
        lines.push_back({"a=" + std::string(sdp::to_string(direction)), "\r\n"});
    }
    // A direction for all lines at once would contradict those written at each.
    std::erase_if(answer.session, is_direction);
    return answer;
}

bool same_media(const sdp::Description& one, const sdp::Description& other) {
    if (one.media.size() != other.media.size()) return false;
    for (std::size_t i = 0; i < one.media.size(); ++i) {
        const auto left = formats_in(one, i);
        const auto right = formats_in(other, i);
        const bool same =
            std::equal(left.begin(), left.end(), right.begin(), right.end(),
                       [](const sdp::Format& a, const sdp::Format& b) {
                           return a.payload_type == b.payload_type && a.rtpmap == b.rtpmap;
                       });
        const auto left_view = sdp::view(one, i);
        const auto right_view = sdp::view(other, i);
        if (!same || left_view.is_active() != right_view.is_active()) return false;
        if (left_view.direction != right_view.direction) return false;
    }
    return true;
}

}  // namespace weir::signaling

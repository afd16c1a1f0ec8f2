// SPDX-License-Identifier: Apache-2.0
// Answers an offer line by line: out of what is in use, or of what the other party has agreed to.
#include "signaling/sdp/local_answer.hpp"

#include <algorithm>

#include "config/base/text.hpp"
#include "signaling/sdp/codec_policy.hpp"
#include "signaling/sdp/lines.hpp"
#include "signaling/sdp/payload_numbers.hpp"
#include "signaling/sdp/view.hpp"

namespace weir::signaling::sdp {
namespace {

MediaSection refused(const MediaLine& offered) {
    MediaSection section;
    section.line = offered;
    section.line.port = 0;
    section.lines = {{section.line.to_string(), "\r\n"}};
    return section;
}

// The formats of the offer that are in use already, by number and name.
std::vector<std::string> common_formats(const MediaView& offered, const MediaView& now) {
    if (offered.formats.empty())
        return offered.line.formats == now.line.formats ? now.line.formats
                                                        : std::vector<std::string>();
    std::vector<std::string> common;
    bool has_codec = false;
    for (const auto& format : now.formats) {
        const Format* same = offered.find(format.payload_type);
        if (same == nullptr || !text::iequals(same->encoding(), format.encoding())) continue;
        has_codec = has_codec || is_codec(format);
        common.push_back(std::to_string(format.payload_type));
    }
    return has_codec ? common : std::vector<std::string>();
}

MediaSection accepted(const MediaSection& now, std::vector<std::string> formats,
                      Direction direction) {
    MediaSection section;
    section.line = now.line;
    section.line.formats = std::move(formats);
    for (const auto& line : now.lines) {
        if (is_direction(line)) continue;
        const auto payload = payload_of(line);
        const auto& kept = section.line.formats;
        if (payload && *payload != "*" &&
            std::find(kept.begin(), kept.end(), *payload) == kept.end())
            continue;
        section.lines.push_back(line.type() == 'm' ? Line{section.line.to_string(), line.ending}
                                                   : line);
    }
    if (direction != Direction::sendrecv)
        section.lines.push_back({"a=" + std::string(to_string(direction)), "\r\n"});
    return section;
}

std::vector<Format> formats_in(const Description& description, std::size_t index) {
    return index < description.media.size() ? view(description, index).formats
                                            : std::vector<Format>();
}

// The formats of an RTP line that are accepted, the first codec alone.
std::vector<Format> accepted_formats(const std::vector<Format>& offered, const Description* agreed,
                                     std::size_t index) {
    std::vector<Format> kept = offered;
    if (agreed != nullptr) {
        const auto known = formats_in(*agreed, index);
        std::erase_if(kept, [&](const Format& format) {
            return std::none_of(known.begin(), known.end(),
                                [&](const Format& one) { return is_same_codec(one, format); });
        });
    }
    if (std::none_of(kept.begin(), kept.end(), is_codec)) return {};
    return first_codec_only(std::move(kept));
}

Direction mirrored(Direction direction) {
    return make_direction(receives(direction), sends(direction));
}

}  // namespace

Result<Description> answer_locally(const Description& offer, const Description& current) {
    Description answer;
    for (const auto& line : current.session)
        if (!is_direction(line)) answer.session.push_back(line);
    bool any = false;
    for (std::size_t i = 0; i < offer.media.size(); ++i) {
        const auto offered = view(offer, i);
        const bool known = i < current.media.size() && offered.is_active() && !offered.to_group;
        const auto now = known ? view(current, i) : MediaView{};
        const bool fits = known && now.is_active() && now.line.media == offered.line.media &&
                          text::iequals(now.line.protocol, offered.line.protocol);
        auto formats = fits ? common_formats(offered, now) : std::vector<std::string>();
        if (formats.empty()) {
            answer.media.push_back(refused(offer.media[i].line));
            continue;
        }
        any = true;
        const auto mirror = make_direction(receives(offered.direction), sends(offered.direction));
        answer.media.push_back(accepted(current.media[i], std::move(formats), mirror));
    }
    if (!any) return fail(ErrorCode::denied, "no m-line of the offer goes on with what is in use");
    return answer;
}

Description limit_offer(const Description& offer, const Description* agreed) {
    Description limited = offer;
    for (std::size_t i = 0; i < limited.media.size(); ++i) {
        MediaSection& section = limited.media[i];
        const MediaView offered = view(offer, i);
        if (!offered.is_active() || offered.formats.empty()) continue;
        const auto formats = accepted_formats(offered.formats, agreed, i);
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

Description accept_offer(const Description& offer, const Description* agreed) {
    Description answer = limit_offer(offer, agreed);
    for (std::size_t i = 0; i < answer.media.size(); ++i) {
        auto& lines = answer.media[i].lines;
        const auto direction = mirrored(view(offer, i).direction);
        std::erase_if(lines, is_direction);
        if (!lines.empty()) end_line(lines.back());
        lines.push_back({"a=" + std::string(to_string(direction)), "\r\n"});
    }
    // A direction for all lines at once would contradict those written at each.
    std::erase_if(answer.session, is_direction);
    return answer;
}

bool same_media(const Description& one, const Description& other) {
    if (one.media.size() != other.media.size()) return false;
    for (std::size_t i = 0; i < one.media.size(); ++i) {
        const auto left = formats_in(one, i);
        const auto right = formats_in(other, i);
        const bool same =
            std::equal(left.begin(), left.end(), right.begin(), right.end(),
                       [](const Format& a, const Format& b) {
                           return a.payload_type == b.payload_type && a.rtpmap == b.rtpmap;
                       });
        const auto left_view = view(one, i);
        const auto right_view = view(other, i);
        if (!same || left_view.is_active() != right_view.is_active()) return false;
        if (left_view.direction != right_view.direction) return false;
    }
    return true;
}

}  // namespace weir::signaling::sdp

// SPDX-License-Identifier: Apache-2.0
// Answers an offer out of what was agreed already.
#include "signaling/sdp/local_answer.hpp"

#include <algorithm>

#include "config/base/text.hpp"
#include "signaling/sdp/view.hpp"

namespace weir::signaling::sdp {
namespace {

bool is_direction(const Line& line) {
    if (line.type() != 'a') return false;
    for (const auto direction :
         {Direction::sendrecv, Direction::sendonly, Direction::recvonly, Direction::inactive})
        if (line.value() == to_string(direction)) return true;
    return false;
}

// "101" of a=rtpmap:101 ... and a=fmtp:101 ...; else "".
std::string_view payload_of(const Line& line) {
    for (const std::string_view name : {"rtpmap", "fmtp", "rtcp-fb"})
        if (const auto value = line.attribute(name)) return value->substr(0, value->find(' '));
    return {};
}

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
        has_codec = has_codec || (!format.is_telephone_event() && !format.is_comfort_noise());
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
        if (!payload.empty() && payload != "*" &&
            std::find(kept.begin(), kept.end(), payload) == kept.end())
            continue;
        section.lines.push_back(line.type() == 'm' ? Line{section.line.to_string(), line.ending}
                                                   : line);
    }
    if (direction != Direction::sendrecv)
        section.lines.push_back({"a=" + std::string(to_string(direction)), "\r\n"});
    return section;
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

}  // namespace weir::signaling::sdp

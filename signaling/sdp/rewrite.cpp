// SPDX-License-Identifier: Apache-2.0
// rewrite: the lines that are ours replaced, the formats filtered, the rest passed or dropped.
#include "signaling/sdp/rewrite.hpp"

#include <algorithm>

#include "config/base/text.hpp"
#include "signaling/sdp/foreign.hpp"
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

// The payload type that an attribute speaks about ("101" of a=fmtp:101 0-16), if it names one.
std::optional<std::string_view> payload_of(const Line& line) {
    for (const std::string_view name : {"rtpmap", "fmtp", "rtcp-fb"}) {
        const auto value = line.attribute(name);
        if (value) return value->substr(0, value->find(' '));
    }
    return std::nullopt;
}

std::vector<Line> rewrite_session(const Description& source, const Rewrite& how,
                                  const std::vector<std::string>& names) {
    std::vector<Line> lines;
    for (const auto& line : source.session) {
        Line copy = line;
        if (copy.ending.empty()) copy.ending = "\r\n";
        if (line.type() == 's') copy.text = "s=SIP Call";
        if (line.type() == 'c') copy.text = "c=" + connection_text(how.address);
        const bool ours = line.type() == 's' || line.type() == 'c' || line.type() == 'o';
        if (line.text.empty() || (!ours && !may_pass(line, names))) continue;
        lines.push_back(std::move(copy));
    }
    return lines;
}

// What becomes of one m-line.
struct MediaPlan {
    MediaLine line;
    MediaView view;
    bool formats_changed = false;
};

std::vector<std::string> tokens_of(const std::vector<Format>& formats) {
    std::vector<std::string> tokens;
    for (const auto& format : formats)
        tokens.push_back(std::to_string(format.payload_type));
    return tokens;
}

MediaPlan plan_media(const Description& source, std::size_t index, const Rewrite& how) {
    MediaPlan plan{source.media[index].line, view(source, index), false};
    const auto port = index < how.ports.size() ? how.ports[index] : std::nullopt;
    const bool relayed =
        plan.line.port != 0 && port && !plan.view.to_group && relay_of(plan.line) != Relay::none;
    plan.line.port = relayed ? *port : 0;
    if (!relayed || relay_of(plan.line) != Relay::rtp) return plan;
    std::vector<Format> formats = plan.view.formats;
    if (how.offer != nullptr) {
        const MediaView offered = view(*how.offer, index);
        std::erase_if(formats, [&](const Format& f) { return !offered.find(f.payload_type); });
    }
    if (plan.line.media == "audio") {
        // An answer keeps the answerer's order: A.10's order has been offered already.
        for (const auto& policy : how.audio) {
            auto passed = apply(policy, formats);
            if (how.offer == nullptr) {
                formats = std::move(passed);
                continue;
            }
            std::erase_if(formats, [&](const Format& f) {
                return std::find(passed.begin(), passed.end(), f) == passed.end();
            });
        }
        if (how.offer != nullptr) formats = first_codec_only(std::move(formats));
    }
    if (formats.empty()) {
        plan.line.port = 0;
        return plan;
    }
    plan.formats_changed = formats != plan.view.formats;
    if (plan.formats_changed) plan.line.formats = tokens_of(formats);
    return plan;
}

// RFC 2543's hold (c=0.0.0.0) is told by direction on our legs (spec B.5, offer call-hold).
bool needs_direction(const MediaPlan& plan) {
    return plan.view.held_by_address && plan.line.port != 0;
}

std::vector<Line> rewrite_media(const MediaSection& section, const MediaPlan& plan,
                                const Rewrite& how, const std::vector<std::string>& names) {
    std::vector<Line> lines;
    for (const auto& line : section.lines) {
        Line copy = line;
        if (copy.ending.empty()) copy.ending = "\r\n";
        if (line.type() == 'm') {
            copy.text = plan.line.to_string();
        } else if (line.type() == 'c') {
            copy.text = "c=" + connection_text(how.address);
        } else {
            if (line.text.empty() || !may_pass(line, names)) continue;
            if (is_direction(line) && needs_direction(plan)) continue;
            const auto payload = payload_of(line);
            const bool dropped = payload && plan.formats_changed && *payload != "*" &&
                                 std::find(plan.line.formats.begin(), plan.line.formats.end(),
                                           *payload) == plan.line.formats.end();
            if (dropped) continue;
        }
        lines.push_back(std::move(copy));
    }
    if (needs_direction(plan))
        lines.push_back({"a=" + std::string(to_string(plan.view.direction)), "\r\n"});
    return lines;
}

bool has_active(const Description& description) {
    return std::any_of(description.media.begin(), description.media.end(),
                       [](const MediaSection& section) { return section.line.port != 0; });
}

}  // namespace

Relay relay_of(const MediaLine& line) {
    if (line.is_rtp()) return Relay::rtp;
    for (const std::string_view protocol : {"UDPTL", "UDP", "UDP/BFCP"})
        if (text::iequals(line.protocol, protocol)) return Relay::opaque;
    return Relay::none;
}

Result<Description> rewrite(const Description& source, const Rewrite& how) {
    // RFC 3264 6: one m-line in the answer for each in the offer, in the same order.
    if (how.offer != nullptr && how.offer->media.size() != source.media.size())
        return fail(ErrorCode::invalid, "the answer has " + std::to_string(source.media.size()) +
                                            " m-lines, its offer " +
                                            std::to_string(how.offer->media.size()));
    const auto names = foreign_names(source, how.foreign_hosts);
    Description result;
    result.session = rewrite_session(source, how, names);
    for (std::size_t i = 0; i < source.media.size(); ++i) {
        const MediaPlan plan = plan_media(source, i, how);
        result.media.push_back({plan.line, rewrite_media(source.media[i], plan, how, names)});
    }
    if (has_active(source) && !has_active(result))
        return fail(ErrorCode::denied,
                    "no m-line is left: no codec in common, or no profile that is relayed");
    return result;
}

std::string LocalOrigin::stamp(Description description, const IpAddress& address) {
    const auto set_origin = [&](const std::string& text) {
        for (auto& line : description.session)
            if (line.type() == 'o') line.text = text;
    };
    const std::string place = " " + connection_text(address);
    set_origin("o=" + place);
    const std::string bare = description.to_string();
    if (!last_.empty() && bare != last_) ++version_;
    last_ = bare;
    set_origin("o=Weir " + std::to_string(id_) + " " + std::to_string(version_) + place);
    return description.to_string();
}

}  // namespace weir::signaling::sdp

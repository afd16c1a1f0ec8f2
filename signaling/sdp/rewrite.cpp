// SPDX-License-Identifier: Apache-2.0
// rewrite: the lines that are ours replaced, the formats filtered, the rest passed or dropped.
#include "signaling/sdp/rewrite.hpp"

#include <algorithm>
#include <utility>

#include "config/base/text.hpp"
#include "signaling/sdp/foreign.hpp"
#include "signaling/sdp/lines.hpp"
#include "signaling/sdp/view.hpp"

namespace weir::signaling::sdp {
namespace {

std::vector<Line> rewrite_session(const Description& source, const Rewrite& how,
                                  const std::vector<std::string>& names) {
    std::vector<Line> lines;
    bool has_origin = false;
    for (const auto& line : source.session) {
        // RFC 4566 5: there is one o=; a second one would be the other side's, or ours twice.
        if (line.type() == 'o' && std::exchange(has_origin, true)) continue;
        Line copy = line;
        end_line(copy);
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
    std::vector<Format> formats;            // what is left, with the numbers of the source
    std::vector<NumberPair> numbers;        // those that are others on this leg
    std::optional<Direction> direction;     // to be written in place of the source's
    std::optional<IpAddress> held_address;  // c=0.0.0.0 in place of ours
    bool says_both_ways = false;            // the session part has another direction
};

std::vector<std::string> tokens_of(const MediaPlan& plan) {
    std::vector<std::string> tokens;
    for (const auto& format : plan.formats)
        tokens.push_back(std::to_string(renumbered(plan.numbers, format.payload_type)));
    return tokens;
}

// "a=fmtp:101 0-16" about a format that is 96 here.
void renumber_line(Line& line, std::string_view payload, const std::vector<NumberPair>& numbers) {
    const auto number = text::number(payload);
    if (!number || *number > 127) return;
    const auto before = static_cast<std::uint8_t>(*number);
    const std::uint8_t after = renumbered(numbers, before);
    if (after == before) return;
    const std::size_t at = line.text.find(':') + 1;
    line.text.replace(at, payload.size(), std::to_string(after));
}

bool keeps(const MediaPlan& plan, std::string_view payload) {
    return std::any_of(plan.formats.begin(), plan.formats.end(), [&](const Format& format) {
        return std::to_string(format.payload_type) == payload;
    });
}

// The numbers of the formats that are left, toward this leg.
std::vector<NumberPair> numbers_of(std::vector<Format>& formats, std::size_t index,
                                   const Rewrite& how) {
    if (how.offer != nullptr) {
        const auto& offered = how.offer->media[index].numbers;
        if (offered.empty() && !how.numbers.events && !how.numbers.codecs) return {};
        return renumber_answer(formats, view(*how.offer, index).formats, offered);
    }
    const auto known = index < how.known.size() ? how.known[index] : std::vector<NumberPair>();
    return renumber_offer(
        formats, known, how.audio.empty() ? std::vector<WantedNumber>() : how.audio.back().numbers);
}

MediaPlan plan_media(const Description& source, std::size_t index, const Rewrite& how) {
    MediaPlan plan;
    plan.line = source.media[index].line;
    plan.view = view(source, index);
    const auto port = index < how.ports.size() ? how.ports[index] : std::nullopt;
    const bool relayed =
        plan.line.port != 0 && port && !plan.view.to_group && relay_of(plan.line) != Relay::none;
    plan.line.port = relayed ? *port : 0;
    if (!relayed || relay_of(plan.line) != Relay::rtp || how.verbatim) return plan;
    std::vector<Format> formats = plan.view.formats;
    if (how.offer != nullptr) {
        const MediaView offered = view(*how.offer, index);
        std::erase_if(formats,
                      [&](const Format& f) { return !answers(f, offered.formats, how.numbers); });
    }
    if (plan.line.media == "audio") {
        // An answer keeps the answerer's order: A.10's order has been offered already.
        for (const auto& policy : how.audio) {
            auto passed = apply(policy, formats);
            if (how.offer == nullptr) {
                formats = std::move(passed);
                continue;
            }
            std::vector<Format> kept;
            for (const auto& format : formats) {
                const auto found = std::find_if(
                    passed.begin(), passed.end(),
                    [&](const Format& one) { return one.payload_type == format.payload_type; });
                if (found != passed.end()) kept.push_back(*found);
            }
            formats = std::move(kept);
        }
        if (how.offer != nullptr) formats = first_codec_only(std::move(formats));
    }
    plan.numbers = numbers_of(formats, index, how);
    if (formats.empty()) {
        plan.line.port = 0;
        return plan;
    }
    plan.formats_changed = formats != plan.view.formats;
    plan.formats = std::move(formats);
    if (plan.formats_changed || !plan.numbers.empty()) plan.line.formats = tokens_of(plan);
    return plan;
}

// The direction and the form of hold that the other leg is told.
void plan_direction(MediaPlan& plan, const Description& source, std::size_t index,
                    const Rewrite& how) {
    if (plan.line.port == 0 || (how.verbatim && !plan.view.held_by_address)) return;
    Direction wanted = plan.view.direction;
    if (index < how.directions.size() && how.directions[index]) {
        wanted = *how.directions[index];
    } else if (how.offer != nullptr) {
        // RFC 3264 6.1: an answer that claims more than its offer permits is cut to it.
        const Direction offered = view(*how.offer, index).direction;
        wanted =
            make_direction(sends(wanted) && receives(offered), receives(wanted) && sends(offered));
    }
    if (wanted != plan.view.direction || plan.view.held_by_address) plan.direction = wanted;
    plan.says_both_ways = std::any_of(source.session.begin(), source.session.end(), is_direction);
    if (!how.hold_by_address || how.offer != nullptr || receives(wanted)) return;
    // RFC 2543's hold. A party that may not send either is told so beside it.
    plan.held_address = how.address.family == Family::v6 ? IpAddress::parse("::").value()
                                                         : IpAddress::v4(0, 0, 0, 0);
    plan.direction = sends(wanted) ? Direction::sendrecv : Direction::inactive;
}

// The format has got parameters that the source does not write (annexb=no).
bool new_parameters(const MediaPlan& plan, std::string_view payload_type) {
    for (const auto& format : plan.formats) {
        if (std::to_string(format.payload_type) != payload_type) continue;
        const Format* before = plan.view.find(format.payload_type);
        return before != nullptr && before->fmtp != format.fmtp;
    }
    return false;
}

std::vector<Line> rewrite_media(const MediaSection& section, const MediaPlan& plan,
                                const Rewrite& how, const std::vector<std::string>& names) {
    std::vector<Line> lines;
    const std::string connection = "c=" + connection_text(plan.held_address.value_or(how.address));
    bool connected = !plan.held_address;
    for (const auto& line : section.lines) {
        Line copy = line;
        end_line(copy);
        if (line.type() == 'm') {
            copy.text = plan.line.to_string();
        } else if (line.type() == 'c') {
            copy.text = connection;
            connected = true;
        } else {
            if (line.text.empty() || !may_pass(line, names)) continue;
            if (is_direction(line) && plan.direction) continue;
            if (line.type() == 'a' && !connected) {
                lines.push_back({connection, "\r\n"});
                connected = true;
            }
            const auto payload = payload_of(line);
            const bool dropped =
                payload && plan.formats_changed && *payload != "*" && !keeps(plan, *payload);
            if (dropped || (line.attribute("fmtp") && new_parameters(plan, *payload))) continue;
            if (payload && !plan.numbers.empty()) renumber_line(copy, *payload, plan.numbers);
        }
        lines.push_back(std::move(copy));
    }
    if (!connected) lines.push_back({connection, "\r\n"});
    for (const auto& format : plan.formats) {
        const std::string number = std::to_string(format.payload_type);
        if (!new_parameters(plan, number)) continue;
        lines.push_back({"a=fmtp:" + number + " " + format.fmtp, "\r\n"});
        renumber_line(lines.back(), number, plan.numbers);
    }
    // Both-ways is what an m-line without the attribute says (spec B.4: only when not sendrecv),
    // unless the session part says something else.
    if (plan.direction && (*plan.direction != Direction::sendrecv || plan.says_both_ways))
        lines.push_back({"a=" + std::string(to_string(*plan.direction)), "\r\n"});
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
        MediaPlan plan = plan_media(source, i, how);
        plan_direction(plan, source, i, how);
        auto lines = rewrite_media(source.media[i], plan, how, names);
        result.media.push_back({plan.line, std::move(lines), std::move(plan.numbers)});
    }
    if (has_active(source) && !has_active(result))
        return fail(ErrorCode::denied,
                    "no m-line is left: no codec in common, or no profile that is relayed");
    return result;
}

int warning_of(const Description& refused) {
    for (const auto& section : refused.media)
        if (section.line.port != 0 && relay_of(section.line) != Relay::none) return 305;
    return 304;
}

std::string LocalOrigin::again(const IpAddress& address) const {
    std::string text = last_;
    const std::string bare = "o= " + connection_text(address);
    const std::size_t at = text.find(bare);
    if (at == std::string::npos) return {};
    return text.replace(at, 2, "o=Weir " + std::to_string(id_) + " " + std::to_string(version_));
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

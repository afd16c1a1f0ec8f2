// SPDX-License-Identifier: Apache-2.0
// SessionTimer: the two roles of RFC 4028.
#include "signaling/call/session_timer.hpp"

#include <algorithm>
#include <string>

#include "config/base/text.hpp"

namespace weir::signaling {
namespace {

// "1800;refresher=uac": the number, 0 if it is none. A number that does not fit counts as the
// longest.
std::uint32_t seconds_of(std::string_view value) {
    const auto number = text::number(text::trim(value.substr(0, value.find(';'))));
    if (!number) return 0;
    return static_cast<std::uint32_t>(std::min<std::uint64_t>(*number, UINT32_MAX));
}

std::optional<bool> refresher_of(std::string_view value) {
    for (const auto piece : text::split(value, ';')) {
        const auto equals = piece.find('=');
        if (equals == std::string_view::npos) continue;
        if (!text::iequals(text::trim(piece.substr(0, equals)), "refresher")) continue;
        const auto who = text::trim(piece.substr(equals + 1));
        if (text::iequals(who, "uac")) return true;
        if (text::iequals(who, "uas")) return false;
    }
    return std::nullopt;
}

void add_option(SipMessage& message, std::string_view header, std::string_view tag) {
    if (message.lists(header, tag)) return;
    const std::string* value = message.find(header);
    const bool empty = value == nullptr || text::trim(*value).empty();
    message.set(header, empty ? std::string(tag) : *value + ", " + std::string(tag));
}

bool knows_timer(const SipMessage& request) {
    return request.lists("Supported", "timer") || request.lists("Require", "timer");
}

std::uint32_t bounded(std::uint32_t interval) {
    return std::clamp(interval, kShortestSession, kLongestSession);
}

}  // namespace

SessionWish session_wish(const SipMessage& message) {
    SessionWish wish;
    if (const std::string* value = message.find("Session-Expires")) {
        wish.interval = seconds_of(*value);
        wish.by_uac = refresher_of(*value);
    }
    if (const std::string* value = message.find("Min-SE")) wish.min_se = seconds_of(*value);
    return wish;
}

bool SessionTimer::is_too_small(const SipMessage& request) const {
    const auto wish = session_wish(request);
    // RFC 4028 9: a peer without `timer` could not do anything with a 422.
    return wish.interval != 0 && wish.interval < settings_.min_se && knows_timer(request);
}

void SessionTimer::answer(const SipMessage& request, const SessionWish& other,
                          SipMessage& response) {
    const SessionWish asked = session_wish(request);
    const bool known = knows_timer(request);
    std::uint32_t interval = asked.interval;
    // A peer that neither asks nor knows of timers is not burdened with the other leg's.
    if (interval == 0) interval = expires_ ? interval_ : known ? other.interval : 0;
    if (interval == 0 && settings_.own) interval = settings_.interval;
    if (interval == 0) {
        refresher_ = Refresher::none;
        interval_ = 0;
        expires_ = false;
        return;
    }
    // RFC 4028 9: the answer may be shorter than the wish, but not than its Min-SE: both legs then
    // have one interval.
    if (other.interval != 0 && other.interval < interval)
        interval = std::max({other.interval, asked.min_se, settings_.min_se});
    const bool peer_does = [&] {
        if (!known) return false;
        if (asked.by_uac) return *asked.by_uac;
        if (expires_) return refresher_ == Refresher::peer;
        return other.by_uac.value_or(!settings_.own);
    }();
    interval_ = bounded(interval);
    refresher_ = peer_does ? Refresher::peer : Refresher::us;
    expires_ = true;
    response.set("Session-Expires",
                 std::to_string(interval_) + (peer_does ? ";refresher=uac" : ";refresher=uas"));
    add_option(response, "Supported", "timer");
    if (known) add_option(response, "Require", "timer");
}

void SessionTimer::ask(SipMessage& request, const SessionWish& other) {
    add_option(request, "Supported", "timer");
    const std::uint32_t min_se = std::max({settings_.min_se, raised_min_se_, other.min_se});
    request.set("Min-SE", std::to_string(min_se));
    const bool runs = interval_ != 0;
    std::uint32_t interval = runs ? interval_ : other.interval;
    if (!runs && settings_.own) interval = settings_.interval;
    asked_ = interval == 0 ? 0 : bounded(std::max(interval, min_se));
    if (asked_ == 0) return;
    std::string value = std::to_string(asked_);
    const auto by_uac = runs            ? std::optional(refresher_ == Refresher::us)
                        : settings_.own ? std::nullopt
                                        : other.by_uac;
    if (by_uac) value += *by_uac ? ";refresher=uac" : ";refresher=uas";
    request.set("Session-Expires", std::move(value));
}

bool SessionTimer::raise(const SipMessage& refused) {
    const std::uint32_t theirs = session_wish(refused).min_se;
    const std::uint32_t ours = std::max(asked_, raised_min_se_);
    if (theirs <= ours || theirs > kLongestSession) return false;
    raised_min_se_ = theirs;
    return true;
}

void SessionTimer::on_answer(const SipMessage& response) {
    const SessionWish agreed = session_wish(response);
    expires_ = agreed.interval != 0;
    if (expires_) {
        interval_ = bounded(agreed.interval);
        refresher_ = agreed.by_uac.value_or(true) ? Refresher::us : Refresher::peer;
        return;
    }
    const bool alone = settings_.own && asked_ != 0;
    interval_ = alone ? asked_ : 0;
    refresher_ = alone ? Refresher::us : Refresher::none;
}

std::chrono::seconds SessionTimer::refresh_after() const {
    return std::chrono::seconds(interval_ / 2);
}

std::chrono::seconds SessionTimer::expires_after() const {
    return std::chrono::seconds(interval_ - std::min<std::uint32_t>(32, interval_ / 3));
}

SessionWish SessionTimer::agreed_as_uac() const {
    if (!expires_) return {};
    return {interval_, refresher_ == Refresher::us, 0};
}

}  // namespace weir::signaling

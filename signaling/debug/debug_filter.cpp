// SPDX-License-Identifier: Apache-2.0
// Words to wishes, calls and messages against them.
#include "signaling/debug/debug_filter.hpp"

#include <algorithm>
#include <charconv>
#include <utility>

#include "config/base/text.hpp"
#include "signaling/call/call.hpp"

namespace weir::signaling {
namespace {

constexpr const char* kUsage =
    "% debug ccsip {messages | events | states | all} [number NUMBER | peer TAG | call ID]\n";

std::string plain(std::string_view number) {
    if (number.starts_with('+')) number.remove_prefix(1);
    return std::string(number);
}

std::string user_of(const std::string* address) {
    if (address == nullptr) return "";
    const auto parsed = NameAddr::parse(*address);
    const auto uri = parsed ? SipUri::parse(parsed->uri) : Result<SipUri>();
    return parsed && uri ? uri->user : "";
}

std::optional<std::uint64_t> hexadecimal(std::string_view text) {
    std::uint64_t value = 0;
    const auto result = std::from_chars(text.data(), text.data() + text.size(), value, 16);
    if (text.empty() || result.ec != std::errc() || result.ptr != text.data() + text.size())
        return std::nullopt;
    return value;
}

// "number 4930", "peer 7", "call 1A"
bool read_filter(std::string_view kind, std::string_view value, DebugFilter& filter) {
    if (kind == "number") {
        filter.number = plain(value);
        return !filter.number.empty();
    }
    if (kind == "peer") {
        const auto tag = text::number(value);
        if (!tag || *tag > UINT32_MAX) return false;
        filter.peer = config::DialPeerTag{static_cast<std::uint32_t>(*tag)};
        return true;
    }
    if (kind != "call") return false;
    const auto id = hexadecimal(value);
    if (id) filter.call = CallId{*id};
    return id.has_value();
}

}  // namespace

bool DebugFilter::wants(const Call& one) const {
    const CallSetup& setup = one.setup();
    if (call && setup.id != *call) return false;
    const auto of_route = [&](const auto& matches) {
        return std::any_of(setup.routes.begin(), setup.routes.end(), matches);
    };
    if (peer && setup.caller.dial_peer != *peer &&
        !of_route([&](const OutboundRoute& route) { return route.party.dial_peer == *peer; }))
        return false;
    if (number.empty()) return true;
    return plain(setup.calling) == number || plain(setup.called) == number ||
           plain(setup.caller.number) == number || of_route([&](const OutboundRoute& route) {
               return plain(route.party.number) == number;
           });
}

bool DebugFilter::wants(const SipMessage& message) const {
    if (waits_for_call()) return false;
    if (number.empty()) return true;
    const auto uri = SipUri::parse(message.request_uri);
    return (message.is_request && uri && plain(uri->user) == number) ||
           plain(user_of(message.find("From"))) == number ||
           plain(user_of(message.find("To"))) == number;
}

Result<DebugWish> parse_debug_wish(std::string_view typed) {
    const auto words = text::words(typed);
    DebugWish wish;
    const std::string topic = words.empty() ? "" : text::lower(words[0]);
    const bool all = topic == "all";
    wish.messages = all || topic == "messages";
    wish.events = all || topic == "events";
    wish.states = all || topic == "states";
    const bool has_filter = words.size() == 3;
    const bool nothing = !wish.messages && !wish.events && !wish.states;
    if (nothing || (words.size() != 1 && !has_filter) ||
        (has_filter && !read_filter(text::lower(words[1]), words[2], wish.filter)))
        return fail(ErrorCode::invalid, kUsage);
    return wish;
}

bool DebugBudget::take(MonoTime now) {
    if (now - since_ >= std::chrono::seconds(1)) {
        since_ = now;
        used_ = 0;
    }
    if (used_ < a_second_) {
        ++used_;
        return true;
    }
    ++dropped_;
    return false;
}

}  // namespace weir::signaling

// SPDX-License-Identifier: Apache-2.0
// The configured maps over the tables of dialplan/cause and of RFC 3398.
#include "signaling/call/causes.hpp"

#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "config/base/text.hpp"
#include "dialplan/cause.hpp"

namespace weir::signaling {
namespace {

struct Pair {
    int from;
    int to;
};

// RFC 3398 8.2.6.1 where it differs from spec E.8, cause to status.
constexpr auto kRfcStatus = std::to_array<Pair>({
    {18, 408},
    {22, 410},
    {23, 410},
    {27, 502},
    {31, 480},
    {58, 503},
    {65, 488},
    {70, 488},
    {87, 403},
    {88, 503},
    {102, 504},
    {111, 500},
    {127, 500},
});

// RFC 3398 7.2.6.1 where it differs, status to cause.
constexpr auto kRfcCause = std::to_array<Pair>({
    {400, 41},
    {401, 21},
    {403, 21},
    {405, 63},
    {406, 79},
    {410, 22},
    {414, 127},
    {416, 127},
    {421, 127},
    {423, 127},
    {481, 41},
    {482, 25},
    {483, 25},
    {500, 41},
    {503, 41},
    {603, 21},
});

template <std::size_t N>
std::optional<int> looked_up(const std::array<Pair, N>& table, int from) {
    const auto it = std::find_if(table.begin(), table.end(),
                                 [&](const Pair& pair) { return pair.from == from; });
    if (it == table.end()) return std::nullopt;
    return it->to;
}

// Statuses with a row in spec E.8.
constexpr auto kStatuses = std::to_array<int>(
    {400, 401, 402, 403, 404, 405, 406, 407, 408, 409, 410, 411, 412, 413, 414, 415, 420, 480, 481,
     482, 483, 484, 485, 486, 487, 488, 500, 501, 502, 503, 504, 505, 580, 600, 603, 604, 606});

// RFC 3398 7.2.6.1: 488 by its Warning: 37x names bandwidth, the other 3xx media and formats.
int cause_of_warning(const SipMessage& response) {
    constexpr int kBearerNotAvailable = 58;
    const std::string* warning = response.find("Warning");
    const auto words = warning == nullptr ? std::vector<std::string_view>() : text::words(*warning);
    const auto code = words.empty() ? std::nullopt : text::number(words[0]);
    return code && *code >= 370 && *code < 380 ? kBearerNotAvailable
                                               : dialplan::kCauseBearerNotImplemented;
}

int default_status(const config::Config& config, int cause) {
    const auto rfc = config.sip_ua.cause_map_rfc3398 ? looked_up(kRfcStatus, cause) : std::nullopt;
    return rfc ? *rfc : dialplan::sip_from_q850(cause);
}

int default_cause(const config::Config& config, int status) {
    const auto rfc = config.sip_ua.cause_map_rfc3398 ? looked_up(kRfcCause, status) : std::nullopt;
    return rfc ? *rfc : dialplan::q850_from_sip(status);
}

template <typename Map>
std::optional<int> configured(const Map& map, int from) {
    if (from < 0 || from > 999) return std::nullopt;
    const auto it = map.find(static_cast<std::uint16_t>(from));
    if (it == map.end()) return std::nullopt;
    return it->second;
}

}  // namespace

int status_of_cause(const config::Config& config, int q850_cause) {
    const auto set = configured(config.sip_ua.cause_to_status, q850_cause);
    return set ? *set : default_status(config, q850_cause);
}

int cause_of_status(const config::Config& config, int status) {
    const auto set = configured(config.sip_ua.status_to_cause, status);
    return set ? *set : default_cause(config, status);
}

int cause_of_status(const config::Config& config, const SipMessage& response) {
    const bool by_warning = config.sip_ua.cause_map_rfc3398 && response.status == 488 &&
                            !configured(config.sip_ua.status_to_cause, response.status);
    return by_warning ? cause_of_warning(response) : cause_of_status(config, response.status);
}

std::optional<int> q850_reason(const SipMessage& message) {
    for (const auto value : message.all("Reason")) {
        for (const auto element : split_list(value)) {
            const auto pieces = text::split(element, ';');
            if (!text::iequals(text::trim(pieces[0]), "Q.850")) continue;
            for (const auto piece : pieces) {
                const std::string_view pair = text::trim(piece);
                if (!text::istarts_with(pair, "cause")) continue;
                const std::size_t equals = pair.find('=');
                const auto cause = equals == std::string_view::npos
                                       ? std::nullopt
                                       : text::number(text::trim(pair.substr(equals + 1)));
                if (cause && *cause >= 1 && *cause <= 127) return static_cast<int>(*cause);
            }
        }
    }
    return std::nullopt;
}

std::string other_reasons(const SipMessage& message) {
    constexpr std::size_t kReasonBytes = 256;
    std::string reasons;
    for (const auto value : message.all("Reason")) {
        for (const auto element : split_list(value)) {
            if (text::istarts_with(text::trim(element), "Q.850")) continue;
            if (reasons.size() + element.size() > kReasonBytes) return reasons;
            reasons += (reasons.empty() ? "" : ", ") + std::string(element);
        }
    }
    return reasons;
}

std::string show_pstn_sip_map(const config::Config& config) {
    std::string shown =
        "The PSTN Cause to SIP Status code mapping table:-\n\n"
        "PSTN-Cause  Configured    Default\n"
        "            SIP-Status    SIP-Status\n\n";
    for (int cause = 1; cause <= 127; ++cause)
        shown += fmt::format("{:<12}{:<14}{}\n", cause, status_of_cause(config, cause),
                             default_status(config, cause));
    return shown;
}

std::string show_sip_pstn_map(const config::Config& config) {
    std::string shown =
        "The SIP Status code to PSTN Cause mapping table:-\n\n"
        "SIP-Status  Configured    Default\n"
        "            PSTN-Cause    PSTN-Cause\n\n";
    for (const int status : kStatuses)
        shown += fmt::format("{:<12}{:<14}{}\n", status, cause_of_status(config, status),
                             default_cause(config, status));
    return shown;
}

}  // namespace weir::signaling

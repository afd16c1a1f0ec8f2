// SPDX-License-Identifier: Apache-2.0
// The words by which the values of SIP settings are written, read and shown: one table for each.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

#include "config/model/sip_options.hpp"

namespace weir::config {

// What stands behind the command's own words: "passthru media-change".
template <typename Value>
struct Choice {
    Value value;
    std::string_view words;
};

inline constexpr std::array<Choice<AssertedId>, 2> kAssertedIds{{
    {AssertedId::pai, "pai"},
    {AssertedId::ppi, "ppi"},
}};
inline constexpr std::array<Choice<MidcallSignaling>, 4> kMidcallSignalings{{
    {MidcallSignaling::passthru, "passthru"},
    {MidcallSignaling::passthru_media_change, "passthru media-change"},
    {MidcallSignaling::block, "block"},
    {MidcallSignaling::preserve_codec, "preserve-codec"},
}};
inline constexpr std::array<Choice<EarlyOffer>, 3> kEarlyOffers{{
    {EarlyOffer::forced, "forced"},
    {EarlyOffer::renegotiate, "forced renegotiate"},
    {EarlyOffer::renegotiate_always, "forced renegotiate always"},
}};
inline constexpr std::array<Choice<EarlyMediaUpdate>, 2> kEarlyMediaUpdates{{
    {EarlyMediaUpdate::block, "block"},
    {EarlyMediaUpdate::block_renegotiate, "block re-negotiate"},
}};
inline constexpr std::array<Choice<UrlScheme>, 4> kUrlSchemes{{
    {UrlScheme::sip, "sip"},
    {UrlScheme::sips, "sips"},
    {UrlScheme::tel, "tel"},
    {UrlScheme::tel_phone_context, "tel phone-context"},
}};
inline constexpr std::array<Choice<AsymmetricPayload>, 3> kAsymmetricPayloads{{
    {AsymmetricPayload::dtmf, "dtmf"},
    {AsymmetricPayload::dynamic_codecs, "dynamic-codecs"},
    {AsymmetricPayload::full, "full"},
}};
inline constexpr std::array<Choice<CallHold>, 2> kCallHolds{{
    {CallHold::conn_addr, "conn-addr"},
    {CallHold::direction_attr, "direction-attr"},
}};
inline constexpr std::array<Choice<NatRole>, 2> kNatRoles{{
    {NatRole::passive, "passive"},
    {NatRole::active, "active"},
}};
inline constexpr std::array<Choice<Rel1xx::Mode>, 3> kRel1xxModes{{
    {Rel1xx::Mode::supported, "supported"},
    {Rel1xx::Mode::require, "require"},
    {Rel1xx::Mode::disable, "disable"},
}};
inline constexpr std::array<Choice<BlockWhen>, 3> kBlockWhens{{
    {BlockWhen::always, ""},
    {BlockWhen::sdp_absent, "sdp absent"},
    {BlockWhen::sdp_present, "sdp present"},
}};
inline constexpr std::array<std::uint16_t, 3> kBlockableCodes{180, 181, 183};  // spec E.5
inline constexpr std::array<std::string_view, 3> kOverridableFailures{
    // spec B.9
    "options-keepalive failure", "call spike failure", "cac-bandwidth failure"};

// The words of a value; "" for one that has none, such as `off`. Thread: any.
template <typename Value, std::size_t count>
[[nodiscard]] std::string words_of(const std::array<Choice<Value>, count>& choices, Value value) {
    for (const auto& choice : choices)
        if (choice.value == value) return std::string(choice.words);
    return "";
}

[[nodiscard]] std::string to_words(const Rel1xx& rel1xx);       // "require 100rel"
[[nodiscard]] std::string to_words(const SipHop& hop);          // "ipv4:192.0.2.1:5070"
[[nodiscard]] std::string to_words(const SessionTimer& timer);  // "1800 session-expires 1800"

}  // namespace weir::config

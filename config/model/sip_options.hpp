// SPDX-License-Identifier: Apache-2.0
// The SIP settings that exist at three levels: dial-peer, tenant, global (spec A.13, B, E).
//
// The same struct stands at each level. An optional that is not set asks the next level up, as
// `system` does; config/model/resolve.hpp answers with the value and the level it came from.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>

#include "config/model/vocabulary.hpp"

namespace weir::config {

// rel1xx {supported TAG | require TAG | disable} (spec E.1)
struct Rel1xx {
    enum class Mode : std::uint8_t { supported, require, disable };
    Mode mode = Mode::supported;
    std::string option_tag = "100rel";  // "" for disable
    bool operator==(const Rel1xx&) const = default;
};

enum class BlockWhen : std::uint8_t { always, sdp_absent, sdp_present };  // block 183 (spec E.5)
enum class MidcallSignaling : std::uint8_t {
    passthru,
    passthru_media_change,
    block,
    preserve_codec
};
enum class AssertedId : std::uint8_t { pai, ppi };
enum class UrlScheme : std::uint8_t { sip, sips, tel };

// bind {control | media | all} source-interface IF
struct Bind {
    std::string control;  // interface name, "" = the next level up
    std::string media;
    bool operator==(const Bind&) const = default;
};

// sip-profiles N [inbound]
struct SipProfileChoice {
    std::optional<std::uint32_t> outbound;
    std::optional<std::uint32_t> inbound;
    bool operator==(const SipProfileChoice&) const = default;
};

struct SipOptions {
    Bind bind;
    SipProfileChoice profiles;
    std::optional<Rel1xx> rel1xx;
    std::map<std::uint16_t, BlockWhen> block;      // 180, 181, 183
    std::map<std::uint16_t, bool> block_cleared;   // `no ... block CODE`: true where it was said
    std::optional<bool> map_181_to_183;            // map resp-code 181 to 183
    std::optional<bool> send_180_sdp;              // send 180 sdp
    std::optional<bool> early_offer_forced;        // early-offer forced
    std::string early_offer_renegotiate;           // "", "renegotiate", "renegotiate always"
    std::optional<bool> early_media_update_block;  // early-media update block
    bool early_media_update_renegotiate = false;
    std::optional<MidcallSignaling> midcall_signaling;
    std::optional<AssertedId> asserted_id;
    std::optional<UrlScheme> url;
    std::optional<bool> error_passthru;
    std::map<std::string, std::uint16_t>
        error_code_override;             // "options-keepalive failure" -> code
    std::optional<bool> call_route_url;  // call-route url: destination uri is looked at
    std::optional<bool> call_route_dest_route_string;
    std::optional<bool> requri_passing;
    std::optional<std::uint32_t> copy_list;
    std::optional<std::uint32_t> pass_headers;     // pass-thru headers LIST
    std::optional<bool> pass_unsupported_headers;  // pass-thru headers unsupp
    std::optional<std::uint32_t> srtp_crypto;
    std::optional<bool> srtp_negotiate_cisco;
    std::optional<std::uint16_t> options_ping;  // seconds, 60..1200
    std::optional<std::string> outbound_proxy;
    std::optional<std::string> localhost;
    std::optional<std::uint32_t> tls_profile;
    KeptLines kept;
};

}  // namespace weir::config

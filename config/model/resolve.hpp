// SPDX-License-Identifier: Apache-2.0
// The one place where a setting of three levels gets its value: dial-peer, tenant, global, built-in
// default (spec A.13, B, E).
//
// `system` and what was never written ask the next level; the first level that says something is
// the answer, nothing is merged. A peer that names a tenant which does not exist has no tenant.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "config/model/config.hpp"

namespace weir::config {

enum class Level : std::uint8_t { dial_peer, tenant, global, built_in };

template <typename Value>
struct Resolved {
    Value value{};
    Level level = Level::built_in;
    bool operator==(const Resolved&) const = default;
};

// What holds where no level says anything.
[[nodiscard]] const SipOptions& built_in_sip_options();

// The tenant that a peer names, or null.
[[nodiscard]] const Tenant* tenant_of(const Config& config, const DialPeer& peer);

// `resolve(config, peer, &SipOptions::rel1xx)`. A setting without built-in value (a list, a class,
// an interval) gives Value{}: 0 and "" mean none. Thread: any; constant time but for the tenant's
// lookup.
template <typename Value>
[[nodiscard]] Resolved<Value> resolve(const Config& config, const DialPeer& peer,
                                      std::optional<Value> SipOptions::*field) {
    if (const auto& own = peer.sip.*field) return {*own, Level::dial_peer};
    if (const Tenant* tenant = tenant_of(config, peer))
        if (const auto& theirs = tenant->sip.*field) return {*theirs, Level::tenant};
    if (const auto& everyones = config.voice.sip.*field) return {*everyones, Level::global};
    return {(built_in_sip_options().*field).value_or(Value{}), Level::built_in};
}

// bind control, bind media: the interface, "" = the routing table decides.
[[nodiscard]] Resolved<std::string> resolve_bind(const Config& config, const DialPeer& peer,
                                                 std::string Bind::*which);
// sip-profiles N [inbound]: the most specific level replaces the others (spec D.3); 0 = none. The
// inbound one is active only with the bare line `sip-profiles inbound`, which is not asked here.
[[nodiscard]] Resolved<std::uint32_t> resolve_profile(
    const Config& config, const DialPeer& peer,
    std::optional<std::uint32_t> SipProfileChoice::*which);
// block {180 | 181 | 183}; built in: never.
[[nodiscard]] Resolved<BlockWhen> resolve_block(const Config& config, const DialPeer& peer,
                                                std::uint16_t code);
// error-code-override FAILURE CODE, one of kOverridableFailures; built in: 503, for
// cac-bandwidth 488 (spec A.12, J.2).
[[nodiscard]] Resolved<std::uint16_t> resolve_error_code(const Config& config, const DialPeer& peer,
                                                         std::string_view failure);
// session transport {udp | tcp [tls]}.
struct PeerTransport {
    Transport transport = Transport::udp;  // never `system`
    bool tls = false;
    bool operator==(const PeerTransport&) const = default;
};
[[nodiscard]] Resolved<PeerTransport> resolve_transport(const Config& config, const DialPeer& peer);
// transport switch udp tcp, where no line of a more specific level says `session transport udp`.
[[nodiscard]] bool switches_large_requests(const Config& config, const DialPeer& peer);
// srtp [fallback | pass-thru].
[[nodiscard]] Resolved<SrtpMode> resolve_srtp(const Config& config, const DialPeer& peer);
// media {flow-through | flow-around}: dial-peer, its voice-class media, global.
[[nodiscard]] Resolved<MediaFlow> resolve_media_flow(const Config& config, const DialPeer& peer);
// timers WORDS and retry WORDS: tenant, sip-ua; in the unit of the command. Unknown words give
// nothing.
[[nodiscard]] std::optional<Resolved<std::uint32_t>> resolve_timer(const Config& config,
                                                                   const DialPeer& peer,
                                                                   std::string_view words);
[[nodiscard]] std::optional<Resolved<std::uint32_t>> resolve_retry(const Config& config,
                                                                   const DialPeer& peer,
                                                                   std::string_view words);

// "(dial-peer)", "(tenant 49)", "(global)", "(default)".
[[nodiscard]] std::string level_text(Level level, const DialPeer& peer);

}  // namespace weir::config

// SPDX-License-Identifier: Apache-2.0
// The names of media things, as signalling and the fast path both use them.
#pragma once

#include <compare>
#include <cstdint>

#include "config/base/address.hpp"
#include "config/base/limits.hpp"

namespace weir::dataplane {

// A media session's handle. A stale generation is ignored and counted, so late commands are
// harmless.
struct SessionId {
    std::uint32_t slot = 0;
    std::uint32_t generation = 0;  // 0 = no session
    [[nodiscard]] bool is_set() const { return generation != 0; }
    auto operator<=>(const SessionId&) const = default;
};

// A fork of a session: one copy of one direction of one stream to one target.
struct ForkId {
    SessionId session;
    std::uint32_t index = 0;  // 0..kMaxForks-1
    std::uint32_t reserved = 0;
    auto operator<=>(const ForkId&) const = default;
};

// Side a is the party that called us, side b the party that we called.
enum class Side : std::uint8_t { a = 0, b = 1 };
[[nodiscard]] constexpr Side other(Side side) {
    return side == Side::a ? Side::b : Side::a;
}

// What an m-line carries. `opaque` is relayed without looking (BFCP, T.38 UDPTL, the unknown).
enum class StreamKind : std::uint8_t { rtp = 0, opaque = 1 };

// Index into the realms of platform.yaml, in their order.
using RealmIndex = std::uint8_t;

}  // namespace weir::dataplane

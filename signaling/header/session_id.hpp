// SPDX-License-Identifier: Apache-2.0
// Session-ID (RFC 7989): the two UUIDs that name a session end to end, as a B2BUA carries them.
//
// Thread: any; values.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "signaling/api/message.hpp"

namespace weir::signaling {

// 32 zeros: "I do not know it yet" (RFC 7989 5).
inline constexpr std::string_view kNilSessionUuid = "00000000000000000000000000000000";

// The local UUID of a Session-ID value, in lower case; nothing for the nil UUID and for what is no
// UUID. The older form without `remote` is read, too (RFC 7989 11).
[[nodiscard]] std::optional<std::string> session_uuid(std::string_view value);
// A random UUID (RFC 4122 4.4) of 128 random bits.
[[nodiscard]] std::string make_session_uuid(std::uint64_t high, std::uint64_t low);

// Both ends of one call; an end is 0 (the caller's) or 1.
class SessionIds {
public:
    // What a party says of itself; it may change in mid-call, when the far end has (RFC 7989 7).
    // False: it has said nothing, now or before, so that somebody has to speak for it.
    bool learn(std::size_t end, const SipMessage& message);
    // RFC 7989 7: on behalf of a party that does not know the header.
    void speak_for(std::size_t end, std::string uuid) { uuids_[end] = std::move(uuid); }
    // Another party takes this end: the next candidate, or a transfer.
    void forget(std::size_t end) { uuids_[end].clear(); }
    // The value toward the party at `end`: the far party's UUID, then its own.
    [[nodiscard]] std::string toward(std::size_t end) const;
    [[nodiscard]] const std::string& uuid(std::size_t end) const { return uuids_[end]; }

private:
    std::array<std::string, 2> uuids_;  // "" = not known
};

}  // namespace weir::signaling

// SPDX-License-Identifier: Apache-2.0
// Tags and Call-IDs of our dialogs: each names the shard and the call that made it. Thread: any;
// pure.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "config/base/address.hpp"
#include "config/base/random.hpp"
#include "signaling/api/call_events.hpp"

namespace weir::signaling {

// The process among those that share an address (design section 2): requests inside its dialogs can
// be handed to it by anyone who reads the tag.
using ShardId = std::uint16_t;

struct TagOwner {
    ShardId shard = 0;
    CallId call;
    bool operator==(const TagOwner&) const = default;
};

// "w0-11-1-9f86d081884c7d65": shard, call, leg (0 the caller's, then one for each attempt), random.
[[nodiscard]] std::string make_tag(const TagOwner& owner, unsigned leg, Random& random);
// "9f86d081884c7d65-w0-11@192.0.2.1"
[[nodiscard]] std::string make_call_id(const TagOwner& owner, const IpAddress& host,
                                       Random& random);
// The same with a name in the place of the address (spec B.2 localhost).
[[nodiscard]] std::string make_call_id(const TagOwner& owner, std::string_view host,
                                       Random& random);
// Whose tag it is; none: not one of ours.
[[nodiscard]] std::optional<TagOwner> owner_of_tag(std::string_view tag);

}  // namespace weir::signaling

// SPDX-License-Identifier: Apache-2.0
// The kernel's rtnetlink messages as values: what a message says about routes, neighbours, links
// and addresses. Pure; every length in the bytes is checked before it is believed.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <variant>

#include "dataplane/route/route_table.hpp"

namespace weir::dataplane {

struct RouteUpdate {
    enum class Change : std::uint8_t { add, replace, remove };
    Change change = Change::add;
    Route route;
};
struct NeighbourUpdate {
    bool is_removed = false;
    Neighbour neighbour;
};
struct LinkUpdate {
    bool is_removed = false;
    Link link;
};
struct AddressUpdate {
    bool is_removed = false;
    DeviceIndex device = kAnyDevice;
    Prefix address;
};
using NetlinkUpdate =
    std::variant<std::monostate, RouteUpdate, NeighbourUpdate, LinkUpdate, AddressUpdate>;

// The end of a dump or the answer to a request.
struct NetlinkEnd {
    int error_number = 0;         // 0: done
    bool is_interrupted = false;  // tables changed while they were dumped: dump again
};

struct NetlinkMessage {
    std::uint32_t sequence = 0;  // of the request that it answers; 0 = an event
    bool is_interrupted = false;
    std::optional<NetlinkEnd> end;
    NetlinkUpdate update;  // monostate: nothing that concerns us, or not understood
};

// Cuts the first message off `bytes` (which then begin behind it). Nothing: what is left is no
// whole message; `bytes` are empty then.
[[nodiscard]] std::optional<NetlinkMessage> next_message(std::span<const std::uint8_t>& bytes);

// The answer to netlink_requests.hpp get_route(): the way to `wanted.address` by `wanted.device`.
// Nothing: an error, no unicast route by that device, or not the answer to `sequence`.
[[nodiscard]] std::optional<NextHop> read_route_answer(std::span<const std::uint8_t> bytes,
                                                       std::uint32_t sequence,
                                                       const NextHop& wanted);

}  // namespace weir::dataplane

// SPDX-License-Identifier: Apache-2.0
// The rtnetlink requests that we make of the kernel, as bytes.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

#include "dataplane/route/route_table.hpp"

namespace weir::dataplane {

class NetlinkRequest {
public:
    [[nodiscard]] std::span<const std::uint8_t> bytes() const { return {buffer_.data(), size_}; }
    [[nodiscard]] std::array<std::uint8_t, 256>& buffer() { return buffer_; }
    void set_size(std::size_t size) { size_ = size; }

private:
    alignas(8) std::array<std::uint8_t, 256> buffer_{};
    std::size_t size_ = 0;
};

// The tables as a whole, in the order in which they are asked for.
enum class Dump : std::uint8_t {
    links,
    addresses,
    v4_routes,
    v6_routes,
    v4_neighbours,
    v6_neighbours,
    count_  // not a dump
};
[[nodiscard]] NetlinkRequest dump(Dump what, std::uint32_t sequence);

// One answer each: a message with this sequence number.
[[nodiscard]] NetlinkRequest get_route(const IpAddress& destination, DeviceIndex device,
                                       std::uint32_t sequence);
[[nodiscard]] NetlinkRequest get_neighbour(const NextHop& at, std::uint32_t sequence);

// Makes the kernel look for the neighbour, or confirm it, as if it had a packet for it; needs
// CAP_NET_ADMIN. Answered only if refused.
[[nodiscard]] NetlinkRequest use_neighbour(const NextHop& at, std::uint32_t sequence);

// Makes the neighbour known by its MAC address: a permanent one in any case, a learned one as stale
// and only where nothing is known of it. Needs CAP_NET_ADMIN; answered only if refused.
[[nodiscard]] NetlinkRequest put_neighbour(const Neighbour& neighbour, std::uint32_t sequence);

// Answered by an acknowledgement (NetlinkEnd); EEXIST: the device has the address already.
[[nodiscard]] NetlinkRequest put_address(DeviceIndex device, const Prefix& address,
                                         std::uint32_t sequence);

}  // namespace weir::dataplane

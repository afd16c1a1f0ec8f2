// SPDX-License-Identifier: Apache-2.0
// NetlinkSocket: bytes to and from the kernel's netlink. Never waits.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "config/base/result.hpp"
#include "config/base/unique_fd.hpp"
#include "dataplane/route/netlink_requests.hpp"
#include "dataplane/route/route_limits.hpp"

namespace weir::dataplane {

// Thread: control.
class NetlinkSocket {
public:
    struct Received {
        enum class Kind : std::uint8_t { nothing, bytes, overrun };
        Kind kind = Kind::nothing;
        std::span<const std::uint8_t> bytes;  // valid until the next receive()
    };

    // All: with the events of routes, neighbours, links and addresses. `receive_buffer`: bytes.
    // Errors: io (a kernel without netlink, no descriptor).
    enum class Groups : std::uint8_t { none, all };
    [[nodiscard]] static Result<NetlinkSocket> open(Groups groups, int receive_buffer);
    // For questions to the families of generic netlink; those of devices are about the network
    // namespace of the caller. Errors: io.
    [[nodiscard]] static Result<NetlinkSocket> open_generic();

    [[nodiscard]] int fd() const { return fd_.get(); }
    // Errors: io; unavailable: the kernel takes no more now.
    [[nodiscard]] Result<void> send(const NetlinkRequest& request);
    // One datagram of the kernel; those of other senders are passed over.
    [[nodiscard]] Received receive();
    // The number for the next request; never 0, which events bear.
    [[nodiscard]] std::uint32_t next_sequence() {
        return ++sequence_ == 0 ? ++sequence_ : sequence_;
    }

private:
    explicit NetlinkSocket(UniqueFd fd) : fd_(std::move(fd)), buffer_(kNetlinkBuffer) {}

    UniqueFd fd_;
    std::vector<std::uint8_t> buffer_;
    std::uint32_t sequence_ = 0;
};

// Puts the address on the device, or finds it there; waits for the kernel's word, which it gives at
// once. Errors: denied (CAP_NET_ADMIN), not_found (no such device), io.
[[nodiscard]] Result<void> put_address(NetlinkSocket& socket, DeviceIndex device,
                                       const Prefix& address);

}  // namespace weir::dataplane

// SPDX-License-Identifier: Apache-2.0
// PortOwners: whose a local UDP port is: a worker's, nobody's (a media port without a session), or
// the host's (everything that is not media). One byte a port, an array index, no lock.
//
// Thread: written by control, read by every worker on its packet path. Relaxed: a packet that races
// with the opening or the end of its session may be judged by the state of a moment ago.
#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <vector>

#include "dataplane/engine/packet_io.hpp"

namespace weir::dataplane {

class PortOwners {
public:
    static constexpr std::uint8_t kHost = 0xFF;
    static constexpr std::uint8_t kNobody = 0xFE;

    explicit PortOwners(std::size_t realms) : realms_(realms) {
        for (auto& ports : realms_)
            for (auto& owner : ports)
                owner.store(kHost, std::memory_order_relaxed);
    }

    // Which ports are media ports (both ends included; an odd last RTP port brings its RTCP port
    // with it). Ports with an owner keep it until cleared.
    void set_range(std::uint16_t min, std::uint16_t max) noexcept {
        min_ = min;
        max_ = max;
        for (auto& ports : realms_)
            for (std::uint32_t port = 0; port < ports.size(); ++port)
                if (ports[port].load(std::memory_order_relaxed) >= kNobody)
                    ports[port].store(unowned(port), std::memory_order_relaxed);
    }
    void set(LocalPort port, std::uint8_t worker) noexcept {
        if (port.realm < realms_.size())
            realms_[port.realm][port.port].store(worker, std::memory_order_relaxed);
    }
    void clear(LocalPort port) noexcept { set(port, unowned(port.port)); }

    // The worker's index, kNobody or kHost.
    [[nodiscard]] std::uint8_t find(LocalPort port) const noexcept {
        return port.realm < realms_.size()
                   ? realms_[port.realm][port.port].load(std::memory_order_relaxed)
                   : kHost;
    }

private:
    [[nodiscard]] std::uint8_t unowned(std::uint32_t port) const noexcept {
        return port >= min_ && port <= max_ ? kNobody : kHost;
    }

    std::vector<std::array<std::atomic<std::uint8_t>, 65536>> realms_;
    std::uint32_t min_ = 1;  // an empty range until set_range
    std::uint32_t max_ = 0;
};

}  // namespace weir::dataplane

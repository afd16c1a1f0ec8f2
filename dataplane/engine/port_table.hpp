// SPDX-License-Identifier: Apache-2.0
// PortTable: [realm][UDP port] to the session, stream and side it belongs to: an array index, no
// hash.
//
// Thread: the worker that owns it. 256 KiB per realm, allocated at start.
#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "dataplane/engine/packet_io.hpp"

namespace weir::dataplane {

enum class PortRole : std::uint8_t { none = 0, rtp, rtcp, opaque, fork_rtp, fork_rtcp };

struct PortEntry {
    std::uint16_t slot = 0;
    PortRole role = PortRole::none;
    std::uint8_t unit = 0;  // streams: stream * 2 + side; forks: the fork's index
};
static_assert(sizeof(PortEntry) == 4);

class PortTable {
public:
    explicit PortTable(std::size_t realms) : realms_(realms), count_(realms) {}

    void set(LocalPort port, PortEntry entry) noexcept {
        if (port.realm < count_) realms_[port.realm][port.port] = entry;
    }
    void clear(LocalPort port) noexcept { set(port, PortEntry{}); }
    // Role none: the port belongs to nobody.
    [[nodiscard]] PortEntry find(LocalPort port) const noexcept {
        return port.realm < count_ ? realms_[port.realm][port.port] : PortEntry{};
    }
    // Where the entry is: to prefetch it, to copy it in one piece. Null: there is no such realm.
    [[nodiscard]] const PortEntry* where(LocalPort port) const noexcept {
        return port.realm < count_ ? &realms_[port.realm][port.port] : nullptr;
    }

private:
    std::vector<std::array<PortEntry, 65536>> realms_;
    std::size_t count_;  // realms_.size() is a division
};

}  // namespace weir::dataplane

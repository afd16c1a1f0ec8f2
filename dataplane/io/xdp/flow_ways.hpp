// SPDX-License-Identifier: Apache-2.0
// FlowWays: the devices by which the XDP program of one device sends what it relays: each one for
// packets, and each pair of them for packets that a recorder gets a copy of.
//
// Thread: open() and set(): control; the rest: any worker.
#pragma once

#include <array>
#include <cstdint>

#include "config/base/result.hpp"
#include "config/base/unique_fd.hpp"
#include "dataplane/io/xdp/flow_maps.h"

namespace weir::dataplane {

// Descriptors of the maps of an attached program.
struct FlowMaps {
    int flows = -1;
    int ways = -1;
    int locals = -1;
    int records = -1;
    int copies = -1;
    int outs = -1;
    int pairs = -1;
    // The program at the way out; -1: it cannot run there, and no copies are made.
    int fork_program = -1;
};

class FlowWays {
public:
    FlowWays() = default;
    ~FlowWays();
    FlowWays(const FlowWays&) = delete;
    FlowWays& operator=(const FlowWays&) = delete;

    // The descriptors are not kept: duplicates are. Errors: denied, exhausted, io.
    [[nodiscard]] Result<void> open(const FlowMaps& maps);

    // Packets leave by our device `way`, the kernel's `device`, only while it is usable. Where the
    // kernel does not take it (it has just gone), it is not.
    void set(std::uint8_t way, std::uint32_t device, bool usable) noexcept;
    [[nodiscard]] bool is_usable(std::uint8_t way) const noexcept;
    // Copies can be made at all.
    [[nodiscard]] bool can_copy() const noexcept { return program_.is_open(); }

private:
    [[nodiscard]] bool lead(std::uint8_t way, std::uint32_t device) noexcept;
    [[nodiscard]] bool pair(std::uint8_t way, std::uint8_t copy_way) noexcept;

    weir_way* ways_ = nullptr;
    UniqueFd outs_;
    UniqueFd pairs_;
    UniqueFd program_;
    std::array<std::uint32_t, WEIR_FLOW_WAYS> devices_{};  // as the maps know them; 0: not yet
};

}  // namespace weir::dataplane

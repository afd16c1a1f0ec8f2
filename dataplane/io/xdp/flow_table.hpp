// SPDX-License-Identifier: Apache-2.0
// FlowTable: what the XDP program of one device relays by itself: its flows, the ways out, and the
// records of what it has relayed. flow_relay.bpf.h is the other half.
//
// Thread: open(): control; ways(): FlowWays; give, take_back, has: the worker that owns the port;
// ring(): the worker that polls the queue.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "config/base/address.hpp"
#include "config/base/result.hpp"
#include "dataplane/engine/flow_offload.hpp"
#include "dataplane/io/xdp/flow_maps.h"
#include "dataplane/io/xdp/flow_ways.hpp"
#include "dataplane/io/xdp/record_ring.hpp"

namespace weir::dataplane {

class FlowTable {
public:
    // Maps the tables and makes a ring for each of `queues` receive queues. Of `locals`, our
    // addresses on the device, the first WEIR_FLOW_LOCALS of IPv4 can have flows. The descriptors
    // are not kept. Errors: denied, exhausted, io.
    [[nodiscard]] static Result<std::unique_ptr<FlowTable>> open(const FlowMaps& maps,
                                                                 std::span<const IpAddress> locals,
                                                                 std::uint16_t queues);
    ~FlowTable();
    FlowTable(const FlowTable&) = delete;
    FlowTable& operator=(const FlowTable&) = delete;

    [[nodiscard]] FlowWays& ways() noexcept { return ways_; }
    [[nodiscard]] const FlowWays& ways() const noexcept { return ways_; }

    // FlowOffload's; `way` is the device of rule.leaves, `copy_way` that of rule.copy.leaves where
    // there is a copy. Addresses in network order. False: a way cannot be used, or the port can
    // have no flow.
    [[nodiscard]] bool give(const FlowRule& rule, std::uint8_t way, std::uint8_t copy_way) noexcept;
    void take_back(std::uint32_t local, std::uint16_t port) noexcept;
    [[nodiscard]] bool has(std::uint32_t local, std::uint16_t port) const noexcept;

    // Null: the program relays nothing of this queue.
    [[nodiscard]] RecordRing* ring(std::uint16_t queue) noexcept {
        return queue < rings_.size() ? &rings_[queue] : nullptr;
    }

private:
    FlowTable() = default;
    Result<void> map_tables(const FlowMaps& maps);
    Result<void> fill_locals(int map, std::span<const IpAddress> locals);
    Result<void> make_rings(int map, std::uint16_t queues);
    // The place of the port's flow, or nothing: it can have none.
    [[nodiscard]] std::optional<std::size_t> place(std::uint32_t local,
                                                   std::uint16_t port) const noexcept;

    weir_flow* flows_ = nullptr;
    weir_copy* copies_ = nullptr;
    FlowWays ways_;
    weir_locals locals_{};
    std::vector<RecordRing> rings_;
};

}  // namespace weir::dataplane

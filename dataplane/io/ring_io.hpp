// SPDX-License-Identifier: Apache-2.0
// RingIo: PacketIo of Ethernet frames over a pair of DPDK rings: for measuring the stages without a
// network, and for tests.
//
// Thread: the worker; the other ends of the rings belong to one other thread.
#pragma once

#include "config/base/result.hpp"
#include "dataplane/engine/packet_io.hpp"

struct rte_ring;

namespace weir::dataplane {

class RingIo final : public PacketIo {
public:
    // Borrowed rings of rte_mbuf*. A full `out` refuses packets.
    RingIo(rte_ring& in, rte_ring& out) : in_(in), out_(out) {}

    [[nodiscard]] Framing framing() const noexcept override { return Framing::ethernet; }
    std::uint16_t receive(Burst& burst, MonoTime now) noexcept override;
    void transmit(TxBurst& burst) noexcept override;
    void wait(std::chrono::nanoseconds) noexcept override {}
    bool add_port(LocalPort, int) noexcept override { return true; }
    void remove_port(LocalPort) noexcept override {}
    std::uint16_t drain(LocalPort, Burst&, MonoTime) noexcept override { return 0; }
    [[nodiscard]] std::uint32_t overflow(LocalPort) noexcept override { return 0; }
    bool hand_over(std::uint8_t worker, rte_mbuf* frame) noexcept override;
    bool punt(rte_mbuf* frame) noexcept override;

private:
    rte_ring& in_;
    rte_ring& out_;
};

}  // namespace weir::dataplane

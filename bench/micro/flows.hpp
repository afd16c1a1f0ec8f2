// SPDX-License-Identifier: Apache-2.0
// Flows: sessions with their parties, and the frames that the parties send, round and round.
//
// Thread: the benchmark's. Frames are built outside the measured time.
#pragma once

#include <memory>
#include <vector>

#include "dataplane/engine/worker.hpp"
#include "dataplane/io/ring_io.hpp"

struct rte_ring;

namespace weir::bench {

struct FlowOptions {
    std::size_t flows = 128;     // one-way streams: two per session
    std::size_t packets = 4096;  // in circulation
    bool forked = false;         // a live fork of every direction
    bool pre_roll = false;       // sessions are recordable
    bool udp_checksum = true;    // written whole; else zero (IPv4 only)
    bool ipv6 = false;
};

// One worker over two rings, its sessions, and a supply of frames.
class Flows {
public:
    explicit Flows(const FlowOptions& options);
    ~Flows();
    Flows(const Flows&) = delete;
    Flows& operator=(const Flows&) = delete;

    // The worker's packets return to the parties, which send their next ones: all of them stand in
    // the input ring afterwards.
    void supply();
    // The measured part: turns until the input ring is empty. Returns how many turns.
    std::size_t run();
    [[nodiscard]] std::size_t packets() const { return options_.packets; }
    // True if every packet supplied so far was relayed (and copied, where forks are on).
    [[nodiscard]] bool lost_nothing() const;

private:
    void open_sessions();
    void build(rte_mbuf* packet, std::size_t flow);

    FlowOptions options_;
    std::vector<std::byte> memory_;
    std::unique_ptr<dataplane::BufferPool> pool_;
    std::unique_ptr<dataplane::SharedState> shared_;
    std::unique_ptr<dataplane::WorkerLink> link_;
    rte_ring* in_ = nullptr;
    rte_ring* out_ = nullptr;
    std::unique_ptr<dataplane::PacketIo> io_;
    std::unique_ptr<dataplane::Worker> worker_;
    std::unique_ptr<dataplane::PortOwners> owners_;
    dataplane::NextHops hops_{2};
    std::vector<dataplane::Framer> parties_;  // by flow
    std::vector<std::uint16_t> sequences_;    // by flow
    std::size_t next_flow_ = 0;
    std::uint64_t supplied_ = 0;
    MonoTime now_{1'000'000'000'000};
};

}  // namespace weir::bench

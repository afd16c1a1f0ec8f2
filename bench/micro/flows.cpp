// SPDX-License-Identifier: Apache-2.0
// The benchmark's sessions and frames.
#include "bench/micro/flows.hpp"

#include <algorithm>
#include <cstring>
#include <stdexcept>

#include <rte_ring.h>

#include "dataplane/rtp/rtp_header.hpp"

namespace weir::bench {
namespace {

using namespace dataplane;

constexpr HopIndex kHop = 1;           // everybody is behind one router
constexpr std::size_t kPayload = 160;  // G.711, 20 ms: a frame of 214 bytes over IPv4

IpAddress address(bool ipv6, std::uint8_t net, std::size_t host) {
    const auto high = static_cast<std::uint8_t>(host >> 8U);
    const auto low = static_cast<std::uint8_t>(host);
    if (!ipv6) return IpAddress::v4(10, net, high, low);
    IpAddress result;
    result.family = Family::v6;
    result.bytes = {0x20, 0x01, 0x0D, 0xB8, net};
    result.bytes[14] = high;
    result.bytes[15] = low;
    return result;
}

// 15,000 port pairs fit one address: flow f has realm f / 15,000.
constexpr std::size_t kFlowsPerRealm = 15'000;
RealmIndex realm_of(std::size_t flow) {
    return static_cast<RealmIndex>(flow / kFlowsPerRealm);
}
std::uint16_t port_of(std::size_t flow) {
    return static_cast<std::uint16_t>(2000 + 2 * (flow % kFlowsPerRealm));
}
std::uint16_t fork_port_of(std::size_t flow) {
    return static_cast<std::uint16_t>(port_of(flow) + 30'000);
}
Endpoint party(bool ipv6, std::size_t flow) {
    return {address(ipv6, 1, flow), 0, 4000};
}
Endpoint ours(bool ipv6, std::size_t flow) {
    return {address(ipv6, 0, realm_of(flow)), 0, port_of(flow)};
}

SharedStateOptions shared_options(const FlowOptions& options) {
    const auto sessions = static_cast<std::uint32_t>(options.flows / 2);
    return {.sessions = sessions,
            .pre_roll_bytes_total = options.pre_roll ? std::uint64_t{options.flows} * 40'000 : 0,
            .pre_roll_seconds = 2};
}

rte_ring& make_ring(const char* name, std::size_t entries) {
    rte_ring* ring = rte_ring_create(name, static_cast<unsigned>(entries), SOCKET_ID_ANY,
                                     RING_F_SP_ENQ | RING_F_SC_DEQ | RING_F_EXACT_SZ);
    if (ring == nullptr) throw std::runtime_error("no memory for a ring");
    return *ring;
}

// Rings for what is relayed; a null port for copies, whose buffers are free at once, as behind a
// NIC that has sent them.
class RingAndNull final : public PacketIo {
public:
    RingAndNull(rte_ring& in, rte_ring& out) : rings_(in, out) {}
    Framing framing() const noexcept override { return rings_.framing(); }
    std::uint16_t receive(Burst& burst, MonoTime now) noexcept override {
        return rings_.receive(burst, now);
    }
    void transmit(TxBurst& burst) noexcept override {
        const bool copies = burst.count != 0 && burst.meta[0].relay == nullptr;
        if (!copies) return rings_.transmit(burst);
        std::fill_n(burst.outcome.begin(), burst.count, TxOutcome::sent);
        rte_pktmbuf_free_bulk(burst.packets.data(), burst.count);
    }
    void wait(std::chrono::nanoseconds) noexcept override {}
    bool add_port(LocalPort, int) noexcept override { return true; }
    void remove_port(LocalPort) noexcept override {}
    std::uint16_t drain(LocalPort, Burst&, MonoTime) noexcept override { return 0; }
    std::uint32_t overflow(LocalPort) noexcept override { return 0; }
    bool hand_over(std::uint8_t worker, rte_mbuf* frame) noexcept override {
        return rings_.hand_over(worker, frame);
    }
    bool punt(rte_mbuf* frame) noexcept override { return rings_.punt(frame); }

private:
    RingIo rings_;
};

}  // namespace

Flows::Flows(const FlowOptions& options) : options_(options), sequences_(options.flows, 1) {
    const auto layout = shared_options(options);
    memory_.resize(shared_state_bytes(layout) + 64);
    void* start = memory_.data();
    std::size_t space = memory_.size();
    std::align(64, shared_state_bytes(layout), start, space);
    shared_ = std::make_unique<SharedState>(
        SharedState::attach({static_cast<std::byte*>(start), shared_state_bytes(layout)}, layout)
            .value());
    pool_ = BufferPool::create("bench", static_cast<std::uint32_t>(options.packets + 1024),
                               BufferUse::software)
                .value();
    link_ = WorkerLink::create(0).value();
    in_ = &make_ring("bench_in", options.packets);
    out_ = &make_ring("bench_out", options.packets);
    io_ = std::make_unique<RingAndNull>(*in_, *out_);
    WorkerOptions worker{.realms = realm_of(options.flows - 1) + 1U, .frames = {}};
    for (std::size_t realm = 0; realm < worker.realms; ++realm)
        worker.frames.realms.push_back(
            {.address = address(options.ipv6, 0, realm), .own_mac = {2, 0, 0, 0, 0, 1}});
    owners_ = std::make_unique<PortOwners>(worker.realms);
    owners_->set_range(1024, 65535);
    hops_.set(kHop, {2, 0, 0, 0, 0, 2});
    worker.owners = owners_.get();
    worker.hops = &hops_;
    worker.frames.write =
        options.udp_checksum ? UdpChecksumWrite::whole : UdpChecksumWrite::none_v4;
    worker.frames.check =
        options.udp_checksum ? UdpChecksumCheck::in_software : UdpChecksumCheck::by_driver;
    worker_ = std::make_unique<Worker>(worker, *shared_, *link_, *io_, *pool_);
    open_sessions();
    for (std::size_t flow = 0; flow < options.flows; ++flow) {
        FrameOptions there;
        there.realms.push_back({.address = party(options.ipv6, flow).address, .own_mac = {}});
        parties_.emplace_back(there);
    }
    for (std::size_t i = 0; i < options.packets; ++i) {
        rte_mbuf* packet = rte_pktmbuf_alloc(pool_->raw());
        if (packet == nullptr) throw std::runtime_error("no memory for the frames");
        rte_ring_sp_enqueue(out_, packet);
    }
}

Flows::~Flows() {
    void* packet = nullptr;
    while (rte_ring_sc_dequeue(out_, &packet) == 0)
        rte_pktmbuf_free(static_cast<rte_mbuf*>(packet));
    while (rte_ring_sc_dequeue(in_, &packet) == 0)
        rte_pktmbuf_free(static_cast<rte_mbuf*>(packet));
    worker_.reset();
    rte_ring_free(in_);
    rte_ring_free(out_);
}

void Flows::open_sessions() {
    for (std::size_t flow = 0; flow < options_.flows; flow += 2) {
        const SessionId session{static_cast<std::uint32_t>(flow / 2), 1};
        SessionSlot& slot = shared_->slots()[session.slot];
        slot.generation = 1;
        slot.stream_count = 1;
        const auto send = [this](const WorkerCommand& command) {
            if (!link_->send(command)) throw std::runtime_error("command ring full");
        };
        for (std::size_t side = 0; side < 2; ++side) {
            DirectionSlot& from = slot.streams[0].from[side];
            from.local_rtp = ours(options_.ipv6, flow + side);
            from.realm = realm_of(flow + side);
            from.pre_roll_ring =
                options_.pre_roll ? static_cast<std::uint32_t>(flow + side + 1) : 0;
        }
        send(to_worker::Install{.session = session});
        for (std::size_t side = 0; side < 2; ++side) {
            const Endpoint there = party(options_.ipv6, flow + side);
            send(to_worker::SetRemote{.session = session,
                                      .side = static_cast<Side>(side),
                                      .rtp = there,
                                      .rtcp = {},
                                      .rtp_hop = kHop});
            if (!options_.forked) continue;
            ForkSlot& fork = slot.forks[side];
            fork.source = static_cast<Side>(side);
            fork.realm = realm_of(flow + side);
            fork.local_rtp = {address(options_.ipv6, 0, fork.realm), 0, fork_port_of(flow + side)};
            const ForkId id{session, static_cast<std::uint32_t>(side), 0};
            send(to_worker::ArmFork{.fork = id});
            send(to_worker::StartFork{
                .fork = id, .rtp = {address(options_.ipv6, 2, 1), 0, 7000}, .rtp_hop = kHop});
        }
        while (worker_->turn(now_) != 0) {
        }
        while (link_->receive()) {
        }
    }
}

void Flows::build(rte_mbuf* packet, std::size_t flow) {
    const std::size_t header = parties_[flow].realm(0).header_bytes;
    packet->data_off = RTE_PKTMBUF_HEADROOM;
    set_length(packet, header + kMinRtpBytes + kPayload);
    const MutableByteSpan frame = bytes_of_mbuf(packet);
    const std::uint16_t sequence = sequences_[flow]++;
    auto* rtp = view_as<RtpWire>(frame, header);
    rtp->first = 0x80;
    rtp->second = 0;
    rtp->sequence.set(sequence);
    rtp->timestamp.set(sequence * 160U);
    rtp->ssrc.set(static_cast<std::uint32_t>(flow + 1));
    // The party's frame: our own writer with the roles turned round.
    const Endpoint to = ours(options_.ipv6, flow);
    write_frame(frame, parties_[flow], {to, {party(options_.ipv6, flow).port, 0, 0}});
}

void Flows::supply() {
    void* packet = nullptr;
    std::size_t kept = 0;
    while (rte_ring_sc_dequeue(out_, &packet) == 0) {
        auto* buffer = static_cast<rte_mbuf*>(packet);
        build(buffer, next_flow_);
        next_flow_ = next_flow_ + 1 < options_.flows ? next_flow_ + 1 : 0;
        rte_ring_sp_enqueue(in_, buffer);
        ++kept;
    }
    if (kept != options_.packets) throw std::runtime_error("packets were lost in the benchmark");
    supplied_ += kept;
    now_ = now_ + std::chrono::milliseconds(20);
}

std::size_t Flows::run() {
    std::size_t turns = 0;
    while (worker_->turn(now_) != 0)
        ++turns;
    return turns;
}

bool Flows::lost_nothing() const {
    const WorkerCounters& counters = shared_->counters(0);
    return counters.relayed.load() == supplied_ &&
           (!options_.forked || counters.copied.load() == supplied_);
}

}  // namespace weir::bench

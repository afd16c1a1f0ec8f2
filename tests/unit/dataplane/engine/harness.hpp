// SPDX-License-Identifier: Apache-2.0
// A worker in virtual time with a fake network: what the engine's tests stand on.
#pragma once

#include <cstring>
#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <vector>

#include <gtest/gtest.h>
#include <unistd.h>

#include "dataplane/engine/eal.hpp"
#include "dataplane/engine/worker.hpp"
#include "dataplane/rtp/rtp_header.hpp"

namespace weir::dataplane::tests {

using Bytes = std::vector<std::uint8_t>;

inline Eal& test_eal() {
    static const auto eal = [] {
        auto started =
            Eal::start({.file_prefix = "weir-test-" + std::to_string(getpid()), .memory_mb = 64});
        if (!started) throw std::runtime_error(started.error().context);
        return std::move(*started);
    }();
    return *eal;
}

inline Endpoint at(const std::string& text) {
    return *Endpoint::parse(text, 0);
}

// An RTP packet of G.711 whose payload tells its sequence number.
inline Bytes rtp(std::uint16_t sequence, std::uint32_t ssrc = 0x1111, std::size_t payload = 160) {
    Bytes packet(kMinRtpBytes + payload, static_cast<std::uint8_t>(sequence));
    auto* wire = view_as<RtpWire>(MutableByteSpan(packet));
    wire->first = 0x80;
    wire->second = 0;
    wire->sequence.set(sequence);
    wire->timestamp.set(sequence * 160U);
    wire->ssrc.set(ssrc);
    return packet;
}

inline std::uint16_t sequence_of(const Bytes& packet) {
    return view_as<RtpWire>(ByteSpan(packet))->sequence.get();
}
inline std::uint32_t ssrc_of(const Bytes& packet) {
    return view_as<RtpWire>(ByteSpan(packet))->ssrc.get();
}

// The network as lists: what arrives at which port of ours, and what was sent to whom.
class FakeIo final : public PacketIo {
public:
    struct Arriving {
        Bytes bytes;
        Endpoint peer;
        LocalPort local;
        std::int64_t arrival_ns = 0;  // 0: when it is read
        std::uint32_t overflow = 0;
        // Framed only: what the driver says, and the bytes of a second segment.
        std::uint64_t flags = 0;
        std::uint16_t tag = 0;
        std::size_t more = 0;
        std::uint32_t payload_sum = 0;  // of what the kernel has sent (FlowOffload::sent_mark)
        std::uint8_t copied_to = 0;     // likewise: index + 1 of the fork whose copy it has sent
    };
    struct Sent {
        Bytes bytes;
        Endpoint to;
        LocalPort from;
        MonoTime at;
    };

    explicit FakeIo(BufferPool& pool) : pool_(pool) {}
    Framing framing() const noexcept override { return form; }
    std::uint16_t receive(Burst& burst, MonoTime now) noexcept override {
        now_ = now;
        while (!arriving.empty() && burst.count < kBurst) {
            put(arriving.front(), burst, now);
            arriving.pop_front();
        }
        return burst.count;
    }
    void transmit(TxBurst& burst) noexcept override {
        for (std::size_t i = 0; i < burst.count; ++i) {
            burst.outcome[i] = refuse ? outcome : TxOutcome::sent;
            const auto bytes = bytes_of_mbuf(burst.packets[i]);
            if (!refuse && record)
                sent.push_back({Bytes(bytes.begin(), bytes.end()), burst.meta[i].to,
                                burst.meta[i].from, now_});
            rte_pktmbuf_free(burst.packets[i]);
        }
    }
    void wait(std::chrono::nanoseconds) noexcept override {}
    bool add_port(LocalPort port, int) noexcept override {
        return ports.emplace(port.port, true).second;
    }
    void remove_port(LocalPort port) noexcept override { ports.erase(port.port); }
    std::uint16_t drain(LocalPort port, Burst& burst, MonoTime now) noexcept override {
        for (auto it = in_socket.begin(); it != in_socket.end() && burst.count < kBurst;) {
            if (it->local == port) {
                put(*it, burst, now);
                it = in_socket.erase(it);
            } else {
                ++it;
            }
        }
        return burst.count;
    }
    std::uint32_t overflow(LocalPort port) noexcept override {
        const auto found = overflows.find(port.port);
        return found == overflows.end() ? 0 : found->second;
    }
    FlowOffload* offload() noexcept override { return kernel; }

    bool hand_over(std::uint8_t to, rte_mbuf* frame) noexcept override {
        if (!rings_full) handed_over.push_back({taken(frame), to});
        rte_pktmbuf_free(frame);
        return !rings_full;
    }
    bool punt(rte_mbuf* frame) noexcept override {
        if (!rings_full) punted.push_back(taken(frame));
        rte_pktmbuf_free(frame);
        return !rings_full;
    }

    std::vector<Sent> sent_to(const Endpoint& to) const {
        std::vector<Sent> found;
        for (const auto& one : sent)
            if (one.to == to) found.push_back(one);
        return found;
    }

    std::deque<Arriving> arriving;
    std::deque<Arriving> in_socket;  // seen by drain() only
    std::vector<Sent> sent;
    std::map<std::uint16_t, bool> ports;
    std::map<std::uint16_t, std::uint32_t> overflows;
    struct HandedOver {
        Bytes frame;
        std::uint8_t to = 0;
    };
    std::vector<HandedOver> handed_over;
    std::vector<Bytes> punted;
    Framing form = Framing::payload;
    FlowOffload* kernel = nullptr;
    bool rings_full = false;
    bool refuse = false;
    TxOutcome outcome = TxOutcome::refused;  // of what is refused
    bool record = true;

private:
    Bytes taken(rte_mbuf* frame) const {
        if (!record) return {};
        const auto bytes = bytes_of_mbuf(frame);
        return {bytes.begin(), bytes.end()};
    }
    void put(const Arriving& one, Burst& burst, MonoTime now) {
        rte_mbuf* packet = rte_pktmbuf_alloc(pool_.raw());
        ASSERT_NE(packet, nullptr);
        set_length(packet, one.bytes.size());
        if (!one.bytes.empty())
            std::memcpy(bytes_of_mbuf(packet).data(), one.bytes.data(), one.bytes.size());
        burst.packets[burst.count] = packet;
        PacketMeta& meta = burst.meta[burst.count++];
        meta.peer = one.peer;
        meta.local = one.local;
        meta.arrival_ns = one.arrival_ns != 0 ? one.arrival_ns : now.ns;
        meta.overflow = one.overflow;
        meta.truncated = one.bytes.size() > kMaxRtpBytes ? 1 : 0;
        packet->ol_flags = one.flags;
        packet->vlan_tci = one.tag;
        packet->hash.usr = one.payload_sum;
        packet->packet_type = one.copied_to;
        if (one.more == 0) return;
        rte_mbuf* second = rte_pktmbuf_alloc(pool_.raw());
        ASSERT_NE(second, nullptr);
        set_length(second, one.more);
        ASSERT_EQ(rte_pktmbuf_chain(packet, second), 0);
    }
    BufferPool& pool_;
    MonoTime now_;
};

// The parties of the one session of most tests.
inline const Endpoint kCaller = at("192.0.2.1:4000");
inline const Endpoint kCallee = at("192.0.2.2:5000");
inline const Endpoint kRecorder = at("192.0.2.9:7000");
inline const Endpoint kRecorderRtcp = at("192.0.2.9:7001");
inline constexpr LocalPort kTowardCaller{8000, 0, 0};
inline constexpr LocalPort kTowardCallee{8002, 0, 0};
inline constexpr LocalPort kForkPort{8004, 0, 0};

// Control's half, done by the test. One worker, small tables.
class Engine : public ::testing::Test {
protected:
    static constexpr SharedStateOptions kOptions{
        .sessions = 4, .pre_roll_bytes_total = 1U << 20U, .pre_roll_seconds = 2};

    Engine() : memory_(shared_state_bytes(kOptions) + 64) {
        test_eal();
        pool = std::move(*BufferPool::create("test_pool", 4095));
        start();
    }
    ~Engine() override { stop(); }

    std::span<std::byte> memory() {
        void* start = memory_.data();
        std::size_t space = memory_.size();
        std::align(64, shared_state_bytes(kOptions), start, space);
        return {static_cast<std::byte*>(start), shared_state_bytes(kOptions)};
    }
    void start() {
        shared = *SharedState::attach(memory(), kOptions);
        link = std::move(*WorkerLink::create(0));
        io = std::make_unique<FakeIo>(*pool);
        io->form = form;
        io->kernel = kernel;
        worker = std::make_unique<Worker>(options, *shared, *link, *io, *pool);
    }
    void stop() {
        worker.reset();
        io.reset();
        link.reset();
    }

    SessionSlot& slot(std::uint32_t index = 0) { return shared->slots()[index]; }
    StreamAccount& from(Side side, std::uint32_t index = 0) {
        return slot(index).streams[0].from[static_cast<std::size_t>(side)].account;
    }
    ForkSlot& fork_slot(std::uint32_t index = 0) { return slot().forks[index]; }
    ForkAccount& account(std::uint32_t index = 0) { return fork_slot(index).account; }

    void send(const WorkerCommand& command) { ASSERT_TRUE(link->send(command)); }
    // One turn at the present instant.
    void turn() { worker->turn(now); }
    // Virtual time passes in steps of a millisecond, with a turn each.
    void pass(std::chrono::milliseconds time) {
        for (std::int64_t ms = 0; ms < time.count(); ++ms) {
            now = now + std::chrono::milliseconds(1);
            turn();
        }
    }

    static inline const SessionId kSession{0, 1};
    static inline const ForkId kFork{kSession, 0, 0};

    void lay_out(bool recordable) {
        slot().generation = 1;
        slot().use = SlotUse::opening;
        slot().stream_count = 1;
        slot().recordable = recordable ? 1 : 0;
        auto& sides = slot().streams[0].from;
        sides[0].local_rtp = at("192.0.2.100:8000");
        sides[1].local_rtp = at("192.0.2.100:8002");
        sides[0].pre_roll_ring = recordable ? 1 : 0;
        sides[1].pre_roll_ring = recordable ? 2 : 0;
    }
    void open_unanswered(bool recordable = true) {
        lay_out(recordable);
        to_worker::Install command{.session = kSession};
        for (auto& side : command.ports[0])
            side = {100, 101};
        send(command);
        send(to_worker::SetRemote{
            .session = kSession, .side = Side::a, .rtp = kCaller, .rtcp = next_port(kCaller)});
        turn();
    }
    void answer() {
        send(to_worker::SetRemote{
            .session = kSession, .side = Side::b, .rtp = kCallee, .rtcp = next_port(kCallee)});
        turn();
    }
    void open(bool recordable = true) {
        open_unanswered(recordable);
        answer();
    }
    static Endpoint next_port(Endpoint endpoint) {
        ++endpoint.port;
        return endpoint;
    }
    void arm(std::uint32_t index, std::int64_t eligible_from_ns, Side source = Side::a) {
        ForkSlot& fork = slot().forks[index];
        fork.leased = 1;
        fork.source = source;
        fork.ssrc = 0xF0F0 + index;
        fork.local_rtp = at("192.0.2.100:" + std::to_string(kForkPort.port + 2 * index));
        fork.eligible_from_ns = eligible_from_ns;
        send(to_worker::ArmFork{.fork = {kSession, index, 0}, .ports = {102, 103}});
        turn();
    }
    void start_fork(std::uint32_t index = 0) {
        send(to_worker::StartFork{.fork = {kSession, index, 0},
                                  .rtp = recorder(index),
                                  .rtcp = next_port(recorder(index))});
        turn();
    }
    static Endpoint recorder(std::uint32_t index) {
        Endpoint endpoint = kRecorder;
        endpoint.port = static_cast<std::uint16_t>(endpoint.port + 2 * index);
        return endpoint;
    }
    void caller_sends(std::uint16_t sequence) {
        io->arriving.push_back({rtp(sequence), kCaller, kTowardCaller});
    }
    void callee_sends(std::uint16_t sequence) {
        io->arriving.push_back({rtp(sequence, 0x2222), kCallee, kTowardCallee});
    }
    // The caller talks: `count` packets, 20 ms apart.
    void caller_talks(std::uint16_t first, int count) {
        for (int i = 0; i < count; ++i) {
            caller_sends(static_cast<std::uint16_t>(first + i));
            pass(std::chrono::milliseconds(20));
        }
    }
    std::vector<std::uint16_t> recorded(std::uint32_t index = 0) {
        std::vector<std::uint16_t> sequences;
        for (const auto& one : io->sent_to(recorder(index)))
            sequences.push_back(sequence_of(one.bytes));
        return sequences;
    }
    template <typename Wanted>
    std::vector<Wanted> events() {
        std::vector<Wanted> found;
        while (auto event = link->receive())
            if (const auto* wanted = std::get_if<Wanted>(&*event)) found.push_back(*wanted);
        return found;
    }
    void expect_laws() {
        for (const auto& stream : slot().streams)
            for (const auto& side : stream.from)
                EXPECT_EQ(check_laws(side.account), Law::none);
        for (const auto& fork : slot().forks)
            EXPECT_EQ(check_laws(fork.account), Law::none);
        EXPECT_EQ(shared->counters(0).laws_broken.load(), 0U);
    }

    WorkerOptions options;
    Framing form = Framing::payload;
    FlowOffload* kernel = nullptr;  // of the fake network, from the next start() on
    std::vector<std::byte> memory_;
    std::unique_ptr<BufferPool> pool;
    std::optional<SharedState> shared;
    std::unique_ptr<WorkerLink> link;
    std::unique_ptr<FakeIo> io;
    std::unique_ptr<Worker> worker;
    MonoTime now{1'000'000'000'000};
};

}  // namespace weir::dataplane::tests

// SPDX-License-Identifier: Apache-2.0
// SessionControl with real ports and rings, and a worker that the test plays by hand, in virtual
// time.
#pragma once

#include <cstdlib>
#include <deque>
#include <memory>
#include <new>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "dataplane/control/session_control.hpp"
#include "dataplane/engine/eal.hpp"
#include "tests/support/fake_clock.hpp"
#include "tests/support/network_namespace.hpp"

namespace weir::tests {

// DPDK starts once per process.
inline dataplane::Eal& test_eal() {
    static const auto eal = [] {
        dataplane::EalOptions options;
        options.file_prefix = "weir_unit_" + std::to_string(::getpid());
        options.memory_mb = 64;
        auto started = dataplane::Eal::start(options);
        if (!started) std::fprintf(stderr, "EAL: %s\n", started.error().context.c_str());
        return started ? std::move(*started) : nullptr;
    }();
    return *eal;
}

// Zeroed memory with the alignment of a mapping.
class TestMemory {
public:
    explicit TestMemory(std::size_t bytes) : size_((bytes + 4095) / 4096 * 4096) {
        data_ = static_cast<std::byte*>(std::aligned_alloc(4096, size_));
        std::fill_n(data_, size_, std::byte{0});
    }
    ~TestMemory() { std::free(data_); }
    TestMemory(const TestMemory&) = delete;
    TestMemory& operator=(const TestMemory&) = delete;
    [[nodiscard]] std::span<std::byte> bytes() const { return {data_, size_}; }

private:
    std::size_t size_;
    std::byte* data_ = nullptr;
};

// One life of weir-media's control side. Two of them on one memory, one after the other, are a
// predecessor and its successor.
struct ControlLife {
    ControlLife(std::span<std::byte> memory, const dataplane::SharedStateOptions& options,
                FakeClock& clock, Random& random,
                dataplane::Destinations* destinations = nullptr)
        : shared(*dataplane::SharedState::attach(memory, options)),
          ports({{"inside", IpAddress::v4(127, 0, 0, 1)}, {"outside", *IpAddress::parse("::1")}},
                random, log),
          link(*dataplane::WorkerLink::create(0)) {
        proxies.emplace_back(*link);
        control = std::make_unique<dataplane::SessionControl>(dataplane::SessionControlParts{
            shared, ports, proxies, random, clock, log,
            [this](const dataplane::Event& event) { events.push_back(event); }, "socket",
            destinations});
    }

    // What the worker was told since the last call.
    std::vector<dataplane::WorkerCommand> taken() {
        std::vector<dataplane::WorkerCommand> all(kCommandRing);
        all.resize(link->take(all));
        return all;
    }
    void report(const dataplane::WorkerEvent& event) {
        ASSERT_TRUE(link->report(event));
        control->run_once();
    }
    template <typename T>
    const T* last() const {
        for (auto it = events.rbegin(); it != events.rend(); ++it)
            if (const auto* found = std::get_if<T>(&*it)) return found;
        return nullptr;
    }
    template <typename T>
    std::size_t count() const {
        std::size_t n = 0;
        for (const auto& event : events)
            n += std::holds_alternative<T>(event) ? 1U : 0U;
        return n;
    }

    NullLogger log;
    dataplane::SharedState shared;
    dataplane::PortLeases ports;
    std::unique_ptr<dataplane::WorkerLink> link;
    std::vector<dataplane::WorkerProxy> proxies;
    std::deque<dataplane::Event> events;  // pointers into it stay valid
    std::unique_ptr<dataplane::SessionControl> control;
};

template <typename T>
const T* command_of(const std::vector<dataplane::WorkerCommand>& commands) {
    for (const auto& command : commands)
        if (const auto* found = std::get_if<T>(&command)) return found;
    return nullptr;
}

class ControlTest : public ::testing::Test {
protected:
    ControlTest() : memory_((test_eal(), dataplane::shared_state_bytes(kOptions))) {
        life_ = std::make_unique<ControlLife>(memory_.bytes(), kOptions, clock_, random_);
        life_->control->on_client_up(kClient);
        life_->control->on_command(dataplane::SetPortRange{20000, 40000});
    }

    static dataplane::OpenSession open_command(dataplane::RequestTag tag = 1,
                                               bool recordable = true) {
        dataplane::OpenSession open;
        open.tag = tag;
        open.guid.words = {1, 2, 3, 4};
        open.realms = {0, 0};
        open.recordable = recordable ? 1 : 0;
        return open;
    }

    // A session that the worker has opened.
    dataplane::SessionId open(dataplane::RequestTag tag = 1) {
        life_->control->on_command(open_command(tag));
        const auto* leased = life_->last<dataplane::Leased>();
        EXPECT_NE(leased, nullptr);
        if (leased == nullptr) return {};
        life_->report(dataplane::from_worker::Opened{leased->session});
        (void)life_->taken();
        return leased->session;
    }
    dataplane::ForkId lease_fork(dataplane::SessionId session, dataplane::RequestTag tag = 50) {
        dataplane::LeaseFork lease;
        lease.tag = tag;
        lease.session = session;
        life_->control->on_command(lease);
        const auto* leased = life_->last<dataplane::ForkLeased>();
        EXPECT_NE(leased, nullptr);
        return leased != nullptr ? leased->fork : dataplane::ForkId{};
    }
    // Ends the process and starts its successor on the same memory.
    void restart() {
        life_.reset();
        life_ = std::make_unique<ControlLife>(memory_.bytes(), kOptions, clock_, random_);
        life_->control->adopt_predecessor();
    }
    dataplane::SessionSlot& slot(dataplane::SessionId session) {
        return life_->shared.slots()[session.slot];
    }

    static constexpr std::uint64_t kClient = 5;
    static constexpr std::uint64_t kSuccessor = 6;
    static constexpr dataplane::SharedStateOptions kOptions{8, 4U << 20U, 1};
    static constexpr std::uint64_t kSeed = 4711;

    OwnLoopback loopback_;  // the ports are drawn from a seed that all tests have
    FakeClock clock_;
    SeededRandom random_{kSeed};
    TestMemory memory_;
    std::unique_ptr<ControlLife> life_;
};

}  // namespace weir::tests

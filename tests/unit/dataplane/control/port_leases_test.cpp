// SPDX-License-Identifier: Apache-2.0
// Leases as the I/O mode wants them: a socket to read, a port kept free, or nothing; and who owns
// it.
#include "dataplane/control/port_leases.hpp"

#include <gtest/gtest.h>

#include "config/base/random.hpp"
#include "dataplane/io/media_socket.hpp"

namespace weir::dataplane::tests {
namespace {

constexpr std::uint8_t kWorker = 3;
constexpr MonoTime kNow{1'000'000'000};

class FakeMediaIo final : public MediaIo {
public:
    explicit FakeMediaIo(PortBinding binding) : binding_(binding) {}
    const char* mode() const override { return "fake"; }
    PortBinding binding() const override { return binding_; }
    FrameOptions frames() const override { return {}; }
    PacketIo& worker_io(std::size_t) override { std::abort(); }
    void set_port_range(std::uint16_t min, std::uint16_t max) override { range = {min, max}; }
    void look_after(MonoTime, const std::function<void(const RealmLink&)>&) override {}
    std::vector<DeviceReport> devices() const override { return {}; }
    std::pair<int, int> range;

private:
    PortBinding binding_;
};

class Leases : public ::testing::Test {
protected:
    void start(PortBinding binding) {
        io = std::make_unique<FakeMediaIo>(binding);
        leases.set_io(*io, owners);
        leases.set_range({.min = 20000, .max = 40000});
    }
    std::uint8_t owner(unsigned port) const {
        return owners.find({static_cast<std::uint16_t>(port), 0, 0});
    }

    SystemRandom random;
    NullLogger log;
    PortOwners owners{1};
    std::unique_ptr<FakeMediaIo> io;
    PortLeases leases{{{"lo", IpAddress::v4(127, 0, 0, 1)}}, random, log};
};

TEST_F(Leases, TheRangeIsToldWithTheRtcpPortOfItsLastPair) {
    start(PortBinding::none);
    EXPECT_EQ(io->range, (std::pair{20000, 40001}));
    EXPECT_EQ(owner(19999), PortOwners::kHost);
    EXPECT_EQ(owner(20000), PortOwners::kNobody);
    EXPECT_EQ(owner(40001), PortOwners::kNobody);
    EXPECT_EQ(owner(40002), PortOwners::kHost);
}

TEST_F(Leases, BothPortsAreTheWorkersUntilTheyAreGivenBack) {
    start(PortBinding::none);
    auto pair = leases.lease(0, kWorker, kNow);
    ASSERT_TRUE(pair);
    const unsigned port = pair->port;
    EXPECT_EQ(owner(port), kWorker);
    EXPECT_EQ(owner(port + 1), kWorker);
    EXPECT_EQ(owner(port + 2), PortOwners::kNobody);
    leases.release(*pair, kNow);
    EXPECT_EQ(owner(port), PortOwners::kNobody);
    EXPECT_EQ(owner(port + 1), PortOwners::kNobody);
}

TEST_F(Leases, APredecessorsPairIsTheWorkersToo) {
    start(PortBinding::none);
    auto pair = leases.reclaim({.realm = 0, .port = 50000, .worker = kWorker}, kNow);
    ASSERT_TRUE(pair);
    EXPECT_EQ(owner(50000), kWorker);
    leases.release(*pair, kNow);
    EXPECT_EQ(owner(50000), PortOwners::kHost) << "outside the range it is the host's again";
}

TEST_F(Leases, WhereTheKernelSeesNoMediaThereIsNoSocket) {
    start(PortBinding::none);
    const auto pair = leases.lease(0, kWorker, kNow);
    ASSERT_TRUE(pair);
    EXPECT_TRUE(pair->is_set());
    EXPECT_FALSE(pair->rtp.is_open());
    EXPECT_EQ(pair->fds().rtp, -1);
}

TEST_F(Leases, AReservedPortIsKeptFromOthers) {
    start(PortBinding::reserve);
    auto pair = leases.lease(0, kWorker, kNow);
    ASSERT_TRUE(pair);
    EXPECT_TRUE(pair->rtp.is_open());
    EXPECT_TRUE(pair->rtcp.is_open());
    const auto other = open_media_socket(leases.local_endpoint(*pair));
    ASSERT_FALSE(other);
    EXPECT_EQ(other.error().code, ErrorCode::exists);
}

TEST_F(Leases, APortThatAnotherProgramHoldsIsNotGivenToAWorker) {
    start(PortBinding::reserve);
    Endpoint local;
    local.address = IpAddress::v4(127, 0, 0, 1);
    local.port = 41000;
    auto taken = leases.reclaim({.realm = 0, .port = 41000, .worker = kWorker}, kNow);
    ASSERT_TRUE(taken);
    PortOwners others{1};
    PortLeases second{{{"lo", IpAddress::v4(127, 0, 0, 1)}}, random, log};
    second.set_io(*io, others);
    EXPECT_FALSE(second.reclaim({.realm = 0, .port = 41000, .worker = kWorker}, kNow));
    EXPECT_EQ(others.find({41000, 0, 0}), PortOwners::kHost);
}

}  // namespace
}  // namespace weir::dataplane::tests

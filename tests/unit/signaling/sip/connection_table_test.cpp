// SPDX-License-Identifier: Apache-2.0
// Limits on TCP connections, and the sweep of slow and idle ones, in virtual time.
#include "signaling/sip/connection_table.hpp"

#include <vector>

#include <gtest/gtest.h>

#include "config/base/limits.hpp"

namespace weir::signaling {
namespace {

Connection from(std::uint8_t host, std::uint64_t cookie) {
    Connection connection;
    connection.cookie = cookie;
    connection.remote = {.address = IpAddress::v4(192, 0, 2, host), .port = 1000};
    return connection;
}

struct Sweep {
    std::vector<std::pair<int, ConnectionTable::Fate>> closed;
    void run(ConnectionTable& table, MonoTime now) {
        table.sweep(
            now, [](int fd) { return static_cast<std::uint64_t>(fd); },
            [this](int fd, ConnectionTable::Fate fate) { closed.emplace_back(fd, fate); });
    }
};

TEST(ConnectionTable, OneSourceHasAtMostItsShare) {
    ConnectionTable table;
    int fd = 1;
    for (std::size_t i = 0; i < kSipMaxConnectionsPerSource; ++i, ++fd)
        ASSERT_TRUE(table.admit(fd, from(1, static_cast<std::uint64_t>(fd)), true));
    EXPECT_FALSE(table.admit(fd, from(1, 999), true));
    EXPECT_TRUE(table.admit(fd, from(2, 999), true));
    EXPECT_TRUE(table.admit(fd + 1, from(1, 1000), false)) << "our own connections pass";
}

TEST(ConnectionTable, AllSourcesTogetherHaveALimit) {
    ConnectionTable table;
    int fd = 1;
    for (; table.size() < kSipMaxConnections; ++fd)
        ASSERT_TRUE(table.admit(fd, from(static_cast<std::uint8_t>(fd / 50), 1), true));
    EXPECT_FALSE(table.admit(fd, from(200, 1), true));
}

TEST(ConnectionTable, StrangersWithManyAddressesLeaveRoomForPeers) {
    ConnectionTable table;
    int fd = 1;
    const auto stranger = [&fd] {
        Connection connection = from(static_cast<std::uint8_t>(fd % 250), 1);
        connection.is_stranger = true;
        return connection;
    };
    for (; table.size() < kMaxStrangerConnections; ++fd)
        ASSERT_TRUE(table.admit(fd, stranger(), true));
    EXPECT_FALSE(table.admit(fd, stranger(), true));
    EXPECT_TRUE(table.admit(fd, from(251, 1), true)) << "a peer";
    table.note_peer(1);  // it has registered
    EXPECT_TRUE(table.admit(fd + 2, stranger(), true));
    Sweep().run(table, MonoTime{});  // all of the descriptors belong to others by now
    EXPECT_TRUE(table.admit(fd + 1, stranger(), true));
}

TEST(ConnectionTable, AClosedConnectionGivesItsPlaceBack) {
    ConnectionTable table;
    ASSERT_TRUE(table.admit(7, from(1, 77), true));  // its descriptor now has cookie 7, not 77
    Sweep sweep;
    sweep.run(table, MonoTime{0});
    EXPECT_EQ(table.size(), 0U);
    EXPECT_TRUE(sweep.closed.empty());
}

TEST(ConnectionTable, AReusedDescriptorReplacesTheOldEntry) {
    ConnectionTable table;
    ASSERT_TRUE(table.admit(7, from(1, 1), true));
    ASSERT_TRUE(table.admit(7, from(2, 2), true));
    EXPECT_EQ(table.size(), 1U);
    EXPECT_EQ(table.find(7)->cookie, 2U);
}

TEST(ConnectionTable, AMessageThatDoesNotEndClosesItsConnectionOnce) {
    ConnectionTable table;
    ASSERT_TRUE(table.admit(7, from(1, 7), true));
    table.find(7)->message_since = MonoTime{0};
    Sweep sweep;
    sweep.run(table, MonoTime{0} + kSipIncompleteMessage - std::chrono::nanoseconds(1));
    EXPECT_TRUE(sweep.closed.empty());
    sweep.run(table, MonoTime{0} + kSipIncompleteMessage);
    sweep.run(table, MonoTime{0} + kSipIncompleteMessage * 2);
    ASSERT_EQ(sweep.closed.size(), 1U);
    EXPECT_EQ(sweep.closed[0], std::pair(7, ConnectionTable::Fate::slow));
    EXPECT_TRUE(table.find(7)->is_refused);
}

TEST(ConnectionTable, AnIdleConnectionIsAged) {
    ConnectionTable table;
    ASSERT_TRUE(table.admit(7, from(1, 7), true));
    Sweep sweep;
    sweep.run(table, MonoTime{0} + kSipConnectionAging);
    ASSERT_EQ(sweep.closed.size(), 1U);
    EXPECT_EQ(sweep.closed[0].second, ConnectionTable::Fate::idle);
}

}  // namespace
}  // namespace weir::signaling

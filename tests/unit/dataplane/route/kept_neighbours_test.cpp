// SPDX-License-Identifier: Apache-2.0
// Neighbours that are put back after the kernel has forgotten them, and what it knows better by
// then.
#include "dataplane/route/kept_neighbours.hpp"

#include <memory>

#include <gmock/gmock.h>
#include <net/if.h>

#include "tests/support/network_namespace.hpp"

namespace weir::dataplane {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

class KeptNeighboursTest : public tests::TwoHosts {
protected:
    void SetUp() override {
        TwoHosts::SetUp();
        if (IsSkipped()) return;
        ASSERT_TRUE(
            near_.ip("neigh add 192.0.2.7 lladdr 02:00:00:00:00:07 dev eth0 nud permanent"));
        ASSERT_TRUE(
            near_.ip("neigh add 192.0.2.8 lladdr 02:00:00:00:00:08 dev eth0 nud reachable"));
    }
    [[nodiscard]] KeptNeighbours kept() const {
        return near_.run([] { return KeptNeighbours::of(if_nametoindex("eth0")); });
    }
    void put_back(KeptNeighbours& neighbours) const {
        near_.run([&] { neighbours.put_back(); });
    }
    // What `ip` says of one of them, or nothing.
    [[nodiscard]] std::string told_of(const std::string& address) const {
        return near_.run([&] {
            const std::string command = "ip neigh show " + address + " dev eth0";
            const std::unique_ptr<FILE, int (*)(FILE*)> pipe(popen(command.c_str(), "r"), pclose);
            std::string text;
            for (int byte = fgetc(pipe.get()); byte != EOF; byte = fgetc(pipe.get()))
                text += static_cast<char>(byte);
            return text;
        });
    }
};

TEST_F(KeptNeighboursTest, WhatIsForgottenComesBack) {
    KeptNeighbours neighbours = kept();
    ASSERT_TRUE(near_.ip("neigh del 192.0.2.7 dev eth0"));
    ASSERT_TRUE(near_.ip("neigh del 192.0.2.8 dev eth0"));
    put_back(neighbours);
    EXPECT_THAT(told_of("192.0.2.7"), HasSubstr("02:00:00:00:00:07 PERMANENT"));
    EXPECT_THAT(told_of("192.0.2.8"), HasSubstr("02:00:00:00:00:08 STALE"));
}

TEST_F(KeptNeighboursTest, WhatTheHostHasLearnedMeanwhileStays) {
    KeptNeighbours neighbours = kept();
    ASSERT_TRUE(
        near_.ip("neigh replace 192.0.2.8 lladdr 02:00:00:00:00:88 dev eth0 nud reachable"));
    put_back(neighbours);
    EXPECT_THAT(told_of("192.0.2.8"), HasSubstr("02:00:00:00:00:88 REACHABLE"));
}

TEST_F(KeptNeighboursTest, TheyArePutBackOnce) {
    KeptNeighbours neighbours = kept();
    put_back(neighbours);
    ASSERT_TRUE(near_.ip("neigh del 192.0.2.7 dev eth0"));
    put_back(neighbours);
    EXPECT_THAT(told_of("192.0.2.7"), Not(HasSubstr("02:00:00:00:00:07")));
}

}  // namespace
}  // namespace weir::dataplane

// SPDX-License-Identifier: Apache-2.0
// The next hops of sessions and forks: with each command, given back at the end, found anew by a
// successor.
#include "dataplane/control/destinations.hpp"
#include "tests/unit/dataplane/control/control_fixture.hpp"
#include "tests/unit/dataplane/control/fake_routes.hpp"

namespace weir::tests {
namespace {

using namespace dataplane;

Endpoint at(const char* text) {
    return *Endpoint::parse(text, 0);
}

class SessionHopsTest : public ControlTest {
protected:
    SessionHopsTest() {
        routes_.add_route("127.0.0.0/8", "");
        destinations_ = make_destinations();
        life_.reset();
        life_ = make_life();
        life_->control->on_client_up(kClient);
        life_->control->on_command(dataplane::SetPortRange{20000, 40000});
    }
    std::unique_ptr<Destinations> make_destinations() {
        const DestinationRealm realm{IpAddress::v4(127, 0, 0, 1), "eth1"};
        return std::make_unique<Destinations>(std::vector{realm}, routes_, hops_, clock_, log_);
    }
    std::unique_ptr<ControlLife> make_life() {
        return std::make_unique<ControlLife>(memory_.bytes(), kOptions, clock_, random_,
                                             destinations_.get());
    }
    to_worker::SetRemote set_remote(SessionId session, const char* rtp, const char* rtcp) {
        SetRemote set;
        set.session = session;
        set.side = Side::b;
        set.rtp = at(rtp);
        set.rtcp = at(rtcp);
        life_->control->on_command(set);
        const auto commands = life_->taken();
        const auto* command = command_of<to_worker::SetRemote>(commands);
        EXPECT_NE(command, nullptr);
        return command == nullptr ? to_worker::SetRemote{} : *command;
    }

    NullLogger log_;
    FakeRoutes routes_;
    NextHops hops_;
    std::unique_ptr<Destinations> destinations_;
};

TEST_F(SessionHopsTest, ARedirectedSideGivesItsOldHopsBack) {
    const SessionId session = open();
    const auto first = set_remote(session, "127.0.0.7:4000", "127.0.0.8:4001");
    EXPECT_NE(first.rtp_hop, kNoHop);
    EXPECT_NE(first.rtcp_hop, kNoHop);
    EXPECT_NE(first.rtp_hop, first.rtcp_hop);
    EXPECT_EQ(destinations_->in_use(), 2U);
    const auto second = set_remote(session, "127.0.0.7:5000", "127.0.0.7:5001");
    EXPECT_EQ(second.rtp_hop, first.rtp_hop);
    EXPECT_EQ(second.rtcp_hop, first.rtp_hop);
    EXPECT_EQ(destinations_->in_use(), 1U);
}

TEST_F(SessionHopsTest, AllHopsGoBackWhenTheWorkerHasLetGo) {
    const SessionId session = open();
    (void)set_remote(session, "127.0.0.7:4000", "127.0.0.7:4001");
    const ForkId fork = lease_fork(session);
    life_->control->on_command(StartFork{fork, at("127.0.0.9:6000"), at("127.0.0.9:6001")});
    const auto commands = life_->taken();
    const auto* start = command_of<to_worker::StartFork>(commands);
    ASSERT_NE(start, nullptr);
    EXPECT_NE(start->rtp_hop, kNoHop);
    EXPECT_EQ(start->rtp_hop, start->rtcp_hop);
    EXPECT_EQ(destinations_->in_use(), 2U);

    life_->control->on_command(CloseSession{session});
    EXPECT_EQ(destinations_->in_use(), 2U);  // the relay lingers
    life_->report(from_worker::Closed{session});
    EXPECT_EQ(destinations_->in_use(), 1U);
    life_->report(from_worker::ForkClosed{fork});
    EXPECT_EQ(destinations_->in_use(), 0U);
}

TEST_F(SessionHopsTest, ASuccessorFindsTheHopsAnew) {
    const SessionId session = open();
    const ForkId fork = lease_fork(session);
    // What the worker had written when the process died.
    auto& from = slot(session).streams[0].from[1];
    from.remote_rtp = at("127.0.0.7:4000");
    from.remote_rtcp = at("127.0.0.7:4001");
    from.rtp_hop = from.rtcp_hop = 999;
    slot(session).streams[0].from[0].rtp_hop = 998;
    auto& copy = slot(session).forks[fork.index];
    copy.started = 1;
    copy.phase = ForkPhase::live;
    copy.remote_rtp = at("127.0.0.9:6000");
    copy.rtp_hop = 997;

    life_.reset();
    destinations_ = make_destinations();
    life_ = make_life();
    life_->control->adopt_predecessor();
    EXPECT_EQ(destinations_->in_use(), 2U);
    const auto& adopted = slot(session).streams[0].from;
    EXPECT_NE(adopted[1].rtp_hop, 999);
    EXPECT_EQ(adopted[1].rtp_hop, adopted[1].rtcp_hop);
    EXPECT_EQ(adopted[0].rtp_hop, kNoHop);
    EXPECT_NE(slot(session).forks[fork.index].rtp_hop, 997);
    EXPECT_EQ(slot(session).forks[fork.index].rtcp_hop, kNoHop);

    life_->control->on_client_up(kSuccessor);
    life_->control->on_command(CloseSession{session});
    life_->report(from_worker::Closed{session});
    life_->report(from_worker::ForkClosed{fork});
    EXPECT_EQ(destinations_->in_use(), 0U);
}

TEST_F(ControlTest, SocketsNeedNoHops) {
    const SessionId session = open();
    slot(session).streams[0].from[1].rtp_hop = 999;
    SetRemote set;
    set.session = session;
    set.rtp = at("127.0.0.7:4000");
    life_->control->on_command(set);
    const auto commands = life_->taken();
    EXPECT_EQ(command_of<to_worker::SetRemote>(commands)->rtp_hop, kNoHop);
    restart();
    EXPECT_EQ(slot(session).streams[0].from[1].rtp_hop, kNoHop);
}

}  // namespace
}  // namespace weir::tests

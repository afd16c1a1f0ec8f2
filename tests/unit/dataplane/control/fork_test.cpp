// SPDX-License-Identifier: Apache-2.0
// Forks on the control side: their ports, their end, and forks that outlive their session.
#include <set>

#include "tests/unit/dataplane/control/control_fixture.hpp"

namespace weir::tests {
namespace {

using namespace dataplane;

TEST_F(ControlTest, AForkGetsItsOwnPortsAndItsOwnSource) {
    const auto session = open();
    LeaseFork lease;
    lease.tag = 51;
    lease.session = session;
    lease.source = Side::b;
    lease.realm = 1;
    lease.eligible_from_ns = 12345;
    life_->control->on_command(lease);
    const auto* leased = life_->last<ForkLeased>();
    ASSERT_NE(leased, nullptr);
    EXPECT_EQ(leased->tag, 51U);
    EXPECT_EQ(leased->local_rtp.address.family, Family::v6);
    const auto& fork = slot(session).forks[leased->fork.index];
    EXPECT_EQ(fork.leased, 1);
    EXPECT_EQ(fork.source, Side::b);
    EXPECT_EQ(fork.eligible_from_ns, 12345);
    EXPECT_NE(fork.ssrc, 0U);
    const auto commands = life_->taken();
    const auto* arm = command_of<to_worker::ArmFork>(commands);
    ASSERT_NE(arm, nullptr);
    EXPECT_GE(arm->ports.rtp, 0);
}

TEST_F(ControlTest, TheNinthForkIsRefusedAndASlotComesBackAfterForkClosed) {
    const auto session = open();
    std::set<std::uint32_t> indexes;
    for (std::size_t i = 0; i < kMaxForks; ++i)
        indexes.insert(lease_fork(session).index);
    EXPECT_EQ(indexes.size(), kMaxForks);
    LeaseFork lease;
    lease.session = session;
    life_->control->on_command(lease);
    ASSERT_NE(life_->last<Refused>(), nullptr);
    EXPECT_EQ(life_->last<Refused>()->reason, Refusal::no_fork);
    const ForkId third{session, 3, 0};
    life_->control->on_command(StopFork{third, 0});
    EXPECT_EQ(slot(session).forks[3].leased, 1) << "until the worker has let go";
    life_->report(from_worker::ForkClosed{third});
    EXPECT_EQ(lease_fork(session, 99).index, 3U);
}

TEST_F(ControlTest, ForksOfWhatIsNoRtpStreamAreRefused) {
    auto command = open_command();
    command.kinds[0] = StreamKind::opaque;
    life_->control->on_command(command);
    LeaseFork lease;
    lease.session = life_->last<Leased>()->session;
    life_->control->on_command(lease);
    ASSERT_NE(life_->last<Refused>(), nullptr);
    EXPECT_EQ(life_->last<Refused>()->reason, Refusal::no_fork);
    lease.stream = 1;
    life_->control->on_command(lease);
    EXPECT_EQ(life_->count<Refused>(), 2U);
    lease.session.generation += 1;
    life_->control->on_command(lease);
    EXPECT_EQ(life_->last<Refused>()->reason, Refusal::unknown_session);
}

TEST_F(ControlTest, CommandsOfAForkReachTheWorkerAsTheyAre) {
    const auto fork = lease_fork(open());
    (void)life_->taken();
    StartFork start;
    start.fork = fork;
    start.rtp = *Endpoint::parse("127.0.0.1:5004", 0);
    life_->control->on_command(start);
    life_->control->on_command(PauseFork{fork, 77});
    life_->control->on_command(ResumeFork{fork, 88});
    const auto commands = life_->taken();
    ASSERT_EQ(commands.size(), 3U);
    EXPECT_EQ(std::get<to_worker::StartFork>(commands[0]).rtp.port, 5004);
    EXPECT_EQ(std::get<to_worker::PauseFork>(commands[1]).at_ns, 77);
    EXPECT_EQ(std::get<to_worker::ResumeFork>(commands[2]).from_ns, 88);
    life_->report(from_worker::ForkLive{fork});
    EXPECT_NE(life_->last<ForkLive>(), nullptr);
}

TEST_F(ControlTest, ForkClosedCarriesTheFinalAccountAndItsPortsRest) {
    const auto session = open();
    const auto fork = lease_fork(session);
    slot(session).forks[fork.index].account.sent = 250;
    // A pair that some other program has was put aside as well.
    const auto resting = life_->control->plane_report(0).ports_quarantined;
    life_->control->on_command(StopFork{fork, 1});
    life_->report(from_worker::ForkClosed{fork});
    const auto* closed = life_->last<ForkClosed>();
    ASSERT_NE(closed, nullptr);
    EXPECT_EQ(closed->account.sent, 250U);
    EXPECT_EQ(life_->control->plane_report(0).ports_quarantined, resting + 1);
    EXPECT_EQ(life_->control->plane_report(0).forks, 0U);
}

TEST_F(ControlTest, AClosedSessionLivesOnUntilItsLastForkIsClosed) {
    const auto session = open();
    const auto fork = lease_fork(session);
    life_->control->on_command(CloseSession{session});
    life_->report(from_worker::Closed{session});
    EXPECT_NE(life_->last<Closed>(), nullptr);
    EXPECT_EQ(life_->last<Closed>()->state.fork_mask, 1U << fork.index);
    EXPECT_EQ(life_->control->plane_report(0).sessions, 1U);
    const auto ring = slot(session).streams[0].from[0].pre_roll_ring;
    EXPECT_NE(ring, 0U) << "the fork still drains it";
    StartFork start;
    start.fork = fork;
    (void)life_->taken();
    life_->control->on_command(start);
    EXPECT_NE(command_of<to_worker::StartFork>(life_->taken()), nullptr) << "the recorder was late";
    life_->control->on_command(StopFork{fork, 1});
    life_->report(from_worker::ForkClosed{fork});
    EXPECT_EQ(life_->control->plane_report(0).sessions, 0U);
    EXPECT_EQ(slot(session).use, SlotUse::free);
}

TEST_F(ControlTest, ForksThatNobodyStopsAreEndedAfterTheDrainLimit) {
    const auto session = open();
    const auto fork = lease_fork(session);
    life_->control->on_command(CloseSession{session});
    life_->report(from_worker::Closed{session});
    (void)life_->taken();
    clock_.advance(kForkDrainLimit - milliseconds(1));
    life_->control->run_once();
    EXPECT_TRUE(life_->taken().empty());
    clock_.advance(kControlSweep);
    life_->control->run_once();
    const auto commands = life_->taken();
    const auto* stop = command_of<to_worker::StopFork>(commands);
    ASSERT_NE(stop, nullptr);
    EXPECT_EQ(stop->fork, fork);
    clock_.advance(seconds(1));
    life_->control->run_once();
    EXPECT_TRUE(life_->taken().empty()) << "once";
}

TEST_F(ControlTest, ASecondCloseEndsTheForksOfAClosedSession) {
    const auto session = open();
    const auto fork = lease_fork(session);
    life_->control->on_command(CloseSession{session});
    life_->report(from_worker::Closed{session});
    (void)life_->taken();
    life_->control->on_command(CloseSession{session});
    const auto commands = life_->taken();
    ASSERT_NE(command_of<to_worker::StopFork>(commands), nullptr);
    EXPECT_EQ(command_of<to_worker::StopFork>(commands)->fork, fork);
}

TEST_F(ControlTest, AForkThatIsNotClosedInTimeIsReported) {
    const auto fork = lease_fork(open());
    life_->control->on_command(StopFork{fork, 1});
    clock_.advance(kForkDrainLimit + kControlWatchdog);
    life_->control->run_once();
    EXPECT_EQ(life_->control->counters().overdue, 1U);
}

}  // namespace
}  // namespace weir::tests

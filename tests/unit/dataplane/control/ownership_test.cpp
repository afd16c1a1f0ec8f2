// SPDX-License-Identifier: Apache-2.0
// Reports, lists, owners and orphans; and a successor of weir-media on the same memory.
#include "tests/unit/dataplane/control/control_fixture.hpp"

namespace weir::tests {
namespace {

using namespace dataplane;

std::vector<SessionId> snapshots_asked(ControlLife& life) {
    std::vector<SessionId> sessions;
    for (const auto& command : life.taken()) {
        const auto* snapshot = std::get_if<to_worker::Snapshot>(&command);
        if (snapshot == nullptr) continue;
        sessions.push_back(snapshot->session);
        life.link->snapshot_for_worker(snapshot->buffer).slot =
            life.shared.slots()[snapshot->session.slot];
        life.report(
            from_worker::SnapshotReady{snapshot->session, snapshot->buffer, 1, snapshot->tag});
    }
    return sessions;
}

TEST_F(ControlTest, AReportIsWhatTheWorkerCopied) {
    const auto session = open();
    const auto fork = lease_fork(session);
    slot(session).streams[0].from[0].account.relayed = 17;
    slot(session).forks[fork.index].account.copied = 16;
    slot(session).forks[fork.index].phase = ForkPhase::live;
    life_->control->on_command(ReadSession{33, session});
    EXPECT_EQ(life_->last<Report>(), nullptr);
    EXPECT_EQ(snapshots_asked(*life_).size(), 1U);
    const auto* report = life_->last<Report>();
    ASSERT_NE(report, nullptr);
    EXPECT_EQ(report->tag, 33U);
    EXPECT_EQ(report->state.streams[0][0].relayed, 17U);
    EXPECT_EQ(report->forks[fork.index].present, 1);
    EXPECT_EQ(report->forks[fork.index].phase, 3);
    EXPECT_EQ(report->forks[fork.index].account.copied, 16U);
    EXPECT_EQ(report->forks[1].present, 0);
}

TEST_F(ControlTest, MoreReportsThanBuffersWaitTheirTurn) {
    const auto session = open();
    for (RequestTag tag = 1; tag <= 3 * kSnapshotBuffers; ++tag)
        life_->control->on_command(ReadSession{tag, session});
    for (int turn = 0; turn < 4; ++turn)
        (void)snapshots_asked(*life_);
    EXPECT_EQ(life_->count<Report>(), 3 * kSnapshotBuffers);
    EXPECT_EQ(life_->last<Report>()->tag, 3 * kSnapshotBuffers);
}

TEST_F(ControlTest, AReportOfWhatIsGoneIsRefused) {
    life_->control->on_command(ReadSession{5, {0, 12345}});
    ASSERT_NE(life_->last<Refused>(), nullptr);
    EXPECT_EQ(life_->last<Refused>()->reason, Refusal::unknown_session);
    const auto session = open();
    life_->control->on_command(ReadSession{6, session});
    const auto commands = life_->taken();
    const auto* asked = command_of<to_worker::Snapshot>(commands);
    ASSERT_NE(asked, nullptr);
    life_->report(from_worker::SnapshotReady{session, asked->buffer, 0, asked->tag});
    EXPECT_EQ(life_->last<Refused>()->tag, 6U);
}

TEST_F(ControlTest, ANewClientSeesWhatTheDeadOneLeftAndAdoptsIt) {
    const auto first = open(1);
    const auto second = open(2);
    life_->control->on_client_down();
    life_->control->on_client_up(kSuccessor);
    life_->events.clear();
    life_->control->on_command(ListSessions{8});
    EXPECT_EQ(life_->count<Listed>(), 2U);
    EXPECT_EQ(life_->last<Listed>()->owned, 0);
    EXPECT_EQ(life_->last<Listed>()->guid.words[0], 1U);
    ASSERT_NE(life_->last<ListEnd>(), nullptr);
    EXPECT_EQ(life_->last<ListEnd>()->count, 2U);
    life_->control->on_command(AdoptSession{first});
    life_->control->on_command(CloseSession{second});
    life_->report(from_worker::Closed{second});
    life_->events.clear();
    life_->control->on_command(ListSessions{9});
    ASSERT_EQ(life_->count<Listed>(), 1U);
    EXPECT_EQ(life_->last<Listed>()->session, first);
    EXPECT_EQ(life_->last<Listed>()->owned, 1);
}

TEST_F(ControlTest, TheSameClientComingBackStillOwnsItsSessions) {
    (void)open();
    life_->control->on_client_down();
    life_->control->on_client_up(kClient);
    life_->control->on_command(ListSessions{8});
    EXPECT_EQ(life_->last<Listed>()->owned, 1);
}

TEST_F(ControlTest, AnIdleOrphanIsReleasedWithItsForks) {
    const auto session = open();
    (void)lease_fork(session);
    (void)life_->taken();
    life_->control->on_client_down();
    clock_.advance(kOrphanIdle);
    life_->control->run_once();
    EXPECT_EQ(snapshots_asked(*life_).size(), 1U);
    EXPECT_EQ(life_->control->counters().orphans_released, 1U);
    const auto commands = life_->taken();
    EXPECT_NE(command_of<to_worker::CloseSession>(commands), nullptr);
    EXPECT_NE(command_of<to_worker::StopFork>(commands), nullptr);
}

TEST_F(ControlTest, AnOrphanWithPacketsLivesUntilTheyStop) {
    const auto session = open();
    life_->control->on_client_down();
    for (int i = 0; i < 10; ++i) {
        clock_.advance(kOrphanIdle);
        slot(session).streams[0].from[1].account.last_at_ns = clock_.now().ns - 1'000'000'000;
        life_->control->run_once();
        (void)snapshots_asked(*life_);
    }
    EXPECT_EQ(life_->control->counters().orphans_released, 0U);
    clock_.advance(kOrphanIdle);
    life_->control->run_once();
    (void)snapshots_asked(*life_);
    EXPECT_EQ(life_->control->counters().orphans_released, 1U);
}

TEST_F(ControlTest, OwnedSessionsOnHoldAreNoOrphans) {
    (void)open();
    for (int i = 0; i < 20; ++i) {
        clock_.advance(kOrphanIdle);
        life_->control->run_once();
        EXPECT_TRUE(snapshots_asked(*life_).empty());
    }
    EXPECT_EQ(life_->control->counters().orphans_released, 0U);
}

TEST_F(ControlTest, ASuccessorGoesOnWithTheSamePortsAndSources) {
    const auto session = open();
    const auto fork = lease_fork(session);
    const auto local = slot(session).streams[0].from[0].local_rtp;
    const auto fork_local = slot(session).forks[fork.index].local_rtp;
    const auto ssrc = slot(session).forks[fork.index].ssrc;
    const auto ring = slot(session).streams[0].from[0].pre_roll_ring;
    slot(session).streams[0].from[0].account.received = 1000;
    restart();
    EXPECT_EQ(life_->control->counters().adopted, 1U);
    EXPECT_EQ(life_->control->counters().adoption_failures, 0U);
    EXPECT_EQ(slot(session).streams[0].from[0].local_rtp, local);
    EXPECT_EQ(slot(session).streams[0].from[0].account.received, 1000U);
    EXPECT_EQ(slot(session).streams[0].from[0].pre_roll_ring, ring);
    EXPECT_EQ(slot(session).forks[fork.index].ssrc, ssrc);
    EXPECT_EQ(slot(session).forks[fork.index].local_rtp, fork_local);
    EXPECT_EQ(life_->control->plane_report(0).ports_in_use, 3U);
    const auto commands = life_->taken();
    ASSERT_EQ(commands.size(), 1U) << "the recorder hears of the first packet already";
    const auto& install = std::get<to_worker::Install>(commands[0]);
    EXPECT_EQ(install.session, session);
    EXPECT_EQ(install.adopt, 1);
    EXPECT_GE(install.ports[0][0].rtp, 0);
    EXPECT_GE(install.ports[0][1].rtcp, 0);
    EXPECT_EQ(install.forks, 1U << fork.index);
    EXPECT_GE(install.fork_ports[fork.index].rtp, 0);
}

TEST_F(ControlTest, ASuccessorsClientStillOwnsItsSessions) {
    (void)open();
    restart();
    life_->control->on_client_up(kClient);
    life_->control->on_command(ListSessions{8});
    ASSERT_NE(life_->last<Listed>(), nullptr);
    EXPECT_EQ(life_->last<Listed>()->owned, 1);
}

TEST_F(ControlTest, ASuccessorEndsWhatItsPredecessorWasEnding) {
    const auto closing = open(1);
    const auto closed = open(2);
    const auto fork = lease_fork(closed);
    life_->control->on_command(CloseSession{closing});
    life_->control->on_command(CloseSession{closed});
    life_->report(from_worker::Closed{closed});
    slot(closed).forks[fork.index].ending = 1;
    restart();
    const auto commands = life_->taken();
    ASSERT_NE(command_of<to_worker::CloseSession>(commands), nullptr);
    EXPECT_EQ(command_of<to_worker::CloseSession>(commands)->session, closing);
    ASSERT_NE(command_of<to_worker::StopFork>(commands), nullptr);
    EXPECT_EQ(command_of<to_worker::StopFork>(commands)->fork, fork);
    life_->report(from_worker::Closed{closing});
    life_->report(from_worker::ForkClosed{fork});
    EXPECT_EQ(life_->control->plane_report(0).sessions, 0U);
    EXPECT_EQ(life_->control->plane_report(0).ports_in_use, 0U);
}

TEST_F(ControlTest, FinalAccountsWaitForTheirOwnerAndForNobodyElse) {
    const auto ended = open(1);
    const auto unseen = open(2);
    life_->control->on_command(CloseSession{ended});
    life_->control->on_command(CloseSession{unseen});
    // The worker had finished one of them when the process died, unseen by its control.
    slot(unseen).phase = SlotPhase::closed;
    slot(unseen).streams[0].from[0].account.received = 5;
    restart();
    life_->report(from_worker::Closed{ended});
    EXPECT_TRUE(life_->events.empty()) << "nobody is connected";
    life_->control->on_client_up(kClient);
    ASSERT_EQ(life_->count<Closed>(), 2U);
    EXPECT_EQ(std::get<Closed>(life_->events[0]).state.session, unseen);
    EXPECT_EQ(std::get<Closed>(life_->events[0]).state.streams[0][0].received, 5U);
    EXPECT_EQ(std::get<Closed>(life_->events[1]).state.session, ended);
    EXPECT_EQ(life_->control->plane_report(0).sessions, 0U);
}

TEST_F(ControlTest, AForkThatHadFinishedUnseenIsClosedByTheSuccessorWithItsAccount) {
    const auto session = open();
    const auto armed = lease_fork(session, 50);
    const auto finished = lease_fork(session, 51);
    const auto unarmed = lease_fork(session, 52);
    slot(session).forks[armed.index].phase = ForkPhase::live;
    slot(session).forks[armed.index].account.ssrc = slot(session).forks[armed.index].ssrc;
    slot(session).forks[finished.index].account.ssrc = slot(session).forks[finished.index].ssrc;
    slot(session).forks[finished.index].account.sent = 12;
    restart();
    life_->control->on_client_up(kClient);
    ASSERT_EQ(life_->count<ForkClosed>(), 1U);
    EXPECT_EQ(life_->last<ForkClosed>()->fork, finished);
    EXPECT_EQ(life_->last<ForkClosed>()->account.sent, 12U);
    EXPECT_EQ(slot(session).forks[unarmed.index].leased, 1);
    EXPECT_EQ(life_->control->plane_report(0).forks, 2U);
}

TEST_F(ControlTest, NewLeasesOfASuccessorDisturbNoneOfTheOld) {
    const auto session = open();
    const auto ring = slot(session).streams[0].from[0].pre_roll_ring;
    restart();
    life_->control->on_client_up(kClient);
    life_->control->on_command(SetPortRange{20000, 40000});
    for (RequestTag tag = 1; tag <= 7; ++tag) {
        const auto other = open(tag);
        EXPECT_NE(other.slot, session.slot);
        EXPECT_NE(slot(other).streams[0].from[0].pre_roll_ring, ring);
        EXPECT_NE(slot(other).streams[0].from[1].pre_roll_ring, ring);
    }
}

TEST_F(ControlTest, ADamagedSlotIsGivenUpAndTheOthersGoOn) {
    const auto good = open(1);
    const auto bad = open(2);
    slot(bad).stream_count = 200;
    restart();
    EXPECT_EQ(life_->control->counters().adopted, 1U);
    EXPECT_EQ(life_->control->counters().adoption_failures, 1U);
    EXPECT_EQ(slot(bad).use, SlotUse::free);
    EXPECT_EQ(slot(good).use, SlotUse::open);
}

}  // namespace
}  // namespace weir::tests

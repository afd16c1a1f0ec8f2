// SPDX-License-Identifier: Apache-2.0
// The life of a session on the control side: lease, refusals, the release handshake, late commands.
#include <sys/resource.h>

#include "dataplane/control/control_limits.hpp"
#include "dataplane/io/media_socket.hpp"
#include "tests/unit/dataplane/control/control_fixture.hpp"

namespace weir::tests {
namespace {

using namespace dataplane;

bool is_bound(const Endpoint& local, int above = 0) {
    Endpoint other = local;
    other.port = static_cast<std::uint16_t>(local.port + above);
    const auto probe = open_media_socket(other);
    if (probe) const UniqueFd closes(*probe);
    return !probe && probe.error().code == ErrorCode::exists;
}

TEST_F(ControlTest, PortsAreLeasedAndBoundBeforeTheWorkerSaysAnything) {
    life_->control->on_command(open_command(9));
    const auto* leased = life_->last<Leased>();
    ASSERT_NE(leased, nullptr);
    EXPECT_EQ(leased->tag, 9U);
    EXPECT_EQ(leased->stream_count, 1);
    for (const auto& local : leased->streams[0].local_rtp) {
        EXPECT_EQ(local.port % 2, 0);
        EXPECT_EQ(local.address, IpAddress::v4(127, 0, 0, 1));
        EXPECT_TRUE(is_bound(local)) << local.to_string();
        EXPECT_TRUE(is_bound(local, 1)) << "RTCP of " << local.to_string();
    }
    EXPECT_EQ(life_->last<Opened>(), nullptr);
    const auto commands = life_->taken();
    const auto* install = command_of<to_worker::Install>(commands);
    ASSERT_NE(install, nullptr);
    EXPECT_EQ(install->session, leased->session);
    EXPECT_GE(install->ports[0][0].rtp, 0);
    EXPECT_GE(install->ports[0][1].rtcp, 0);
    EXPECT_EQ(install->ports[1][0].rtp, -1);
    life_->report(from_worker::Opened{leased->session});
    EXPECT_NE(life_->last<Opened>(), nullptr);
}

TEST_F(ControlTest, EachSideIsInItsRealm) {
    auto command = open_command();
    command.realms = {0, 1};
    command.stream_count = 2;
    life_->control->on_command(command);
    const auto* leased = life_->last<Leased>();
    ASSERT_NE(leased, nullptr);
    for (int stream : {0, 1}) {
        EXPECT_EQ(leased->streams[stream].local_rtp[0].address.family, Family::v4);
        EXPECT_EQ(leased->streams[stream].local_rtp[1].address.family, Family::v6);
    }
}

TEST_F(ControlTest, AnUnknownRealmIsRefused) {
    auto command = open_command(3);
    command.realms = {0, 2};
    life_->control->on_command(command);
    ASSERT_NE(life_->last<Refused>(), nullptr);
    EXPECT_EQ(life_->last<Refused>()->tag, 3U);
    EXPECT_EQ(life_->last<Refused>()->reason, Refusal::unknown_realm);
}

TEST_F(ControlTest, TheNinthSessionOfEightSlotsIsRefused) {
    for (RequestTag tag = 1; tag <= 9; ++tag)
        life_->control->on_command(open_command(tag));
    EXPECT_EQ(life_->count<Leased>(), 8U);
    ASSERT_NE(life_->last<Refused>(), nullptr);
    EXPECT_EQ(life_->last<Refused>()->reason, Refusal::no_slot);
    EXPECT_EQ(life_->last<Refused>()->tag, 9U);
}

TEST_F(ControlTest, WithoutPortsTheRefusalLeaksNothing) {
    life_->control->on_command(SetPortRange{20001, 20001});
    life_->control->on_command(open_command());
    ASSERT_NE(life_->last<Refused>(), nullptr);
    EXPECT_EQ(life_->last<Refused>()->reason, Refusal::no_port);
    EXPECT_EQ(life_->control->plane_report(0).sessions, 0U);
    EXPECT_EQ(life_->control->plane_report(0).ports_in_use, 0U);
    EXPECT_EQ(life_->taken().size(), 0U);
    life_->control->on_command(SetPortRange{20000, 40000});
    for (RequestTag tag = 1; tag <= 8; ++tag)
        life_->control->on_command(open_command(tag));
    EXPECT_EQ(life_->count<Leased>(), 8U) << "the refused session's slot is free";
}

TEST_F(ControlTest, WithoutDescriptorsTheRefusalSaysSo) {
    rlimit before{};
    ASSERT_EQ(::getrlimit(RLIMIT_NOFILE, &before), 0);
    rlimit tight = before;
    const UniqueFd next(::dup(0));
    tight.rlim_cur =
        static_cast<rlim_t>(next.get()) + 4;  // three more: not enough for four sockets
    ASSERT_EQ(::setrlimit(RLIMIT_NOFILE, &tight), 0);
    life_->control->on_command(open_command());
    ASSERT_EQ(::setrlimit(RLIMIT_NOFILE, &before), 0);
    ASSERT_NE(life_->last<Refused>(), nullptr);
    EXPECT_EQ(life_->last<Refused>()->reason, Refusal::no_descriptor);
    EXPECT_EQ(life_->control->plane_report(0).ports_in_use, 0U);
}

TEST_F(ControlTest, AFullWorkerRingRefusesNewSessionsButNoAddressIsLost) {
    const auto session = open();
    SetRemote remote;
    remote.session = session;
    for (std::size_t i = 0; i < kCommandRing + 10; ++i) {
        remote.rtp.port = static_cast<std::uint16_t>(i + 1);
        life_->control->on_command(remote);
    }
    life_->control->on_command(open_command(7));
    ASSERT_NE(life_->last<Refused>(), nullptr);
    EXPECT_EQ(life_->last<Refused>()->reason, Refusal::ring_full);
    std::uint16_t expected = 1;
    for (int turn = 0; turn < 3; ++turn) {
        for (const auto& command : life_->taken())
            EXPECT_EQ(std::get<to_worker::SetRemote>(command).rtp.port, expected++);
        life_->control->run_once();
    }
    EXPECT_EQ(expected, kCommandRing + 11);
}

TEST_F(ControlTest, AddressesThatComeWithTheOpeningGoToTheWorkerBehindIt) {
    auto command = open_command();
    command.remotes[0] = {{IpAddress::v4(127, 0, 0, 9), 0, 4000},
                          {IpAddress::v4(127, 0, 0, 9), 0, 4001}};
    life_->control->on_command(command);
    const auto taken = life_->taken();
    ASSERT_EQ(taken.size(), 2U) << "nothing about streams of which nothing is known";
    const auto* install = std::get_if<to_worker::Install>(&taken[0]);
    const auto* set = std::get_if<to_worker::SetRemote>(&taken[1]);
    ASSERT_TRUE(install != nullptr && set != nullptr);
    EXPECT_EQ(set->session, install->session);
    EXPECT_EQ(set->stream, 0);
    EXPECT_EQ(set->side, Side::a);
    EXPECT_EQ(set->rtp, command.remotes[0].rtp);
    EXPECT_EQ(set->rtcp, command.remotes[0].rtcp);
}

TEST_F(ControlTest, PayloadTypesGoToTheWorkerForRtpOnly) {
    const auto session = open();
    SetPayloadTypes set{session, 0, Side::b, 1, {{{101, 96}}}};
    life_->control->on_command(set);
    const auto taken = life_->taken();
    const auto* command = command_of<to_worker::SetPayloadTypes>(taken);
    ASSERT_NE(command, nullptr);
    EXPECT_EQ(command->side, Side::b);
    EXPECT_EQ(command->count, 1U);
    EXPECT_EQ(command->pairs[0], (PayloadPair{101, 96}));
    const auto stale = life_->control->counters().stale_commands;
    slot(session).kinds[0] = StreamKind::opaque;
    life_->control->on_command(set);
    set.stream = 1;
    life_->control->on_command(set);
    EXPECT_TRUE(life_->taken().empty());
    EXPECT_EQ(life_->control->counters().stale_commands, stale + 2);
}

TEST_F(ControlTest, PortsRestOnlyAfterTheWorkersClosed) {
    const auto session = open();
    const Endpoint local = slot(session).streams[0].from[0].local_rtp;
    life_->control->on_command(CloseSession{session});
    EXPECT_NE(command_of<to_worker::CloseSession>(life_->taken()), nullptr);
    EXPECT_TRUE(is_bound(local)) << "the worker may still read it";
    EXPECT_EQ(life_->control->plane_report(0).ports_in_use, 2U);
    life_->report(from_worker::Closed{session});
    EXPECT_FALSE(is_bound(local));
    EXPECT_EQ(life_->control->plane_report(0).ports_in_use, 0U);
    EXPECT_EQ(life_->control->plane_report(0).ports_quarantined, 2U);
    clock_.advance(kPortQuarantine);
    EXPECT_EQ(life_->control->plane_report(0).ports_quarantined, 0U);
}

TEST_F(ControlTest, ClosedCarriesTheWorkersFinalAccounts) {
    const auto session = open();
    life_->control->on_command(CloseSession{session});
    slot(session).streams[0].from[1].account.received = 42;
    life_->report(from_worker::Closed{session});
    const auto* closed = life_->last<Closed>();
    ASSERT_NE(closed, nullptr);
    EXPECT_EQ(closed->state.session, session);
    EXPECT_EQ(closed->state.guid.words[3], 4U);
    EXPECT_EQ(closed->state.streams[0][1].received, 42U);
    EXPECT_EQ(life_->control->plane_report(0).sessions, 0U);
}

TEST_F(ControlTest, AReusedSlotHasAnotherGenerationAndLateCommandsAreHarmless) {
    const auto old = open();
    life_->control->on_command(CloseSession{old});
    life_->report(from_worker::Closed{old});
    SessionId again;
    for (RequestTag tag = 2; tag <= 9; ++tag)
        again = open(tag);
    EXPECT_EQ(again.slot, old.slot) << "the slot that was free for the shortest time comes last";
    EXPECT_NE(again.generation, old.generation);
    const auto stale = life_->control->counters().stale_commands;
    life_->control->on_command(CloseSession{old});
    SetRemote remote;
    remote.session = old;
    life_->control->on_command(remote);
    life_->control->on_command(StopFork{{old, 0, 0}, 1});
    life_->control->on_command(CloseSession{{9999, 1}});
    EXPECT_EQ(life_->control->counters().stale_commands, stale + 4);
    EXPECT_TRUE(life_->taken().empty());
    EXPECT_EQ(slot(again).use, SlotUse::open);
}

TEST_F(ControlTest, AnAddedStreamLiesInTheRealmsOfTheFirst) {
    auto command = open_command();
    command.realms = {1, 0};
    life_->control->on_command(command);
    const auto session = life_->last<Leased>()->session;
    (void)life_->taken();
    life_->control->on_command(AddStream{77, session, StreamKind::opaque});
    const auto* leased = life_->last<Leased>();
    ASSERT_EQ(leased->tag, 77U);
    EXPECT_EQ(leased->first_stream, 1);
    EXPECT_EQ(leased->stream_count, 1);
    EXPECT_EQ(leased->streams[1].local_rtp[0].address.family, Family::v6);
    EXPECT_EQ(leased->streams[1].local_rtp[1].address.family, Family::v4);
    const auto commands = life_->taken();
    const auto* install = command_of<to_worker::InstallStream>(commands);
    ASSERT_NE(install, nullptr);
    EXPECT_EQ(install->stream, 1);
    for (RequestTag tag = 78; tag < 78 + kMaxStreams; ++tag)
        life_->control->on_command(AddStream{tag, session, StreamKind::rtp});
    EXPECT_EQ(slot(session).stream_count, kMaxStreams);
    EXPECT_EQ(life_->count<Refused>(), 2U);
}

TEST_F(ControlTest, RecordableSessionsGetARingPerDirectionWhileThereAreSome) {
    const auto session = open();
    EXPECT_NE(slot(session).streams[0].from[0].pre_roll_ring, 0U);
    EXPECT_NE(slot(session).streams[0].from[1].pre_roll_ring, 0U);
    EXPECT_NE(slot(session).streams[0].from[0].pre_roll_ring,
              slot(session).streams[0].from[1].pre_roll_ring);
    life_->control->on_command(open_command(2, false));
    EXPECT_EQ(slot(life_->last<Leased>()->session).streams[0].from[0].pre_roll_ring, 0U);
}

TEST_F(ControlTest, AWorkerThatOwesAnAnswerIsReportedAndItsPortsStay) {
    const auto session = open();
    life_->control->on_command(CloseSession{session});
    clock_.advance(kSessionLinger + kControlWatchdog);
    life_->control->run_once();
    clock_.advance(seconds(1));
    life_->control->run_once();
    EXPECT_EQ(life_->control->counters().overdue, 1U) << "once";
    EXPECT_EQ(life_->control->plane_report(0).ports_in_use, 2U);
    life_->report(from_worker::Closed{session});
    EXPECT_EQ(life_->control->plane_report(0).ports_in_use, 0U);
}

// Each wake of control costs the worker on its core some packets.
TEST_F(ControlTest, AnswersAreLookedForOftenAndCalmSessionsSeldom) {
    constexpr auto kIdle = std::chrono::seconds(1);
    const auto sleep = [&] { return life_->control->longest_sleep(kIdle); };
    clock_.advance(kControlTalk);
    EXPECT_EQ(sleep(), kIdle);
    const SessionId session = open();
    EXPECT_EQ(sleep(), std::chrono::milliseconds(kControlActivePoll));
    clock_.advance(kControlTalk);
    EXPECT_EQ(sleep(), kControlCalmPoll);
    life_->control->on_command(CloseSession{session});
    EXPECT_EQ(sleep(), std::chrono::milliseconds(kControlActivePoll));
    clock_.advance(kControlTalk);
    life_->report(from_worker::Closed{session});
    EXPECT_EQ(sleep(), std::chrono::milliseconds(kControlActivePoll));
    clock_.advance(kControlTalk);
    EXPECT_EQ(sleep(), kIdle);
}

}  // namespace
}  // namespace weir::tests

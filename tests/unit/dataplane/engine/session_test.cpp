// SPDX-License-Identifier: Apache-2.0
// Sessions: their end, stale commands, full event rings, laws, and a successor after a crash.
#include "tests/unit/dataplane/engine/harness.hpp"

namespace weir::dataplane::tests {
namespace {

using std::chrono::milliseconds;

class Session : public Engine {
protected:
    void crash_and_succeed() {
        stop();
        start();
        to_worker::Install command{.session = kSession, .adopt = 1, .forks = 1};
        command.fork_ports[kFork.index] = {202, 203};
        for (auto& side : command.ports[0])
            side = {200, 201};
        send(command);
    }
};

TEST_F(Session, InstallIsAnsweredByOpened) {
    open();
    const auto opened = events<from_worker::Opened>();
    ASSERT_EQ(opened.size(), 1U);
    EXPECT_EQ(opened[0].session, kSession);
}

TEST_F(Session, RelayGoesOnForTheLingerAndThenEnds) {
    open();
    send(to_worker::CloseSession{kSession});
    pass(milliseconds(150));
    caller_sends(1);
    turn();
    EXPECT_EQ(io->sent_to(kCallee).size(), 1U);
    EXPECT_TRUE(events<from_worker::Closed>().empty());
    pass(milliseconds(150));
    EXPECT_EQ(events<from_worker::Closed>().size(), 1U);
    caller_sends(2);
    turn();
    EXPECT_EQ(io->sent_to(kCallee).size(), 1U);
    EXPECT_TRUE(io->ports.empty());
}

TEST_F(Session, WhatTheSocketsStillHoldIsRelayedAtTheEnd) {
    open();
    arm(0, now.ns);
    start_fork();
    send(to_worker::CloseSession{kSession});
    for (std::uint16_t i = 1; i <= 100; ++i)
        io->in_socket.push_back({rtp(i), kCaller, kTowardCaller});
    pass(milliseconds(300));
    EXPECT_EQ(io->sent_to(kCallee).size(), 100U);
    EXPECT_EQ(recorded().size(), 100U);
}

TEST_F(Session, DatagramsTheSocketDroppedAtTheVeryEndAreOurs) {
    open();
    arm(0, now.ns);
    start_fork();
    caller_sends(1);
    turn();
    io->overflows[kTowardCaller.port] = 5;
    send(to_worker::CloseSession{kSession});
    pass(milliseconds(300));
    EXPECT_EQ(from(Side::a).lost_ours, 5U);
    EXPECT_EQ(from(Side::a).expected, 6U);
    EXPECT_EQ(account().lost_ours, 5U);
}

TEST_F(Session, StaleCommandsAreCountedAndHarmless) {
    open();
    const SessionId other{0, 2};
    const SessionId beyond{999, 1};
    send(to_worker::CloseSession{other});
    send(to_worker::CloseSession{beyond});
    send(to_worker::SetRemote{.session = other, .rtp = kCaller});
    send(to_worker::SetRemote{.session = kSession, .stream = 3});
    send(to_worker::StartFork{.fork = kFork});
    send(to_worker::StopFork{.fork = {kSession, 77, 0}});
    send(to_worker::Install{.session = kSession});
    turn();
    EXPECT_EQ(shared->counters(0).stale_commands.load(), 7U);
    caller_sends(1);
    turn();
    EXPECT_EQ(io->sent.size(), 1U);
}

TEST_F(Session, AFullCommandRingRefuses) {
    std::size_t taken = 0;
    while (link->send(to_worker::CloseSession{kSession}))
        ++taken;
    EXPECT_EQ(taken, kCommandRing - 1);
    const auto refused = link->send(to_worker::CloseSession{kSession});
    EXPECT_EQ(refused.error().code, ErrorCode::exhausted);
}

TEST_F(Session, AFullEventRingLosesNoEndOfASessionOrFork) {
    open();
    arm(0, now.ns);
    arm(1, now.ns);
    (void)events<from_worker::Opened>();
    // Control sleeps: the ring fills with snapshots.
    while (link->report(from_worker::MediaTimeout{})) {
    }
    send(to_worker::StopFork{.fork = {kSession, 0, 0}, .drain = 0});
    send(to_worker::StopFork{.fork = {kSession, 1, 0}, .drain = 0});
    send(to_worker::CloseSession{kSession});
    pass(milliseconds(300));
    while (link->receive()) {
    }
    turn();
    std::vector<WorkerEvent> told;
    while (auto event = link->receive())
        told.push_back(*event);
    ASSERT_EQ(told.size(), 3U);
    EXPECT_EQ(std::get<from_worker::ForkClosed>(told[0]).fork.index, 0U);
    EXPECT_EQ(std::get<from_worker::ForkClosed>(told[1]).fork.index, 1U);
    EXPECT_EQ(std::get<from_worker::Closed>(told[2]).session, kSession);
    EXPECT_EQ(shared->counters(0).late_events.load(), 3U);
}

TEST_F(Session, ASlotServesAgainUnderANewGeneration) {
    open();
    caller_talks(1, 3);
    send(to_worker::CloseSession{kSession});
    pass(milliseconds(300));
    lay_out(true);
    slot().generation = 2;
    send(to_worker::Install{.session = {0, 2}});
    turn();
    EXPECT_EQ(from(Side::a).received, 0U);
    EXPECT_EQ(events<from_worker::Opened>().size(), 2U);
}

TEST_F(Session, ASecondStreamCanComeLater) {
    open();
    slot().streams[1].from[0].local_rtp = at("192.0.2.100:8010");
    slot().streams[1].from[1].local_rtp = at("192.0.2.100:8012");
    slot().stream_count = 2;
    send(to_worker::InstallStream{.session = kSession, .stream = 1});
    send(to_worker::SetRemote{.session = kSession, .stream = 1, .side = Side::a, .rtp = kCaller});
    send(to_worker::SetRemote{.session = kSession, .stream = 1, .side = Side::b, .rtp = kCallee});
    io->arriving.push_back({rtp(1), kCaller, {8010, 0, 0}});
    turn();
    ASSERT_EQ(io->sent.size(), 1U);
    EXPECT_EQ(io->sent[0].from.port, 8012);
}

TEST_F(Session, SnapshotHoldsTheAccountsOfOneInstant) {
    open();
    caller_sends(1);
    turn();
    send(to_worker::Snapshot{.session = kSession, .buffer = 3, .tag = 99});
    turn();
    const auto ready = events<from_worker::SnapshotReady>();
    ASSERT_EQ(ready.size(), 1U);
    EXPECT_EQ(ready[0].tag, 99U);
    EXPECT_EQ(ready[0].found, 1U);
    EXPECT_EQ(link->snapshot(3).slot.streams[0].from[0].account.relayed, 1U);
}

TEST_F(Session, ABrokenLawIsToldOnce) {
    open();
    from(Side::a).received = 7;  // an error of ours, made by hand
    pass(milliseconds(700));
    const auto told = events<from_worker::LawBroken>();
    ASSERT_EQ(told.size(), 1U);
    EXPECT_EQ(told[0].law, Law::stream_received);
    EXPECT_EQ(shared->counters(0).laws_broken.load(), 1U);
}

TEST_F(Session, ASilentPartyIsToldOnce) {
    open();
    caller_sends(1);
    turn();
    now = now + kMediaTimeout;
    pass(milliseconds(300));
    const auto told = events<from_worker::MediaTimeout>();
    ASSERT_EQ(told.size(), 1U);
    EXPECT_EQ(told[0].side, Side::a);
}

TEST_F(Session, ASuccessorGoesOnWithTheSamePartiesAndNumbers) {
    open();
    arm(0, now.ns);
    start_fork();
    caller_talks(1, 5);
    crash_and_succeed();
    now = now + milliseconds(200);  // ten packets passed us by
    turn();
    caller_talks(16, 5);
    EXPECT_TRUE(shared->adopted());
    EXPECT_EQ(shared->incarnation(), 2U);
    EXPECT_EQ(from(Side::a).relayed, 10U);
    EXPECT_EQ(from(Side::a).lost_ours, 10U);
    EXPECT_EQ(from(Side::a).lost_before_us, 0U);
    EXPECT_EQ(account().lost_ours, 10U);
    EXPECT_EQ(recorded(), (std::vector<std::uint16_t>{16, 17, 18, 19, 20}));
    EXPECT_EQ(ssrc_of(io->sent_to(kRecorder)[0].bytes), 0xF0F0U);
    expect_laws();
}

TEST_F(Session, ASuccessorSendsWhatThePreRollHolds) {
    open();
    arm(0, now.ns);
    caller_talks(1, 20);
    crash_and_succeed();
    turn();
    start_fork();
    pass(milliseconds(400));
    EXPECT_EQ(recorded().size(), 20U);
    expect_laws();
}

TEST_F(Session, ASuccessorNamesWhatDiedInItsPredecessorsHands) {
    open();
    arm(0, now.ns);
    start_fork();
    caller_talks(1, 5);
    from(Side::a).received += 2;  // killed in the middle of a burst
    account().eligible += 2;
    account().copied += 1;
    account().queued += 1;
    crash_and_succeed();
    pass(milliseconds(100));
    EXPECT_EQ(from(Side::a).drops[static_cast<std::size_t>(Verdict::restart)], 2U);
    EXPECT_EQ(account().send_drops, 1U);
    EXPECT_EQ(account().drops[static_cast<std::size_t>(ForkDrop::restart)], 1U);
    expect_laws();
}

TEST_F(Session, ADamagedPreRollIsLostAndNamedNotFollowed) {
    open();
    arm(0, now.ns);
    caller_talks(1, 20);
    auto ring = shared->ring(0);
    std::fill(ring.begin() + sizeof(PreRollHeader), ring.end(), std::byte{0x5A});
    crash_and_succeed();
    turn();
    EXPECT_EQ(account().awaiting, 0U);
    EXPECT_EQ(account().drops[static_cast<std::size_t>(ForkDrop::restart)], 20U);
    start_fork();
    caller_talks(21, 3);
    EXPECT_EQ(recorded().size(), 3U);
    expect_laws();
}

TEST_F(Session, QuitIsTaken) {
    send(to_worker::Quit{});
    turn();
    EXPECT_TRUE(worker->has_quit());
}

}  // namespace
}  // namespace weir::dataplane::tests

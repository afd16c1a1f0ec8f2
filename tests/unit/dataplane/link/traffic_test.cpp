// SPDX-License-Identifier: Apache-2.0
// Commands and events on an established link: order, bounds, malformed datagrams, re-entrance.
#include "dataplane/link/link_limits.hpp"
#include "tests/unit/dataplane/link/link_fixture.hpp"

namespace weir::tests {
namespace {

using namespace dataplane;

RequestTag tag_of(const Command& command) {
    const auto* read = std::get_if<ReadPlane>(&command);
    return read ? read->tag : 0;
}

class LinkTraffic : public LinkTest {
protected:
    void SetUp() override {
        start_server();
        start_client();
        pump();
        ASSERT_TRUE(client_->is_up());
    }
};

TEST_F(LinkTraffic, CommandsAndEventsArriveInOrder) {
    for (RequestTag tag = 1; tag <= 100; ++tag)
        ASSERT_TRUE(client_->submit(ReadPlane{tag}));
    pump(100);
    ASSERT_EQ(commands_.size(), 100U);
    for (RequestTag tag = 1; tag <= 100; ++tag)
        EXPECT_EQ(tag_of(commands_[tag - 1]), tag);
    events_.events.clear();
    for (RequestTag tag = 1; tag <= 100; ++tag)
        server_->send(Refused{tag, Refusal::no_port});
    pump();
    ASSERT_EQ(events_.events.size(), 100U);
    for (RequestTag tag = 1; tag <= 100; ++tag)
        EXPECT_EQ(std::get<Refused>(events_.events[tag - 1]).tag, tag);
}

TEST_F(LinkTraffic, AFullQueueRefusesTheNextCommandAndLosesNoneBefore) {
    RequestTag accepted = 0;
    while (accepted < 10 * kLinkQueue && client_->submit(ReadPlane{accepted + 1}))
        ++accepted;
    ASSERT_GE(accepted, kLinkQueue);
    ASSERT_LT(accepted, 10 * kLinkQueue) << "the queue has no bound";
    EXPECT_EQ(client_->submit(ReadPlane{}).error().code, ErrorCode::exhausted);
    for (RequestTag turn = 0; turn < accepted && commands_.size() < accepted; ++turn)
        pump(1);
    ASSERT_EQ(commands_.size(), accepted);
    for (RequestTag tag = 1; tag <= accepted; ++tag)
        ASSERT_EQ(tag_of(commands_[tag - 1]), tag);
    EXPECT_TRUE(client_->submit(ReadPlane{}));
}

TEST_F(LinkTraffic, AClientThatDoesNotReadIsCutOffAndComesBack) {
    Report report;
    const std::size_t rounds = kLinkBacklogBytes / encode(Event(report)).size() + 1000;
    for (std::size_t i = 0; i < rounds && server_->has_client(); ++i)
        server_->send(report);
    EXPECT_FALSE(server_->has_client());
    EXPECT_EQ(server_->counters().cut_off, 1U);
    pump(64);
    clock_.advance(kLinkRetry);
    pump();
    EXPECT_TRUE(client_->is_up());
    EXPECT_EQ(events_.count<PlaneDown>(), 1U);
    EXPECT_EQ(events_.count<PlaneUp>(), 2U);
}

TEST_F(LinkTraffic, QueuedEventsOfASlowClientAllArrive) {
    for (RequestTag tag = 1; tag <= 3000; ++tag) {
        Report report;
        report.tag = tag;
        server_->send(report);
    }
    pump(64);
    ASSERT_EQ(events_.count<Report>(), 3000U);
    EXPECT_EQ(events_.last<Report>()->tag, 3000U);
}

TEST_F(LinkTraffic, AListenerMaySubmitFromInsideAnEvent) {
    events_.then = [this](const Event& event) {
        if (std::holds_alternative<Opened>(event)) {
            EXPECT_TRUE(client_->submit(ReadPlane{9}));
        }
    };
    server_->send(Opened{{1, 1}});
    pump();
    ASSERT_EQ(commands_.size(), 1U);
    EXPECT_EQ(tag_of(commands_[0]), 9U);
}

TEST_F(LinkTraffic, AServerThatVanishesInsideASubmitIsToldOnce) {
    server_.reset();
    const auto refused = client_->submit(ReadPlane{});
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, ErrorCode::unavailable);
    EXPECT_EQ(events_.count<PlaneDown>(), 0U) << "not inside the call";
    pump();
    EXPECT_EQ(events_.count<PlaneDown>(), 1U);
    EXPECT_FALSE(client_->is_up());
}

TEST_F(LinkTest, MalformedCommandsOfTheOwnerAreCountedAndTheLinkGoesOn) {
    start_server();
    const auto peer = raw_peer();
    ASSERT_EQ(send_datagram(peer.get(), encode_hello(kTypeHello, 5)), Transfer::done);
    pump();
    auto cut = encode(Command(OpenSession{}));
    cut.pop_back();
    OpenSession wrong;
    wrong.stream_count = 99;
    for (const auto& datagram : {cut, encode(Command(wrong)), std::vector<std::uint8_t>(50000, 1),
                                 encode_hello(kTypeHello, 5)})
        ASSERT_EQ(send_datagram(peer.get(), datagram), Transfer::done);
    auto between = encode(Command(ReadPlane{3}));
    append(between, Command(wrong));
    append(between, Command(ReadPlane{4}));
    ASSERT_EQ(send_datagram(peer.get(), between), Transfer::done);
    pump();
    EXPECT_EQ(server_->counters().malformed, 5U);
    EXPECT_TRUE(log_.has("link.malformed"));
    ASSERT_EQ(commands_.size(), 2U);
    EXPECT_EQ(tag_of(commands_[0]), 3U);
    EXPECT_EQ(tag_of(commands_[1]), 4U);
}

TEST_F(LinkTraffic, TheClientsDescriptorIsReadableWhenAnEventWaits) {
    EpollSet set = *EpollSet::make();
    ASSERT_TRUE(set.add(client_->fd()));
    server_->send(Opened{{1, 1}});
    server_->flush();
    set.wait(seconds(5));
    client_->run_once();
    EXPECT_EQ(events_.count<Opened>(), 1U);
}

TEST_F(LinkTraffic, TheEndOfASessionGoesAlongWithTheNextCommand) {
    ASSERT_TRUE(client_->submit(CloseSession{{4, 1}}));
    client_->run_once();
    server_turn();
    EXPECT_TRUE(commands_.empty()) << "nobody waits for it";
    ASSERT_TRUE(client_->submit(ReadPlane{1}));
    server_turn();
    ASSERT_EQ(commands_.size(), 2U) << "one datagram";
    EXPECT_EQ(std::get<CloseSession>(commands_[0]).session.slot, 4U);
    EXPECT_EQ(tag_of(commands_[1]), 1U);
}

TEST_F(LinkTraffic, TheEndOfASessionLeavesInTimeWithoutAnotherCommand) {
    ASSERT_TRUE(client_->submit(CloseSession{{4, 1}}));
    EpollSet set = *EpollSet::make();
    ASSERT_TRUE(set.add(client_->fd()));
    set.wait(seconds(5));
    EXPECT_TRUE(set.poll().has(client_->fd())) << "the owner must be woken";
    clock_.advance(kLinkHold);
    client_->run_once();
    EXPECT_FALSE(set.poll().has(client_->fd())) << "once";
    server_turn();
    EXPECT_EQ(commands_.size(), 1U);
}

TEST_F(LinkTraffic, EachHeldEndHasItsTime) {
    for (std::size_t round = 1; round <= 3; ++round) {
        ASSERT_TRUE(client_->submit(CloseSession{{4, 1}}));
        clock_.advance(kLinkHold);
        pump(2);
        ASSERT_EQ(commands_.size(), round);
    }
}

TEST_F(LinkTraffic, WhatIsHeldLeavesWhenSignallingEnds) {
    ASSERT_TRUE(client_->submit(CloseSession{{4, 1}}));
    client_.reset();
    pump();
    EXPECT_EQ(commands_.size(), 1U);
}

TEST_F(LinkTraffic, EventsOfOneTurnAreOneDatagram) {
    events_.events.clear();
    for (RequestTag tag = 1; tag <= 3; ++tag)
        server_->send(Refused{tag, Refusal::no_port});
    server_->flush();
    client_->run_once();
    ASSERT_EQ(events_.events.size(), 3U);
    EXPECT_EQ(std::get<Refused>(events_.events[2]).tag, 3U);
}

TEST_F(LinkTraffic, FinalAccountsGoAlongWithTheNextEvent) {
    server_->send(Closed{});
    server_->flush();
    ASSERT_TRUE(server_->held_until());
    client_->run_once();
    EXPECT_EQ(events_.count<Closed>(), 0U);
    server_->send(Opened{{1, 1}});
    server_->flush();
    EXPECT_FALSE(server_->held_until());
    client_->run_once();
    EXPECT_EQ(events_.count<Closed>(), 1U);
    EXPECT_TRUE(std::holds_alternative<Opened>(events_.events.back()));
}

TEST_F(LinkTraffic, FinalAccountsLeaveInTimeWithoutAnotherEvent) {
    server_->send(Closed{});
    clock_.advance(kLinkHold);
    server_->flush();
    client_->run_once();
    EXPECT_EQ(events_.count<Closed>(), 1U);
}

}  // namespace
}  // namespace weir::tests

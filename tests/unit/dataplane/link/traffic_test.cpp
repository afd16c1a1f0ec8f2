// SPDX-License-Identifier: Apache-2.0
// Commands and events on an established link: order, bounds, malformed datagrams, re-entrance.
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
    pump();
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
    pump(static_cast<int>(accepted / kLinkTurn) * 4 + 8);
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
    ASSERT_EQ(send_datagram(peer.get(), encode(Command(ReadPlane{3}))), Transfer::done);
    pump();
    EXPECT_EQ(server_->counters().malformed, 4U);
    EXPECT_TRUE(log_.has("link.malformed"));
    ASSERT_EQ(commands_.size(), 1U);
    EXPECT_EQ(tag_of(commands_[0]), 3U);
}

TEST_F(LinkTraffic, TheClientsDescriptorIsReadableWhenAnEventWaits) {
    EpollSet set = *EpollSet::make();
    ASSERT_TRUE(set.add(client_->fd()));
    server_->send(Opened{{1, 1}});
    set.wait(seconds(5));
    client_->run_once();
    EXPECT_EQ(events_.count<Opened>(), 1U);
}

}  // namespace
}  // namespace weir::tests

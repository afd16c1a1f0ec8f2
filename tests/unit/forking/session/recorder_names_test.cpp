// SPDX-License-Identifier: Apache-2.0
// A recorder by a name that nobody has resolved yet: the recording begins when it is known, and
// what happens to the call meanwhile is not lost.
#include "tests/unit/forking/session/recording_fixture.hpp"

namespace weir::tests {
namespace {

class RecorderNames : public RecordingTest {
protected:
    RecorderNames() {
        config::Config named = make_config();
        auto& recorder = named.dial_peers[config::DialPeerTag{8001}];
        recorder.target = {};
        recorder.target.kind = config::SessionTarget::Kind::dns;
        recorder.target.host = "recorder.example";
        config = std::make_shared<config::Config>(named);
        call = make_call();
        signaling::NetworkKnowledge network;
        network.name_patience = std::chrono::seconds(3);
        network.resolve = [this](const std::string&) { return address_; };
        network.is_known = [this](const signaling::HopQuery&) { return is_known_; };
        network.when_known = [this](std::vector<signaling::HopQuery> names,
                                    std::chrono::nanoseconds, std::function<void()> done) {
            asked_ = names.front().host;
            done_ = std::move(done);
        };
        network.realm_of = [](const config::Config&, const IpAddress& address) {
            return dataplane::RealmIndex{
                address == IpAddress::v4(198, 51, 100, 99) ? std::uint8_t{5} : std::uint8_t{0}};
        };
        named_ = std::make_unique<RecordingManager>(
            forking::RecordingParts{loop, stack, media, ledger, random, log}, network,
            forking::RecordHooks{});
    }
    void learn() {
        address_ = IpAddress::v4(198, 51, 100, 99);
        is_known_ = true;
        done_();
    }
    std::size_t leases() const { return media.sent<dataplane::LeaseFork>().size(); }

    std::optional<IpAddress> address_;
    bool is_known_ = false;
    std::string asked_;
    std::function<void()> done_;
    std::unique_ptr<RecordingManager> named_;
};

TEST_F(RecorderNames, TheForkWaitsAndLeavesByTheRecordersRealm) {
    named_->on_call_connected(call);
    EXPECT_EQ(leases(), 0U);
    EXPECT_EQ(asked_, "recorder.example");
    learn();
    const auto sent = media.sent<dataplane::LeaseFork>();
    ASSERT_EQ(sent.size(), 2U);
    EXPECT_EQ(sent[0].realm, 5);
    EXPECT_EQ(sent[0].eligible_from_ns, call.connected_at->ns) << "out of the pre-roll";
}

TEST_F(RecorderNames, WithoutAnAnswerItBeginsAllTheSameForTheOtherRecorders) {
    named_->on_call_connected(call);
    done_();  // the patience is over
    EXPECT_EQ(leases(), 2U);
}

TEST_F(RecorderNames, ACallThatEndsFirstHasItsRecordingAllTheSame) {
    named_->on_call_connected(call);
    signaling::CallEnd end;
    end.at = loop.clock().now();
    named_->on_call_ended(call, end, {});
    EXPECT_EQ(leases(), 2U);
    learn();
    EXPECT_EQ(leases(), 2U) << "once";
}

TEST_F(RecorderNames, AKnownNameIsNotWaitedFor) {
    address_ = IpAddress::v4(198, 51, 100, 99);
    is_known_ = true;
    named_->on_call_connected(call);
    EXPECT_EQ(leases(), 2U);
    EXPECT_FALSE(done_);
}

}  // namespace
}  // namespace weir::tests

// SPDX-License-Identifier: Apache-2.0
// RFC 5589 6: a blind transfer whose target is in another media realm than the transferor.
#include "tests/conformance/transfer/transfer_bench.hpp"
#include "tests/support/party_messages.hpp"

namespace weir::tests {
namespace {

// 192.0.2.30, the target, is in realm 1; everybody else in realm 0.
signaling::NetworkKnowledge two_realms() {
    signaling::NetworkKnowledge network;
    network.realm_of = [](const config::Config&, const IpAddress& party) {
        return static_cast<dataplane::RealmIndex>(party == *IpAddress::parse("192.0.2.30") ? 1 : 0);
    };
    return network;
}

class OtherRealm : public TransferBench {
protected:
    OtherRealm() : TransferBench(two_realms()) {
        log.wants = true;
        consume("refer");
        connect();
        first_ = table.calls().at(0).view.media;
        refer();
    }
    void complete() {
        answer_of_target(200, sdp("192.0.2.30", 6000));
        answer(last_out("INVITE"), 200, sdp("203.0.113.5", 4000), "");
    }
    // The session that was opened last.
    dataplane::SessionId fresh() const { return media.open.rbegin()->first; }
    // Where the media of a session's side go.
    Endpoint pointed(dataplane::SessionId session, dataplane::Side side) const {
        Endpoint at;
        for (const auto& each : media.sent<dataplane::SetRemote>())
            if (each.session == session && each.side == side) at = each.rtp;
        return at;
    }
    dataplane::SessionId first_;
};

TEST_F(OtherRealm, TheTargetIsOfferedPortsOfItsOwnRealm) {
    const auto opened = media.sent<dataplane::OpenSession>();
    ASSERT_EQ(opened.size(), 2U);
    EXPECT_EQ(opened[1].realms, (std::array<dataplane::RealmIndex, 2>{0, 1}));
    EXPECT_EQ(last_out("INVITE").request.path.remote, at("192.0.2.30"));
}

// What records the call has to hear of the session that its media are in now.
TEST_F(OtherRealm, ListenersHearOfTheNewSessionWhichIsRecordableToo) {
    EXPECT_EQ(media.sent<dataplane::OpenSession>()[1].recordable, 1);
    complete();
    EXPECT_EQ(log.text(), "connected media");
    EXPECT_NE(log.changed.media, first_);
    EXPECT_TRUE(media.open.contains(log.changed.media));
    EXPECT_FALSE(media.open.contains(first_));
}

TEST_F(OtherRealm, AFailedTransferLeavesTheOldSession) {
    answer_of_target(486);
    EXPECT_EQ(media.open.size(), 1U);
    EXPECT_TRUE(media.open.contains(first_));
}

// The party that remains hears the target ring: to the address that it has given, from the ports
// that it will be told with the answer. The transferor's session has nothing for it meanwhile.
TEST_F(OtherRealm, EarlyMediaReachThePartyThatRemains) {
    answer_of_target(183, sdp("192.0.2.30", 6000));
    EXPECT_EQ(pointed(fresh(), dataplane::Side::a), *Endpoint::parse("203.0.113.5:4000", 0));
    EXPECT_EQ(pointed(fresh(), dataplane::Side::b), *Endpoint::parse("192.0.2.30:6000", 0));
    EXPECT_EQ(pointed(first_, dataplane::Side::a), Endpoint{});
    EXPECT_EQ(pointed(first_, dataplane::Side::b), *Endpoint::parse("192.0.2.20:5000", 0));
    complete();
    EXPECT_EQ(table.calls().at(0).remote_rtp[0][1], *Endpoint::parse("192.0.2.30:6000", 0));
    EXPECT_EQ(table.calls().at(0).remote_rtp[0][0], *Endpoint::parse("203.0.113.5:4000", 0));
}

TEST_F(OtherRealm, ATargetThatRangAndRefusesGivesTheTransferorItsMediaBack) {
    answer_of_target(183, sdp("192.0.2.30", 6000));
    answer_of_target(486);
    EXPECT_EQ(pointed(first_, dataplane::Side::a), *Endpoint::parse("203.0.113.5:4000", 0));
    EXPECT_EQ(pointed(first_, dataplane::Side::b), *Endpoint::parse("192.0.2.20:5000", 0));
    EXPECT_EQ(media.open.size(), 1U);
}

class PortsOnTheWay : public TransferBench {
protected:
    PortsOnTheWay() : TransferBench(two_realms()) {
        consume("refer");
        connect();
        SipMessage refer = callee_request(invite_out().request.message, "REFER", 1);
        refer.add("Refer-To", "<sip:300@192.0.2.20>");
        stack.receive(refer, invite_out().request.path, now());
    }
};

// A node is drained while the ports of the target's realm are still asked for.
TEST_F(PortsOnTheWay, ACallThatIsReleasedGivesBackTheTargetsPeer) {
    ASSERT_EQ(media.sent<dataplane::OpenSession>().size(), 2U);
    table.release_all(16);
    EXPECT_EQ(stack.sent_with("BYE").size(), 2U);
}

}  // namespace
}  // namespace weir::tests

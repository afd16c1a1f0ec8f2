// SPDX-License-Identifier: Apache-2.0
// Calls of and to endpoints behind us that have registered (registration passthrough, spec B.11).
#include "tests/unit/signaling/call/call_bench.hpp"

namespace weir::signaling {
namespace {

using std::chrono::seconds;

class BoundCallTest : public tests::CallBench {
protected:
    BoundCallTest() {
        Binding binding;
        binding.token = "00000000000000aa";
        binding.aor = "100@192.0.2.5";
        binding.contact = "sip:100@10.0.0.7:5099";
        binding.path = endpoint();
        binding.registrar = *IpAddress::parse("192.0.2.5");
        binding.until = now() + seconds(600);
        binding.routes = {"<sip:10.0.0.1;lr>"};
        bindings_.put(binding);
        table.set_bindings(&bindings_);
    }
    ~BoundCallTest() override { table.set_bindings(nullptr); }

    static SipPath endpoint() {
        return {SipTransport::udp, tests::at("198.51.100.1"), *Endpoint::parse("10.1.1.5:5062", 0)};
    }
    static SipPath from(const char* address) {
        return {SipTransport::udp, tests::at("198.51.100.1"), tests::at(address)};
    }
    // An INVITE to the contact that the registrar has of us.
    SipMessage to_contact(const char* token = "00000000000000aa") {
        SipMessage message = invite();
        message.request_uri = std::string("sip:100@198.51.100.1;binding=") + token;
        return message;
    }
    ServerTxn receive(const SipMessage& message, const SipPath& path) {
        const auto txn = stack.receive(message, path, now());
        media.deliver();
        return txn;
    }
    BindingTable bindings_;
};

TEST_F(BoundCallTest, TheRegistrarsCallGoesToWhereTheRegisterCameFrom) {
    receive(to_contact(), from("192.0.2.5"));
    ASSERT_EQ(stack.sent_with("INVITE").size(), 1U);
    const auto out = invite_out().request;
    EXPECT_EQ(out.path.remote, endpoint().remote);
    EXPECT_EQ(out.path.local, endpoint().local);
    EXPECT_EQ(out.message.request_uri, "sip:100@10.0.0.7:5099");
    EXPECT_EQ(header(out.message, "Route"), "<sip:10.0.0.1;lr>");
}

TEST_F(BoundCallTest, ItConnectsLikeAnyCall) {
    invite_ = receive(to_contact(), from("192.0.2.5"));
    answer(invite_out(), 200, tests::sdp("10.1.1.5", 5000));
    EXPECT_EQ(statuses(invite_).back(), 200);
    EXPECT_EQ(log.text(), "connected");
}

TEST_F(BoundCallTest, AMessageOfTheRegistrarGoesThereToo) {
    SipMessage message = to_contact();
    message.method = "MESSAGE";
    message.set("CSeq", "1 MESSAGE");
    message.body.clear();
    receive(message, from("192.0.2.5"));
    const auto sent = stack.sent_with("MESSAGE");
    ASSERT_EQ(sent.size(), 1U);
    EXPECT_EQ(sent[0].request.path.remote, endpoint().remote);
    EXPECT_EQ(sent[0].request.message.request_uri, "sip:100@10.0.0.7:5099");
}

TEST_F(BoundCallTest, ABindingThatIsOverIs480) {
    loop.advance(seconds(600));
    EXPECT_EQ(statuses(receive(to_contact(), from("192.0.2.5"))).back(), 480);
    EXPECT_EQ(header(stack.answered.back().response, "Reason"), "Q.850;cause=20");
}

TEST_F(BoundCallTest, AnUnknownTokenIs480) {
    EXPECT_EQ(statuses(receive(to_contact("00000000000000ff"), from("192.0.2.5"))).back(), 480);
}

TEST_F(BoundCallTest, TheEndpointsOwnCallsAreTakenByDialPeer) {
    SipMessage message = invite();
    receive(message, endpoint());
    ASSERT_EQ(stack.sent_with("INVITE").size(), 1U);
    EXPECT_EQ(invite_out().request.path.remote, tests::at("192.0.2.20"));
}

TEST_F(BoundCallTest, SessionTargetRegistrarIsTheRegistrarOfSipUa) {
    const char* const line = "registrar 1 ipv4:192.0.2.5:5070";
    config.voice.sip.kept.push_back({line, line, ""});
    add_peer(30, "3..", "", "").target.kind = config::SessionTarget::Kind::registrar;
    apply();
    SipMessage message = invite();
    message.request_uri = "sip:300@198.51.100.1";
    receive(message, endpoint());
    ASSERT_EQ(stack.sent_with("INVITE").size(), 1U);
    EXPECT_EQ(invite_out().request.path.remote, *Endpoint::parse("192.0.2.5:5070", 0));
    EXPECT_EQ(invite_out().request.message.request_uri, "sip:300@192.0.2.5:5070");
}

TEST_F(BoundCallTest, AnotherPortOrTransportOfItsAddressIsAStranger) {
    SipPath other = endpoint();
    other.remote.port = 5063;
    receive(invite(), other);
    other = endpoint();
    other.transport = SipTransport::tcp;
    receive(invite(), other);
    EXPECT_EQ(stack.discarded.size(), 2U);
}

TEST_F(BoundCallTest, AnEndpointMayNotNameTheBindingOfAnother) {
    receive(to_contact(), endpoint());
    EXPECT_TRUE(stack.sent_with("INVITE").empty());
}

// What it says of its identity is not believed as a trunk's is (RFC 3325).
TEST_F(BoundCallTest, AnAssertedIdentityOfAnEndpointIsNotTakenOver) {
    SipMessage message = invite();
    message.add("Remote-Party-ID", "<sip:911@x>;party=calling");
    receive(message, endpoint());
    EXPECT_EQ(header(invite_out().request.message, "Remote-Party-ID").find("911"),
              std::string::npos);
}

TEST_F(BoundCallTest, WithoutItsBindingTheEndpointIsAStrangerAgain) {
    bindings_.erase_all("100@192.0.2.5");
    receive(invite(), endpoint());
    receive(to_contact(), from("192.0.2.5"));
    EXPECT_EQ(stack.discarded.size(), 2U);
}

}  // namespace
}  // namespace weir::signaling

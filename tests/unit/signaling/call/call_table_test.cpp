// SPDX-License-Identifier: Apache-2.0
// What the table does with requests that belong to no call, and with sessions that do not.
#include "config/base/limits.hpp"
#include "signaling/call/sip_router.hpp"
#include "tests/unit/signaling/call/call_bench.hpp"

namespace weir::signaling {
namespace {

using tests::sdp;

class CallTableTest : public tests::CallBench {
protected:
    ServerTxn receive(SipMessage message, const char* from = "203.0.113.5") {
        return stack.receive(std::move(message),
                             {SipTransport::udp, tests::at("198.51.100.1"), tests::at(from)},
                             now());
    }
    int status_of(SipMessage message) { return last_answer(receive(std::move(message))).status; }
};

TEST_F(CallTableTest, UntrustedInviteGetsNoByte) {
    const auto txn = receive(invite(), "10.9.9.9");
    EXPECT_TRUE(stack.answered.empty());
    ASSERT_EQ(stack.discarded.size(), 1U);
    EXPECT_EQ(stack.discarded[0], txn);
    EXPECT_EQ(table.size(), 0U);
}

TEST_F(CallTableTest, MessageThatCannotBeReadIsRefusedToTrustedSourcesOnly) {
    EXPECT_TRUE(table.admits(nullptr, caller_path()));
    auto path = caller_path();
    path.remote = tests::at("10.9.9.9");
    EXPECT_FALSE(table.admits(nullptr, path));
}

TEST_F(CallTableTest, DialogIsKnownByItsTagsFromAnyAddress) {
    connect();
    const auto txn = receive(from_caller("BYE"), "10.9.9.9");
    EXPECT_EQ(statuses(txn), (std::vector{200}));
}

TEST_F(CallTableTest, UntrustedInviteIsRefusedWhereDiscardingIsOff) {
    config.voice.silent_discard_untrusted = false;
    apply();
    const auto txn = receive(invite(), "10.9.9.9");
    EXPECT_EQ(last_answer(txn).status, 403);
    EXPECT_EQ(header(last_answer(txn), "Reason"), "Q.850;cause=21");
}

TEST_F(CallTableTest, TargetOfAPeerIsTrusted) {
    receive(invite(), "192.0.2.20");
    EXPECT_EQ(table.size(), 1U);
}

TEST_F(CallTableTest, MaxForwardsZeroIs483) {
    auto message = invite();
    message.set("Max-Forwards", "0");
    EXPECT_EQ(status_of(message), 483);
}

TEST_F(CallTableTest, UnknownSchemeIs416AndUnknownExtension420) {
    auto scheme = invite();
    scheme.request_uri = "urn:service:sos";
    EXPECT_EQ(status_of(scheme), 416);
    auto extension = invite();
    extension.add("Require", "100rel, nothing");
    const auto txn = receive(extension);
    EXPECT_EQ(last_answer(txn).status, 420);
    EXPECT_EQ(header(last_answer(txn), "Unsupported"), "nothing");
}

TEST_F(CallTableTest, BodyThatIsNoSdpIs415) {
    auto message = invite();
    message.set("Content-Type", "text/plain");
    const auto txn = receive(message);
    EXPECT_EQ(last_answer(txn).status, 415);
    EXPECT_EQ(header(last_answer(txn), "Accept"), "application/sdp");
}

TEST_F(CallTableTest, ContactThatIsNoSipAddressIs400) {
    auto message = invite();
    message.set("Contact", "<tel:+4930123456>");
    EXPECT_EQ(status_of(message), 400);
    EXPECT_EQ(table.size(), 0U);
}

TEST_F(CallTableTest, SameInviteByAnotherWayIs482) {
    receive(invite());
    EXPECT_EQ(status_of(invite()), 482);
    EXPECT_EQ(table.size(), 1U);
}

TEST_F(CallTableTest, WithoutBorderElementOrMediaPlaneIs503) {
    config.voice.border_element = false;
    apply();
    const auto txn = receive(invite());
    EXPECT_EQ(last_answer(txn).status, 503);
    EXPECT_EQ(header(last_answer(txn), "Retry-After"), "5");
    config.voice.border_element = true;
    apply();
    media.up = false;
    EXPECT_EQ(status_of(invite()), 503);
}

TEST_F(CallTableTest, WithoutAllowConnectionsNoCallIsRouted) {
    config.voice.allow_sip_to_sip = false;
    apply();
    EXPECT_EQ(last_answer(call()).status, 404);
}

TEST_F(CallTableTest, InboundMaxConnIs503WithAWarning) {
    config.dial_peers[config::DialPeerTag{10}].max_conn = 1;
    apply();
    connect();
    auto second = invite();
    second.set("Call-ID", "two@203.0.113.5");
    const auto txn = call(second);
    EXPECT_EQ(last_answer(txn).status, 503);
    EXPECT_NE(header(last_answer(txn), "Warning").find("dial-peer 10"), std::string::npos);
    caller_cseq_ = 1;
}

TEST_F(CallTableTest, MaxConnIsGivenBackAtTheEnd) {
    config.dial_peers[config::DialPeerTag{10}].max_conn = 1;
    config.dial_peers[config::DialPeerTag{20}].max_conn = 1;
    apply();
    for (int round = 0; round < 3; ++round) {
        stack.sent.clear();
        auto message = invite();
        message.set("Call-ID", std::to_string(round) + "@203.0.113.5");
        const auto txn = call(message);
        ASSERT_FALSE(stack.sent.empty()) << "round " << round;
        answer(stack.sent.back(), 486);
        EXPECT_EQ(last_answer(txn).status, 486);
        media.deliver();
    }
}

TEST_F(CallTableTest, OptionsOutsideADialogIsAnsweredWhileInService) {
    const auto options = [&] {
        auto message = request("OPTIONS", "sip:198.51.100.1");
        message.remove("Contact");
        return receive(message);
    };
    const auto txn = options();
    EXPECT_EQ(last_answer(txn).status, 200);
    for (const char* name : {"Allow", "Accept", "Supported"})
        EXPECT_NE(header(last_answer(txn), name), "(none)") << name;
    EXPECT_EQ(status_of(request("OPTIONS", "soap.beep://192.0.2.103:3002")), 416);
    config.voice.shutdown = true;
    apply();
    EXPECT_EQ(last_answer(options()).status, 503);
}

TEST_F(CallTableTest, MethodThatIsNotOfferedIs405WithAllow) {
    const auto txn = receive(request("DANCE", "sip:200@198.51.100.1"));
    EXPECT_EQ(last_answer(txn).status, 405);
    EXPECT_NE(header(last_answer(txn), "Allow").find("BYE"), std::string::npos);
}

TEST_F(CallTableTest, RequestOfNoDialogIs481ToATrustedSourceAndSilenceToOthers) {
    auto bye = request("BYE", "sip:200@198.51.100.1");
    EXPECT_EQ(status_of(bye), 481);
    bye.set("To", "<sip:200@198.51.100.1>;tag=w0-77-0-1234567890abcdef");
    EXPECT_EQ(status_of(bye), 481);
    const auto answers = stack.answered.size();
    receive(bye, "10.9.9.9");
    EXPECT_EQ(stack.answered.size(), answers);
}

TEST_F(CallTableTest, TagOfACallWithAnotherCallIdIsNotItsDialog) {
    connect();
    auto bye = from_caller("BYE");
    bye.set("Call-ID", "guess@203.0.113.5");
    EXPECT_EQ(status_of(bye), 481);
    EXPECT_EQ(log.text(), "connected");
}

TEST_F(CallTableTest, SessionsOfAnEarlierProcessAreLeftToTheMediaPlane) {
    media.hold_session({9, 4}, Guid{{1, 2, 3, 4}});
    media.come_up();
    media.deliver();
    ASSERT_EQ(table.orphans().size(), 1U);
    EXPECT_EQ(table.orphans()[0].guid, (Guid{{1, 2, 3, 4}}));
    EXPECT_TRUE(media.sent<dataplane::CloseSession>().empty());
    EXPECT_EQ(media.sent<dataplane::SetPortRange>().back().min, 8000);
}

TEST_F(CallTableTest, NewConfigurationIsForNewCallsOnly) {
    call();
    config.dial_peers.clear();
    apply();
    answer(invite_out(), 200, sdp("192.0.2.20", 5000));
    EXPECT_EQ(log.text(), "connected");
    EXPECT_NE(log.connected.config->find_peer(config::DialPeerTag{20}), nullptr);
}

TEST_F(CallTableTest, StackThatTakesNoRequestIsAFailedAttempt) {
    stack.refuse_sends = true;
    const auto txn = call();
    EXPECT_EQ(last_answer(txn).status, 408);
    media.deliver();
    EXPECT_EQ(media.opened, media.closed);
}

TEST_F(CallTableTest, AnonymousCallerStaysAnonymousButIsIdentified) {
    auto message = invite();
    message.set("From", "\"Anonymous\" <sip:anonymous@anonymous.invalid>;tag=caller");
    message.add("Privacy", "id");
    message.add("P-Asserted-Identity", "\"Ann\" <sip:+49301@pbx.example.net>");
    call(message);
    const auto out = invite_out().request.message;
    EXPECT_TRUE(header(out, "From").starts_with("\"Anonymous\" <sip:anonymous@198.51.100.1>"));
    EXPECT_EQ(header(out, "Remote-Party-ID"),
              "\"Ann\" <sip:+49301@198.51.100.1>;party=calling;screen=yes;privacy=full");
    EXPECT_EQ(table.calls().at(0).view.parties[0].number, "anonymous");
}

TEST_F(CallTableTest, TcpPeerIsReachedOverTheTcpListener) {
    config.dial_peers[config::DialPeerTag{20}].transport = config::Transport::tcp;
    apply();
    call();
    EXPECT_EQ(invite_out().request.path.transport, SipTransport::tcp);
    EXPECT_EQ(header(invite_out().request.message, "Contact"),
              "<sip:100@198.51.100.1;transport=tcp>");
}

// A dialog holder beside the calls.
class OneDialog final : public SipUser {
public:
    bool claim_request(const IncomingRequest& request) override {
        return request.message.find("To")->ends_with(";tag=mine");
    }
    bool claim_response(const IncomingResponse&) override { return false; }
    bool claim_failure(ClientTxn, TxnFailure) override { return false; }
    bool claim_ack(ServerTxn, const IncomingRequest&) override { return false; }
    bool claim_ack_timeout(ServerTxn) override { return false; }
    bool claim_cancel(ServerTxn, const IncomingRequest&) override { return false; }
};

TEST_F(CallTableTest, RouterGivesDialogsOfOthersToThem) {
    OneDialog other;
    SipRouter router(table);
    router.add(other);
    stack.set_events(router);
    auto bye = request("BYE", "sip:200@198.51.100.1");
    bye.set("To", "<sip:200@198.51.100.1>;tag=mine");
    receive(bye);
    EXPECT_TRUE(stack.answered.empty());
    bye.set("To", "<sip:200@198.51.100.1>;tag=yours");
    EXPECT_EQ(status_of(bye), 481);
}

TEST(Ids, NameTheirShardAndCall) {
    SeededRandom random(1);
    const TagOwner owner{3, CallId{255}};
    EXPECT_EQ(owner_of_tag(make_tag(owner, 2, random)), owner);
    for (const char* tag : {"", "w", "w3-ff-2", "x3-ff-2-1", "w3-gg-2-1", "w10000-1-1-1", "-3-1-1"})
        EXPECT_FALSE(owner_of_tag(tag)) << tag;
}

}  // namespace
}  // namespace weir::signaling

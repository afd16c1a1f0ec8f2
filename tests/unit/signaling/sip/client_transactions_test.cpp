// SPDX-License-Identifier: Apache-2.0
// Client transactions in virtual time: RFC 3261 17.1 and 9.1, RFC 6026, spec B.12.
#include "signaling/sip/client_transactions.hpp"

#include <map>
#include <vector>

#include <gtest/gtest.h>

#include "signaling/sip/wire_parser.hpp"
#include "tests/support/fake_loop.hpp"

namespace weir::signaling {
namespace {

using std::chrono::milliseconds;

struct FakeSender final : MessageSender {
    Result<void> send(std::uint64_t key, std::string text, const SipPath&) override {
        if (fails) return fail(ErrorCode::io, "no route");
        sent.push_back(parse_wire(text).message);
        keys.push_back(key);
        return {};
    }
    void send_again(std::uint64_t key) override { ++again[key]; }
    void forget(std::uint64_t key) override { forgotten.push_back(key); }

    bool fails = false;
    std::vector<SipMessage> sent;
    std::vector<std::uint64_t> keys;
    std::map<std::uint64_t, int> again;
    std::vector<std::uint64_t> forgotten;
};

class ClientTransactionsTest : public testing::Test {
protected:
    OutgoingRequest request(const std::string& method, SipTransport transport = SipTransport::udp) {
        OutgoingRequest result;
        result.message.method = method;
        result.message.request_uri = "sip:1000@192.0.2.1";
        result.message.headers = {
            {"Max-Forwards", "70"},         {"From", "<sip:a@192.0.2.9>;tag=1"},
            {"To", "<sip:1000@192.0.2.1>"}, {"Call-ID", "abc"},
            {"CSeq", "101 " + method},      {"Route", "<sip:proxy;lr>"}};
        result.message.body = "body";
        result.path = {.transport = transport,
                       .local = *Endpoint::parse("192.0.2.9:5060", 0),
                       .remote = *Endpoint::parse("192.0.2.1:5060", 0)};
        return result;
    }
    // An answer to the n-th message sent.
    bool answer(int status, std::size_t n = 0, const std::string& tag = "peer") {
        const SipMessage response = make_response(sender.sent[n], status, "", tag);
        return client.on_response(response, top_via(response), loop.clock().now());
    }
    std::vector<int> statuses() const {
        std::vector<int> result;
        for (const auto& response : responses)
            result.push_back(response.message.status);
        return result;
    }
    std::vector<std::string> methods() const {
        std::vector<std::string> result;
        for (const auto& message : sender.sent)
            result.push_back(message.method);
        return result;
    }

    tests::FakeLoop loop;
    FakeSender sender;
    SeededRandom random{1};
    SipStats stats;
    std::vector<IncomingResponse> responses;
    std::vector<std::pair<ClientTxn, TxnFailure>> failures;
    ClientTransactions client{
        {.loop = loop, .sender = sender, .random = random, .stats = stats},
        {},
        {.on_response = [this](const IncomingResponse& r) { responses.push_back(r); },
         .on_failure = [this](ClientTxn txn,
                              TxnFailure failure) { failures.emplace_back(txn, failure); }}};
};

TEST_F(ClientTransactionsTest, WritesItsViaOnTop) {
    ASSERT_TRUE(client.send(request("INVITE")).has_value());
    ASSERT_EQ(sender.sent.size(), 1U);
    const auto& via = sender.sent[0].headers.front();
    EXPECT_EQ(via.name, "Via");
    EXPECT_EQ(via.value.find("SIP/2.0/UDP 192.0.2.9:5060;branch=z9hG4bK"), 0U);
    EXPECT_EQ(*sender.sent[0].find("Content-Length"), "4");
}

TEST_F(ClientTransactionsTest, InviteRetriesDoubleAndEndAt64T1) {
    const auto txn = client.send(request("INVITE"));
    loop.advance(milliseconds(31'999));
    EXPECT_EQ(sender.again[txn->value()], 6);
    EXPECT_TRUE(failures.empty());
    loop.advance(milliseconds(1));
    ASSERT_EQ(failures.size(), 1U);
    EXPECT_EQ(failures[0], std::pair(*txn, TxnFailure::timeout));
    EXPECT_EQ(client.size(), 0U);
    EXPECT_EQ(loop.pending_timers(), 0U);
}

TEST_F(ClientTransactionsTest, TwoRetriesEndAfterThreeAndAHalfSeconds) {
    auto invite = request("INVITE");
    invite.retries = 2;
    const auto txn = client.send(invite);
    loop.advance(milliseconds(3'499));
    EXPECT_EQ(sender.again[txn->value()], 2);
    EXPECT_TRUE(failures.empty());
    loop.advance(milliseconds(1));
    EXPECT_EQ(failures.size(), 1U);
}

TEST_F(ClientTransactionsTest, EachRequestHasItsOwnT1) {
    auto options = request("OPTIONS");
    options.t1 = milliseconds(100);
    options.retries = 1;
    const auto txn = client.send(options);
    loop.advance(milliseconds(300));
    EXPECT_EQ(sender.again[txn->value()], 1);
    EXPECT_EQ(failures.size(), 1U);
}

TEST_F(ClientTransactionsTest, NonInviteRetriesAreAtMostT2Apart) {
    auto bye = request("BYE");
    bye.retries = 10;
    const auto txn = client.send(bye);
    loop.advance(milliseconds(31'999));  // 0.5 1.5 3.5 7.5 11.5 15.5 19.5 23.5 27.5 31.5
    EXPECT_EQ(sender.again[txn->value()], 10);
    loop.advance(milliseconds(1));
    EXPECT_EQ(failures.size(), 1U);
}

TEST_F(ClientTransactionsTest, NothingIsRepeatedOverTcp) {
    const auto txn = client.send(request("OPTIONS", SipTransport::tcp));
    loop.advance(milliseconds(40'000));
    EXPECT_EQ(sender.again[txn->value()], 0);
    EXPECT_EQ(failures.size(), 1U);
}

TEST_F(ClientTransactionsTest, AProvisionalResponseStopsAnInvitesRetriesAndItsTimeout) {
    const auto txn = client.send(request("INVITE"));
    EXPECT_TRUE(answer(100));
    EXPECT_TRUE(answer(180));
    loop.advance(std::chrono::minutes(3));
    EXPECT_EQ(sender.again[txn->value()], 0);
    EXPECT_TRUE(failures.empty());
    EXPECT_EQ(statuses(), (std::vector<int>{100, 180}));
}

TEST_F(ClientTransactionsTest, ANonInviteGoesOnEveryT2BehindAProvisionalResponse) {
    const auto txn = client.send(request("BYE"));
    answer(100);
    loop.advance(milliseconds(40'000));
    EXPECT_EQ(failures.size(), 1U);
    EXPECT_GE(sender.again[txn->value()], 7);
}

TEST_F(ClientTransactionsTest, ARefusalIsAcknowledgedEachTimeAndReportedOnce) {
    ASSERT_TRUE(client.send(request("INVITE")).has_value());
    answer(486);
    answer(486);
    EXPECT_EQ(statuses(), std::vector<int>{486});
    ASSERT_EQ(methods(), (std::vector<std::string>{"INVITE", "ACK", "ACK"}));
    const auto& ack = sender.sent[1];
    EXPECT_EQ(*ack.find("Via"), *sender.sent[0].find("Via"));
    EXPECT_EQ(*ack.find("To"), "<sip:1000@192.0.2.1>;tag=peer");
    EXPECT_EQ(*ack.find("CSeq"), "101 ACK");
    EXPECT_EQ(*ack.find("Route"), "<sip:proxy;lr>");
    EXPECT_EQ(ack.body, "");
    loop.advance(milliseconds(32'000));
    EXPECT_EQ(client.size(), 0U);
}

TEST_F(ClientTransactionsTest, Every2xxGoesUpAlsoForkedOnesAndNoneIsAcknowledgedHere) {
    ASSERT_TRUE(client.send(request("INVITE")).has_value());
    answer(180);
    answer(200, 0, "one");
    answer(200, 0, "one");
    answer(200, 0, "two");
    answer(486, 0, "three");
    EXPECT_EQ(statuses(), (std::vector<int>{180, 200, 200, 200}));
    EXPECT_EQ(methods(), std::vector<std::string>{"INVITE"});
    loop.advance(milliseconds(32'000));
    EXPECT_EQ(client.size(), 0U);
    EXPECT_TRUE(failures.empty());
    EXPECT_FALSE(answer(200, 0, "one")) << "the transaction is over";
}

TEST_F(ClientTransactionsTest, CancelWaitsForAProvisionalResponse) {
    const auto txn = client.send(request("INVITE"));
    client.cancel(*txn, "Q.850;cause=16");
    client.cancel(*txn, "");
    EXPECT_EQ(methods(), std::vector<std::string>{"INVITE"});
    answer(180);
    ASSERT_EQ(methods(), (std::vector<std::string>{"INVITE", "CANCEL"}));
    const auto& cancel = sender.sent[1];
    EXPECT_EQ(*cancel.find("Via"), *sender.sent[0].find("Via"));
    EXPECT_EQ(*cancel.find("CSeq"), "101 CANCEL");
    EXPECT_EQ(*cancel.find("To"), "<sip:1000@192.0.2.1>");
    EXPECT_EQ(*cancel.find("Reason"), "Q.850;cause=16");
    EXPECT_TRUE(answer(200, 1));
    answer(487);
    EXPECT_EQ(statuses(), (std::vector<int>{180, 487})) << "the CANCEL's own answer stays here";
}

TEST_F(ClientTransactionsTest, A2xxThatCrossesTheCancelIsStillReported) {
    const auto txn = client.send(request("INVITE"));
    answer(180);
    client.cancel(*txn, "");
    answer(200);
    EXPECT_EQ(statuses(), (std::vector<int>{180, 200}));
}

TEST_F(ClientTransactionsTest, AFinalResponseBeforeAnyProvisionalLeavesNothingToCancel) {
    const auto txn = client.send(request("INVITE"));
    client.cancel(*txn, "");
    answer(200);
    EXPECT_EQ(methods(), std::vector<std::string>{"INVITE"});
    client.cancel(*txn, "");
    EXPECT_EQ(methods(), std::vector<std::string>{"INVITE"});
}

TEST_F(ClientTransactionsTest, ACancelledInviteWithoutFinalResponseEndsAfter64T1) {
    const auto txn = client.send(request("INVITE"));
    answer(180);
    client.cancel(*txn, "");
    answer(200, 1);
    loop.advance(milliseconds(32'000));
    ASSERT_EQ(failures.size(), 1U);
    EXPECT_EQ(failures[0].first, *txn);
}

TEST_F(ClientTransactionsTest, AbandonedTransactionsAreSilentButStillAcknowledge) {
    const auto txn = client.send(request("INVITE"));
    answer(180);
    client.abandon(*txn);
    answer(486);
    EXPECT_EQ(statuses(), std::vector<int>{180});
    EXPECT_EQ(methods(), (std::vector<std::string>{"INVITE", "ACK"}));
}

TEST_F(ClientTransactionsTest, ForeignOrDoubleViaResponsesAreRefused) {
    ASSERT_TRUE(client.send(request("INVITE")).has_value());
    auto response = make_response(sender.sent[0], 200, "", "x");
    auto other = response;
    other.set("Via", "SIP/2.0/UDP 192.0.2.9:5060;branch=z9hG4bKother");
    EXPECT_FALSE(client.on_response(other, top_via(other), {}));
    other = response;
    other.add("Via", "SIP/2.0/UDP elsewhere");
    EXPECT_FALSE(client.on_response(other, top_via(other), {}));
    other = response;
    other.set("CSeq", "102 INVITE");
    EXPECT_FALSE(client.on_response(other, top_via(other), {}));
    other.set("CSeq", "101 BYE");
    EXPECT_FALSE(client.on_response(other, top_via(other), {}));
    EXPECT_TRUE(responses.empty());
}

TEST_F(ClientTransactionsTest, ABrokenTransportFailsARequestThatNobodyAnswered) {
    const auto first = client.send(request("OPTIONS"));
    const auto second = client.send(request("INVITE"));
    answer(100, 1);
    client.on_send_error(first->value());
    client.on_send_error(second->value());
    ASSERT_EQ(failures.size(), 1U);
    EXPECT_EQ(failures[0], std::pair(*first, TxnFailure::transport));
}

TEST_F(ClientTransactionsTest, ASendThatFailsAtOnceIsAnErrorAndNoEvent) {
    sender.fails = true;
    EXPECT_FALSE(client.send(request("INVITE")).has_value());
    EXPECT_EQ(client.size(), 0U);
    loop.advance(milliseconds(40'000));
    EXPECT_TRUE(failures.empty());
}

TEST_F(ClientTransactionsTest, TheAckOfA2xxHasABranchOfItsOwn) {
    ASSERT_TRUE(client.send(request("INVITE")).has_value());
    auto ack = request("ACK");
    ASSERT_TRUE(client.send_ack(ack).has_value());
    EXPECT_NE(*sender.sent[1].find("Via"), *sender.sent[0].find("Via"));
    EXPECT_EQ(sender.keys[1], 0U);
    EXPECT_EQ(client.size(), 1U);
}

TEST_F(ClientTransactionsTest, EverythingIsForgottenInTheEnd) {
    ASSERT_TRUE(client.send(request("INVITE")).has_value());
    ASSERT_TRUE(client.send(request("OPTIONS")).has_value());
    answer(486, 0);
    answer(200, 1);
    loop.advance(milliseconds(33'000));
    EXPECT_EQ(client.size(), 0U);
    EXPECT_EQ(sender.forgotten.size(), 2U);
    EXPECT_EQ(loop.pending_timers(), 0U);
}

// Spec D.3: what is made here passes by whoever applies profiles; repetitions are identical.
TEST(ClientTransactionsLeaving, CancelAndAckOfAFailureAreShownOnce) {
    tests::FakeLoop loop;
    FakeSender sender;
    SeededRandom random{1};
    SipStats stats;
    std::vector<std::string> shown;
    ClientTransactions client{{.loop = loop, .sender = sender, .random = random, .stats = stats},
                              {},
                              {.on_response = [](const IncomingResponse&) {},
                               .on_failure = [](ClientTxn, TxnFailure) {},
                               .leaving =
                                   [&](ClientTxn txn, SipMessage& message) {
                                       EXPECT_EQ(txn, ClientTxn{1});
                                       shown.push_back(message.method);
                                       message.add("X-Seen", std::to_string(shown.size()));
                                   }}};
    OutgoingRequest invite;
    invite.message.method = "INVITE";
    invite.message.request_uri = "sip:1000@192.0.2.1";
    invite.message.headers = {{"From", "<sip:a@192.0.2.9>;tag=1"},
                              {"To", "<sip:1000@192.0.2.1>"},
                              {"Call-ID", "abc"},
                              {"CSeq", "101 INVITE"}};
    invite.path = {.transport = SipTransport::udp,
                   .local = *Endpoint::parse("192.0.2.9:5060", 0),
                   .remote = *Endpoint::parse("192.0.2.1:5060", 0)};
    const auto txn = client.send(invite);
    ASSERT_TRUE(txn);
    const auto answer = [&](int status) {
        const SipMessage response = make_response(sender.sent[0], status, "", "peer");
        return client.on_response(response, top_via(response), loop.clock().now());
    };
    ASSERT_TRUE(answer(180));
    client.cancel(*txn, "");
    ASSERT_TRUE(answer(487));
    ASSERT_TRUE(answer(487));
    EXPECT_EQ(shown, (std::vector<std::string>{"CANCEL", "ACK"}));
    ASSERT_EQ(sender.sent.size(), 4U);
    EXPECT_EQ(*sender.sent[1].find("X-Seen"), "1");
    EXPECT_EQ(*sender.sent[2].find("X-Seen"), "2");
    EXPECT_EQ(*sender.sent[3].find("X-Seen"), "2") << "the same ACK again";
}

}  // namespace
}  // namespace weir::signaling

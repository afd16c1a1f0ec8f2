// SPDX-License-Identifier: Apache-2.0
// RFC 3428 (MESSAGE), 3903 (PUBLISH), 6665 (SUBSCRIBE, NOTIFY): requests outside of calls that go
// on by dial-peer.
#include "tests/conformance/transfer/transfer_bench.hpp"

namespace weir::signaling {
namespace {

class PassedRequests : public tests::TransferBench {
protected:
    ServerTxn from_sender(const std::string& method, std::vector<Header> more = {},
                          const std::string& body = {}) {
        SipMessage message = request(method, "sip:200@198.51.100.1");
        for (auto& header : more)
            message.set(header.name, std::move(header.value));
        message.body = body;
        return stack.receive(std::move(message), caller_path(), now());
    }
    // SUBSCRIBE, accepted by the far side for `expires`.
    ServerTxn subscribe(const char* expires = "600") {
        const auto txn = from_sender("SUBSCRIBE", {{"Event", "presence"}, {"Expires", "600"}});
        const auto out = last_out("SUBSCRIBE");
        SipMessage response = make_response(out.request.message, 200, "", "far");
        response.add("Contact", "<sip:200@192.0.2.20>");
        response.add("Expires", expires);
        stack.events().on_response({out.txn, std::move(response), now()});
        return txn;
    }
    // A NOTIFY of the far side.
    ServerTxn notify(const char* state, const char* tag = "far") {
        const SipMessage out = last_out("SUBSCRIBE").request.message;
        SipMessage message;
        message.method = "NOTIFY";
        message.request_uri = "sip:100@198.51.100.1";
        message.headers = {{"Via", "SIP/2.0/UDP 192.0.2.20;branch=z9hG4bK9"},
                           {"From", *out.find("To") + ";tag=" + tag},
                           {"To", *out.find("From")},
                           {"Call-ID", *out.find("Call-ID")},
                           {"CSeq", std::to_string(++far_cseq_) + " NOTIFY"},
                           {"Event", "presence"},
                           {"Subscription-State", state},
                           {"Contact", "<sip:200@192.0.2.20>"}};
        message.body = "<presence/>";
        return stack.receive(
            std::move(message),
            {SipTransport::udp, tests::at("198.51.100.1"), tests::at("192.0.2.20")}, now());
    }
    unsigned far_cseq_ = 0;
};

// RFC 3428 7: the message goes on, and its answer back; there is no dialog.
TEST_F(PassedRequests, AMessageGoesToTheDialPeerAndItsAnswerBack) {
    const auto txn = from_sender("MESSAGE", {{"Content-Type", "text/plain"}}, "hello");
    const auto out = last_out("MESSAGE");
    EXPECT_EQ(out.request.message.request_uri, "sip:200@192.0.2.20");
    EXPECT_EQ(out.request.path.remote, tests::at("192.0.2.20"));
    EXPECT_EQ(out.request.message.body, "hello");
    EXPECT_EQ(header(out.request.message, "Content-Type"), "text/plain");
    EXPECT_EQ(header(out.request.message, "Max-Forwards"), "69");
    EXPECT_NE(header(out.request.message, "Call-ID"), "one@203.0.113.5");
    answer(out, 202);
    EXPECT_EQ(statuses(txn), (std::vector<int>{202}));
}

TEST_F(PassedRequests, AFailedPeerIsFollowedByTheNext) {
    add_peer(21, "2..", "", "192.0.2.21").preference = 1;
    config.dial_peers[config::DialPeerTag{21}].preference = 1;
    apply();
    const auto txn = from_sender("MESSAGE", {}, "hello");
    stack.events().on_failure(last_out("MESSAGE").txn, TxnFailure::timeout);
    EXPECT_EQ(last_out("MESSAGE").request.path.remote, tests::at("192.0.2.21"));
    stack.events().on_failure(last_out("MESSAGE").txn, TxnFailure::timeout);
    EXPECT_EQ(statuses(txn), (std::vector<int>{408}));
}

TEST_F(PassedRequests, PublishCarriesItsTagsBack) {
    const auto txn =
        from_sender("PUBLISH", {{"Event", "presence"}, {"SIP-If-Match", "x1"}}, "<p/>");
    const auto out = last_out("PUBLISH");
    EXPECT_EQ(header(out.request.message, "SIP-If-Match"), "x1");
    stack.answer(out, 200, "far", {}, {{"SIP-ETag", "x2"}});
    EXPECT_EQ(header(last_answer(txn), "SIP-ETag"), "x2");
}

TEST_F(PassedRequests, WithoutARouteItIs404) {
    SipMessage message = request("MESSAGE", "sip:999@198.51.100.1");
    EXPECT_EQ(last_answer(stack.receive(std::move(message), caller_path(), now())).status, 404);
}

// RFC 6665 4.1, 4.2: NOTIFYs of the far side reach the subscriber in its own dialog.
TEST_F(PassedRequests, ASubscriptionIsNotifiedThroughUs) {
    const auto txn = subscribe();
    EXPECT_EQ(last_answer(txn).status, 200);
    EXPECT_EQ(header(last_answer(txn), "Expires"), "600");
    EXPECT_EQ(header(last_answer(txn), "Contact"), "<sip:200@198.51.100.1>");
    const auto told = notify("active;expires=599");
    const auto out = last_out("NOTIFY");
    EXPECT_EQ(out.request.path.remote, tests::at("203.0.113.5"));
    EXPECT_EQ(header(out.request.message, "Call-ID"), "one@203.0.113.5");
    EXPECT_EQ(header(out.request.message, "Subscription-State"), "active;expires=599");
    EXPECT_EQ(out.request.message.body, "<presence/>");
    answer(out, 200);
    EXPECT_EQ(last_answer(told).status, 200);
}

// 4.1.2.4: the NOTIFY overtakes the 2xx.
TEST_F(PassedRequests, ANotifyMayComeBeforeTheAnswer) {
    from_sender("SUBSCRIBE", {{"Event", "presence"}, {"Expires", "600"}});
    notify("active;expires=599", "early");
    EXPECT_EQ(stack.sent_with("NOTIFY").size(), 1U);
}

// 4.1.3: terminated ends it: what comes later finds nothing.
TEST_F(PassedRequests, TheTerminatedSubscriptionIsForgotten) {
    subscribe();
    notify("terminated;reason=timeout");
    answer(last_out("NOTIFY"), 200);
    EXPECT_EQ(last_answer(notify("active")).status, 481);
}

TEST_F(PassedRequests, ARefreshStaysInTheDialog) {
    const auto txn = subscribe();
    SipMessage refresh = request("SUBSCRIBE", "sip:200@198.51.100.1");
    refresh.set("To", *last_answer(txn).find("To"));
    refresh.set("CSeq", "2 SUBSCRIBE");
    refresh.add("Event", "presence");
    refresh.add("Expires", "0");
    stack.receive(std::move(refresh), caller_path(), now());
    const auto all = stack.sent_with("SUBSCRIBE");
    ASSERT_EQ(all.size(), 2U);
    EXPECT_EQ(header(all[1].request.message, "Call-ID"), header(all[0].request.message, "Call-ID"));
    EXPECT_EQ(header(all[1].request.message, "Expires"), "0");
}

// A subscriber that vanishes leaves nothing behind.
TEST_F(PassedRequests, ASubscriptionThatIsNotRefreshedEndsByItself) {
    subscribe("60");
    loop.advance(std::chrono::seconds(200));
    EXPECT_EQ(last_answer(notify("active")).status, 481);
    EXPECT_EQ(loop.pending_timers(), 0U);
}

TEST_F(PassedRequests, AChallengeIsAnswered) {
    config.dial_peers[config::DialPeerTag{20}].sip.authentication = {
        {"weir", *config::secret_of(0, "secret"), "provider", false}};
    apply();
    const auto txn = from_sender("MESSAGE", {}, "hello");
    stack.answer(last_out("MESSAGE"), 401, "far", {},
                 {{"WWW-Authenticate", R"(Digest realm="provider",nonce="n1")"}});
    ASSERT_EQ(stack.sent_with("MESSAGE").size(), 2U);
    EXPECT_NE(last_out("MESSAGE").request.message.find("Authorization"), nullptr);
    answer(last_out("MESSAGE"), 200);
    EXPECT_EQ(last_answer(txn).status, 200);
}

// Spec B.3: who is not trusted gets no byte.
TEST_F(PassedRequests, StrangersAreNotAnswered) {
    SipMessage message = request("MESSAGE", "sip:200@198.51.100.1");
    const auto txn = stack.receive(
        std::move(message), {SipTransport::udp, tests::at("198.51.100.1"), tests::at("198.18.0.1")},
        now());
    EXPECT_TRUE(statuses(txn).empty());
    EXPECT_TRUE(stack.sent_with("MESSAGE").empty());
}

}  // namespace
}  // namespace weir::signaling

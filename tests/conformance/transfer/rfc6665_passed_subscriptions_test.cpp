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

// ---- As for calls: profiles, lists, Session-ID ------------------------------------------------

class PassedEdge : public PassedRequests {
protected:
    using Rule = config::SipProfileRule;
    Rule& rule(std::uint32_t tag, Rule::Message message, const char* method_or_code,
               const char* header) {
        auto& profile = config.sip_profiles[tag];
        profile.tag = tag;
        Rule& made = profile.rules.emplace_back();
        made.message = message;
        made.header = header;
        (message == Rule::Message::request ? made.method : made.code) = method_or_code;
        return made;
    }
    void add(std::uint32_t tag, Rule::Message message, const char* method_or_code,
             const char* header, const char* line) {
        Rule& made = rule(tag, message, method_or_code, header);
        made.action = Rule::Action::add;
        made.value = line;
    }
    config::SipOptions& sip(std::uint32_t tag) {
        return config.dial_peers[config::DialPeerTag{tag}].sip;
    }
    static constexpr auto kRequest = Rule::Message::request;
    static constexpr auto kResponse = Rule::Message::response;
};

// Spec D.3: outbound profiles of the leg's own peer, of requests and responses.
TEST_F(PassedEdge, EachLegHasTheProfileOfItsPeer) {
    add(1, kRequest, "ANY", "X-Far", "X-Far: yes");
    add(2, kResponse, "ANY", "X-Near", "X-Near: yes");
    sip(20).profiles.outbound = 1;
    sip(10).profiles.outbound = 2;
    apply();
    const auto txn = from_sender("MESSAGE", {}, "hello");
    EXPECT_EQ(header(last_out("MESSAGE").request.message, "X-Far"), "yes");
    answer(last_out("MESSAGE"), 202);
    EXPECT_EQ(header(last_answer(txn), "X-Near"), "yes");
    EXPECT_EQ(header(last_answer(txn), "X-Far"), "(none)");
}

TEST_F(PassedEdge, ANotifyToTheSubscriberHasTheSubscribersProfile) {
    add(1, kRequest, "NOTIFY", "X-Far", "X-Far: yes");
    add(2, kRequest, "NOTIFY", "X-Near", "X-Near: yes");
    sip(20).profiles.outbound = 1;
    sip(10).profiles.outbound = 2;
    apply();
    subscribe();
    notify("active");
    EXPECT_EQ(header(last_out("NOTIFY").request.message, "X-Near"), "yes");
    EXPECT_EQ(header(last_out("NOTIFY").request.message, "X-Far"), "(none)");
}

// Spec D.3: the lookup is that of the message as the inbound profile leaves it; the response has
// From and To as they came (RFC 3261 8.2.6.2).
TEST_F(PassedEdge, AnInboundProfileComesBeforeTheLookup) {
    Rule& uri = rule(3, kRequest, "MESSAGE", "SIP-Req-URI");
    uri.action = Rule::Action::modify;
    uri.match = "sip:200@";
    uri.value = "sip:300@";
    Rule& from = rule(3, kRequest, "MESSAGE", "From");
    from.action = Rule::Action::modify;
    from.match = "sip:100@";
    from.value = "sip:199@";
    config.voice.sip.profiles.inbound = 3;
    config.voice.inbound_profiles = true;
    apply();
    const auto txn = from_sender("MESSAGE", {}, "hello");
    EXPECT_EQ(last_out("MESSAGE").request.path.remote, tests::at("192.0.2.30"));
    EXPECT_NE(header(last_out("MESSAGE").request.message, "From").find("sip:199@"),
              std::string::npos);
    answer(last_out("MESSAGE"), 200);
    EXPECT_NE(header(last_answer(txn), "From").find("sip:100@"), std::string::npos);
}

// Spec B.2: an unknown header goes on where `pass-thru headers unsupp` says so, and not else.
TEST_F(PassedEdge, HeadersPassByTheRuleOfTheirPeer) {
    from_sender("MESSAGE", {{"X-Ticket", "17"}}, "hello");
    EXPECT_EQ(header(last_out("MESSAGE").request.message, "X-Ticket"), "(none)");
    sip(10).pass_unsupported_headers = true;
    apply();
    from_sender("MESSAGE", {{"X-Ticket", "18"}, {"CSeq", "2 MESSAGE"}}, "hello");
    EXPECT_EQ(header(last_out("MESSAGE").request.message, "X-Ticket"), "18");
}

// RFC 7989 5: the far side learns the sender's UUID, and the sender the far side's.
TEST_F(PassedEdge, SessionIdNamesBothEnds) {
    const std::string ann = "11111111111111111111111111111111";
    const std::string bob = "22222222222222222222222222222222";
    const auto txn = from_sender(
        "MESSAGE", {{"Session-ID", ann + ";remote=" + std::string(kNilSessionUuid)}}, "hello");
    EXPECT_EQ(header(last_out("MESSAGE").request.message, "Session-ID").substr(0, 32), ann);
    stack.answer(last_out("MESSAGE"), 200, "far", {}, {{"Session-ID", bob + ";remote=" + ann}});
    EXPECT_EQ(header(last_answer(txn), "Session-ID"), bob + ";remote=" + ann);
}

// RFC 7989 7: for a party that does not know the header we speak, under one name.
TEST_F(PassedEdge, WhoSaysNoSessionIdGetsOne) {
    subscribe();
    notify("active");
    const std::string first = header(last_out("NOTIFY").request.message, "Session-ID");
    answer(last_out("NOTIFY"), 200);
    notify("active");
    EXPECT_EQ(header(last_out("NOTIFY").request.message, "Session-ID"), first);
    EXPECT_GE(first.size(), 32U);
}

}  // namespace
}  // namespace weir::signaling

// SPDX-License-Identifier: Apache-2.0
// REGISTERs of endpoints behind us on the wire of a fake stack: what the registrar and the endpoint
// see of each other.
#include "signaling/client/registration_proxy.hpp"

#include <gtest/gtest.h>

#include "signaling/client/show_passthrough.hpp"
#include "tests/support/fake_loop.hpp"
#include "tests/support/fake_sip_stack.hpp"
#include "tests/support/nobody.hpp"

namespace weir::signaling {
namespace {

using std::chrono::seconds;

class RegistrationProxyTest : public testing::Test {
protected:
    RegistrationProxyTest() {
        stack_.listening = {{SipTransport::udp, *Endpoint::parse("198.51.100.9:5060", 0)}};
        stack_.set_events(router_);
        router_.add(client_);
        line(config_.voice.sip.kept, "registration passthrough");
        line(config_.voice.sip.kept, "registrar 1 ipv4:192.0.2.5:5070 expires 3600");
        line(config_.voice.kept_sip, "registrar server expires max 600 min 60");
        apply();
    }
    static void line(config::KeptLines& lines, const char* text) {
        lines.push_back({text, text, ""});
    }
    void apply() { client_.set_config(std::make_shared<config::Config>(config_)); }
    SipMessage message(int expires = 300) {
        SipMessage made;
        made.method = "REGISTER";
        made.request_uri = "sip:198.51.100.9";
        made.headers = {{"Via", "SIP/2.0/UDP 10.1.1.5:5062;branch=z9hG4bK1"},
                        {"From", "\"Ann\" <sip:100@198.51.100.9>;tag=phone"},
                        {"To", "<sip:100@198.51.100.9>"},
                        {"Call-ID", "one@10.1.1.5"},
                        {"CSeq", std::to_string(++cseq_) + " REGISTER"},
                        {"Max-Forwards", "70"},
                        {"Contact", "<sip:100@10.1.1.5:5062>;q=0.7"},
                        {"Expires", std::to_string(expires)}};
        return made;
    }
    ServerTxn receive(const SipMessage& request) {
        const SipPath path{SipTransport::udp, *Endpoint::parse("198.51.100.9:5060", 0),
                           *Endpoint::parse("10.1.1.5:5062", 0)};
        return stack_.receive(request, path, loop_.clock().now());
    }
    auto sent() const { return stack_.sent_with("REGISTER"); }
    static std::string header(const SipMessage& of, const char* name) {
        const std::string* value = of.find(name);
        return value == nullptr ? "(none)" : *value;
    }
    void grant(int expires) {
        const auto last = sent().back();
        std::string contact = header(last.request.message, "Contact");
        contact = contact.substr(0, contact.find('>') + 1);
        stack_.answer(last, 200, "t", {},
                      {{"Contact", contact + ";expires=" + std::to_string(expires)}});
    }
    SipMessage answer_to(ServerTxn txn) const {
        const auto all = stack_.answers_to(txn);
        EXPECT_EQ(all.size(), 1U);
        return all.empty() ? SipMessage{} : all.back();
    }

    config::Config config_;
    tests::FakeLoop loop_;
    tests::FakeSipStack stack_;
    SeededRandom random_{7};
    NullLogger log_;
    tests::Nobody nobody_;
    SipRouter router_{nobody_};
    RegistrationProxy client_{{loop_, stack_, random_, log_}, {}, [](const IncomingRequest&) {
                                  return config::DialPeerTag{};
                              }};
    unsigned cseq_ = 0;
};

TEST_F(RegistrationProxyTest, TheRegistrarSeesOurContactAndNothingOfTheEndpoint) {
    receive(message());
    ASSERT_EQ(sent().size(), 1U);
    const SipMessage out = sent()[0].request.message;
    EXPECT_EQ(sent()[0].request.path.remote, *Endpoint::parse("192.0.2.5:5070", 0));
    EXPECT_EQ(out.request_uri, "sip:192.0.2.5:5070");
    EXPECT_EQ(header(out, "To"), "<sip:100@192.0.2.5:5070>");
    EXPECT_EQ(header(out, "From"), "\"Ann\" <sip:100@192.0.2.5:5070>;tag=phone");
    EXPECT_EQ(header(out, "CSeq"), "1 REGISTER");
    EXPECT_EQ(header(out, "Max-Forwards"), "69");
    EXPECT_TRUE(header(out, "Contact").starts_with("<sip:100@198.51.100.9;binding="));
    EXPECT_TRUE(header(out, "Contact").ends_with(">;q=0.7;expires=300"));
    EXPECT_EQ(to_wire(out).find("10.1.1.5"), std::string::npos);
}

TEST_F(RegistrationProxyTest, TheEndpointSeesItsOwnContactAgain) {
    const auto txn = receive(message());
    grant(200);
    const SipMessage answer = answer_to(txn);
    EXPECT_EQ(answer.status, 200);
    EXPECT_EQ(header(answer, "Contact"), "<sip:100@10.1.1.5:5062>;q=0.7;expires=200");
    EXPECT_NE(header(answer, "To").find(";tag="), std::string::npos);
    EXPECT_EQ(client_.bindings().size(), 1U);
}

TEST_F(RegistrationProxyTest, ChallengeAndAnswerPassAsTheyAre) {
    const auto first = receive(message());
    stack_.answer(sent()[0], 401, "t", {},
                  {{"WWW-Authenticate", "Digest realm=\"r\", nonce=\"n\""}});
    EXPECT_EQ(answer_to(first).status, 401);
    EXPECT_EQ(header(answer_to(first), "WWW-Authenticate"), "Digest realm=\"r\", nonce=\"n\"");
    SipMessage again = message();
    again.add("Authorization", "Digest username=\"100\", response=\"x\"");
    receive(again);
    ASSERT_EQ(sent().size(), 2U);
    EXPECT_EQ(header(sent()[1].request.message, "Authorization"),
              "Digest username=\"100\", response=\"x\"");
    EXPECT_EQ(header(sent()[1].request.message, "Call-ID"),
              header(sent()[0].request.message, "Call-ID"));
    EXPECT_EQ(header(sent()[1].request.message, "Contact"),
              header(sent()[0].request.message, "Contact"))
        << "the same binding";
}

TEST_F(RegistrationProxyTest, A423PassesWithItsTimeAndOursSaysOurs) {
    const auto theirs = receive(message(100));
    stack_.answer(sent()[0], 423, "t", {}, {{"Min-Expires", "120"}});
    EXPECT_EQ(answer_to(theirs).status, 423);
    EXPECT_EQ(header(answer_to(theirs), "Min-Expires"), "120");
    const auto ours = receive(message(59));
    EXPECT_EQ(answer_to(ours).status, 423);
    EXPECT_EQ(header(answer_to(ours), "Min-Expires"), "60");
    EXPECT_EQ(sent().size(), 1U);
}

TEST_F(RegistrationProxyTest, PathStaysWithTheBindingAndComesBackInThe200) {
    SipMessage request = message();
    request.add("Path", "<sip:proxy.example;lr>");
    request.add("Require", "path");
    const auto txn = receive(request);
    EXPECT_EQ(sent()[0].request.message.find("Path"), nullptr);
    grant(300);
    EXPECT_EQ(header(answer_to(txn), "Path"), "<sip:proxy.example;lr>");
    EXPECT_EQ(client_.bindings().all().begin()->second.routes,
              std::vector<std::string>{"<sip:proxy.example;lr>"});
}

TEST_F(RegistrationProxyTest, ASilentRegistrarOrNoneIsSaid) {
    const auto silent = receive(message());
    stack_.events().on_failure(sent()[0].txn, TxnFailure::timeout);
    EXPECT_EQ(answer_to(silent).status, 408);
    config_.voice.sip.kept.pop_back();
    apply();
    EXPECT_EQ(answer_to(receive(message())).status, 503);
}

// A node with a primary and a secondary registrar.
class SecondRegistrarTest : public RegistrationProxyTest {
protected:
    SecondRegistrarTest() {
        line(config_.voice.sip.kept, "registrar 2 ipv4:192.0.2.6 expires 3600 secondary");
        apply();
    }
    std::string last_place() const { return sent().back().request.path.remote.to_string(); }
    void be_silent() { stack_.events().on_failure(sent().back().txn, TxnFailure::timeout); }
};

TEST_F(SecondRegistrarTest, ASilentPrimaryIsGivenUpBeforeTheEndpointIs) {
    const auto txn = receive(message());
    EXPECT_EQ(last_place(), "192.0.2.5:5070");
    EXPECT_EQ(sent().back().request.retries, 2);
    be_silent();
    ASSERT_EQ(sent().size(), 2U);
    EXPECT_EQ(last_place(), "192.0.2.6:5060");
    EXPECT_GT(sent().back().request.retries, 2) << "the last one has all the time there is";
    EXPECT_EQ(sent().back().request.message.request_uri, "sip:192.0.2.6");
    EXPECT_EQ(header(sent().back().request.message, "To"), "<sip:100@192.0.2.6>");
    EXPECT_TRUE(stack_.answers_to(txn).empty());
    grant(200);
    EXPECT_EQ(answer_to(txn).status, 200);
    ASSERT_EQ(client_.bindings().size(), 1U);
    EXPECT_EQ(client_.bindings().all().begin()->second.registrar_index, 2);
}

TEST_F(SecondRegistrarTest, TheChallengeOfTheSecondaryIsAnsweredToIt) {
    receive(message());
    be_silent();
    stack_.answer(sent().back(), 401, "t", {}, {{"WWW-Authenticate", "Digest nonce=\"n\""}});
    receive(message());
    EXPECT_EQ(last_place(), "192.0.2.6:5060") << "the primary was silent a moment ago";
    loop_.advance(seconds(31));
    receive(message());
    EXPECT_EQ(last_place(), "192.0.2.5:5070") << "it may be back";
}

TEST_F(SecondRegistrarTest, AServersFailureGoesOnAndARefusalDoesNot) {
    const auto refused = receive(message());
    stack_.answer(sent().back(), 403, "t");
    EXPECT_EQ(answer_to(refused).status, 403);
    EXPECT_EQ(sent().size(), 1U);
    const auto both = receive(message());
    stack_.answer(sent().back(), 503, "t");
    EXPECT_EQ(last_place(), "192.0.2.6:5060");
    stack_.answer(sent().back(), 500, "t");
    EXPECT_EQ(answer_to(both).status, 500) << "what came last";
    EXPECT_EQ(sent().size(), 3U);
}

TEST_F(SecondRegistrarTest, BothSilentIsATimeout) {
    const auto txn = receive(message());
    be_silent();
    be_silent();
    EXPECT_EQ(answer_to(txn).status, 408);
}

TEST_F(SecondRegistrarTest, AnIndexNamesOneRegistrarAlone) {
    config_.voice.sip.kept[0].text = "registration passthrough registrar-index 1";
    apply();
    const auto txn = receive(message());
    be_silent();
    EXPECT_EQ(sent().size(), 1U);
    EXPECT_EQ(answer_to(txn).status, 408);
}

// What the next process has of this one.
class KeptBindings final : public BindingKeeper {
public:
    void keep(const Binding& binding) override { all.insert_or_assign(binding.token, binding); }
    void forget(const std::string& token) override { all.erase(token); }
    std::map<std::string, Binding> all;
};

TEST_F(RegistrationProxyTest, ABindingIsKeptUntilTheEndpointRemovesIt) {
    KeptBindings kept;
    client_.set_keeper(&kept);
    receive(message());
    EXPECT_TRUE(kept.all.empty()) << "only the registrar binds";
    grant(300);
    ASSERT_EQ(kept.all.size(), 1U);
    EXPECT_EQ(kept.all.begin()->second.contact, "sip:100@10.1.1.5:5062");
    receive(message(0));
    grant(0);
    EXPECT_TRUE(kept.all.empty());
    client_.set_keeper(nullptr);
}

TEST_F(RegistrationProxyTest, WhatWasBoundIsBoundAgainAndEndsInTime) {
    receive(message());
    grant(300);
    const Binding binding = client_.bindings().all().begin()->second;
    tests::FakeLoop loop;
    RegistrationProxy next({loop, stack_, random_, log_}, {},
                           [](const IncomingRequest&) { return config::DialPeerTag{}; });
    next.set_config(std::make_shared<config::Config>(config_));
    next.restore({binding});
    EXPECT_NE(next.bindings().find(binding.token, loop.clock().now()), nullptr);
    EXPECT_TRUE(next.bindings().has_source(binding.path));
    loop.advance(seconds(301));
    EXPECT_EQ(next.bindings().size(), 0U);
}

TEST_F(RegistrationProxyTest, NothingIsBoundAgainWhereNoREGISTERIsPassedAnyMore) {
    receive(message());
    grant(300);
    const Binding binding = client_.bindings().all().begin()->second;
    RegistrationProxy next({loop_, stack_, random_, log_}, {},
                           [](const IncomingRequest&) { return config::DialPeerTag{}; });
    config_.voice.kept_sip.clear();
    next.set_config(std::make_shared<config::Config>(config_));
    next.restore({binding});
    EXPECT_EQ(next.bindings().size(), 0U);
}

TEST_F(RegistrationProxyTest, WithoutBothLinesItIsNobodysREGISTER) {
    config_.voice.kept_sip.clear();
    apply();
    receive(message());
    EXPECT_TRUE(sent().empty());
    EXPECT_FALSE(client_.takes(message(), {}));
}

TEST_F(RegistrationProxyTest, WhatNobodyMayServeIsRefusedHere) {
    SipMessage looped = message();
    looped.set("Max-Forwards", "0");
    EXPECT_EQ(answer_to(receive(looped)).status, 483);
    SipMessage strange = message();
    strange.add("Require", "outbound");
    EXPECT_EQ(answer_to(receive(strange)).status, 420);
    EXPECT_EQ(header(stack_.answered.back().response, "Unsupported"), "outbound");
    SipMessage broken = message();
    broken.set("Contact", "<tel:100>");
    EXPECT_EQ(answer_to(receive(broken)).status, 400);
    EXPECT_TRUE(sent().empty());
}

TEST_F(RegistrationProxyTest, WithRateLimitARefreshIsAnsweredHere) {
    config_.voice.sip.kept[0].text = "registration passthrough rate-limit";
    apply();
    receive(message(60));
    EXPECT_TRUE(header(sent()[0].request.message, "Contact").ends_with(";expires=3600"));
    grant(3600);
    loop_.advance(seconds(50));
    const auto refresh = receive(message(60));
    EXPECT_EQ(sent().size(), 1U);
    EXPECT_EQ(answer_to(refresh).status, 200);
    EXPECT_TRUE(header(answer_to(refresh), "Contact").ends_with(";expires=60"));
    loop_.advance(seconds(61));
    EXPECT_EQ(client_.bindings().size(), 0U) << "no timer of the endpoint's has come";
    EXPECT_EQ(loop_.pending_timers(), 0U);
}

TEST_F(RegistrationProxyTest, ShowNamesTheLineBothTimesAndTheSource) {
    receive(message());
    grant(300);
    const auto rows = binding_rows(client_.bindings(), loop_.clock().now());
    ASSERT_EQ(rows.size(), 1U);
    EXPECT_EQ(rows[0].line, "100");
    const std::string text = show_passthrough(rows);
    EXPECT_NE(text.find("100                      0      p2p   300     1     300     "
                        "10.1.1.5:5062/udp"),
              std::string::npos)
        << text;
    EXPECT_NE(show_passthrough_detail(rows).find("Contact: sip:100@10.1.1.5:5062"),
              std::string::npos);
    EXPECT_EQ(show_passthrough({}), "No endpoint behind us is registered\n");
}

}  // namespace
}  // namespace weir::signaling

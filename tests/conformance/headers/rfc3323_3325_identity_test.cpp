// SPDX-License-Identifier: Apache-2.0
// RFC 3323 and 3325 on whole calls: who is asserted, to whom, and what withholding means; and the
// other headers that routing writes (spec B.2, B.3, B.10, G.3).
#include "tests/unit/signaling/call/call_bench.hpp"

namespace weir::tests {
namespace {

using config::AssertedId;

class Rfc3325 : public CallBench {
protected:
    config::DialPeer& peer(std::uint32_t tag) {
        return config.dial_peers[config::DialPeerTag{tag}];
    }
    // The INVITE that goes out for one with these headers.
    SipMessage out(const std::vector<signaling::Header>& headers, const char* from = nullptr) {
        SipMessage message = invite();
        if (from != nullptr) message.set("From", from);
        for (const auto& each : headers)
            message.add(each.name, each.value);
        apply();
        call(message);
        return invite_out().request.message;
    }
};

TEST_F(Rfc3325, AnAssertedIdentityGoesOnInTheHeaderOfTheLeg) {
    peer(20).sip.asserted_id = AssertedId::pai;
    const auto sent = out({{"Remote-Party-ID", "\"Bob\" <sip:555@pbx>;party=calling;privacy=off"}});
    EXPECT_EQ(header(sent, "P-Asserted-Identity"), "\"Bob\" <sip:555@198.51.100.1>");
    EXPECT_EQ(header(sent, "Remote-Party-ID"), "(none)");
}

TEST_F(Rfc3325, APreferredIdentityBecomesARemotePartyId) {
    const auto sent = out({{"P-Preferred-Identity", "<sip:556@pbx>"}});
    EXPECT_EQ(header(sent, "Remote-Party-ID"),
              "<sip:556@198.51.100.1>;party=calling;screen=yes;privacy=off");
}

TEST_F(Rfc3325, PrivacyIdMakesFromAnonymousAndKeepsTheAssertion) {
    peer(20).sip.asserted_id = AssertedId::pai;
    const auto sent = out({{"P-Asserted-Identity", "<sip:555@pbx>"}, {"Privacy", "id"}});
    EXPECT_TRUE(header(sent, "From").starts_with("\"Anonymous\" <sip:anonymous@198.51.100.1>"))
        << header(sent, "From");
    EXPECT_EQ(header(sent, "P-Asserted-Identity"), "<sip:555@198.51.100.1>");
    EXPECT_EQ(header(sent, "Privacy"), "id");
}

TEST_F(Rfc3325, AnIdentityThatNothingProtectsIsNotAsserted) {
    peer(20).sip.asserted_id = AssertedId::pai;
    peer(20).sip.privacy = "disable";
    const auto sent = out({{"P-Asserted-Identity", "<sip:555@pbx>"}, {"Privacy", "id"}});
    EXPECT_EQ(header(sent, "P-Asserted-Identity"), "(none)");
}

TEST_F(Rfc3325, AnIdentityOfAnUntrustedSourceIsNotBelieved) {
    config.voice.trusted.authenticate = false;
    config.voice.trusted.prefixes.clear();
    const auto sent = out({{"P-Asserted-Identity", "<sip:555@pbx>"}});
    EXPECT_TRUE(header(sent, "Remote-Party-ID").find("sip:100@") != std::string::npos)
        << header(sent, "Remote-Party-ID");
}

TEST_F(Rfc3325, TheConnectedPartyIsToldInTheHeaderOfTheCallersLeg) {
    peer(10).sip.asserted_id = AssertedId::pai;
    apply();
    const auto txn = call();
    stack.answer(invite_out(), 200, "callee", sdp("192.0.2.20", 5000),
                 {{"Contact", "<sip:200@192.0.2.20>"},
                  {"Remote-Party-ID", "\"Desk\" <sip:299@pbx>;party=called;privacy=off"}});
    media.deliver();
    EXPECT_EQ(header(last_answer(txn), "P-Asserted-Identity"), "\"Desk\" <sip:299@198.51.100.1>");
}

TEST_F(Rfc3325, PassthruHandsThePrivacyOnAsItCame) {
    peer(20).sip.privacy_passthru = true;
    EXPECT_EQ(header(out({{"Privacy", "header;id"}}), "Privacy"), "header;id");
}

// ---- spec B.2
// -------------------------------------------------------------------------------------

TEST_F(Rfc3325, LocalhostStandsInFromCallIdAndIdentity) {
    peer(20).sip.localhost = "sbc.example";
    const auto sent = out({});
    EXPECT_TRUE(header(sent, "From").starts_with("\"Ann\" <sip:100@sbc.example>"));
    EXPECT_TRUE(header(sent, "Call-ID").ends_with("@sbc.example"));
    EXPECT_TRUE(header(sent, "Remote-Party-ID").find("100@sbc.example>") != std::string::npos);
}

struct Scheme {
    config::UrlScheme scheme;
    const char* uri;
};

TEST_F(Rfc3325, TheRequestUriHasTheSchemeOfThePeer) {
    for (const auto& [scheme, uri] :
         {Scheme{config::UrlScheme::sip, "sip:200@192.0.2.20"},
          Scheme{config::UrlScheme::sips, "sips:200@192.0.2.20"},
          Scheme{config::UrlScheme::tel, "tel:200"},
          Scheme{config::UrlScheme::tel_phone_context, "tel:200;phone-context=192.0.2.20"}}) {
        peer(20).sip.url = scheme;
        apply();
        SipMessage message = invite();
        message.set("Call-ID", uri);
        call(message);
        EXPECT_EQ(stack.sent_with("INVITE").back().request.message.request_uri, uri);
    }
}

TEST_F(Rfc3325, RequriPassingKeepsTheHostsThatCame) {
    peer(20).sip.requri_passing = true;
    SipMessage message = invite();
    message.request_uri = "sip:200@ims.example.net:5070";
    message.set("To", "<sip:200@home.example.net>");
    apply();
    call(message);
    EXPECT_EQ(invite_out().request.message.request_uri, "sip:200@ims.example.net:5070");
    EXPECT_EQ(header(invite_out().request.message, "To"), "<sip:200@home.example.net>");
    EXPECT_EQ(invite_out().request.path.remote, at("192.0.2.20"));
}

TEST_F(Rfc3325, MaxForwardsIsThePeersAndNotTheCallers) {
    config.voice.sip.max_forwards = 30;
    EXPECT_EQ(header(out({}), "Max-Forwards"), "30");
}

TEST_F(Rfc3325, HistoryInfoIsSentWhenConfiguredAndHiddenWithAddressHiding) {
    peer(20).sip.history_info = true;
    config.voice.address_hiding = true;
    SipMessage message = invite();
    message.add("History-Info", "<sip:199@10.0.0.1>;index=1");
    apply();
    call(message);
    const SipMessage sent = invite_out().request.message;
    const auto entries = sent.all("History-Info");
    ASSERT_EQ(entries.size(), 2U);
    EXPECT_EQ(entries[0], "<sip:199@198.51.100.1>;index=1");
    EXPECT_EQ(entries[1], "<sip:200@192.0.2.20>;index=1.1");
}

TEST_F(Rfc3325, StripTakesDiversionAway) {
    peer(20).sip.privacy_strip_diversion = true;
    EXPECT_EQ(header(out({{"Diversion", "<sip:1@a>"}}), "Diversion"), "(none)");
}

TEST_F(Rfc3325, ACallIsRoutedByPCalledPartyId) {
    // Whoever the contact matches, if anybody: the global setting counts for dial-peer 0, too.
    config.voice.sip.call_route_p_called_party_id = true;
    SipMessage message = invite();
    message.request_uri = "sip:registered-contact@198.51.100.1";
    message.add("P-Called-Party-ID", "<sip:245@home>");
    apply();
    call(message);
    EXPECT_EQ(invite_out().request.message.request_uri, "sip:245@192.0.2.20");
}

TEST_F(Rfc3325, ACallIsRoutedByTheFirstEntryOfHistoryInfo) {
    peer(10).sip.call_route_history_info = true;
    SipMessage message = invite();
    message.request_uri = "sip:999@198.51.100.1";
    message.add("History-Info", "<sip:246@home>;index=1, <sip:999@vm>;index=1.1");
    apply();
    call(message);
    EXPECT_EQ(invite_out().request.message.request_uri, "sip:246@192.0.2.20");
}

TEST_F(Rfc3325, AHostThatIsNotPermittedGets400) {
    config.voice.sip.permit_hostname = {"sbc.example.net"};
    apply();
    for (const auto& [uri, refused] :
         {std::pair{"sip:200@sbc.example.net", false}, std::pair{"sip:200@198.51.100.1", false},
          std::pair{"sip:200@other.example", true}, std::pair{"sip:200@203.0.113.99", true}}) {
        SipMessage message = invite();
        message.request_uri = uri;
        message.set("Call-ID", uri);
        const auto txn = call(message);
        EXPECT_EQ(last_answer(txn).status == 400, refused) << uri;
    }
}

// ---- spec G.3
// -------------------------------------------------------------------------------------

TEST_F(Rfc3325, ACallThatComesBackAFourthTimeIsALoop) {
    std::string token;
    for (const int pass : {1, 2, 3, 4}) {
        SipMessage message = invite();
        message.set("Call-ID", "pass-" + std::to_string(pass));
        message.set("Max-Forwards", "50");
        if (!token.empty()) message.add("X-Loop", token);
        const auto txn = call(message);
        if (pass == 4) {
            EXPECT_EQ(last_answer(txn).status, 482);
            continue;
        }
        const SipMessage sent = stack.sent_with("INVITE").back().request.message;
        token = header(sent, "X-Loop");
        EXPECT_TRUE(token.ends_with(";n=" + std::to_string(pass))) << token;
        EXPECT_EQ(header(sent, "Max-Forwards"), pass == 1 ? "70" : "49");
    }
}

TEST_F(Rfc3325, ACallToOurselvesLosesAHop) {
    peer(20).target.address = *IpAddress::parse("198.51.100.1");
    SipMessage message = invite();
    message.set("Max-Forwards", "9");
    apply();
    call(message);
    EXPECT_EQ(header(invite_out().request.message, "Max-Forwards"), "8");
}

// ---- spec B.8
// -------------------------------------------------------------------------------------

TEST_F(Rfc3325, UnknownHeadersPassBothWaysOnlyWhenTheLegSaysSo) {
    EXPECT_EQ(header(out({{"User-to-User", "56a390;encoding=hex"}, {"Alert-Info", "<urn:x>"}}),
                     "User-to-User"),
              "(none)");
    EXPECT_EQ(header(invite_out().request.message, "Alert-Info"), "<urn:x>");
    peer(10).sip.pass_unsupported_headers = true;
    apply();
    SipMessage message = invite();
    message.set("Call-ID", "second");
    message.add("User-to-User", "56a390;encoding=hex");
    call(message);
    EXPECT_EQ(header(invite_out(1).request.message, "User-to-User"), "56a390;encoding=hex");
}

TEST_F(Rfc3325, HeadersOfAFailurePassByTheRuleOfTheOutboundPeer) {
    peer(20).sip.pass_unsupported_headers = true;
    apply();
    const auto txn = call();
    stack.answer(invite_out(), 486, "callee", {}, {{"X-Why", "lunch"}, {"Contact", "<sip:1@in>"}});
    media.deliver();
    EXPECT_EQ(header(last_answer(txn), "X-Why"), "lunch");
    EXPECT_EQ(header(last_answer(txn), "Contact"), "(none)");
}

}  // namespace
}  // namespace weir::tests

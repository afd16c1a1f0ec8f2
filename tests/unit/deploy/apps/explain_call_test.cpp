// SPDX-License-Identifier: Apache-2.0
// Whole explanations: the door, routing and recording of calls made of words and of INVITEs.
#include "deploy/apps/explain_call.hpp"

#include <string>

#include <boost/json.hpp>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "config/language/language.hpp"

namespace weir::apps {
namespace {

using testing::HasSubstr;

constexpr const char* kConfig = R"(voice service voip
 ip address trusted list
  ipv4 203.0.113.0 255.255.255.0
 allow-connections sip to sip
voice class uri ITSP sip
 host ipv4:203.0.113.7
media class 1
 recorder parameter
  media-recording 9000 9001
dial-peer voice 10 voip
 description IN from the provider
 session protocol sipv2
 incoming uri via ITSP
 media-class 1
 codec g711ulaw
dial-peer voice 20 voip
 destination-pattern 80..$
 session protocol sipv2
 session target ipv4:198.51.100.20
 codec g711ulaw
dial-peer voice 9000 voip
 destination-pattern A9000
 session protocol sipv2
 session target ipv4:198.51.100.90
dial-peer voice 9001 voip
 destination-pattern A9001
 session protocol sipv2
 session target ipv4:198.51.100.91
 shutdown
)";

std::shared_ptr<const dialplan::DialPlan> plan() {
    const auto reading = config::language::read_text(kConfig, "test");
    return *dialplan::DialPlan::compile(reading.config);
}

dialplan::Explanation explained(const ExplainedCall& call) {
    SeededRandom random(1);
    return explain_call(*plan(), call, random, dialplan::UsageMap{});
}

ExplainedCall words(const std::string& called, const std::string& source) {
    CallWords words{"5000", called, std::nullopt, "udp", ""};
    if (!source.empty()) words.source = *Endpoint::parse(source, 5060);
    return call_of_words(*plan()->config(), words);
}

boost::json::object json_of(const dialplan::Explanation& explanation) {
    return boost::json::parse(dialplan::explain_json(explanation)).as_object();
}

TEST(ExplainCall, ACallOfATrustedSourceIsExplainedFromEndToEnd) {
    const auto explanation = explained(words("8001", "203.0.113.7"));
    const auto json = json_of(explanation);
    EXPECT_EQ(json.at("inbound"),
              boost::json::parse(R"({"tag":10,"criterion":"incoming uri via","matched":"ITSP"})"));
    EXPECT_EQ(json.at("called"), "8001");
    EXPECT_EQ(json.at("calling"), "5000");
    EXPECT_EQ(json.at("translations"), boost::json::array());
    const auto& candidate = json.at("candidates").at(0).as_object();
    EXPECT_EQ(candidate.at("tag"), 20);
    EXPECT_EQ(candidate.at("length"), 2);
    EXPECT_EQ(candidate.at("matched"), "8001");
    EXPECT_EQ(json.at("recording"), boost::json::parse(R"({"class":1,"recorders":[9000]})"));
    EXPECT_FALSE(json.contains("refused"));
    EXPECT_FALSE(json.at("losers").as_array().empty());
    const auto text = dialplan::explain_text(*plan()->config(), explanation);
    EXPECT_THAT(text, HasSubstr("dial-peer 10  IN from the provider"));
    EXPECT_THAT(text, HasSubstr("not used: 9001: is shut down"));
}

TEST(ExplainCall, AnUntrustedSourceIsRefusedAtTheDoor) {
    const auto explanation = explained(words("8001", "192.0.2.1"));
    const auto json = json_of(explanation);
    EXPECT_EQ(json.at("refused"), boost::json::parse(R"({"cause":21,"sip":0})"));
    EXPECT_EQ(json.at("called"), "8001");  // what would happen if it were let in
    EXPECT_THAT(dialplan::explain_text(*plan()->config(), explanation),
                HasSubstr("no answer at all"));
}

TEST(ExplainCall, TheEndOfOursOnWhichTheCallComesChoosesTheTenant) {
    const auto reading = config::language::read_text(
        std::string(kConfig) +
            "voice class tenant 7\n listen-port non-secure 5070\n"
            "dial-peer voice 30 voip\n session protocol sipv2\n incoming called-number 80..\n"
            " voice-class sip tenant 7\n",
        "test");
    ASSERT_TRUE(reading.config);
    const auto with_tenant = *dialplan::DialPlan::compile(reading.config);
    CallWords said{"5000", "8000", *Endpoint::parse("203.0.113.7", 0), "udp", ""};
    SeededRandom random(1);
    const auto inbound = [&] {
        return explain_call(*with_tenant, call_of_words(*reading.config, said), random,
                            dialplan::UsageMap{})
            .decision.inbound.peer;
    };
    EXPECT_EQ(inbound(), config::DialPeerTag{10});
    said.local = *Endpoint::parse("192.0.2.1:5070", 0);
    EXPECT_EQ(inbound(), config::DialPeerTag{30});
}

TEST(ExplainCall, ANumberThatNobodyServesIsRefusedWithItsCause) {
    const auto json = json_of(explained(words("7001", "203.0.113.7")));
    EXPECT_EQ(json.at("refused"), boost::json::parse(R"({"cause":1,"sip":404})"));
    EXPECT_EQ(json.at("candidates"), boost::json::array());
}

TEST(ExplainCall, AnInviteOfATextFileIsTaken) {
    const auto call = call_of_invite(
        "INVITE sip:8001@198.51.100.10 SIP/2.0\nVia: SIP/2.0/UDP 203.0.113.7:5070;branch=z9hG4bK1\n"
        "From: <sip:5000@203.0.113.7>;tag=1\nTo: <sip:8001@198.51.100.10>\nCall-ID: a\n"
        "CSeq: 1 INVITE\nMax-Forwards: 70\n",
        {});
    ASSERT_TRUE(call) << call.error().context;
    EXPECT_EQ(call->source->to_string(), "203.0.113.7");
    EXPECT_EQ(explained(*call).decision.inbound.peer, config::DialPeerTag{10});
}

TEST(ExplainCall, WhatIsNoInviteIsRefusedWithAReason) {
    const auto call = call_of_invite("SIP/2.0 200 OK\r\nVia: SIP/2.0/UDP a\r\n\r\n", {});
    ASSERT_FALSE(call);
    EXPECT_THAT(call.error().context, HasSubstr("no INVITE"));
}

TEST(ExplainCall, BytesThatAreNoTextLeaveTheJsonReadable) {
    const auto json = json_of(explained(words("80\xff\n1", "203.0.113.7")));
    EXPECT_EQ(json.at("called"), "80\\xff\\x0a1");
}

}  // namespace
}  // namespace weir::apps

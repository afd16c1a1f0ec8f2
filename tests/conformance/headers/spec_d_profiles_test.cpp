// SPDX-License-Identifier: Apache-2.0
// Spec D.3, D.4 on whole calls: profiles are the first thing on the way in and the last on the way
// out, and the machine in between knows nothing of them.
#include "tests/unit/signaling/call/call_bench.hpp"

namespace weir::tests {
namespace {

using Rule = config::SipProfileRule;

class SpecD : public CallBench {
protected:
    Rule& add_rule(std::uint32_t tag, Rule::Message message, const char* name) {
        auto& profile = config.sip_profiles[tag];
        profile.tag = tag;
        Rule& rule = profile.rules.emplace_back();
        rule.message = message;
        rule.header = name;
        return rule;
    }
    void modify(std::uint32_t tag, Rule::Message message, const char* method_or_code,
                const char* name, const char* match, const char* value) {
        Rule& rule = add_rule(tag, message, name);
        (message == Rule::Message::request ? rule.method : rule.code) = method_or_code;
        rule.action = Rule::Action::modify;
        rule.match = match;
        rule.value = value;
    }
    void add(std::uint32_t tag, Rule::Message message, const char* method_or_code,
             const char* line) {
        Rule& rule = add_rule(tag, message,
                              std::string(line).substr(0, std::string(line).find(':')).c_str());
        (message == Rule::Message::request ? rule.method : rule.code) = method_or_code;
        rule.action = Rule::Action::add;
        rule.value = line;
    }
    config::SipOptions& sip(std::uint32_t tag) {
        return config.dial_peers[config::DialPeerTag{tag}].sip;
    }
    static constexpr auto kRequest = Rule::Message::request;
    static constexpr auto kResponse = Rule::Message::response;
};

TEST_F(SpecD, AnOutboundProfileSeesTheInviteTheAckAndTheBye) {
    add(1, kRequest, "ANY", "X-Tenant: gold");
    sip(20).profiles.outbound = 1;
    apply();
    const auto txn = connect();
    EXPECT_EQ(header(invite_out().request.message, "X-Tenant"), "gold");
    EXPECT_EQ(header(stack.acks[0].message, "X-Tenant"), "gold");
    EXPECT_EQ(header(last_answer(txn), "X-Tenant"), "(none)");
    send_from_caller("BYE");
    EXPECT_EQ(header(stack.sent_with("BYE")[0].request.message, "X-Tenant"), "gold");
}

// What the stack makes by itself goes by the table on its way out.
TEST_F(SpecD, AnOutboundProfileSeesTheCancelAndTheAckOfAFailure) {
    add(1, kRequest, "CANCEL", "X-Gone: 1");
    add(1, kRequest, "ACK", "X-Heard: 1");
    modify(1, kRequest, "ANY", "From", "sip:", "sip:0");
    sip(20).profiles.outbound = 1;
    apply();
    call();
    const auto out = invite_out();
    SipMessage cancel = out.request.message;
    cancel.method = "CANCEL";
    const std::string from = header(cancel, "From");
    table.leaving(out.txn, cancel);
    EXPECT_EQ(header(cancel, "X-Gone"), "1");
    EXPECT_EQ(header(cancel, "From"), from) << "RFC 3261 9.1: it is that of the INVITE";
    SipMessage ack = out.request.message;
    ack.method = "ACK";
    table.leaving(out.txn, ack);
    EXPECT_EQ(header(ack, "X-Heard"), "1");
    EXPECT_EQ(header(ack, "X-Gone"), "(none)");
}

TEST_F(SpecD, AReInviteHasRulesOfItsOwn) {
    add(1, kRequest, "REINVITE", "X-Mid: 1");
    add(1, kRequest, "INVITE", "X-First: 1");
    sip(20).profiles.outbound = 1;
    apply();
    connect();
    send_from_caller("INVITE", sdp("203.0.113.5", 4000, "a=sendonly\r\n"));
    EXPECT_EQ(header(invite_out(0).request.message, "X-Mid"), "(none)");
    EXPECT_EQ(header(invite_out(0).request.message, "X-First"), "1");
    EXPECT_EQ(header(invite_out(1).request.message, "X-Mid"), "1");
    EXPECT_EQ(header(invite_out(1).request.message, "X-First"), "(none)");
}

TEST_F(SpecD, AStatusLineIsChangedOnTheWireAndTheCallGoesOn) {
    modify(1, kResponse, "183", "SIP-StatusLine", "183 Session Progress", "180 Ringing");
    sip(10).profiles.outbound = 1;
    apply();
    const auto txn = call();
    answer(invite_out(), 183, sdp("192.0.2.20", 5000));
    EXPECT_EQ(last_answer(txn).status, 180);
    EXPECT_FALSE(last_answer(txn).body.empty());
    answer(invite_out(), 200, sdp("192.0.2.20", 5000));
    EXPECT_EQ(last_answer(txn).status, 200);
}

TEST_F(SpecD, AnInboundProfileIsAppliedBeforeThePeerIsLookedUp) {
    modify(1, kRequest, "INVITE", "SIP-Req-URI", "sip:9(.*)@.*;user=phone", "sip:\\1@198.51.100.1");
    config.voice.inbound_profiles = true;
    sip(10).profiles.inbound = 1;
    apply();
    SipMessage message = invite();
    message.request_uri = "sip:9200@anything;user=phone";
    call(message);
    EXPECT_EQ(invite_out().request.message.request_uri, "sip:200@192.0.2.20");
}

TEST_F(SpecD, AnInboundProfileSleepsWithoutTheBareLine) {
    modify(1, kRequest, "INVITE", "SIP-Req-URI", "sip:200@", "sip:201@");
    sip(10).profiles.inbound = 1;
    apply();
    call();
    EXPECT_EQ(invite_out().request.message.request_uri, "sip:200@192.0.2.20");
}

TEST_F(SpecD, TheResponseHasFromAndToAsTheyCame) {
    modify(1, kRequest, "INVITE", "From", "sip:100@", "sip:777@");
    config.voice.inbound_profiles = true;
    sip(10).profiles.inbound = 1;
    apply();
    const auto txn = connect();
    EXPECT_TRUE(header(invite_out().request.message, "From").find("sip:777@") != std::string::npos);
    EXPECT_EQ(header(last_answer(txn), "From"), "\"Ann\" <sip:100@pbx.example.net>;tag=caller");
}

TEST_F(SpecD, AnInboundProfileChangesTheDescriptionOfTheAnswer) {
    Rule& rule = add_rule(1, kResponse, "Audio-Attribute");
    rule.code = "ANY";
    rule.part = Rule::Part::sdp_header;
    rule.action = Rule::Action::modify;
    rule.match = "a=(sendonly|recvonly)";
    rule.value = "a=sendrecv";
    config.voice.inbound_profiles = true;
    sip(20).profiles.inbound = 1;
    apply();
    const auto txn = call();
    answer(invite_out(), 200, sdp("192.0.2.20", 5000, "a=recvonly\r\n"));
    EXPECT_EQ(last_answer(txn).body.find("recvonly"), std::string::npos);
}

TEST_F(SpecD, AHeaderIsCopiedToTheOtherLegThroughTheCopyList) {
    Rule& copy = add_rule(1, kRequest, "P-Asserted-Identity");
    copy.method = "INVITE";
    copy.part = Rule::Part::peer_sip_header;
    copy.action = Rule::Action::copy;
    copy.match = "<sip:(.*)@";
    copy.variable = 1;
    add(1, kRequest, "INVITE", "X-Orig-User: \\u01");
    sip(20).profiles.outbound = 1;
    for (const bool listed : {false, true}) {
        if (listed) {
            config.copy_lists[5].headers = {"P-Asserted-Identity"};
            sip(10).copy_list = 5;
        }
        apply();
        SipMessage message = invite();
        message.set("Call-ID", listed ? "listed" : "not");
        message.add("P-Asserted-Identity", "<sip:5550@pbx>");
        call(message);
        EXPECT_EQ(header(stack.sent_with("INVITE").back().request.message, "X-Orig-User"),
                  listed ? "5550" : "(none)");
    }
}

TEST_F(SpecD, ARefusedRequestOfNoCallHasTheGlobalProfile) {
    modify(1, kResponse, "ANY", "Server", ".*", "Server: edge/1.0");
    config.voice.sip.profiles.outbound = 1;
    apply();
    const auto txn = stack.receive(request("OPTIONS", "sip:198.51.100.1"), caller_path(), now());
    EXPECT_EQ(header(last_answer(txn), "Server"), "edge/1.0");
}

TEST_F(SpecD, AProfileBeyondItsLimitsLeavesTheMessageAndIsCounted) {
    add(1, kRequest, "INVITE", ("X-Long: " + std::string(300, 'x')).c_str());
    sip(20).profiles.outbound = 1;
    apply();
    const auto txn = connect();
    EXPECT_EQ(header(invite_out().request.message, "X-Long"), "(none)");
    send_from_caller("BYE");
    confirm_byes();
    media.deliver();
    static_cast<void>(txn);
    double refused = -1;
    for (const auto& metric : table.metrics())
        if (metric.name == std::string("weir_signaling_profiles_refused_total"))
            refused = metric.value;
    EXPECT_EQ(refused, 1);
}

}  // namespace
}  // namespace weir::tests

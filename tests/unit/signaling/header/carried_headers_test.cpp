// SPDX-License-Identifier: Apache-2.0
// What crosses to the other leg, who is said to call, and what is hidden: tables.
#include "signaling/header/hiding.hpp"
#include "signaling/header/identity.hpp"
#include "signaling/header/loop_token.hpp"
#include "signaling/header/pass_headers.hpp"
#include "tests/support/row_name.hpp"
#include "tests/unit/signaling/header/profile_fixture.hpp"

namespace weir::signaling {
namespace {

using config::AssertedId;
using tests::header;

// ---- pass-through (spec B.8)
// ---------------------------------------------------------------------

struct Pass {
    const char* name;
    bool by_default;
    bool unsupported;  // with pass-thru headers unsupp
    bool listed;       // when a list names it
};

void PrintTo(const Pass& row, std::ostream* out) {
    *out << tests::row_name({row.name});
}

class Passing : public testing::TestWithParam<Pass> {};

TEST_P(Passing, IsAsTheRuleSays) {
    const Pass& row = GetParam();
    config::HeaderPassList list;
    list.headers = {row.name};
    SipMessage from;
    from.add(row.name, "1");
    const auto passes = [&](const PassRule& rule) {
        SipMessage to;
        pass_headers(from, to, rule);
        return to.find(row.name) != nullptr;
    };
    EXPECT_EQ(passes({}), row.by_default) << row.name;
    EXPECT_EQ(passes({true, nullptr}), row.unsupported) << row.name;
    EXPECT_EQ(passes({false, &list}), row.listed) << row.name;
}

INSTANTIATE_TEST_SUITE_P(
    SpecB8, Passing,
    testing::Values(
        Pass{"X-Trace-Id", false, true, true}, Pass{"P-Early-Media", false, true, true},
        Pass{"P-Access-Network-Info", false, true, true},
        Pass{"P-Charging-Vector", false, true, true}, Pass{"User-to-User", false, true, true},
        Pass{"Alert-Info", true, true, true}, Pass{"Call-Info", false, false, true},
        Pass{"Subject", false, false, true}, Pass{"Privacy", false, false, true},
        Pass{"P-Asserted-Identity", false, false, true}, Pass{"Via", false, false, false},
        Pass{"Route", false, false, false}, Pass{"record-route", false, false, false},
        Pass{"Contact", false, false, false}, Pass{"Require", false, false, false},
        Pass{"Authorization", false, false, false}, Pass{"Proxy-Authenticate", false, false, false},
        Pass{"Content-Length", false, false, false}, Pass{"Session-ID", false, false, false},
        Pass{"X-Loop", false, false, false}, Pass{"RSeq", false, false, false},
        Pass{"Call-ID", false, false, false}));

TEST(PassHeaders, KeepsWhatTheLegSaysItself) {
    SipMessage from;
    from.add("X-A", "theirs");
    SipMessage to;
    to.add("X-A", "ours");
    pass_headers(from, to, {true, nullptr});
    EXPECT_EQ(to.headers, (std::vector<Header>{{"X-A", "ours"}}));
}

TEST(PassHeaders, PassesEveryInstanceUpToTheBound) {
    SipMessage from;
    for (std::size_t i = 0; i < kPassedHeaders + 10; ++i)
        from.add("X-A", std::to_string(i));
    SipMessage to;
    pass_headers(from, to, {true, nullptr});
    EXPECT_EQ(to.headers.size(), kPassedHeaders);
}

// ---- identity (spec B.10)
// ------------------------------------------------------------------------

struct Say {
    const char* what;
    AssertedId asserted_id;
    bool remote_party_id;
    const char* privacy;  // of the leg
    bool passthru;
    bool send_always;
    bool is_private;
    const char* received;  // Privacy
    const char* expected;  // header names and values, "|" between
};

void PrintTo(const Say& row, std::ostream* out) {
    *out << tests::row_name({row.what});
}

class Saying : public testing::TestWithParam<Say> {};

TEST_P(Saying, WritesTheHeadersOfTheLeg) {
    const Say& row = GetParam();
    IdentityStyle style;
    style.asserted_id = row.asserted_id;
    style.remote_party_id = row.remote_party_id;
    style.privacy = row.privacy;
    style.passthru = row.passthru;
    style.send_always = row.send_always;
    Identity who;
    who.display = "Ann";
    who.uri = "sip:100@h";
    who.is_private = row.is_private;
    who.received_privacy = row.received;
    std::string text;
    for (const auto& each : identity_headers(who, style))
        text += (text.empty() ? "" : "|") + each.name + ": " + each.value;
    EXPECT_EQ(text, row.expected) << row.what;
}

constexpr auto kNone = AssertedId::none;
constexpr auto kPai = AssertedId::pai;
constexpr auto kPpi = AssertedId::ppi;

INSTANTIATE_TEST_SUITE_P(
    SpecB10, Saying,
    testing::Values(
        Say{"by default", kNone, true, "", false, false, false, "",
            "Remote-Party-ID: \"Ann\" <sip:100@h>;party=calling;screen=yes;privacy=off"},
        Say{"withheld", kNone, true, "", false, false, true, "id",
            "Remote-Party-ID: \"Ann\" <sip:100@h>;party=calling;screen=yes;privacy=full"},
        Say{"no remote-party-id", kNone, false, "", false, false, false, "", ""},
        Say{"pai in place of it", kPai, true, "", false, false, false, "",
            "P-Asserted-Identity: \"Ann\" <sip:100@h>"},
        Say{"ppi", kPpi, true, "", false, false, false, "",
            "P-Preferred-Identity: \"Ann\" <sip:100@h>"},
        Say{"pai withheld", kPai, true, "", false, false, true, "",
            "P-Asserted-Identity: \"Ann\" <sip:100@h>|Privacy: id"},
        Say{"configured", kPai, true, "user", false, false, false, "",
            "P-Asserted-Identity: \"Ann\" <sip:100@h>|Privacy: user"},
        Say{"critical", kPai, true, "id critical", false, false, true, "",
            "P-Asserted-Identity: \"Ann\" <sip:100@h>|Privacy: id;critical|Proxy-Require: privacy"},
        Say{"pstn is the default", kPai, true, "pstn", false, false, true, "",
            "P-Asserted-Identity: \"Ann\" <sip:100@h>|Privacy: id"},
        Say{"disabled: nothing would protect it", kPai, true, "disable", false, false, true, "",
            ""},
        Say{"passed", kPai, true, "", true, false, true, "header;id",
            "P-Asserted-Identity: \"Ann\" <sip:100@h>|Privacy: header;id"},
        Say{"none is sent always", kPai, true, "", false, true, false, "",
            "P-Asserted-Identity: \"Ann\" <sip:100@h>|Privacy: none"},
        Say{"none is passed", kNone, false, "", true, false, false, "none", "Privacy: none"}));

TEST(AssertedParties, BeginsWithThePreferredHeader) {
    SipMessage message;
    message.add("Remote-Party-ID", "<sip:1@a>;party=calling;privacy=full");
    message.add("P-Asserted-Identity", "\"Ann\" <sip:2@a>, <tel:+44>");
    message.add("P-Preferred-Identity", "<sip:3@a>");
    EXPECT_EQ(asserted_parties(message, kNone, "calling").front().uri, "sip:1@a");
    EXPECT_TRUE(asserted_parties(message, kNone, "calling").front().is_private);
    EXPECT_EQ(asserted_parties(message, kPai, "calling").front().uri, "sip:2@a");
    EXPECT_EQ(asserted_parties(message, kPpi, "calling").front().uri, "sip:3@a");
    EXPECT_EQ(asserted_parties(message, kNone, "called").front().uri, "sip:2@a");
}

// ---- topology (spec B.2)
// -------------------------------------------------------------------------

struct Hide {
    const char* from;
    const char* to;
};

void PrintTo(const Hide& row, std::ostream* out) {
    *out << tests::row_name({row.from});
}

class Hiding : public testing::TestWithParam<Hide> {};

TEST_P(Hiding, PutsOurHostInThePlaceOfTheirs) {
    EXPECT_EQ(hide_hosts(GetParam().from, "sbc.example"), GetParam().to);
}

INSTANTIATE_TEST_SUITE_P(
    SpecB2, Hiding,
    testing::Values(Hide{"<sip:100@10.0.0.7:5066>", "<sip:100@sbc.example>"},
                    Hide{"<sip:b@10.0.0.1:5070;transport=tcp?Replaces=x>;q=0.5",
                         "<sip:b@sbc.example?Replaces=x>;q=0.5"},
                    Hide{"\"Ann\" <sip:100@pbx.inside;user=phone;maddr=10.0.0.1>;reason=user-busy",
                         "\"Ann\" <sip:100@sbc.example;user=phone>;reason=user-busy"},
                    Hide{"<sip:100@[2001:db8::1]>;index=1, <sip:200@b>;index=1.1",
                         "<sip:100@sbc.example>;index=1, <sip:200@sbc.example>;index=1.1"},
                    Hide{"<sip:pbx.inside>", "<sip:sbc.example>"},
                    Hide{"<sip:200@b?Replaces=1%40c%3Bto-tag%3D2>",
                         "<sip:200@sbc.example?Replaces=1%40c%3Bto-tag%3D2>"},
                    Hide{"<tel:+4420>", "<tel:+4420>"}, Hide{"", ""}));

TEST(HistoryHeaders, GrowByTheNewTarget) {
    SipMessage message = tests::invite();
    message.add("History-Info", "<sip:1@a>;index=1, <sip:2@b?Reason=SIP%3Bcause%3D302>;index=1.2");
    const auto made = history_headers(message, "sip:3@c", "h", false);
    ASSERT_EQ(made.size(), 3U);
    EXPECT_EQ(made[0].value, "<sip:1@a>;index=1");
    EXPECT_EQ(made[2].value, "<sip:3@c>;index=1.2.1");
}

TEST(HistoryHeaders, BeginWithTheRequestUriThatCame) {
    const auto made = history_headers(tests::invite(), "sip:3@c", "h", true);
    ASSERT_EQ(made.size(), 2U);
    EXPECT_EQ(made[0].value, "<sip:+4420@h>;index=1");
    EXPECT_EQ(made[1].value, "<sip:3@c>;index=1.1");
}

TEST(DiversionHeaders, KeepTheWholeChainWithTheTranslatedNumberFirst) {
    SipMessage message = tests::invite();
    message.add("Diversion", "<sip:6600@192.0.2.8>");
    const auto made = diversion_headers(message, {"77", "sip:77@", "h", false}, true);
    ASSERT_EQ(made.size(), 2U);
    EXPECT_EQ(made[0].value, "<sip:77@192.0.2.9>;reason=unconditional");
    EXPECT_EQ(made[1].value, "<sip:6600@192.0.2.8>");
}

// ---- loops (spec G.3)
// ----------------------------------------------------------------------------

SipMessage marked(const char* value) {
    SipMessage message;
    message.add("X-Loop", value);
    return message;
}

TEST(LoopTokens, CountOurOwnPassesAndKeepThoseOfOthers) {
    EXPECT_EQ(LoopTokens("me", SipMessage{}).next(), "me;n=1");
    const LoopTokens tokens("me", marked("other;n=4, me;n=1"));
    EXPECT_EQ(tokens.passes(), 1U);
    EXPECT_FALSE(tokens.is_loop());
    EXPECT_EQ(tokens.next(), "me;n=2, other;n=4");
}

TEST(LoopTokens, AreALoopAboveTwo) {
    EXPECT_FALSE(LoopTokens("me", marked("me;n=2")).is_loop());
    EXPECT_TRUE(LoopTokens("me", marked("me;n=3")).is_loop());
    EXPECT_TRUE(LoopTokens("me", marked("me;n=99999999999999")).is_loop());
    EXPECT_EQ(LoopTokens("me", marked("me;n=x")).passes(), 1U);
}

TEST(LoopTokens, HandOnABoundedNumberOfOthers) {
    std::string value = "a;n=1";
    for (int i = 0; i < 100; ++i)
        value += ", b" + std::to_string(i) + ";n=1";
    const std::string next = LoopTokens("me", marked(value.c_str())).next();
    EXPECT_EQ(split_list(next).size(), 1 + kForeignLoopTokens);
}

}  // namespace
}  // namespace weir::signaling

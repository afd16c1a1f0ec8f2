// SPDX-License-Identifier: Apache-2.0
// SIP profiles on start lines and headers: spec D.1 to D.4, and the examples of it.
#include "tests/support/row_name.hpp"
#include "tests/unit/signaling/header/profile_fixture.hpp"

namespace weir::signaling {
namespace {

using tests::configured;
using tests::header;
using tests::invite;
using tests::profile;

ProfileOutcome apply(const char* lines, SipMessage& message, const ProfileSubject& subject = {}) {
    return profile(lines).apply(message, subject);
}

SipMessage response(int status, const char* method = "INVITE") {
    SipMessage request = invite();
    request.set("CSeq", std::string("101 ") + method);
    return make_response(request, status, "", "b");
}

TEST(SipProfile, ModifiesAHeaderLineWithItsName) {
    SipMessage message = invite();
    EXPECT_EQ(apply("request ANY sip-header User-Agent modify \".*\" \"User-Agent: edge/1.0\"\n",
                    message),
              ProfileOutcome::applied);
    EXPECT_EQ(header(message, "User-Agent"), "edge/1.0");
}

TEST(SipProfile, PutsAGroupIntoTheReplacement) {
    SipMessage message = invite();
    apply(
        "request INVITE sip-header Diversion modify \"<sip:(.*)@.*>\" \"<sip:\\1@198.51.100.2>\"\n",
        message);
    EXPECT_EQ(header(message, "Diversion"), "<sip:5500@198.51.100.2>;reason=unconditional");
}

TEST(SipProfile, TakesAMethodOutOfAllow) {
    SipMessage message = invite();
    apply("request ANY sip-header Allow-Header modify \", UPDATE\" \"\"\n", message);
    EXPECT_EQ(header(message, "Allow"), "INVITE, ACK, CANCEL, BYE, OPTIONS");
}

TEST(SipProfile, AddsALineBesideTheOneThatIsThere) {
    SipMessage message = invite();
    apply("request INVITE sip-header Diversion add \"Diversion: <sip:1@a>\"\n", message);
    EXPECT_EQ(message.all("Diversion").size(), 2U);
}

TEST(SipProfile, RemovesEveryInstance) {
    SipMessage message = invite();
    message.add("Diversion", "<sip:2@a>");
    apply("request INVITE sip-header Diversion remove\n", message);
    EXPECT_EQ(header(message, "Diversion"), "(none)");
}

TEST(SipProfile, LeavesAMessageThatNothingMatches) {
    SipMessage message = invite();
    EXPECT_EQ(apply("request INVITE sip-header From modify \"9999\" \"1\"\n", message),
              ProfileOutcome::untouched);
    EXPECT_EQ(message, invite());
}

TEST(SipProfile, BreaksALineIntoTwoHeaders) {
    SipMessage message = invite();
    message.remove("Diversion");
    apply(
        "request INVITE sip-header From modify \"(.*sip:5501@.*)\" "
        "\"\\1\\x0D\\x0ADiversion: <sip:5500@198.51.100.2>\"\n",
        message);
    EXPECT_EQ(header(message, "From"), "\"Ann\" <sip:5501@198.51.100.2>;tag=a");
    EXPECT_EQ(header(message, "Diversion"), "<sip:5500@198.51.100.2>");
}

TEST(SipProfile, RewritesTheRequestLine) {
    SipMessage message = invite();
    message.request_uri = "sip:+4420@anything;user=phone";
    apply(
        "request INVITE sip-header SIP-Req-URI modify \"sip:\\+(.*)@.*;user=phone\" "
        "\"sip:+\\1@198.51.100.2\"\n",
        message);
    EXPECT_EQ(message.request_uri, "sip:+4420@198.51.100.2");
}

TEST(SipProfile, NeverChangesTheMethodOfARequest) {
    SipMessage message = invite();
    EXPECT_EQ(apply("request INVITE sip-header SIP-Req-URI modify \"INVITE\" \"BYE\"\n", message),
              ProfileOutcome::refused);
    EXPECT_EQ(message, invite());
}

TEST(SipProfile, RewritesTheStatusLine) {
    SipMessage message = response(183);
    apply(
        "response 183 method INVITE sip-header SIP-StatusLine modify \"183 Session Progress\" "
        "\"180 Ringing\"\n",
        message);
    EXPECT_EQ(message.status, 180);
    EXPECT_EQ(message.phrase, "Ringing");
}

TEST(SipProfile, DoesNotMakeAFinalResponseProvisional) {
    SipMessage message = response(486);
    EXPECT_EQ(apply("response 486 sip-header SIP-StatusLine modify \"486 Busy Here\" "
                    "\"180 Ringing\"\n",
                    message),
              ProfileOutcome::refused);
    EXPECT_EQ(message.status, 486);
}

struct Fit {
    const char* rule;
    bool request;
    const char* method;
    int status;
    bool reinvite;
    bool fits;
};

void PrintTo(const Fit& row, std::ostream* out) {
    *out << tests::row_name({row.rule, row.request ? "request" : "response", row.method,
                             std::to_string(row.status), row.reinvite ? "later" : "first"});
}

class Fits : public testing::TestWithParam<Fit> {};

TEST_P(Fits, OnlyTheMessagesThatTheRuleNames) {
    const Fit& row = GetParam();
    SipMessage message = row.request ? invite() : response(row.status, row.method);
    message.method = row.request ? row.method : "";
    ProfileSubject subject;
    subject.reinvite = row.reinvite;
    apply((std::string(row.rule) + " sip-header X-A add \"X-A: 1\"\n").c_str(), message, subject);
    EXPECT_EQ(message.find("X-A") != nullptr, row.fits) << row.rule;
}

INSTANTIATE_TEST_SUITE_P(
    SpecD, Fits,
    testing::Values(Fit{"request INVITE", true, "INVITE", 0, false, true},
                    Fit{"request INVITE", true, "INVITE", 0, true, false},
                    Fit{"request REINVITE", true, "INVITE", 0, true, true},
                    Fit{"request REINVITE", true, "INVITE", 0, false, false},
                    Fit{"request ANY", true, "INVITE", 0, true, true},
                    Fit{"request ANY", true, "BYE", 0, false, true},
                    Fit{"request BYE", true, "ACK", 0, false, false},
                    Fit{"request ANY", false, "INVITE", 200, false, false},
                    Fit{"response 200", false, "INVITE", 200, false, true},
                    Fit{"response 200", false, "INVITE", 180, false, false},
                    Fit{"response ANY", false, "BYE", 481, false, true},
                    Fit{"response 200 method BYE", false, "BYE", 200, false, true},
                    Fit{"response 200 method BYE", false, "INVITE", 200, false, false},
                    Fit{"response 200 method INVITE", false, "INVITE", 200, true, false},
                    Fit{"response 200 method REINVITE", false, "INVITE", 200, true, true},
                    Fit{"response ANY method ANY", false, "UPDATE", 200, false, true},
                    Fit{"response 200", true, "INVITE", 0, false, false}));

TEST(SipProfile, RunsItsRulesInTheOrderOfTheirTags) {
    SipMessage message = invite();
    apply(
        "rule 20 request INVITE sip-header X-A modify \"1\" \"2\"\n"
        "rule 10 request INVITE sip-header X-A add \"X-A: 1\"\n",
        message);
    EXPECT_EQ(header(message, "X-A"), "2");
}

TEST(SipProfile, CopiesAHeaderOfItsOwnMessage) {
    SipMessage message = invite();
    apply(
        "request INVITE sip-header From copy \"<sip:(.*)@\" u01\n"
        "request INVITE sip-header X-Orig-User add \"X-Orig-User: \\u01\"\n",
        message);
    EXPECT_EQ(header(message, "X-Orig-User"), "5501");
}

TEST(SipProfile, CopiesAHeaderOfTheOtherLeg) {
    SipMessage message = invite();
    PeerMessage peer;
    peer.headers = {{"From", "<sip:77@pbx>;tag=1"}};
    ProfileSubject subject;
    subject.peer = &peer;
    apply(
        "request INVITE peer-header sip From copy \"<sip:(.*)@\" u01\n"
        "request INVITE sip-header Contact modify \"<sip:(.*)>\" \"<sip:\\u01@198.51.100.2>\"\n",
        message, subject);
    EXPECT_EQ(header(message, "Contact"), "<sip:77@198.51.100.2>");
}

TEST(SipProfile, KeepsAVariableForTheNextMessageOfTheCall) {
    ProfileVariables variables;
    ProfileSubject subject;
    subject.variables = &variables;
    SipMessage message = invite();
    apply("request INVITE sip-header From copy \"sip:(.*)@\" u07\n", message, subject);
    SipMessage later = response(200);
    apply("response 200 sip-header X-U add \"X-U: \\u07\"\n", later, subject);
    EXPECT_EQ(header(later, "X-U"), "5501");
}

TEST(SipProfile, AddsNoHeaderWithoutItsVariable) {
    SipMessage message = invite();
    apply("request INVITE sip-header X-U add \"X-U: \\u07\"\n", message);
    EXPECT_EQ(header(message, "X-U"), "(none)");
}

TEST(SipProfile, IsNotAppliedWhenALineBecomesTooLong) {
    const std::string value(kProfileLineBytes - 5, 'x');
    for (const bool too_long : {false, true}) {
        SipMessage message = invite();
        const std::string lines =
            "request INVITE sip-header X-B add \"X-B: 1\"\n"
            "request INVITE sip-header X-A add \"X-A: " +
            value + (too_long ? "y" : "") + "\"\n";
        EXPECT_EQ(apply(lines.c_str(), message),
                  too_long ? ProfileOutcome::refused : ProfileOutcome::applied);
        EXPECT_EQ(message == invite(), too_long);
    }
}

TEST(SipProfile, NeverTakesAMandatoryHeaderAway) {
    SipMessage message = invite();
    EXPECT_EQ(apply("request INVITE sip-header From modify \".*\" \"\"\n", message),
              ProfileOutcome::refused);
    EXPECT_EQ(
        apply("request INVITE sip-header X-A add \"X-A: 1\\x0D\\x0ATo: <sip:x@y>\"\n", message),
        ProfileOutcome::refused);
    EXPECT_EQ(message, invite());
}

TEST(SipProfile, NeverGivesAMandatoryHeaderAnotherName) {
    SipMessage message = invite();
    EXPECT_EQ(apply("request INVITE sip-header From modify \"^From\" \"X-From\"\n", message),
              ProfileOutcome::refused);
    EXPECT_EQ(message, invite());
}

TEST(SipProfile, DropsAnOptionalHeaderThatBecomesEmpty) {
    SipMessage message = invite();
    apply("request INVITE sip-header Diversion modify \".*\" \"\"\n", message);
    EXPECT_EQ(header(message, "Diversion"), "(none)");
}

TEST(SipProfile, SeesSeveralInboundInstancesAsOneList) {
    SipMessage message = invite();
    message.add("Diversion", "<sip:2@a>");
    ProfileSubject subject;
    subject.inbound = true;
    apply(
        "request INVITE sip-header Diversion modify \"Diversion: .*, (<sip:2@a>)\" "
        "\"Diversion: \\1\"\n",
        message, subject);
    EXPECT_EQ(message.all("Diversion").size(), 1U);
    EXPECT_EQ(header(message, "Diversion"), "<sip:2@a>");
}

TEST(SipProfile, ChangesEachInstanceOfAnOutboundHeader) {
    SipMessage message = invite();
    message.add("Diversion", "<sip:2@192.0.2.9>");
    apply("request INVITE sip-header Diversion modify \"192.0.2.9\" \"h\"\n", message);
    EXPECT_EQ(message.all("Diversion")[0], "<sip:5500@h>;reason=unconditional");
    EXPECT_EQ(message.all("Diversion")[1], "<sip:2@h>");
}

// ---- levels and copy lists (D.3, D.4)
// ------------------------------------------------------------

constexpr const char* kLevels =
    "voice service voip\n sip\n  sip-profiles 1\n  sip-profiles 2 inbound\n  sip-profiles inbound\n"
    "voice class sip-profiles 1\n request INVITE sip-header X-A add \"X-A: global\"\n"
    "voice class sip-profiles 2\n request INVITE sip-header X-A add \"X-A: inbound\"\n"
    "voice class sip-profiles 3\n request INVITE sip-header X-A add \"X-A: peer\"\n"
    "voice class sip-copylist 5\n sip-header X-Ucid\n sip-header SIP-Req-URI\n"
    "dial-peer voice 10 voip\n session protocol sipv2\n voice-class sip profiles 3\n"
    " voice-class sip copy-list 5\n"
    "dial-peer voice 20 voip\n session protocol sipv2\n";

TEST(ProfileSet, TakesTheMostSpecificLevelAlone) {
    const auto config = configured(kLevels);
    std::vector<std::string> complaints;
    const ProfileSet set(config, complaints);
    EXPECT_TRUE(complaints.empty());
    const auto& own = config.dial_peers.at(config::DialPeerTag{10});
    const auto& other = config.dial_peers.at(config::DialPeerTag{20});
    EXPECT_EQ(set.outbound(config, own), set.find(3));
    EXPECT_EQ(set.outbound(config, other), set.find(1));
    EXPECT_EQ(set.inbound(config, own), set.find(2));
}

TEST(ProfileSet, AppliesNoInboundProfileWithoutTheBareLine) {
    auto config = configured(kLevels);
    config.voice.inbound_profiles = false;
    std::vector<std::string> complaints;
    const ProfileSet set(config, complaints);
    EXPECT_EQ(set.inbound(config, config.dial_peers.at(config::DialPeerTag{10})), nullptr);
}

TEST(PeerMessage, KeepsWhatTheCopyListNamesAndNothingElse) {
    const auto config = configured(kLevels);
    SipMessage message = invite();
    message.add("X-Ucid", "42");
    const auto kept = peer_message(message, config, config.dial_peers.at(config::DialPeerTag{10}));
    ASSERT_TRUE(kept);
    ASSERT_EQ(kept->headers.size(), 2U);
    EXPECT_EQ(kept->headers[0], (Header{"X-Ucid", "42"}));
    EXPECT_EQ(kept->headers[1].value, "INVITE sip:+4420@203.0.113.62 SIP/2.0");
    EXPECT_FALSE(peer_message(message, config, config.dial_peers.at(config::DialPeerTag{20})));
}

constexpr const char* kRecorder =
    "voice service voip\n sip\n  sip-profiles 1\n"
    "voice class sip-profiles 1\n request INVITE sip-header X-Global add \"X-Global: 1\"\n"
    "voice class sip-profiles 63\n request INVITE peer-header sip X-Ucid copy \"X-Ucid: (.*)\" "
    "u10\n"
    " request INVITE sip-header X-Ucid add \"X-Ucid: \\u10\"\n"
    "dial-peer voice 69001 voip\n session protocol sipv2\n voice-class sip profiles 63\n"
    "dial-peer voice 69002 voip\n session protocol sipv2\n";

TEST(RecorderProfile, CopiesTheCorrelationIdOfTheRecordedCall) {
    const auto config = configured(kRecorder);
    SipMessage message = invite();
    apply_recorder_profile(message, config, config.dial_peers.at(config::DialPeerTag{69001}),
                           {{"X-Ucid", "00FA1234"}});
    EXPECT_EQ(header(message, "X-Ucid"), "00FA1234");
}

TEST(RecorderProfile, IsThePeersOwnAloneAndNotTheGlobalOne) {
    const auto config = configured(kRecorder);
    SipMessage message = invite();
    apply_recorder_profile(message, config, config.dial_peers.at(config::DialPeerTag{69002}),
                           {{"X-Ucid", "00FA1234"}});
    EXPECT_EQ(message, invite());
}

}  // namespace
}  // namespace weir::signaling

// SPDX-License-Identifier: Apache-2.0
// A recording from the call's answer to its verdict: the INVITE, what the recorder asks for, the
// end.
#include "tests/unit/forking/session/recording_fixture.hpp"

namespace weir::tests {
namespace {

using std::chrono::milliseconds;
using testing::ElementsAre;
using testing::HasSubstr;

using Recording = RecordingTest;

TEST_F(Recording, TheInviteHasTheHeadersOfAnOraRecordingInTheirOrder) {
    connect();
    const auto& invite = last_invite().request.message;
    std::vector<std::string> names;
    for (const auto& header : invite.headers)
        names.push_back(header.name);
    EXPECT_THAT(
        names, ElementsAre("X-Cisco-Recording-Participant", "X-Cisco-Recording-Participant", "From",
                           "To", "Date", "Call-ID", "Supported", "Min-SE", "Cisco-Guid",
                           "User-Agent", "Allow", "CSeq", "Max-Forwards", "Timestamp", "Contact",
                           "Expires", "Allow-Events", "Content-Type", "Content-Disposition"));
    EXPECT_THAT(invite.all("X-Cisco-Recording-Participant"),
                ElementsAre("sip:708090@192.0.2.5;media-index=\"0\"",
                            "sip:10000@192.0.2.32;media-index=\"1\""));
    EXPECT_THAT(*invite.find("From"), HasSubstr("<sip:198.51.100.10>;tag="));
    EXPECT_EQ(*invite.find("To"), "<sip:59001@198.51.100.71>");
    EXPECT_EQ(*invite.find("Cisco-Guid"), "1334370502-1348997600-2396699092-3395863316");
    EXPECT_EQ(*invite.find("Contact"), "<sip:198.51.100.10>");
    EXPECT_THAT(*invite.find("User-Agent"), HasSubstr("Weir/"));
}

TEST_F(Recording, TheOfferHasOneSendonlyLinePerParty) {
    connect();
    const std::string& sdp = last_invite().request.message.body;
    EXPECT_THAT(sdp, HasSubstr("o=Weir "));
    EXPECT_THAT(
        sdp, HasSubstr("m=audio 24544 RTP/AVP 0 101 19\r\nc=IN IP4 198.51.100.10\r\n"
                       "a=rtpmap:0 PCMU/8000\r\na=rtpmap:101 telephone-event/8000\r\n"
                       "a=fmtp:101 0-16\r\na=rtpmap:19 CN/8000\r\na=ptime:20\r\na=sendonly\r\n"));
    EXPECT_THAT(sdp, HasSubstr("m=audio 24546 RTP/AVP 0 101 19\r\n"));
}

TEST_F(Recording, TheAnchorPartyComesFirst) {
    config->dial_peers[config::DialPeerTag{410}].media_class.reset();
    auto& outbound = config->dial_peers[config::DialPeerTag{420}];
    outbound.tag = config::DialPeerTag{420};
    outbound.media_class = 1;
    connect();
    EXPECT_THAT(last_invite().request.message.all("X-Cisco-Recording-Participant"),
                ElementsAre("sip:10000@192.0.2.32;media-index=\"0\"",
                            "sip:708090@192.0.2.5;media-index=\"1\""));
    const auto leases = media.sent<dataplane::LeaseFork>();
    EXPECT_EQ(leases[0].source, Side::b);
    EXPECT_EQ(leases[1].source, Side::a);
}

TEST_F(Recording, ForksBeginWithTheCalleesAnswer) {
    connect();
    for (const auto& lease : media.sent<dataplane::LeaseFork>())
        EXPECT_EQ(lease.eligible_from_ns, call.connected_at->ns);
    EXPECT_EQ(count<dataplane::StartFork>(), 0U);
    loop.advance(milliseconds(700));
    answer(200, answer_sdp());
    const auto started = media.sent<dataplane::StartFork>();
    ASSERT_EQ(started.size(), 2U);
    EXPECT_EQ(started[0].rtp.to_string(), "198.51.100.71:40000");
    EXPECT_EQ(started[0].rtcp.port, 40001);
    EXPECT_EQ(started[1].rtp.port, 40002);
    EXPECT_EQ(stack.acks.size(), 1U);
    EXPECT_TRUE(stack.acks[0].message.body.empty());
}

TEST_F(Recording, ARepeatedAnswerIsAcknowledgedAgain) {
    begin();
    answer(200, answer_sdp());
    EXPECT_EQ(stack.acks.size(), 2U);
    EXPECT_EQ(count<dataplane::StartFork>(), 2U);
}

TEST_F(Recording, ARepeatedAnswerToAReinviteIsAcknowledgedAgain) {
    begin();
    hold(true, false);
    answer(200, answer_sdp());
    const auto acks = stack.acks.size();
    answer(200, answer_sdp());
    ASSERT_EQ(stack.acks.size(), acks + 1);
    EXPECT_EQ(stack.acks.back().message.cseq()->number, 102U);
}

TEST_F(Recording, EndsWithDrainByeAndAProvenVerdict) {
    begin();
    end_call();
    const auto stops = media.sent<dataplane::StopFork>();
    ASSERT_EQ(stops.size(), 2U);
    EXPECT_EQ(stops[0].drain, 1);
    close_fork(0, 250);
    EXPECT_TRUE(stack.sent_with("BYE").empty()) << "the other track still drains";
    close_fork(1, 250);
    ASSERT_EQ(stack.sent_with("BYE").size(), 1U);
    EXPECT_EQ(*stack.sent_with("BYE")[0].request.message.find("Reason"), "Q.850;cause=16");
    EXPECT_TRUE(released.empty());
    answer_bye(250);
    EXPECT_EQ(result().verdict, RecordingVerdict::proven);
    EXPECT_EQ(result().recorder, config::DialPeerTag{8001});
    EXPECT_THAT(held, ElementsAre(signaling::CallId{11}));
    EXPECT_EQ(manager.size(), 0U);
    EXPECT_EQ(ledger.ended().size(), 1U);
    EXPECT_EQ(others.events, 0);
}

TEST_F(Recording, TheByeTellsTheCallsCause) {
    begin();
    end_call(41);
    close_fork(0, 1);
    close_fork(1, 1);
    EXPECT_EQ(*stack.sent_with("BYE")[0].request.message.find("Reason"), "Q.850;cause=41");
}

TEST_F(Recording, AStrangersRecorderIsUnconfirmedWithoutReports) {
    begin();
    end_call();
    close_fork(0, 250);
    close_fork(1, 250);
    answer_bye(0, false);
    EXPECT_EQ(result().verdict, RecordingVerdict::unconfirmed);
}

TEST_F(Recording, WhatTheRecorderMissesIsLostBehindUs) {
    begin();
    end_call();
    close_fork(0, 250);
    close_fork(1, 250);
    answer_bye(249);
    EXPECT_EQ(result().verdict, RecordingVerdict::incomplete);
    EXPECT_EQ(result().tracks[0].lost_behind_us, 1U);
}

TEST_F(Recording, TheCallEndsBeforeTheRecorderAnswers) {
    connect();
    loop.advance(milliseconds(300));
    end_call();
    EXPECT_EQ(count<dataplane::StopFork>(), 0U) << "the recorder may still answer";
    answer(200, answer_sdp());
    EXPECT_EQ(count<dataplane::StartFork>(), 2U);
    ASSERT_EQ(count<dataplane::StopFork>(), 2U);
    EXPECT_EQ(media.sent<dataplane::StopFork>()[0].drain, 1);
    close_fork(0, 10);
    close_fork(1, 10);
    answer_bye(10);
    EXPECT_EQ(result().verdict, RecordingVerdict::proven);
}

TEST_F(Recording, TheCallEndsBeforeTheForksAreLeased) {
    manager.on_call_connected(call);
    end_call();
    lease();
    answer(200, answer_sdp());
    EXPECT_EQ(count<dataplane::StartFork>(), 2U);
    EXPECT_EQ(count<dataplane::StopFork>(), 2U);
}

TEST_F(Recording, ACallThatEndsWhileEveryRecorderRefusesIsFailed) {
    connect();
    end_call();
    for (int i = 0; i < 3; ++i)
        answer(480);
    close_unanswered(0, 5);
    close_unanswered(1, 5);
    EXPECT_EQ(result().verdict, RecordingVerdict::failed);
}

TEST_F(Recording, ARecorderThatIgnoresOurByeDoesNotHoldTheRecord) {
    begin();
    end_call();
    close_fork(0, 250);
    close_fork(1, 250);
    loop.advance(kByeGuard);
    EXPECT_EQ(result().verdict, RecordingVerdict::unconfirmed);
}

TEST_F(Recording, WithoutFinalAccountsNothingIsProven) {
    begin();
    end_call();
    loop.advance(kForkDrainLimit + seconds(2));
    answer_bye(0);
    EXPECT_EQ(result().verdict, RecordingVerdict::unconfirmed);
}

TEST_F(Recording, ABrokenLawIsCountedAndNeverProven) {
    begin();
    end_call();
    dataplane::ForkAccount account;
    account.eligible = 251;
    account.copied = account.sent = 250;
    account.sent_octets = 250 * 160;
    media.emit(dataplane::ForkClosed{{call.media, 0, 0}, 0, Side::a, account});
    close_fork(1, 250);
    answer_bye(250);
    EXPECT_EQ(ledger.laws_broken(), 1U);
    EXPECT_EQ(result().verdict, RecordingVerdict::unconfirmed);
}

// ---- what the recorder asks for ---------------------------------------------------------------

TEST_F(Recording, TheRecorderAnswersInactive) {
    connect();
    answer(200, answer_sdp("inactive"));
    EXPECT_EQ(count<dataplane::PauseFork>(), 2U);
    EXPECT_EQ(media.sent<dataplane::PauseFork>()[0].at_ns, call.connected_at->ns);
    EXPECT_EQ(count<dataplane::StartFork>(), 2U);
}

TEST_F(Recording, TheRecordersByeInMidCallEndsTheRecordingOnly) {
    begin();
    const auto bye = recorder_asks("BYE");
    ASSERT_EQ(stack.answers_to(bye).size(), 1U);
    EXPECT_EQ(stack.answers_to(bye)[0].status, 200);
    const auto stops = media.sent<dataplane::StopFork>();
    ASSERT_EQ(stops.size(), 2U);
    EXPECT_EQ(stops[0].drain, 0) << "nobody listens any more";
    close_fork(0, 10);
    close_fork(1, 10);
    EXPECT_TRUE(stack.sent_with("BYE").empty());
    EXPECT_EQ(result().verdict, RecordingVerdict::incomplete);
    EXPECT_THAT(result().failures, ElementsAre(HasSubstr("8001: BYE in mid-call")));
}

TEST_F(Recording, ARefreshOfTheRecorderIsAnswered) {
    begin();
    const auto refresh = recorder_asks("INVITE", answer_sdp());
    ASSERT_EQ(stack.answers_to(refresh).size(), 1U);
    EXPECT_EQ(stack.answers_to(refresh)[0].status, 200);
    EXPECT_THAT(stack.answers_to(refresh)[0].body, HasSubstr("a=sendonly"));
    const auto update = recorder_asks("UPDATE");
    EXPECT_EQ(stack.answers_to(update)[0].status, 200);
    const auto options = recorder_asks("OPTIONS");
    EXPECT_EQ(stack.answers_to(options)[0].status, 200);
    EXPECT_EQ(stack.sent_with("INVITE").size(), 1U);
}

TEST_F(Recording, AMediaChangeOfTheRecorderIsRefused) {
    begin();
    EXPECT_EQ(stack.answers_to(recorder_asks("INVITE", answer_sdp("recvonly", 50000)))[0].status,
              488);
    EXPECT_EQ(stack.answers_to(recorder_asks("INVITE", answer_sdp("inactive")))[0].status, 488);
    EXPECT_EQ(
        stack.answers_to(recorder_asks("INVITE", answer_sdp("recvonly", 40000, "8")))[0].status,
        488);
    EXPECT_EQ(stack.answers_to(recorder_asks("INVITE", "garbage"))[0].status, 488);
    EXPECT_EQ(stack.answers_to(recorder_asks("REFER"))[0].status, 405);
    EXPECT_EQ(count<dataplane::StopFork>(), 0U);
}

TEST_F(Recording, ACrossingReinviteOfTheRecorderGets491) {
    begin();
    hold(true, false);
    EXPECT_EQ(stack.answers_to(recorder_asks("INVITE", answer_sdp()))[0].status, 491);
}

}  // namespace
}  // namespace weir::tests

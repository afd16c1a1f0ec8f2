// SPDX-License-Identifier: Apache-2.0
// Every way in which a recorder can fail, and that the next one is asked (spec F.3, N13).
#include "tests/unit/forking/session/recording_fixture.hpp"

namespace weir::tests {
namespace {

using std::chrono::milliseconds;
using testing::ElementsAre;
using testing::HasSubstr;

using Failover = RecordingTest;

std::string uri_of(const FakeSipStack::Sent& sent) {
    return sent.request.message.request_uri;
}

TEST_F(Failover, ARefusalGoesOnToTheNextRecorder) {
    connect();
    EXPECT_EQ(uri_of(last_invite()), "sip:59001@198.51.100.71");
    answer(503);
    EXPECT_EQ(uri_of(last_invite()), "sip:59002@198.51.100.72");
    answer(486);
    EXPECT_EQ(uri_of(last_invite()), "sip:59003@198.51.100.73");
    answer(200, answer_sdp());
    EXPECT_EQ(count<dataplane::StartFork>(), 2U);
    EXPECT_EQ(count<dataplane::LeaseFork>(), 2U) << "the forks are leased once";
}

TEST_F(Failover, SilenceOfOneSecondGoesOn) {
    connect();
    loop.advance(milliseconds(999));
    EXPECT_EQ(stack.sent_with("INVITE").size(), 1U);
    loop.advance(milliseconds(1));
    EXPECT_EQ(stack.sent_with("INVITE").size(), 2U);
    EXPECT_EQ(stack.cancelled.size(), 1U);
}

TEST_F(Failover, ProvisionalOnlyGoesOnAfterFourSeconds) {
    connect();
    loop.advance(milliseconds(500));
    stack.answer(last_invite(), 100, "");
    loop.advance(milliseconds(3999));
    EXPECT_EQ(stack.sent_with("INVITE").size(), 1U);
    loop.advance(milliseconds(1));
    EXPECT_EQ(stack.sent_with("INVITE").size(), 2U);
}

TEST_F(Failover, AnAnswerWithinItsTimeIsTaken) {
    connect();
    loop.advance(milliseconds(500));
    stack.answer(last_invite(), 100, "");
    loop.advance(milliseconds(1000));
    answer(200, answer_sdp());
    EXPECT_EQ(count<dataplane::StartFork>(), 2U);
    loop.advance(seconds(10));
    EXPECT_EQ(stack.sent_with("INVITE").size(), 1U);
}

TEST_F(Failover, NoConnectionGoesOn) {
    connect();
    stack.events().on_failure(last_invite().txn, signaling::TxnFailure::transport);
    EXPECT_EQ(uri_of(last_invite()), "sip:59002@198.51.100.72");
}

TEST_F(Failover, A302IsFollowedToItsContact) {
    connect();
    stack.answer(last_invite(), 302, "rec", {},
                 {{"Contact", "<sip:59009@198.51.100.79:5090;transport=tcp>"}});
    EXPECT_EQ(uri_of(last_invite()), "sip:59009@198.51.100.79:5090");
    EXPECT_EQ(last_invite().request.path.transport, signaling::SipTransport::tcp);
    EXPECT_EQ(*last_invite().request.message.find("CSeq"), "101 INVITE") << "a new dialog";
    answer(200, answer_sdp());
    EXPECT_EQ(count<dataplane::StartFork>(), 2U);
}

TEST_F(Failover, ARecorderOverTlsIsCalledByItsNameAndProfile) {
    stack.listening.emplace_back(signaling::SipTransport::tls, Endpoint{local.address, 0, 5061});
    auto& peer = config->dial_peers[config::DialPeerTag{8001}];
    peer.transport = config::Transport::tcp;
    peer.transport_tls = true;
    peer.tenant = 4;
    config->tenants[4].sip.tls_profile = 9;
    connect();
    EXPECT_EQ(uri_of(last_invite()), "sip:59001@198.51.100.71:5061;transport=tls");
    const signaling::SipPath& path = last_invite().request.path;
    EXPECT_EQ(path.transport, signaling::SipTransport::tls);
    EXPECT_EQ(path.local.port, 5061);
    EXPECT_EQ(path.remote.port, 5061);
    EXPECT_EQ(path.tls_profile, 9U);
    EXPECT_NE(last_invite().request.message.find("Contact")->find(";transport=tls"),
              std::string::npos);
    // A redirection keeps the transport, or names one.
    stack.answer(last_invite(), 302, "rec", {}, {{"Contact", "<sip:59009@198.51.100.79>"}});
    EXPECT_EQ(last_invite().request.path.transport, signaling::SipTransport::tls);
    stack.answer(last_invite(), 302, "rec", {},
                 {{"Contact", "<sip:59009@198.51.100.78;transport=tcp>"}});
    EXPECT_EQ(last_invite().request.path.transport, signaling::SipTransport::tcp);
}

TEST_F(Failover, EndlessRedirectsEnd) {
    connect();
    for (int i = 0; i < 50 && uri_of(last_invite()) != "sip:59002@198.51.100.72"; ++i)
        stack.answer(last_invite(), 302, "rec", {}, {{"Contact", "<sip:59001@198.51.100.71>"}});
    EXPECT_EQ(uri_of(last_invite()), "sip:59002@198.51.100.72");
    EXPECT_EQ(stack.sent_with("INVITE").size(), kMaxRedirects + 2);
}

TEST_F(Failover, AnAnswerThatCannotBeUsedIsEndedAndTheNextIsAsked) {
    connect();
    answer(200, "v=0\r\n");
    EXPECT_EQ(stack.acks.size(), 1U);
    EXPECT_EQ(stack.sent_with("BYE").size(), 1U);
    EXPECT_EQ(uri_of(last_invite()), "sip:59002@198.51.100.72");
}

TEST_F(Failover, AnAnswerThatTakesNothingIsEndedAndTheNextIsAsked) {
    connect();
    answer(200, answer_sdp("recvonly", 0));
    EXPECT_EQ(stack.sent_with("BYE").size(), 1U);
    EXPECT_EQ(count<dataplane::StartFork>(), 0U);
    EXPECT_EQ(uri_of(last_invite()), "sip:59002@198.51.100.72");
}

TEST_F(Failover, ALateAnswerOfARecorderGivenUpOnIsEnded) {
    connect();
    const auto first = last_invite();
    loop.advance(seconds(1));
    answer(200, answer_sdp());  // the second one
    stack.answer(first, 200, "late", answer_sdp(), {{"Contact", "<sip:198.51.100.71>"}});
    EXPECT_EQ(stack.acks.size(), 2U);
    ASSERT_EQ(stack.sent_with("BYE").size(), 1U);
    EXPECT_THAT(*stack.sent_with("BYE")[0].request.message.find("To"), HasSubstr("late"));
    EXPECT_EQ(count<dataplane::StopFork>(), 0U) << "the second recorder's copies go on";
}

// RFC 3261 13.2.2.4: a proxy before the recorders forks our INVITE and several of them answer.
TEST_F(Failover, EachFurtherDialogOfAForkedInviteIsAcknowledgedAndEnded) {
    begin();
    for (const char* tag : {"second", "third"})
        stack.answer(last_invite(), 200, tag, answer_sdp(),
                     {{"Contact", fmt::format("<sip:{}@198.51.100.71>", tag)}});
    ASSERT_EQ(stack.acks.size(), 3U);
    const auto byes = stack.sent_with("BYE");
    ASSERT_EQ(byes.size(), 2U);
    EXPECT_THAT(*byes[0].request.message.find("To"), HasSubstr("tag=second"));
    EXPECT_EQ(byes[0].request.message.request_uri, "sip:second@198.51.100.71");
    EXPECT_THAT(*stack.acks[1].message.find("To"), HasSubstr("tag=second"));
    EXPECT_THAT(*byes[1].request.message.find("To"), HasSubstr("tag=third"));
    EXPECT_EQ(count<dataplane::StartFork>(), 2U) << "the first one records";
}

TEST_F(Failover, ARepeatedFurtherAnswerIsAcknowledgedAgainAndEndedOnce) {
    begin();
    for (int i = 0; i < 3; ++i)
        stack.answer(last_invite(), 200, "second", answer_sdp());
    EXPECT_EQ(stack.acks.size(), 4U);
    EXPECT_EQ(stack.sent_with("BYE").size(), 1U);
}

TEST_F(Failover, FurtherAnswersOfARecorderGivenUpOnAreEndedToo) {
    connect();
    const auto first = last_invite();
    loop.advance(seconds(1));
    answer(200, answer_sdp());
    for (const char* tag : {"late", "later"})
        stack.answer(first, 200, tag, answer_sdp());
    EXPECT_EQ(stack.sent_with("BYE").size(), 2U);
    EXPECT_EQ(stack.acks.size(), 3U);
}

TEST_F(Failover, FurtherAnswersBehindOneThatCannotBeUsedAreEndedToo) {
    connect();
    const auto first = last_invite();
    answer(200, "v=0\r\n");
    stack.answer(first, 200, "second", answer_sdp());
    EXPECT_EQ(stack.sent_with("BYE").size(), 2U);
    EXPECT_EQ(count<dataplane::StartFork>(), 0U);
}

TEST_F(Failover, AnEndedRecordingWatchesItsInviteForAnotherAnswerAndIsForgottenThen) {
    begin();
    const auto invite = last_invite();
    end_call();
    close_fork(0, 10);
    close_fork(1, 10);
    answer_bye(10);
    EXPECT_EQ(manager.size(), 0U) << "the node may stop";
    stack.answer(invite, 200, "second", answer_sdp());
    EXPECT_EQ(stack.sent_with("BYE").size(), 2U);
    EXPECT_EQ(others.events, 0);
    loop.advance(seconds(64));
    stack.answer(invite, 200, "third", answer_sdp());
    EXPECT_EQ(others.events, 1) << "64*T1 are over: nobody remembers";
}

TEST_F(Failover, WhenAllFailTheForksEndAndTheLedgerSaysSo) {
    connect();
    for (int i = 0; i < 3; ++i)
        answer(503);
    EXPECT_EQ(count<dataplane::StopFork>(), 2U);
    close_unanswered(0, 50);
    close_unanswered(1, 50);
    EXPECT_EQ(result().verdict, RecordingVerdict::failed);
    EXPECT_THAT(result().failures, ElementsAre(HasSubstr("8001: 503"), HasSubstr("8002: 503"),
                                               HasSubstr("8003: 503")));
    EXPECT_EQ(result().tracks[0].lost_behind_us, 50U);
    EXPECT_EQ(manager.size(), 0U);
}

TEST_F(Failover, AFailedRecordingKeepsAnEyeOnItsSilentInvites) {
    connect();
    loop.advance(seconds(3));
    close_unanswered(0, 1);
    close_unanswered(1, 1);
    EXPECT_EQ(released.size(), 1U) << "the CDR does not wait";
    EXPECT_EQ(manager.size(), 1U) << "a late 2xx would still need its ACK and BYE";
    for (const auto& sent : stack.sent_with("INVITE"))
        stack.events().on_failure(sent.txn, signaling::TxnFailure::timeout);
    EXPECT_EQ(manager.size(), 0U);
    EXPECT_EQ(others.events, 0);
}

TEST_F(Failover, EachCallBeginsWithTheFirstRecorder) {
    connect();
    answer(503);
    call.id = signaling::CallId{12};
    call.media = {4, 1};
    manager.on_call_connected(call);
    lease();
    EXPECT_EQ(uri_of(last_invite()), "sip:59001@198.51.100.71");
}

TEST_F(Failover, NoForkNoInvite) {
    manager.on_call_connected(call);
    for (const auto& command : media.sent<dataplane::LeaseFork>())
        media.emit(dataplane::Refused{command.tag, dataplane::Refusal::no_port});
    EXPECT_TRUE(stack.sent.empty());
    EXPECT_EQ(result().verdict, RecordingVerdict::failed);
    EXPECT_TRUE(ledger.active().empty());
}

TEST_F(Failover, AnAbsentMediaPlaneFailsTheRecordingOnly) {
    media.up = false;
    manager.on_call_connected(call);
    EXPECT_TRUE(released.empty()) << "it may come back";
    loop.advance(kMediaGuard);
    EXPECT_EQ(result().verdict, RecordingVerdict::failed);
    EXPECT_TRUE(ledger.active().empty());
    EXPECT_EQ(manager.size(), 0U);
}

TEST_F(Failover, AStackThatCannotSendGoesThroughTheList) {
    stack.refuse_sends = true;
    connect();
    EXPECT_EQ(count<dataplane::StopFork>(), 2U);
    close_unanswered(0, 1);
    close_unanswered(1, 1);
    EXPECT_EQ(result().tried.size(), 3U);
}

TEST_F(Failover, AMediaPlaneThatDoesNotAnswerIsNotAwaitedForEver) {
    manager.on_call_connected(call);
    loop.advance(kMediaGuard);
    EXPECT_EQ(result().verdict, RecordingVerdict::failed);
}

TEST_F(Failover, ANameThatIsNotKnownGoesOn) {
    auto& target = config->dial_peers[config::DialPeerTag{8001}].target;
    target = {
        .kind = config::SessionTarget::Kind::dns, .address = {}, .host = "rec.example", .port = 0};
    connect();
    EXPECT_EQ(uri_of(last_invite()), "sip:59002@198.51.100.72");
    EXPECT_EQ(stack.sent_with("INVITE").size(), 1U);
}

TEST_F(Failover, ACallWithoutRecordersIsAFailedRecordingAtOnce) {
    config->recorder_profiles.clear();
    EXPECT_FALSE(manager.wants_media(*config, config::DialPeerTag{410}, config::DialPeerTag{420}));
    manager.on_call_connected(call);
    EXPECT_EQ(result().verdict, RecordingVerdict::failed);
    EXPECT_TRUE(media.commands.empty());
}

TEST_F(Failover, ACallWithoutMediaClassIsLeftAlone) {
    call.parties[0].dial_peer = config::DialPeerTag{420};
    manager.on_call_connected(call);
    EXPECT_TRUE(held.empty());
    EXPECT_TRUE(media.commands.empty());
}

}  // namespace
}  // namespace weir::tests

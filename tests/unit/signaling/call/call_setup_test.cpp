// SPDX-License-Identifier: Apache-2.0
// A call from INVITE to connected: what each party is sent, and what the media plane is told.
#include "config/base/limits.hpp"
#include "tests/unit/signaling/call/call_bench.hpp"

namespace weir::signaling {
namespace {

using tests::sdp;

class CallSetupTest : public tests::CallBench {};

TEST_F(CallSetupTest, InviteGoesOutWithOurAddressesAndIds) {
    call();
    const auto out = invite_out().request;
    EXPECT_EQ(out.message.request_uri, "sip:200@192.0.2.20");
    EXPECT_EQ(header(out.message, "To"), "<sip:200@192.0.2.20>");
    EXPECT_TRUE(
        header(out.message, "From").starts_with("\"Ann\" <sip:100@198.51.100.1>;tag=w0-1-1-"));
    EXPECT_EQ(header(out.message, "Remote-Party-ID"),
              "\"Ann\" <sip:100@198.51.100.1>;party=calling;screen=yes;privacy=off");
    EXPECT_EQ(header(out.message, "CSeq"), "101 INVITE");
    EXPECT_EQ(header(out.message, "Max-Forwards"), "70");
    EXPECT_EQ(header(out.message, "Expires"), "180");
    EXPECT_EQ(header(out.message, "Contact"), "<sip:100@198.51.100.1>");
    EXPECT_NE(header(out.message, "Call-ID"), "one@203.0.113.5");
    EXPECT_NE(header(out.message, "Call-ID").find("-w0-1@198.51.100.1"), std::string::npos);
    EXPECT_TRUE(Guid::parse(header(out.message, "Cisco-Guid")));
    EXPECT_NE(out.message.body.find("m=audio 16386 RTP/AVP 0 101"), std::string::npos);
    EXPECT_EQ(out.message.body.find("203.0.113.5"), std::string::npos);
    EXPECT_EQ(out.path.remote, tests::at("192.0.2.20"));
}

TEST_F(CallSetupTest, GuidOfTheCallerIsTakenOverOnlyWhenWellFormed) {
    auto message = invite();
    message.add("Cisco-Guid", "1334370502-1348997600-2396699092-3395863316");
    call(message);
    EXPECT_EQ(header(invite_out().request.message, "Cisco-Guid"),
              "1334370502-1348997600-2396699092-3395863316");
    message.set("Cisco-Guid", "1-2-3");
    message.set("Call-ID", "two@203.0.113.5");
    call(message);
    EXPECT_NE(header(invite_out(1).request.message, "Cisco-Guid"), "1-2-3");
}

// Each command costs weir-media a wake-up: a call has three.
TEST_F(CallSetupTest, TheCallersAddressComesWithTheRequestForPorts) {
    call();
    answer(invite_out(), 200, sdp("192.0.2.20", 5000));
    const auto opens = media.sent<dataplane::OpenSession>();
    ASSERT_EQ(opens.size(), 1U);
    EXPECT_EQ(opens[0].remotes[0].rtp, tests::at("203.0.113.5:4000"));
    EXPECT_EQ(opens[0].remotes[0].rtcp, tests::at("203.0.113.5:4001"));
    const auto later = media.sent<dataplane::SetRemote>();
    ASSERT_EQ(later.size(), 1U);
    EXPECT_EQ(later[0].side, Side::b);
}

TEST_F(CallSetupTest, AnswerConnectsBothLegs) {
    const auto txn = call();
    EXPECT_EQ(statuses(txn), (std::vector{100}));
    answer(invite_out(), 200, sdp("192.0.2.20", 5000));
    EXPECT_EQ(statuses(txn), (std::vector{100, 200}));
    ASSERT_EQ(stack.acks.size(), 1U);
    EXPECT_EQ(header(stack.acks[0].message, "CSeq"), "101 ACK");
    EXPECT_NE(last_answer(txn).body.find("m=audio 16384 RTP/AVP 0 101"), std::string::npos);
    EXPECT_EQ(last_answer(txn).body.find("192.0.2.20"), std::string::npos);
    EXPECT_EQ(media.remote(0, Side::a), tests::at("203.0.113.5:4000"));
    EXPECT_EQ(media.remote(0, Side::b), tests::at("192.0.2.20:5000"));
    EXPECT_EQ(log.text(), "connected");
    EXPECT_EQ(log.connected.connected_at, now());
    ASSERT_EQ(log.connected.streams.size(), 1U);
    EXPECT_EQ(log.connected.streams[0].formats[0].rtpmap, "PCMU/8000");
    EXPECT_EQ(log.connected.parties[0].number, "100");
    EXPECT_EQ(log.connected.parties[1].number, "200");
    EXPECT_EQ(log.connected.parties[1].peer.to_string(), "192.0.2.20");
    ack(txn);
    EXPECT_EQ(table.calls().at(0).state, CallState::connected);
}

TEST_F(CallSetupTest, AnswerWaitsForTheWorker) {
    media.answer_opened = false;
    const auto txn = call();
    answer(invite_out(), 200, sdp("192.0.2.20", 5000));
    EXPECT_EQ(statuses(txn), (std::vector{100}));
    media.emit(dataplane::Opened{media.open.begin()->first});
    EXPECT_EQ(statuses(txn), (std::vector{100, 200}));
}

TEST_F(CallSetupTest, RetransmittedAnswerIsAcknowledgedAgain) {
    connect();
    answer(invite_out(), 200, sdp("192.0.2.20", 5000));
    ASSERT_EQ(stack.acks.size(), 2U);
    EXPECT_EQ(stack.acks[0].message, stack.acks[1].message);
}

TEST_F(CallSetupTest, SecondForkThatAnswersIsAcknowledgedAndReleased) {
    connect();
    answer(invite_out(), 200, sdp("192.0.2.21", 5000), "other");
    ASSERT_EQ(stack.acks.size(), 2U);
    EXPECT_TRUE(header(stack.acks[1].message, "To").ends_with(";tag=other"));
    const auto byes = stack.sent_with("BYE");
    ASSERT_EQ(byes.size(), 1U);
    EXPECT_TRUE(header(byes[0].request.message, "To").ends_with(";tag=other"));
    EXPECT_EQ(table.calls().at(0).state, CallState::connected);
}

TEST_F(CallSetupTest, RingingPassesAndEarlyMediaAreCutThrough) {
    const auto txn = call();
    answer(invite_out(), 180);
    EXPECT_EQ(last_answer(txn).status, 180);
    EXPECT_FALSE(media.remote(0, Side::b).is_set());
    answer(invite_out(), 183, sdp("192.0.2.20", 5000));
    EXPECT_EQ(last_answer(txn).status, 183);
    EXPECT_NE(last_answer(txn).body.find("m=audio 16384"), std::string::npos);
    EXPECT_EQ(media.remote(0, Side::b), tests::at("192.0.2.20:5000"));
    EXPECT_EQ(media.remote(0, Side::a), tests::at("203.0.113.5:4000"));
}

TEST_F(CallSetupTest, RingingWithSdpBecomesProgressAndWithoutStays) {
    const auto txn = call();
    answer(invite_out(), 183);
    EXPECT_EQ(last_answer(txn).status, 183);
    answer(invite_out(), 180, sdp("192.0.2.20", 5000));
    EXPECT_EQ(last_answer(txn).status, 183);
}

TEST_F(CallSetupTest, ProvisionalsAreBounded) {
    const auto txn = call();
    for (unsigned i = 0; i < kMaxProvisionals + 50; ++i)
        answer(invite_out(), 180);
    EXPECT_EQ(stack.answers_to(txn).size(), kMaxProvisionals + 1);  // and the 100
}

TEST_F(CallSetupTest, AnswerOfAnEarlyResponseHoldsWhenThe2xxHasNone) {
    const auto txn = call();
    answer(invite_out(), 183, sdp("192.0.2.20", 5000));
    answer(invite_out(), 200);
    EXPECT_EQ(last_answer(txn).status, 200);
    EXPECT_NE(last_answer(txn).body.find("m=audio 16384"), std::string::npos);
}

TEST_F(CallSetupTest, DelayedOfferTravelsInThe200AndItsAnswerInTheAck) {
    const auto txn = call(invite(""));
    EXPECT_TRUE(invite_out().request.message.body.empty());
    answer(invite_out(), 200, sdp("192.0.2.20", 5000));
    EXPECT_NE(last_answer(txn).body.find("m=audio 16384 RTP/AVP 0 101"), std::string::npos);
    EXPECT_TRUE(stack.acks.empty());
    EXPECT_EQ(log.text(), "");
    const MonoTime answered = now();
    loop.advance(milliseconds(50));
    ack(txn, sdp("203.0.113.5", 4000));
    ASSERT_EQ(stack.acks.size(), 1U);
    EXPECT_NE(stack.acks[0].message.body.find("m=audio 16386 RTP/AVP 0 101"), std::string::npos);
    EXPECT_EQ(media.remote(0, Side::a), tests::at("203.0.113.5:4000"));
    EXPECT_EQ(media.remote(0, Side::b), tests::at("192.0.2.20:5000"));
    EXPECT_EQ(log.text(), "connected");
    EXPECT_EQ(log.connected.connected_at, answered);
}

TEST_F(CallSetupTest, DelayedOfferWithMoreStreamsLeasesThemFirst) {
    const auto txn = call(invite(""));
    answer(invite_out(), 200,
           sdp("192.0.2.20", 5000, "m=video 5002 RTP/AVP 97\r\na=rtpmap:97 H264/90000\r\n"));
    EXPECT_EQ(media.sent<dataplane::AddStream>().size(), 1U);
    EXPECT_NE(last_answer(txn).body.find("m=video 16388 RTP/AVP 97"), std::string::npos);
}

TEST_F(CallSetupTest, CallWithoutAnswerInTheAckEnds) {
    const auto txn = call(invite(""));
    answer(invite_out(), 200, sdp("192.0.2.20", 5000));
    ack(txn);
    EXPECT_EQ(stack.acks.size(), 1U);
    EXPECT_EQ(stack.sent_with("BYE").size(), 2U);
    confirm_byes();
    EXPECT_EQ(log.text(), "ended");
}

TEST_F(CallSetupTest, RecordableSessionIsOpenedWhenAListenerWantsTheMedia) {
    log.wants = true;
    call();
    EXPECT_EQ(media.sent<dataplane::OpenSession>().at(0).recordable, 1);
}

TEST_F(CallSetupTest, NoCommonCodecIs488) {
    const auto txn = call(invite(sdp("203.0.113.5", 4000, "", "18 101")));
    EXPECT_EQ(last_answer(txn).status, 488);
    EXPECT_EQ(header(last_answer(txn), "Reason"), "Q.850;cause=65");
    media.deliver();
    EXPECT_EQ(media.opened, media.closed);
    EXPECT_EQ(table.size(), 0U);
}

TEST_F(CallSetupTest, SdpThatCannotBeReadIs488) {
    const auto txn = call(invite("v=0\r\no=- 1 1 IN IP4 1.1.1.1\r\nm=audio 9 FOO (\r\n"));
    EXPECT_EQ(last_answer(txn).status, 488);
    EXPECT_EQ(media.opened, 0U);
    EXPECT_EQ(table.size(), 0U);
}

TEST_F(CallSetupTest, AnswerThatCannotBeReadEndsBothLegs) {
    const auto txn = call();
    answer(invite_out(), 200, "v=0\r\n");
    EXPECT_EQ(last_answer(txn).status, 500);
    EXPECT_EQ(stack.acks.size(), 1U);
    EXPECT_EQ(stack.sent_with("BYE").size(), 1U);
    confirm_byes();
    EXPECT_EQ(log.text(), "ended");
    EXPECT_EQ(media.opened, media.closed);
}

TEST_F(CallSetupTest, NoPortsIs503WithRetryAfter) {
    media.refuse = true;
    const auto txn = call();
    EXPECT_EQ(last_answer(txn).status, 503);
    EXPECT_EQ(header(last_answer(txn), "Retry-After"), "5");
    EXPECT_EQ(table.size(), 0U);
}

TEST_F(CallSetupTest, SilentMediaPlaneIs503AfterItsGuard) {
    const auto txn = stack.receive(invite(), caller_path(), now());
    loop.advance(kMediaGuard);
    EXPECT_EQ(last_answer(txn).status, 503);
    EXPECT_EQ(log.text(), "ended");
    media.deliver();  // the lease comes too late and is given back
    EXPECT_EQ(media.opened, 1U);
    EXPECT_EQ(media.closed, 1U);
}

TEST_F(CallSetupTest, AddressBehindNatStandsInSdp) {
    NetworkKnowledge network;
    network.advertised = [](dataplane::RealmIndex) { return IpAddress::v4(192, 0, 2, 99); };
    CallTable behind_nat({loop, stack, media, cdr, random, logger}, network);
    behind_nat.set_config(*dialplan::DialPlan::compile(std::make_shared<config::Config>(config)));
    stack.set_events(behind_nat);
    media.add_listener(behind_nat);
    call();
    EXPECT_NE(invite_out().request.message.body.find("c=IN IP4 192.0.2.99"), std::string::npos);
}

}  // namespace
}  // namespace weir::signaling

// SPDX-License-Identifier: Apache-2.0
// The callee's dialogs of a call when forks, hunting, challenges and ends cross: numbers that rise
// (RFC 3261 12.2.1.1), ACKs and BYEs for whoever accepted (13.2.2.4).
#include "tests/conformance/transfer/transfer_bench.hpp"
#include "tests/unit/signaling/call/midcall_bench.hpp"
#include "tests/unit/signaling/call/reliable_bench.hpp"

namespace weir::signaling {
namespace {

using tests::sdp;

constexpr const char* kVideo = "m=video 4002 RTP/AVP 97\r\n";

class CallDialogsTest : public tests::ReliableBench {
protected:
    // "103 PRACK;tag=one": the number and the dialog of the last request of that method.
    std::string last(const char* method) const {
        const auto all = stack.sent_with(method);
        if (all.empty()) return "(none)";
        const SipMessage& message = all.back().request.message;
        const std::string to = header(message, "To");
        const auto tag = to.find(";tag=");
        return header(message, "CSeq") + (tag == std::string::npos ? "" : to.substr(tag));
    }
    void challenge(const tests::FakeSipStack::Sent& to, const char* tag = "callee") {
        stack.answer(to, 401, tag, {},
                     {{"WWW-Authenticate", R"(Digest realm="provider",nonce="n1")"}});
        media.deliver();
    }
    void know_password() {
        peer(20).sip.authentication = {
            {"weir", *config::secret_of(0, "secret"), "provider", false}};
        apply();
    }
    void add_second_peer() {
        add_peer(21, "2..", "", "192.0.2.21").preference = 1;
        config.voice_hunt.all = true;  // also behind a phone that rang
        apply();
    }
    void accept(const char* tag, std::size_t leg = 0) {
        answer(invite_out(leg), 200, early(), tag);
    }
    std::vector<std::string> acks() const {
        std::vector<std::string> tags;
        for (const auto& ack : stack.acks)
            tags.push_back(
                header(ack.message, "To").substr(header(ack.message, "To").find(";tag=")));
        return tags;
    }
};

// ---- numbers -----------------------------------------------------------------------------------

TEST_F(CallDialogsTest, ByeToAForkThatAnswersBeforeTheAckCountsOnFromItsPracks) {
    call();
    reliable(183, 1, early(), "one");
    reliable(180, 2, {}, "one");
    EXPECT_EQ(last("PRACK"), "103 PRACK;tag=one");
    accept("two");
    accept("one");
    EXPECT_EQ(last("BYE"), "104 BYE;tag=one");
}

TEST_F(CallDialogsTest, ByeToAForkThatAnswersBehindTheAckCountsOnFromItsPracks) {
    const auto txn = call();
    reliable(183, 1, early(), "one");
    reliable(180, 2, {}, "one");
    accept("two");
    ack(txn);
    accept("one");
    EXPECT_EQ(last("BYE"), "104 BYE;tag=one");
}

// The CANCEL of a candidate that did not answer in time crosses the answer of a fork of it.
TEST_F(CallDialogsTest, ByeToAForkOfAnEarlierCandidateCountsOnFromItsPracks) {
    add_second_peer();
    call();
    reliable(183, 1, early(), "one");
    reliable(180, 2, {}, "one");
    answer(invite_out(), 180, {}, "two");
    loop.advance(std::chrono::seconds(181));
    ASSERT_EQ(stack.sent_with("INVITE").size(), 2U);
    accept("one");
    EXPECT_EQ(last("BYE"), "104 BYE;tag=one");
}

// The INVITE that is repeated ends the early dialogs of the refused one (12.3).
TEST_F(CallDialogsTest, NothingGoesIntoAnEarlyDialogWhoseInviteWasChallenged) {
    know_password();
    call();
    reliable(183, 1, early());
    challenge(invite_out());
    EXPECT_EQ(last("INVITE"), "103 INVITE");
    const auto info = send_from_caller("INFO");
    EXPECT_EQ(last("INFO"), "(none)");
    EXPECT_EQ(last_answer(info).status, 480);
    reliable(183, 1, early(), "callee", 1);
    EXPECT_EQ(last("PRACK"), "104 PRACK;tag=callee");
}

TEST_F(CallDialogsTest, ChallengedInviteCountsOnFromAllOfItsEarlyDialogs) {
    know_password();
    call();
    reliable(183, 1, early(), "one");
    reliable(180, 2, {}, "one");
    reliable(183, 1, early(), "two");
    challenge(invite_out());
    EXPECT_EQ(last("INVITE"), "104 INVITE");
    reliable(183, 1, early(), "one", 1);
    EXPECT_EQ(last("PRACK"), "105 PRACK;tag=one");
}

TEST_F(CallDialogsTest, ChallengedRequestIsRepeatedWithTheNumberOfItsOwnFork) {
    know_password();
    call();
    reliable(183, 1, early(), "one");
    const auto prack = pracks().back();
    reliable(183, 1, early(), "two");
    challenge(prack, "one");
    EXPECT_EQ(last("PRACK"), "103 PRACK;tag=one");
    reliable(180, 2, {}, "one");
    EXPECT_EQ(last("PRACK"), "104 PRACK;tag=one");
    reliable(180, 2, {}, "two");
    EXPECT_EQ(last("PRACK"), "103 PRACK;tag=two");
}

// What was asked before the end is not asked again: the dialog that was cancelled may answer yet.
TEST_F(CallDialogsTest, ChallengedRequestIsNotRepeatedBehindTheEndOfTheCall) {
    know_password();
    const auto txn = call();
    reliable(183, 1, early());
    cancel(txn);
    challenge(pracks().back());
    EXPECT_EQ(last("PRACK"), "102 PRACK;tag=callee");
    accept("callee");
    EXPECT_EQ(last("BYE"), "103 BYE;tag=callee");
}

// ---- whoever accepted gets an ACK --------------------------------------------------------------

// The INVITE had no offer, so that our ACK waits for the caller's.
TEST_F(CallDialogsTest, CalleeThatHangsUpBeforeTheCallersAckGetsItsAck) {
    call(invite(""));
    accept("callee");
    ASSERT_TRUE(stack.acks.empty());
    send_from_callee("BYE");
    EXPECT_EQ(acks(), std::vector<std::string>{";tag=callee"});
}

TEST_F(CallDialogsTest, CalleeThatHangsUpWhileItsAnswerIsHeldGetsItsAck) {
    const auto txn = reliable_call("");
    reliable(183, 1, early());
    accept("callee");
    ASSERT_TRUE(stack.acks.empty());
    send_from_callee("BYE");
    EXPECT_EQ(acks(), std::vector<std::string>{";tag=callee"});
    EXPECT_EQ(last_answer(txn).status, 480);
}

// RFC 5057: the INFO ends the call; the 2xx is to be acknowledged all the same.
TEST_F(CallDialogsTest, CalleeThatKnowsNoDialogBeforeTheCallersAckGetsItsAck) {
    for (const int status : {481, 408, 0}) {
        SCOPED_TRACE(status);
        call(invite(""));
        answer(stack.sent_with("INVITE").back(), 200, early());
        send_from_caller("INFO");
        const auto info = stack.sent_with("INFO").back();
        if (status == 0)
            stack.events().on_failure(info.txn, TxnFailure::timeout);
        else
            answer(info, status);
        EXPECT_EQ(acks(), std::vector<std::string>{";tag=callee"});
        stack.events().on_ack_timeout(invite_);
        confirm_byes();
        EXPECT_EQ(table.size(), 0U);
        stack.acks.clear();
        stack.sent.clear();
        caller_cseq_ = 1;
    }
}

// ---- requests of dialogs that did not become the call's ----------------------------------------

TEST_F(CallDialogsTest, RequestOfALosingForkDoesNotTakeTheCallsDialog) {
    const auto txn = call();
    answer(invite_out(), 180, {}, "callee");
    accept("winner");
    ack(txn);
    EXPECT_EQ(last_answer(send_from_callee("OPTIONS")).status, 481);
    send_from_caller("BYE");
    EXPECT_EQ(last("BYE"), "102 BYE;tag=winner");
}

TEST_F(CallDialogsTest, InfoThatALosingForkDoesNotKnowLeavesTheCall) {
    const auto txn = call();
    answer(invite_out(), 180, {}, "loser");
    const auto info = send_from_caller("INFO");
    accept("winner");
    ack(txn);
    answer(stack.sent_with("INFO").back(), 481, {}, "loser");
    EXPECT_EQ(last_answer(info).status, 481);
    EXPECT_EQ(last("BYE"), "(none)");
    EXPECT_EQ(log.text(), "connected");
}

TEST_F(CallDialogsTest, InfoToACandidateThatFailedIsAnsweredAndLeavesTheCall) {
    add_second_peer();
    const auto txn = call();
    answer(invite_out(), 180);
    const auto info = send_from_caller("INFO");
    answer(invite_out(), 503);
    EXPECT_EQ(last_answer(info).status, 487);
    accept("callee", 1);
    ack(txn);
    answer(stack.sent_with("INFO").back(), 408);
    EXPECT_EQ(statuses(info).size(), 1U);
    EXPECT_EQ(last("BYE"), "(none)");
    EXPECT_EQ(log.text(), "connected");
}

// ---- fewer m-lines than before (RFC 3264 8) ----------------------------------------------------

TEST_F(CallDialogsTest, EarlyUpdateOfTheCallerWithFewerLinesIs488) {
    reliable_call(sdp("203.0.113.5", 4000, kVideo));
    reliable(183, 1, sdp("192.0.2.20", 5000, kVideo));
    prack();
    const auto update = send_from_caller("UPDATE", sdp("203.0.113.5", 4000));
    EXPECT_EQ(last_answer(update).status, 488);
    EXPECT_TRUE(stack.sent_with("UPDATE").empty());
    accept("callee");
    EXPECT_EQ(last_answer(invite_).status, 200);
}

TEST_F(CallDialogsTest, EarlyUpdateOfTheCalleeWithFewerLinesIs488) {
    reliable_call(sdp("203.0.113.5", 4000, kVideo));
    reliable(183, 1, sdp("192.0.2.20", 5000, kVideo));
    prack();
    const auto update = send_from_callee("UPDATE", early());
    EXPECT_EQ(last_answer(update).status, 488);
    EXPECT_TRUE(stack.sent_with("UPDATE").empty());
}

// ---- INVITEs that are repeated for their session timer -----------------------------------------

class CallDialogs422Test : public tests::MidcallBench {};

// RFC 4028 7.4: the same Call-ID, From and To; its early dialogs are over.
TEST_F(CallDialogs422Test, RepeatedInviteHasNoTagAndANumberAboveItsEarlyDialogs) {
    of_peer(20).session_refresh = true;
    of_peer(20).timer = config::SessionTimer{90, 600};
    apply();
    call();
    answer(invite_out(), 183);
    caller_sends("INFO", "");
    ASSERT_EQ(header(last_out("INFO").request.message, "CSeq"), "102 INFO");
    answer_with(invite_out(), 422, {{"Min-SE", "1200"}});
    ASSERT_EQ(count_out("INVITE"), 2U);
    const SipMessage again = last_out("INVITE").request.message;
    EXPECT_EQ(header(again, "To"), header(invite_out().request.message, "To"));
    EXPECT_EQ(header(again, "CSeq"), "103 INVITE");
    const auto info = caller_sends("INFO", "");
    EXPECT_EQ(last_answer(info).status, 480);
    EXPECT_EQ(count_out("INFO"), 1U);
}

// ---- forks of parties that have been replaced --------------------------------------------------

class CallDialogsTransferTest : public tests::TransferBench {
protected:
    CallDialogsTransferTest() { consume("refer"); }
    // ACK and BYE went last to that dialog.
    void expect_dropped(const std::string& call_id, const std::string& tag) {
        ASSERT_FALSE(stack.acks.empty());
        for (const SipMessage& message :
             {stack.acks.back().message, last_out("BYE").request.message}) {
            EXPECT_EQ(header(message, "Call-ID"), call_id);
            EXPECT_TRUE(header(message, "To").ends_with(";tag=" + tag)) << header(message, "To");
        }
    }
};

TEST_F(CallDialogsTransferTest, ForkOfTheTransferorThatAnswersLateIsEnded) {
    connect();
    refer();
    progress();
    answer_of_target(200, sdp("192.0.2.30", 5000));
    const std::string call_id = header(invite_out().request.message, "Call-ID");
    answer(invite_out(), 200, sdp("192.0.2.20", 5000), "second");
    expect_dropped(call_id, "second");
}

TEST_F(CallDialogsTransferTest, ForkOfTheTargetThatAnswersLateIsEnded) {
    connect();
    refer();
    progress();
    const auto target = last_out("INVITE");
    answer_of_target(200, sdp("192.0.2.30", 5000));
    answer(target, 200, sdp("192.0.2.30", 5000), "second");
    expect_dropped(header(target.request.message, "Call-ID"), "second");
}

}  // namespace
}  // namespace weir::signaling

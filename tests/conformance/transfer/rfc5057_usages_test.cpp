// SPDX-License-Identifier: Apache-2.0
// RFC 5057: what a failure of one request does to the dialog; requests that pass, and digits in
// them.
#include "tests/conformance/transfer/transfer_bench.hpp"

namespace weir::signaling {
namespace {

class Rfc5057 : public tests::TransferBench {
protected:
    ServerTxn info(const std::string& type, const std::string& body) {
        auto message = from_caller("INFO");
        message.add("Content-Type", type);
        message.body = body;
        const auto txn = stack.receive(std::move(message), caller_path(), now());
        media.deliver();
        return txn;
    }
    void relay_as(config::DtmfRelay relay) {
        config.dial_peers[config::DialPeerTag{20}].dtmf_relay = {relay};
        apply();
    }
};

TEST_F(Rfc5057, InfoPassesWithItsBodyAndItsAnswerBack) {
    connect();
    const auto txn = info("application/media_control+xml", "<x/>");
    const auto out = last_out("INFO");
    EXPECT_EQ(out.request.message.body, "<x/>");
    EXPECT_EQ(header(out.request.message, "Content-Type"), "application/media_control+xml");
    EXPECT_TRUE(statuses(txn).empty());
    answer(out, 200);
    EXPECT_EQ(last_answer(txn).status, 200);
}

// 5.1: 481 and 408 end the usage, and INFO's is the call.
TEST_F(Rfc5057, InfoThatFindsNoDialogEndsTheCall) {
    for (const int status : {481, 408, 0}) {
        SCOPED_TRACE(status);
        connect();
        const auto txn = info("text/plain", "x");
        const auto out = last_out("INFO");
        if (status == 0)
            stack.events().on_failure(out.txn, TxnFailure::timeout);
        else
            answer(out, status);
        EXPECT_EQ(last_answer(txn).status, status == 0 ? 408 : status);
        confirm_byes();
        media.deliver();
        EXPECT_EQ(table.size(), 0U);
        stack.sent.clear();
        caller_cseq_ = 1;
    }
}

// 5.1: other failures end the transaction alone; a NOTIFY's 481 ends its subscription alone.
TEST_F(Rfc5057, OtherFailuresLeaveTheCall) {
    connect();
    for (const char* method : {"INFO", "MESSAGE", "NOTIFY", "SUBSCRIBE"}) {
        SCOPED_TRACE(method);
        const auto txn = send_from_caller(method);
        const int status = std::string(method) == "INFO" ? 415 : 481;
        answer(last_out(method), status);
        EXPECT_EQ(last_answer(txn).status, status);
    }
    EXPECT_TRUE(stack.sent_with("BYE").empty());
    EXPECT_EQ(table.size(), 1U);
}

TEST_F(Rfc5057, WhatWaitsIsAnsweredWhenTheCallEnds) {
    connect();
    const auto txn = info("text/plain", "x");
    send_from_callee("BYE");
    EXPECT_EQ(last_answer(txn).status, 487);
}

TEST_F(Rfc5057, RequestsOnTheirWayAreBounded) {
    connect();
    int passed = 0;
    int refused = 0;
    for (int i = 0; i < 40; ++i)
        ++(statuses(info("text/plain", "x")).empty() ? passed : refused);
    EXPECT_EQ(passed, 16);
    EXPECT_EQ(refused, 24);
}

// RFC 3261 20.5: Allow tells what a leg takes.
TEST_F(Rfc5057, AllowNamesWhatPasses) {
    connect();
    const SipMessage options = last_answer(send_from_caller("OPTIONS"));
    for (const char* method : {"INFO", "REFER", "NOTIFY", "SUBSCRIBE", "MESSAGE", "UPDATE"})
        EXPECT_TRUE(options.lists("Allow", method)) << method;
    EXPECT_EQ(last_answer(send_from_caller("PUBLISH")).status, 405);
}

// Spec E.6: who is there now crosses by UPDATE, unless `no update-callerid`.
TEST_F(Rfc5057, AnUpdateThatTellsOfAnotherPartyCrosses) {
    connect();
    auto update = from_caller("UPDATE");
    update.add("Remote-Party-ID", "<sip:777@pbx.example.net>;party=calling;screen=yes;privacy=off");
    const auto txn = stack.receive(SipMessage(update), caller_path(), now());
    EXPECT_EQ(last_answer(txn).status, 200);
    EXPECT_NE(header(last_out("UPDATE").request.message, "Remote-Party-ID").find("sip:777@"),
              std::string::npos);
}

TEST_F(Rfc5057, AnUpdateThatTellsNothingStaysHere) {
    connect();
    send_from_caller("UPDATE");
    EXPECT_TRUE(stack.sent_with("UPDATE").empty());
}

// ---- Digits (spec A.11) ------------------------------------------------------------------------

TEST_F(Rfc5057, ADigitInInfoReachesASipNotifyPeerAsTwoNotifies) {
    relay_as(config::DtmfRelay::sip_notify);
    connect();
    const auto txn = info("application/dtmf-relay", "Signal=#\r\nDuration=160\r\n");
    const auto begin = last_out("NOTIFY");
    EXPECT_EQ(header(begin.request.message, "Content-Type"), "audio/telephone-event");
    EXPECT_EQ(begin.request.message.body, std::string("\x0b\x0a\x00\xa0", 4));
    answer(begin, 200);
    EXPECT_EQ(last_out("NOTIFY").request.message.body, std::string("\x0b\x8a\x00\xa0", 4));
    EXPECT_EQ(last_answer(txn).status, 200);
}

TEST_F(Rfc5057, AKeyPressInNotifyReachesASipInfoPeerOnce) {
    relay_as(config::DtmfRelay::sip_info);
    connect();
    for (const std::string& body :
         {std::string("\x05\x0a\x07\xd0", 4), std::string("\x05\x8a\x00\xa0", 4)}) {
        auto notify = from_caller("NOTIFY");
        notify.add("Event", "telephone-event");
        notify.add("Content-Type", "audio/telephone-event");
        notify.body = body;
        stack.receive(std::move(notify), caller_path(), now());
    }
    ASSERT_EQ(stack.sent_with("INFO").size(), 1U);
    EXPECT_EQ(last_out("INFO").request.message.body.substr(0, 8), "Signal=5");
}

TEST_F(Rfc5057, ADigitGoesOnAsItCameWhereNothingElseIsSaid) {
    connect();
    info("application/dtmf-relay", "Signal=5\r\nDuration=160\r\n");
    EXPECT_EQ(last_out("INFO").request.message.body, "Signal=5\r\nDuration=160\r\n");
}

}  // namespace
}  // namespace weir::signaling

// SPDX-License-Identifier: Apache-2.0
// RFC 3261 12.2: requests inside a dialog, ours and theirs.
#include "tests/unit/signaling/call/call_bench.hpp"

namespace weir::signaling {
namespace {

using tests::sdp;

class Rfc3261Section122 : public tests::CallBench {
protected:
    // The callee's 200 with a Record-Route.
    void accept_by(const std::vector<std::string>& record_routes) {
        SipMessage response = make_response(invite_out().request.message, 200, "", "callee");
        response.add("Contact", "<sip:200@192.0.2.20:5070>");
        for (const auto& route : record_routes)
            response.add("Record-Route", route);
        response.add("Content-Type", "application/sdp");
        response.body = sdp("192.0.2.20", 5000);
        stack.events().on_response({invite_out().txn, std::move(response), now()});
        media.deliver();
    }
    SipMessage bye_to_callee() {
        send_from_caller("BYE");
        return stack.sent_with("BYE").at(0).request.message;
    }
};

// 12.2.1.1: From, To, Call-ID and tags are those of the dialog; CSeq grows by exactly one.
TEST_F(Rfc3261Section122, RequestsCarryTheDialogAndCountByOne) {
    connect();
    const SipMessage first = invite_out().request.message;
    send_from_caller("INVITE", sdp("203.0.113.5", 4002));
    const SipMessage second = stack.sent_with("INVITE").back().request.message;
    answer(stack.sent_with("INVITE").back(), 488);
    const SipMessage third = bye_to_callee();
    EXPECT_EQ(second.cseq()->number, first.cseq()->number + 1);
    EXPECT_EQ(third.cseq()->number, first.cseq()->number + 2);
    for (const SipMessage& later : {second, third}) {
        EXPECT_EQ(header(later, "Call-ID"), header(first, "Call-ID"));
        EXPECT_EQ(header(later, "From"), header(first, "From"));
        EXPECT_EQ(header(later, "To"), header(first, "To") + ";tag=callee");
        EXPECT_EQ(header(later, "Max-Forwards"), "70");
    }
}

// 12.1.2: the route set of a UAC is the Record-Route in reverse.
TEST_F(Rfc3261Section122, RouteSetTowardTheCalleeIsReversed) {
    const auto txn = call();
    accept_by({"<sip:192.0.2.2;lr>", "<sip:192.0.2.1;lr>"});
    ack(txn);
    const std::vector<std::string_view> expected{"<sip:192.0.2.1;lr>", "<sip:192.0.2.2;lr>"};
    EXPECT_EQ(stack.acks.at(0).message.all("Route"), expected) << "the ACK takes the same way";
    EXPECT_EQ(stack.acks.at(0).path.remote, tests::at("192.0.2.1"));
    const SipMessage bye = bye_to_callee();
    EXPECT_EQ(bye.request_uri, "sip:200@192.0.2.20:5070");
    EXPECT_EQ(bye.all("Route"), expected);
}

// "If the route set is not empty, and its first URI does not contain the lr parameter, the UAC MUST
// place the first URI ... into the Request-URI ... MUST place the remote target URI into the Route
// header field as the last value".
TEST_F(Rfc3261Section122, StrictRouterStandsInTheRequestUri) {
    const auto txn = call();
    accept_by({"<sip:192.0.2.2;lr>", "<sip:192.0.2.1>"});
    ack(txn);
    const SipMessage bye = bye_to_callee();
    EXPECT_EQ(bye.request_uri, "sip:192.0.2.1");
    const std::vector<std::string_view> expected{"<sip:192.0.2.2;lr>", "<sip:200@192.0.2.20:5070>"};
    EXPECT_EQ(bye.all("Route"), expected);
}

// The route set does not change within the dialog (12.2): what a later response records does not
// count, its Contact does (12.2.1.2).
TEST_F(Rfc3261Section122, LaterRecordRouteDoesNotCountButTheContactDoes) {
    connect();
    send_from_caller("INVITE", sdp("203.0.113.5", 4002));
    const auto reinvite = stack.sent_with("INVITE").back();
    SipMessage response = make_response(reinvite.request.message, 200, "", "");
    response.add("Contact", "<sip:200@192.0.2.99>");
    response.add("Record-Route", "<sip:192.0.2.7;lr>");
    response.add("Content-Type", "application/sdp");
    response.body = sdp("192.0.2.20", 5000);
    stack.events().on_response({reinvite.txn, std::move(response), now()});
    media.deliver();
    const SipMessage bye = bye_to_callee();
    EXPECT_EQ(bye.request_uri, "sip:200@192.0.2.99");
    EXPECT_EQ(header(bye, "Route"), "(none)");
}

// "Requests that are not target refresh requests do not update the dialog's remote target URI".
TEST_F(Rfc3261Section122, OnlyTargetRefreshesMoveThePeer) {
    connect();
    auto options = from_caller("OPTIONS");
    options.set("Contact", "<sip:100@203.0.113.66>");
    stack.receive(options, caller_path(), now());
    send_from_callee("BYE");
    EXPECT_EQ(stack.sent_with("BYE").at(0).request.message.request_uri, "sip:100@203.0.113.5");
}

// A Contact that leads nowhere would cut the dialog off: the old target stays.
TEST_F(Rfc3261Section122, UnusableContactLeavesTheTarget) {
    connect();
    auto update = from_caller("UPDATE");
    update.set("Contact", "<tel:100>");
    stack.receive(update, caller_path(), now());
    send_from_callee("BYE");
    EXPECT_EQ(stack.sent_with("BYE").at(0).request.message.request_uri, "sip:100@203.0.113.5");
}

// 12.2.2: "it is possible for the CSeq sequence number to be higher than the remote sequence number
// by more than one. This is not an error condition".
TEST_F(Rfc3261Section122, GapInTheNumbersIsNoError) {
    connect();
    auto options = from_caller("OPTIONS");
    options.set("CSeq", "9000 OPTIONS");
    EXPECT_EQ(last_answer(stack.receive(options, caller_path(), now())).status, 200);
}

// "If the remote sequence number is not empty, but the sequence number of the request is lower ...
// MUST be rejected with a 500": and does nothing, not even a BYE.
TEST_F(Rfc3261Section122, StaleByeDoesNothing) {
    connect();
    send_from_caller("OPTIONS");
    auto late = from_caller("BYE");
    late.set("CSeq", "1 BYE");
    EXPECT_EQ(last_answer(stack.receive(late, caller_path(), now())).status, 500);
    EXPECT_TRUE(stack.sent_with("BYE").empty());
    EXPECT_EQ(table.calls().at(0).state, CallState::connected);
}

// A refused request has counted nevertheless: the next one must be above it.
TEST_F(Rfc3261Section122, RefusedRequestHasCounted) {
    connect();
    auto refused = from_caller("REGISTER");
    refused.set("CSeq", "50 REGISTER");
    EXPECT_EQ(last_answer(stack.receive(refused, caller_path(), now())).status, 405);
    auto late = from_caller("OPTIONS");
    late.set("CSeq", "50 OPTIONS");
    EXPECT_EQ(last_answer(stack.receive(late, caller_path(), now())).status, 500);
}

// 12.2.2: each of the three ids must fit, or it is another dialog: 481.
TEST_F(Rfc3261Section122, EachIdOfTheDialogMustFit) {
    connect();
    const auto with = [&](const char* name, const std::string& value) {
        auto message = from_caller("OPTIONS");
        message.set(name, value);
        return last_answer(stack.receive(message, caller_path(), now())).status;
    };
    EXPECT_EQ(with("Call-ID", "other"), 481);
    EXPECT_EQ(with("From", "<sip:100@pbx.example.net>;tag=other"), 481);
    EXPECT_EQ(with("To", "<sip:200@198.51.100.1>;tag=other"), 481);
    EXPECT_EQ(with("User-Agent", "the same dialog"), 200);
}

// 12.2.1.2: a 481 to any request ends the dialog, a 408 as well (RFC 5057 5.1 for what it means to
// others): the other leg is told.
TEST_F(Rfc3261Section122, DialogThatThePeerDoesNotKnowEndsTheCall) {
    connect();
    const auto info = send_from_caller("INFO");
    answer(stack.sent_with("INFO").at(0), 481);
    EXPECT_EQ(last_answer(info).status, 481);
    ASSERT_EQ(stack.sent_with("BYE").size(), 1U);
    EXPECT_EQ(header(stack.sent_with("BYE")[0].request.message, "Call-ID"), "one@203.0.113.5");
}

}  // namespace
}  // namespace weir::signaling

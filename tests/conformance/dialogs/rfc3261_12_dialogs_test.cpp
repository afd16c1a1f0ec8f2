// SPDX-License-Identifier: Apache-2.0
// RFC 3261 section 12: dialogs, and 8.2: what a UAS checks.
#include "tests/unit/signaling/call/call_bench.hpp"

namespace weir::signaling {
namespace {

using tests::sdp;

class Rfc3261Section12 : public tests::CallBench {};

// 12.1.1: the 2xx copies the Record-Route, and has our Contact.
TEST_F(Rfc3261Section12, SuccessCopiesRecordRouteInOrder) {
    auto message = invite();
    message.add("Record-Route", "<sip:203.0.113.9;lr>");
    message.add("Record-Route", "<sip:203.0.113.8;lr>");
    const auto txn = call(message);
    answer(invite_out(), 200, sdp("192.0.2.20", 5000));
    const std::vector<std::string_view> expected{"<sip:203.0.113.9;lr>", "<sip:203.0.113.8;lr>"};
    const auto response = last_answer(txn);
    EXPECT_EQ(response.all("Record-Route"), expected);
    EXPECT_EQ(header(response, "Contact"), "<sip:200@198.51.100.1>");
}

// 12.2.1.1: requests of the UAS go along the route set, to the Contact of the INVITE.
TEST_F(Rfc3261Section12, RequestsTowardTheCallerFollowItsRouteSet) {
    auto message = invite();
    message.add("Record-Route", "<sip:203.0.113.9;lr>");
    const auto txn = call(message);
    answer(invite_out(), 200, sdp("192.0.2.20", 5000));
    ack(txn);
    send_from_callee("BYE");
    const auto bye = stack.sent_with("BYE").at(0).request;
    EXPECT_EQ(bye.message.request_uri, "sip:100@203.0.113.5");
    EXPECT_EQ(header(bye.message, "Route"), "<sip:203.0.113.9;lr>");
    EXPECT_EQ(bye.path.remote, tests::at("203.0.113.9"));
}

// 12.2.2: a request with a lower CSeq is out of order: 500.
TEST_F(Rfc3261Section12, LowerSequenceIs500) {
    connect();
    send_from_caller("OPTIONS");
    auto late = from_caller("OPTIONS");
    late.set("CSeq", "1 OPTIONS");
    EXPECT_EQ(last_answer(stack.receive(late, caller_path(), now())).status, 500);
}

// 12.2.2: a request that matches no dialog: 481.
TEST_F(Rfc3261Section12, UnknownDialogIs481) {
    auto bye = request("BYE", "sip:200@198.51.100.1");
    bye.set("To", "<sip:200@198.51.100.1>;tag=nobody");
    EXPECT_EQ(last_answer(stack.receive(bye, caller_path(), now())).status, 481);
}

// 12.2.1.2 and 12.2.2: a target refresh changes where later requests go.
TEST_F(Rfc3261Section12, TargetRefreshMovesThePeer) {
    connect();
    auto update = from_caller("UPDATE");
    update.set("Contact", "<sip:100@203.0.113.66:5070>");
    stack.receive(update, caller_path(), now());
    send_from_callee("BYE");
    EXPECT_EQ(stack.sent_with("BYE").at(0).request.message.request_uri,
              "sip:100@203.0.113.66:5070");
}

// 8.2.2.2: the same request by another way: 482.
TEST_F(Rfc3261Section12, MergedRequestIs482) {
    call();
    EXPECT_EQ(last_answer(stack.receive(invite(), caller_path(), now())).status, 482);
}

// 8.2.1: a method that is known but not allowed: 405 with Allow.
TEST_F(Rfc3261Section12, MethodThatIsNotAllowedIs405WithAllow) {
    connect();
    const auto txn = send_from_caller("REGISTER");
    EXPECT_EQ(last_answer(txn).status, 405);
    EXPECT_NE(header(last_answer(txn), "Allow"), "(none)");
}

// 8.2.2.3: required extensions that are not understood are named.
TEST_F(Rfc3261Section12, UnsupportedExtensionsAreNamed) {
    auto message = invite();
    message.add("Require", "nothing");
    const auto txn = stack.receive(message, caller_path(), now());
    EXPECT_EQ(last_answer(txn).status, 420);
    EXPECT_EQ(header(last_answer(txn), "Unsupported"), "nothing");
}

}  // namespace
}  // namespace weir::signaling

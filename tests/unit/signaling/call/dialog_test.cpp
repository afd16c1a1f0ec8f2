// SPDX-License-Identifier: Apache-2.0
// Dialog: what its messages look like, and what it learns (RFC 3261 12).
#include "signaling/call/dialog.hpp"

#include <gtest/gtest.h>

namespace weir::signaling {
namespace {

Endpoint endpoint(const char* text) {
    return *Endpoint::parse(text, 5060);
}

DialogStart start() {
    return {.call_id = "c1@192.0.2.1",
            .local_tag = "us",
            .local = "\"Ann\" <sip:100@192.0.2.1>",
            .remote = "<sip:200@198.51.100.7>",
            .remote_target = "sip:200@198.51.100.7:5080",
            .contact = "<sip:100@192.0.2.1>",
            .path = {SipTransport::udp, endpoint("192.0.2.1"), endpoint("198.51.100.7:5080")}};
}

SipMessage answer(const SipMessage& request, int status, const char* tag, const char* contact) {
    auto response = make_response(request, status, "", tag);
    response.add("Contact", contact);
    return response;
}

IncomingRequest received_invite() {
    IncomingRequest request;
    request.message.method = "INVITE";
    request.message.request_uri = "sip:200@192.0.2.1";
    request.message.headers = {{"Via", "SIP/2.0/UDP 203.0.113.5;branch=z9hG4bK1"},
                               {"Record-Route", "<sip:203.0.113.9;lr>, <sip:203.0.113.8;lr>"},
                               {"From", "<sip:100@example.net>;tag=them"},
                               {"To", "<sip:200@192.0.2.1>"},
                               {"Call-ID", "x@example.net"},
                               {"CSeq", "7 INVITE"},
                               {"Contact", "<sip:100@203.0.113.5:5070>"}};
    request.path = {SipTransport::udp, endpoint("192.0.2.1"), endpoint("203.0.113.5:5070")};
    return request;
}

TEST(Dialog, InviteBeginsAtCSeq101WithTheHeadersInTheOrderOfTheRecorderForm) {
    Dialog dialog(start());
    InviteHeaders headers;
    headers.leading = {{"X-Cisco-Recording-Participant", "sip:1@192.0.2.5;media-index=\"0\""}};
    headers.guid = Guid{{1, 2, 3, 4}};
    headers.body = "v=0\r\n";
    const SipMessage invite = dialog.invite(headers);
    std::string order;
    for (const auto& header : invite.headers)
        order += header.name + " ";
    EXPECT_EQ(order,
              "X-Cisco-Recording-Participant From To Date Call-ID Supported Min-SE Cisco-Guid "
              "User-Agent Allow CSeq Max-Forwards Timestamp Contact Expires Allow-Events "
              "Content-Type Content-Disposition ");
    EXPECT_EQ(*invite.find("CSeq"), "101 INVITE");
    EXPECT_EQ(*invite.find("From"), "\"Ann\" <sip:100@192.0.2.1>;tag=us");
    EXPECT_EQ(*invite.find("To"), "<sip:200@198.51.100.7>");
    EXPECT_EQ(*invite.find("Cisco-Guid"), "0000000001-0000000002-0000000003-0000000004");
    EXPECT_EQ(invite.request_uri, "sip:200@198.51.100.7:5080");
    EXPECT_TRUE(invite.find("User-Agent")->starts_with("Weir/"));
}

TEST(Dialog, TwoHundredSetsTagTargetAndReversedRouteSet) {
    Dialog dialog(start());
    const auto invite = dialog.invite({});
    auto ok = answer(invite, 200, "them", "<sip:200@198.51.100.99:5090>");
    ok.add("Record-Route", "<sip:198.51.100.20;lr>");
    ok.add("Record-Route", "<sip:198.51.100.21;lr>");
    dialog.on_response(ok);
    const auto ack = dialog.ack(101);
    EXPECT_EQ(ack.request_uri, "sip:200@198.51.100.99:5090");
    const std::vector<std::string_view> expected{"<sip:198.51.100.21;lr>",
                                                 "<sip:198.51.100.20;lr>"};
    EXPECT_EQ(ack.all("Route"), expected);
    EXPECT_EQ(*ack.find("To"), "<sip:200@198.51.100.7>;tag=them");
    EXPECT_EQ(*ack.find("CSeq"), "101 ACK");
    EXPECT_EQ(dialog.path().remote, endpoint("198.51.100.21"));
    const auto bye = dialog.request("BYE");
    EXPECT_EQ(*bye.find("CSeq"), "102 BYE");
    EXPECT_EQ(bye.find("Contact"), nullptr);
}

TEST(Dialog, StrictRouterGetsItselfInTheRequestUri) {
    Dialog dialog(start());
    const auto invite = dialog.invite({});
    auto ok = answer(invite, 200, "them", "<sip:200@198.51.100.99>");
    ok.add("Record-Route", "<sip:198.51.100.20>");
    dialog.on_response(ok);
    const auto bye = dialog.request("BYE");
    EXPECT_EQ(bye.request_uri, "sip:198.51.100.20");
    EXPECT_EQ(*bye.find("Route"), "<sip:200@198.51.100.99>");
}

TEST(Dialog, LaterFinalTagOverridesAnEarlyOne) {
    Dialog dialog(start());
    const auto invite = dialog.invite({});
    dialog.on_response(answer(invite, 180, "fork-1", "<sip:1@198.51.100.1>"));
    EXPECT_EQ(dialog.remote_tag(), "fork-1");
    dialog.on_response(answer(invite, 200, "fork-2", "<sip:2@198.51.100.2>"));
    EXPECT_EQ(dialog.remote_tag(), "fork-2");
    EXPECT_EQ(dialog.remote_target(), "sip:2@198.51.100.2");
    // A second 2xx belongs to a sibling and changes nothing here.
    const auto sibling = dialog.fork_of(answer(invite, 200, "fork-3", "<sip:3@198.51.100.3>"));
    dialog.on_response(answer(invite, 200, "fork-3", "<sip:3@198.51.100.3>"));
    EXPECT_EQ(dialog.remote_tag(), "fork-2");
    EXPECT_EQ(sibling.remote_tag(), "fork-3");
    EXPECT_EQ(sibling.remote_target(), "sip:3@198.51.100.3");
}

TEST(Dialog, UasKeepsTheRecordRouteInOrderAndSwapsTheParties) {
    auto dialog = Dialog::from_invite(received_invite(), "ours", "<sip:200@192.0.2.1>");
    ASSERT_TRUE(dialog) << dialog.error().context;
    const auto bye = dialog->request("BYE");
    EXPECT_EQ(*bye.find("From"), "<sip:200@192.0.2.1>;tag=ours");
    EXPECT_EQ(*bye.find("To"), "<sip:100@example.net>;tag=them");
    EXPECT_EQ(*bye.find("CSeq"), "101 BYE");
    const std::vector<std::string_view> routes{"<sip:203.0.113.9;lr>", "<sip:203.0.113.8;lr>"};
    EXPECT_EQ(bye.all("Route"), routes);
    EXPECT_EQ(bye.request_uri, "sip:100@203.0.113.5:5070");
}

TEST(Dialog, StaleSequenceIsFoundAndTargetRefreshed) {
    auto dialog = Dialog::from_invite(received_invite(), "ours", "<sip:200@192.0.2.1>");
    ASSERT_TRUE(dialog);
    SipMessage update;
    update.method = "UPDATE";
    update.headers = {{"CSeq", "8 UPDATE"}, {"Contact", "<sip:100@203.0.113.77>"}};
    EXPECT_EQ(dialog->on_request(update), RequestOrder::next);
    EXPECT_EQ(dialog->remote_target(), "sip:100@203.0.113.77");
    EXPECT_EQ(dialog->on_request(update), RequestOrder::stale);
    update.set("CSeq", "6 UPDATE");
    EXPECT_EQ(dialog->on_request(update), RequestOrder::stale);
}

TEST(Dialog, ContactThatIsNoSipAddressIsRefused) {
    for (const char* contact : {"<tel:+4930123>", "<urn:service:sos>", "<sip:>", "*"}) {
        auto invite = received_invite();
        invite.message.set("Contact", contact);
        EXPECT_FALSE(Dialog::from_invite(invite, "ours", "")) << contact;
    }
}

TEST(Dialog, ResponseCarriesContactRecordRouteAndOurTag) {
    const auto invite = received_invite();
    auto dialog = Dialog::from_invite(invite, "ours", "<sip:200@192.0.2.1>");
    const auto ok = dialog->response(invite.message, 200, "v=0\r\n");
    EXPECT_EQ(*ok.find("To"), "<sip:200@192.0.2.1>;tag=ours");
    EXPECT_EQ(*ok.find("Contact"), "<sip:200@192.0.2.1>");
    EXPECT_EQ(*ok.find("Record-Route"), "<sip:203.0.113.9;lr>, <sip:203.0.113.8;lr>");
    EXPECT_EQ(*ok.find("Content-Type"), "application/sdp");
    EXPECT_EQ(dialog->response(invite.message, 486).find("Contact"), nullptr);
}

TEST(Dialog, MatchesOnCallIdAndBothTags) {
    auto dialog = Dialog::from_invite(received_invite(), "ours", "<sip:200@192.0.2.1>");
    SipMessage bye;
    bye.method = "BYE";
    bye.headers = {{"From", "<sip:100@example.net>;tag=them"},
                   {"To", "<sip:200@192.0.2.1>;tag=ours"},
                   {"Call-ID", "x@example.net"}};
    EXPECT_TRUE(dialog->matches(bye));
    bye.set("From", "<sip:100@example.net>;tag=other");
    EXPECT_FALSE(dialog->matches(bye));
}

TEST(Dialog, TcpTargetChangesTheTransportOfThePath) {
    Dialog dialog(start());
    const auto invite = dialog.invite({});
    dialog.on_response(answer(invite, 200, "them", "<sip:200@198.51.100.99;transport=tcp>"));
    EXPECT_EQ(dialog.path().transport, SipTransport::tcp);
    EXPECT_EQ(dialog.path().local.port, 0);
    EXPECT_EQ(dialog.path().remote, endpoint("198.51.100.99:5060"));
}

TEST(Dialog, ContactHasPortAndTransportOnlyWhenNotTheDefault) {
    SipPath path{SipTransport::udp, endpoint("192.0.2.1"), {}};
    EXPECT_EQ(contact_header("1", path), "<sip:1@192.0.2.1>");
    path.local.port = 5070;
    path.transport = SipTransport::tcp;
    EXPECT_EQ(contact_header("", path), "<sip:192.0.2.1:5070;transport=tcp>");
}

}  // namespace
}  // namespace weir::signaling

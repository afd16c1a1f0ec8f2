// SPDX-License-Identifier: Apache-2.0
// RFC 3891: INVITE with Replaces, consumed (handle-replaces) and passed, and attended transfer.
#include "tests/conformance/transfer/transfer_bench.hpp"

namespace weir::signaling {
namespace {

using tests::sdp;

class Rfc3891 : public tests::TransferBench {
protected:
    // Replaces of the callee's dialog with us, as it gives it to others.
    std::string of_callee(const char* more = "") const {
        const SipMessage out = invite_out(0).request.message;
        const std::string from = *out.find("From");
        return *out.find("Call-ID") + ";to-tag=" + from.substr(from.find("tag=") + 4) +
               ";from-tag=callee" + more;
    }
    // An INVITE of somebody else with that Replaces.
    ServerTxn replacing(const std::string& replaces,
                        const std::string& body = sdp("203.0.113.9", 7000)) {
        SipMessage message = invite(body);
        message.set("Call-ID", "two@203.0.113.9");
        message.set("From", "<sip:500@203.0.113.9>;tag=other");
        message.set("Contact", "<sip:500@203.0.113.9>");
        message.add("Replaces", replaces);
        message.add("Require", "replaces");
        replacing_ = stack.receive(
            std::move(message),
            {SipTransport::udp, tests::at("198.51.100.1"), tests::at("203.0.113.9")}, now());
        media.deliver();
        return replacing_;
    }
    void ack_replacing() {
        SipMessage ack;
        ack.method = "ACK";
        ack.headers = {{"Call-ID", "two@203.0.113.9"}, {"CSeq", "1 ACK"}};
        stack.events().on_ack(replacing_, {ServerTxn{}, std::move(ack), caller_path(), now()});
        media.deliver();
    }
    ServerTxn replacing_;
};

class Rfc3891Consumed : public Rfc3891 {
protected:
    Rfc3891Consumed() {
        config.voice.sip.handle_replaces = true;
        apply();
    }
};

// 3: "the new INVITE is accepted ... and the replaced dialog is ended with a BYE".
TEST_F(Rfc3891Consumed, TheNewPartyTakesThePlaceOfTheOldOne) {
    connect();
    const auto txn = replacing(of_callee());
    EXPECT_EQ(statuses(txn), (std::vector<int>{200}));
    EXPECT_TRUE(stack.sent_with("BYE").empty()) << "not before the new dialog is confirmed";
    ack_replacing();
    EXPECT_EQ(last_out("BYE").request.path.remote, tests::at("192.0.2.20"));
    const auto told = last_out("INVITE");
    EXPECT_EQ(header(told.request.message, "Call-ID"), "one@203.0.113.5");
    answer(told, 200, sdp("203.0.113.5", 4000), "");
    EXPECT_EQ(table.calls().at(0).remote_rtp[0][1], *Endpoint::parse("203.0.113.9:7000", 0));
    EXPECT_EQ(log.changed.parties[1].number, "500");
    EXPECT_EQ(table.size(), 1U);
}

// 3: "If no match is found ... 481".
TEST_F(Rfc3891Consumed, WithoutAMatchItIs481) {
    connect();
    EXPECT_EQ(last_answer(replacing("no@where;to-tag=a;from-tag=b")).status, 481);
}

// 3: early-only and a confirmed dialog: 486.
TEST_F(Rfc3891Consumed, EarlyOnlyDoesNotTakeAConfirmedDialog) {
    connect();
    EXPECT_EQ(last_answer(replacing(of_callee(";early-only"))).status, 486);
}

// 3: "...the UA MUST reject the request with 603" for a dialog that has ended.
TEST_F(Rfc3891Consumed, ADialogThatIsEndingIs603) {
    connect();
    send_from_caller("BYE");
    EXPECT_EQ(last_answer(replacing(of_callee())).status, 603);
}

// Spec B.6: same codec needed, else 488; early offer only.
TEST_F(Rfc3891Consumed, NoCommonCodecOrNoOfferIs488) {
    connect();
    EXPECT_EQ(last_answer(replacing(of_callee(), sdp("203.0.113.9", 7000, "", "18"))).status, 488);
    EXPECT_EQ(last_answer(replacing(of_callee(), "")).status, 488);
    EXPECT_TRUE(stack.sent_with("BYE").empty());
}

// 6.1: exactly one Replaces with both tags.
TEST_F(Rfc3891Consumed, ABrokenReplacesIs400) {
    connect();
    EXPECT_EQ(last_answer(replacing("one@203.0.113.5;to-tag=x")).status, 400);
}

// The new party never acknowledges: the old one keeps its place.
TEST_F(Rfc3891Consumed, WithoutAnAckTheOldPartyStays) {
    connect();
    const auto txn = replacing(of_callee());
    stack.events().on_ack_timeout(txn);
    EXPECT_EQ(last_out("BYE").request.path.remote, tests::at("203.0.113.9"));
    EXPECT_EQ(table.size(), 1U);
    send_from_callee("BYE");
    EXPECT_EQ(last_out("BYE").request.path.remote, tests::at("203.0.113.5"));
}

// Passed (the default): the far party of the dialog is asked to replace the one it knows.
TEST_F(Rfc3891, PassesWithTheDialogOfTheOtherLeg) {
    connect();
    const std::string replaces =
        "one@203.0.113.5;to-tag=" + to_with_tag().substr(to_with_tag().find("tag=") + 4) +
        ";from-tag=caller";
    replacing(replaces);
    const SipMessage out = last_out("INVITE").request.message;
    const SipMessage first = invite_out(0).request.message;
    const std::string from = *first.find("From");
    EXPECT_EQ(header(out, "Replaces"), *first.find("Call-ID") + ";to-tag=callee;from-tag=" +
                                           from.substr(from.find("tag=") + 4));
    EXPECT_EQ(header(out, "Require"), "replaces");
}

// Not one of ours: it goes on as it came.
TEST_F(Rfc3891, ReplacesOfStrangersPassesUnchanged) {
    connect();
    replacing("no@where;to-tag=a;from-tag=b");
    EXPECT_EQ(header(last_out("INVITE").request.message, "Replaces"),
              "no@where;to-tag=a;from-tag=b");
}

// RFC 5589 7: attended transfer, consumed: the target is asked to replace its dialog with us.
TEST_F(Rfc3891, AttendedReferNamesTheDialogThatTheTargetKnows) {
    consume("refer");
    connect();
    // The callee has called 300 through us as well.
    SipMessage consultation = invite(sdp("192.0.2.20", 5100));
    consultation.request_uri = "sip:300@198.51.100.1";
    consultation.set("To", "<sip:300@198.51.100.1>");
    consultation.set("From", "<sip:200@192.0.2.20>;tag=consult");
    consultation.set("Call-ID", "consult@192.0.2.20");
    const auto second = stack.receive(
        std::move(consultation),
        {SipTransport::udp, tests::at("198.51.100.1"), tests::at("192.0.2.20")}, now());
    media.deliver();
    const auto to_target = last_out("INVITE");
    answer(to_target, 200, sdp("192.0.2.30", 6000), "target");
    SipMessage ack;
    ack.method = "ACK";
    stack.events().on_ack(second, {ServerTxn{}, std::move(ack), caller_path(), now()});
    const std::string to = *last_answer(second).find("To");
    refer("<sip:300@198.51.100.1?Replaces=consult%40192.0.2.20%3Bto-tag%3D" +
          to.substr(to.find("tag=") + 4) + "%3Bfrom-tag%3Dconsult>");
    const SipMessage out = last_out("INVITE").request.message;
    const std::string from = *to_target.request.message.find("From");
    EXPECT_EQ(header(out, "Replaces"),
              *to_target.request.message.find("Call-ID") +
                  ";to-tag=target;from-tag=" + from.substr(from.find("tag=") + 4));
    EXPECT_EQ(header(out, "Require"), "replaces");
}

}  // namespace
}  // namespace weir::signaling

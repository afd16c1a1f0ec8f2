// SPDX-License-Identifier: Apache-2.0
// RFC 3891 1, RFC 5589 7: an attended transfer whose target knows no Replaces (420). Both dialogs
// of the transferor are with us, so that we take its end of the consultation ourselves.
#include "tests/unit/signaling/call/loop_bench.hpp"

namespace weir::tests {
namespace {

constexpr const char* kConfiguration = R"(voice service voip
 ip address trusted list
  ipv4 203.0.113.5
 mode border-element
 allow-connections sip to sip
 no supplementary-service sip refer
!
dial-peer voice 10 voip
 session protocol sipv2
 incoming called-number .T
 codec g711ulaw
 dtmf-relay rtp-nte
!
dial-peer voice 20 voip
 destination-pattern 2..
 session protocol sipv2
 session target ipv4:192.0.2.20
 codec g711ulaw
 dtmf-relay rtp-nte
!
dial-peer voice 30 voip
 destination-pattern 3..
 session protocol sipv2
 session target ipv4:192.0.2.30
 codec g711ulaw
 dtmf-relay rtp-nte
!
end
)";

class JoinedCalls : public LoopBench {
protected:
    JoinedCalls() { load(kConfiguration); }

    // The caller talks to the callee (192.0.2.20), which talks to the target (192.0.2.30), too.
    void consult() {
        connect();
        SipMessage message = request("INVITE", "sip:300@198.51.100.1");
        message.set("From", "<sip:200@192.0.2.20>;tag=consult");
        message.set("Call-ID", "consult@192.0.2.20");
        message.set("Contact", "<sip:200@192.0.2.20>");
        message.body = sdp("192.0.2.20", 5002);
        message.add("Content-Type", "application/sdp");
        const auto txn = stack.receive(std::move(message), path_of_callee(), now());
        settle();
        answer_out(out_to("192.0.2.30"), 200, sdp("192.0.2.30", 6000));
        SipMessage ack;
        ack.method = "ACK";
        stack.events().on_ack(txn, {ServerTxn{}, std::move(ack), path_of_callee(), now()});
        settle();
        const std::string to = *last_answer(txn).find("To");
        replaces_ = "consult%40192.0.2.20%3Bto-tag%3D" + to.substr(to.find("tag=") + 4) +
                    "%3Bfrom-tag%3Dconsult";
    }
    ServerTxn refer() {
        const auto txn = request_of_callee(
            "REFER", {{"Refer-To", "<sip:300@198.51.100.1?Replaces=" + replaces_ + ">"}});
        settle();
        return txn;
    }
    // The last line of progress that the callee was told; each NOTIFY gets its 200.
    std::string progress() {
        std::string last;
        for (std::size_t i = 0; i < stack.sent_with("NOTIFY").size(); ++i) {
            const auto notify = stack.sent_with("NOTIFY")[i];
            last = notify.request.message.body.substr(8, 3);
            if (i < told_) continue;
            ++told_;
            answer_out(notify, 200);
        }
        return last;
    }
    // What the target is asked in its own dialog, answered.
    void answer_target(int status, const std::string& body = {}) {
        answer_out(out_to("192.0.2.30"), status, body);
    }
    static signaling::SipPath path_of_callee() {
        return {signaling::SipTransport::udp, at("198.51.100.1"), at("192.0.2.20")};
    }
    std::string replaces_;
    std::size_t told_ = 0;
};

TEST_F(JoinedCalls, ATargetThatKnowsReplacesIsAskedItself) {
    consult();
    refer();
    const SipMessage out = out_to("192.0.2.30").request.message;
    EXPECT_NE(header(out, "Replaces"), "(none)");
    EXPECT_EQ(header(out, "Require"), "replaces");
}

TEST_F(JoinedCalls, After420TheTransferorsEndIsTakenHere) {
    consult();
    refer();
    progress();
    answer_target(420);
    progress();
    // The target hears of it in the dialog that it has.
    const auto told = out_to("192.0.2.30");
    EXPECT_NE(header(told.request.message, "To").find("tag="), std::string::npos);
    EXPECT_EQ(header(told.request.message, "Replaces"), "(none)");
    answer_target(200, sdp("192.0.2.30", 6000));
    answer_out(out_to("203.0.113.5"), 200, sdp("203.0.113.5", 4000));
    EXPECT_EQ(progress(), "200");
    EXPECT_EQ(count_to("192.0.2.20", "BYE"), 2U) << "both calls of the transferor are over";
    EXPECT_EQ(table.size(), 2U) << "the two calls stand one behind the other";
    EXPECT_EQ(media.open.size(), 2U);
}

TEST_F(JoinedCalls, TheMediaOfBothCallsMeet) {
    consult();
    refer();
    answer_target(420);
    answer_target(200, sdp("192.0.2.30", 6000));
    answer_out(out_to("203.0.113.5"), 200, sdp("203.0.113.5", 4000));
    const auto calls = table.calls();
    ASSERT_EQ(calls.size(), 2U);
    EXPECT_EQ(calls[0].remote_rtp[0][0], *Endpoint::parse("203.0.113.5:4000", 0));
    EXPECT_EQ(calls[0].remote_rtp[0][1], calls[1].local_rtp[0][0]);
    EXPECT_EQ(calls[1].remote_rtp[0][0], calls[0].local_rtp[0][1]);
    EXPECT_EQ(calls[1].remote_rtp[0][1], *Endpoint::parse("192.0.2.30:6000", 0));
}

TEST_F(JoinedCalls, TheEndOfOneIsTheEndOfBoth) {
    consult();
    refer();
    answer_target(420);
    answer_target(200, sdp("192.0.2.30", 6000));
    answer_out(out_to("203.0.113.5"), 200, sdp("203.0.113.5", 4000));
    progress();
    send_from_caller("BYE");
    settle();
    EXPECT_EQ(count_to("192.0.2.30", "BYE"), 1U);
    finish();
    EXPECT_EQ(table.size(), 0U);
    EXPECT_TRUE(media.open.empty());
    EXPECT_EQ(sink.lines.size(), 2U);
}

// Our own address is no trusted source here, and need not be: the INVITE is known by its tag.
TEST_F(JoinedCalls, NobodyElseMayUseOurAddress) {
    consult();
    SipMessage forged = invite();
    forged.set("Call-ID", "forged@198.51.100.1");
    const signaling::SipPath path{signaling::SipTransport::udp, at("198.51.100.1"),
                                  at("198.51.100.1")};
    const auto txn = stack.receive(std::move(forged), path, now());
    EXPECT_EQ(stack.discarded, (std::vector<ServerTxn>{txn}));
}

// A dialog that is not with us cannot be joined: the transferor learns the target's answer.
TEST_F(JoinedCalls, ADialogOfStrangersStaysAFailure) {
    consult();
    replaces_ = "no%40where%3Bto-tag%3Da%3Bfrom-tag%3Db";
    refer();
    progress();
    answer_target(420);
    EXPECT_EQ(progress(), "420");
    EXPECT_EQ(table.size(), 2U);
}

}  // namespace
}  // namespace weir::tests

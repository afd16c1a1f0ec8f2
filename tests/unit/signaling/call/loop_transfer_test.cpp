// SPDX-License-Identifier: Apache-2.0
// Transfers while both passes of a TDM loop share one media session (spec G, B.6): by the gateway
// and by the far party, passed and consumed, blind and attended.
#include <string>
#include <vector>

#include "tests/unit/signaling/call/loop_bench.hpp"

namespace weir::signaling {
namespace {

using tests::at;
using tests::sdp;
using tests::uri_tag;

constexpr const char* kGateway = "203.0.113.5";
constexpr const char* kParty = "192.0.2.20";
constexpr const char* kTarget = "192.0.2.30";
constexpr const char* kTargetsPeer = R"(dial-peer voice 540 voip
 destination-pattern 3..$
 session protocol sipv2
 session target ipv4:192.0.2.30
 codec g711ulaw
 dtmf-relay rtp-nte
!
)";
constexpr const char* kMode = " mode border-element\n";

// The lines of the calls that are recorded: those of the second pass's media class.
class Recordings final : public CallListener {
public:
    bool wants_media(const config::Config&, config::DialPeerTag inbound,
                     config::DialPeerTag) const override {
        return inbound == config::DialPeerTag{520};
    }
    void on_call_connected(const CallView& call) override { note(call, 'c'); }
    void on_call_media_changed(const CallView& call, MonoTime) override { note(call, 'm'); }
    void on_call_releasing(const CallView&, const CallEnd&) override {}
    void on_call_ended(const CallView& call, const CallEnd&,
                       const dataplane::SessionState&) override {
        note(call, 'e');
    }
    std::string told;

private:
    void note(const CallView& call, char event) {
        if (call.parties[0].dial_peer == config::DialPeerTag{520}) told += event;
    }
};

class LoopTransfer : public tests::LoopBench {
protected:
    LoopTransfer() {
        table.add_listener(recordings);
        configure("");
    }
    // `global`: lines of voice service voip.
    void configure(const std::string& global) { load_with(global + kMode, kMode, kTargetsPeer); }
    void consume() { configure(" no supplementary-service sip refer\n"); }
    void consume_at(const std::string& peer) {
        load_with(peer + " no supplementary-service sip refer\n", peer, kTargetsPeer);
    }

    // A REFER of the far party, inside the dialog of `invite`.
    ServerTxn refer_of_party(const std::string& to = "<sip:300@198.51.100.1>") {
        return send_from_party(out_to(kParty), "REFER", {}, {{"Refer-To", to}});
    }
    ServerTxn refer_of_gateway(const std::string& to = "<sip:300@198.51.100.1>") {
        SipMessage message = from_caller("REFER");
        message.add("Refer-To", to);
        const auto txn = stack.receive(std::move(message), caller_path(), now());
        settle();
        return txn;
    }
    // What `party` was told of its REFER, each NOTIFY answered.
    std::vector<std::string> progress() {
        std::vector<std::string> told;
        for (std::size_t i = 0; i < stack.sent_with("NOTIFY").size(); ++i) {
            const auto notify = stack.sent_with("NOTIFY")[i];
            if (is_own(notify.request.path)) continue;
            told.push_back(notify.request.message.body.substr(8, 3));
            if (notify.txn <= last_notify_) continue;
            last_notify_ = notify.txn;
            answer_out(notify, 200);
        }
        return told;
    }
    // The target answers, and whoever remains agrees to it.
    void complete(const char* remaining, const std::string& theirs) {
        progress();
        answer_out(out_to(kTarget), 180);
        progress();
        answer_out(out_to(kTarget), 200, sdp(kTarget, 6000));
        const auto told = out_to(remaining);
        EXPECT_NE(told.request.message.find("To")->find("tag="), std::string::npos)
            << "no re-INVITE to " << remaining;
        answer_out(told, 200, theirs);
        progress();
    }
    void expect_one_session_between(const char* a, const char* b) {
        EXPECT_EQ(media.open.size(), 1U);
        EXPECT_EQ(media.remote(0, Side::a), *Endpoint::parse(a, 0));
        EXPECT_EQ(media.remote(0, Side::b), *Endpoint::parse(b, 0));
    }
    void expect_nothing_left(std::size_t calls) {
        finish();
        EXPECT_EQ(table.size(), 0U);
        EXPECT_TRUE(media.open.empty());
        EXPECT_EQ(media.opened, media.closed) << "ports in = ports out";
        EXPECT_EQ(sink.lines.size(), calls) << "one record for each call";
        EXPECT_EQ(loop.pending_timers(), 0U);
    }
    Recordings recordings;
    ClientTxn last_notify_;
};

// ---- Consumed ----------------------------------------------------------------------------------

TEST_F(LoopTransfer, TheFarPartySendsTheGatewayToTheTarget) {
    consume();
    connect_through();
    EXPECT_EQ(last_answer(refer_of_party()).status, 202);
    complete(kGateway, sdp(kGateway, 4000));
    EXPECT_EQ(progress(), (std::vector<std::string>{"100", "180", "200"}));
    EXPECT_EQ(count_to(kParty, "BYE"), 1U);
    expect_one_session_between("203.0.113.5:4000", "192.0.2.30:6000");
    EXPECT_EQ(table.size(), 2U);
    send_from_caller("BYE");
    settle();
    EXPECT_EQ(count_to(kTarget, "BYE"), 1U);
    expect_nothing_left(2);
    EXPECT_EQ(recordings.told, "cme") << "one recording";
}

TEST_F(LoopTransfer, TheGatewaySendsTheFarPartyToTheTarget) {
    consume();
    connect_through();
    EXPECT_EQ(last_answer(refer_of_gateway()).status, 202);
    complete(kParty, sdp(kParty, 5000));
    EXPECT_EQ(progress(), (std::vector<std::string>{"100", "180", "200"}));
    EXPECT_EQ(count_to(kGateway, "BYE"), 1U);
    expect_one_session_between("192.0.2.30:6000", "192.0.2.20:5000");
    send_from_party(out_to(kParty), "BYE");
    EXPECT_EQ(count_to(kTarget, "BYE"), 1U);
    expect_nothing_left(2);
    EXPECT_EQ(recordings.told, "cme");
}

TEST_F(LoopTransfer, ATargetThatRefusesLeavesBothWhereTheyAre) {
    consume();
    connect_through();
    refer_of_gateway();
    progress();
    answer_out(out_to(kTarget), 486);
    EXPECT_EQ(progress(), (std::vector<std::string>{"100", "486"}));
    expect_one_session_between("203.0.113.5:4000", "192.0.2.20:5000");
    send_from_party(out_to(kParty), "BYE");
    expect_nothing_left(2);
    EXPECT_EQ(recordings.told, "ce");
}

TEST_F(LoopTransfer, TheTransferorMayLeaveBeforeTheTargetAnswers) {
    consume();
    connect_through();
    refer_of_party();
    send_from_party(out_to(kParty), "BYE");
    EXPECT_EQ(count_to(kGateway, "BYE"), 0U);
    complete(kGateway, sdp(kGateway, 4000));
    expect_one_session_between("203.0.113.5:4000", "192.0.2.30:6000");
    send_from_caller("BYE");
    settle();
    expect_nothing_left(2);
}

// The gateway's end is in the pass without a session: the session of the other one takes what the
// target says before it has answered.
TEST_F(LoopTransfer, ThePartyThatRemainsHearsEarlyMediaOfTheTargetThroughTheLoop) {
    consume();
    connect_through();
    refer_of_gateway();
    answer_out(out_to(kTarget), 183, sdp(kTarget, 6000));
    EXPECT_EQ(media.remote(0, Side::a), *Endpoint::parse("192.0.2.30:6000", 0));
    EXPECT_EQ(media.remote(0, Side::b), *Endpoint::parse("192.0.2.20:5000", 0));
    EXPECT_EQ(count_to(kParty, "INVITE"), 1U) << "it is not asked again before there is an answer";
    complete(kParty, sdp(kParty, 5000));
    expect_one_session_between("192.0.2.30:6000", "192.0.2.20:5000");
}

TEST_F(LoopTransfer, EarlyMediaOfATargetThatRefusesGiveWayToTheGateway) {
    consume();
    connect_through();
    refer_of_gateway();
    answer_out(out_to(kTarget), 183, sdp(kTarget, 6000));
    answer_out(out_to(kTarget), 486);
    expect_one_session_between("203.0.113.5:4000", "192.0.2.20:5000");
}

TEST_F(LoopTransfer, NothingIsSentToAGatewayThatHasLeftBeforeTheTargetAnswers) {
    consume();
    connect_through();
    refer_of_gateway();
    send_from_caller("BYE");
    settle();
    EXPECT_FALSE(media.remote(0, Side::a).is_set());
    complete(kParty, sdp(kParty, 5000));
    expect_one_session_between("192.0.2.30:6000", "192.0.2.20:5000");
    send_from_party(out_to(kParty), "BYE");
    expect_nothing_left(2);
}

// The second pass passes the REFER, the first one consumes it: its own loop is what leaves.
TEST_F(LoopTransfer, AFirstPassThatConsumesLetsTheLoopGo) {
    configure("");
    consume_at("dial-peer voice 510 voip\n");
    connect_through();
    EXPECT_EQ(last_answer(refer_of_party()).status, 202);
    complete(kGateway, sdp(kGateway, 4000));
    EXPECT_EQ(count_to(kParty, "BYE"), 1U) << "the loop has gone, and the party behind it";
    EXPECT_EQ(media.remote(0, Side::a), *Endpoint::parse("203.0.113.5:4000", 0));
    EXPECT_EQ(media.remote(0, Side::b), *Endpoint::parse("192.0.2.30:6000", 0));
    finish_byes();
    EXPECT_EQ(table.size(), 1U);
    EXPECT_EQ(media.open.size(), 1U);
    send_from_caller("BYE");
    settle();
    expect_nothing_left(2);
    EXPECT_EQ(recordings.told, "ce");
}

// The far party is in another realm than the gateway and we are.
class LoopTransferInRealms : public tests::LoopBench {
protected:
    LoopTransferInRealms() : LoopBench(two_realms()) {
        load_with(std::string(" no supplementary-service sip refer\n") + kMode, kMode);
    }
    static NetworkKnowledge two_realms() {
        NetworkKnowledge network;
        network.realm_of = [](const config::Config&, const IpAddress& party) {
            return dataplane::RealmIndex(party == *IpAddress::parse(kParty) ? 1 : 0);
        };
        return network;
    }
};

// A call of its own: it does not take over the realm of the party in whose place the target comes.
TEST_F(LoopTransferInRealms, ATargetBehindTheLoopHasPortsTowardTheLoop) {
    connect_through();
    send_from_party(out_to(kParty), "REFER", {}, {{"Refer-To", "<sip:201@198.51.100.1>"}});
    const auto opened = media.sent<dataplane::OpenSession>();
    ASSERT_EQ(opened.size(), 3U);
    EXPECT_EQ(opened[1].realms, (std::array<dataplane::RealmIndex, 2>{0, 0}))
        << "the transfer's own, toward the loop";
    EXPECT_EQ(opened[2].realms, (std::array<dataplane::RealmIndex, 2>{0, 1}));
}

// ---- Passed ------------------------------------------------------------------------------------

TEST_F(LoopTransfer, AReferOfTheFarPartyPassesBothCallsAndItsNotifyBack) {
    connect_through();
    const auto txn = refer_of_party();
    const auto passed = out_to(kGateway, "REFER");
    EXPECT_EQ(header(passed.request.message, "Refer-To"), "<sip:300@198.51.100.1>");
    EXPECT_TRUE(statuses(txn).empty()) << "nobody has accepted it yet";
    answer_out(passed, 202);
    EXPECT_EQ(last_answer(txn).status, 202);
    SipMessage notify = from_caller("NOTIFY");
    notify.add("Event", "refer");
    notify.add("Subscription-State", "terminated;reason=noresource");
    notify.add("Content-Type", "message/sipfrag");
    notify.body = "SIP/2.0 200 OK\r\n";
    const auto told = stack.receive(std::move(notify), caller_path(), now());
    settle();
    EXPECT_EQ(progress(), (std::vector<std::string>{"200"}));
    EXPECT_EQ(last_answer(told).status, 200);
    expect_one_session_between("203.0.113.5:4000", "192.0.2.20:5000");
    send_from_party(out_to(kParty), "BYE");
    expect_nothing_left(2);
    EXPECT_EQ(recordings.told, "ce");
}

TEST_F(LoopTransfer, AReferOfTheGatewayPassesBothCalls) {
    connect_through();
    const auto txn = refer_of_gateway();
    answer_out(out_to(kParty, "REFER"), 202);
    EXPECT_EQ(last_answer(txn).status, 202);
    send_from_party(out_to(kParty), "NOTIFY", "SIP/2.0 200 OK\r\n",
                    {{"Event", "refer"}, {"Subscription-State", "terminated;reason=noresource"}});
    EXPECT_EQ(progress(), (std::vector<std::string>{"200"}));
    EXPECT_EQ(count_to(kGateway, "NOTIFY"), 1U);
    send_from_caller("BYE");
    settle();
    expect_nothing_left(2);
}

// ---- Attended ----------------------------------------------------------------------------------

// One of the two has asked the target first, in a call of its own.
class AttendedLoopTransfer : public LoopTransfer {
protected:
    void consult(const std::string& who = kParty) {
        SipMessage message = request("INVITE", "sip:300@198.51.100.1");
        message.set("From", "<sip:200@" + who + ">;tag=consult");
        message.set("Call-ID", "consult@" + who);
        message.set("Contact", "<sip:200@" + who + ">");
        message.body = sdp(who.c_str(), 5002);
        message.add("Content-Type", "application/sdp");
        const SipPath path{SipTransport::udp, at("198.51.100.1"), at(who.c_str())};
        const auto txn = stack.receive(std::move(message), path, now());
        settle();
        consulted_ = out_to(kTarget);
        answer_out(consulted_, 200, sdp(kTarget, 6000));
        SipMessage ack;
        ack.method = "ACK";
        stack.events().on_ack(txn, {ServerTxn{}, std::move(ack), path, now()});
        settle();
        const SipMessage answer = last_answer(txn);
        replaces_ = "consult@" + who + ";to-tag=" + uri_tag(answer, "To") + ";from-tag=consult";
        std::string escaped;
        for (const char c : replaces_)
            escaped += c == '@' ? "%40" : c == ';' ? "%3B" : c == '=' ? "%3D" : std::string(1, c);
        refer_to_ = "<sip:300@198.51.100.1?Replaces=" + escaped + ">";
    }
    // As the target knows its dialog of the consultation.
    std::string replaced_at_target() const {
        const SipMessage& out = consulted_.request.message;
        return *out.find("Call-ID") + ";to-tag=callee;from-tag=" + uri_tag(out, "From");
    }
    tests::FakeSipStack::Sent consulted_;
    std::string replaces_;
    std::string refer_to_;
};

TEST_F(AttendedLoopTransfer, ConsumedTheTargetIsAskedToReplaceItsDialog) {
    consume();
    connect_through();
    consult();
    EXPECT_EQ(last_answer(refer_of_party(refer_to_)).status, 202);
    EXPECT_EQ(header(out_to(kTarget).request.message, "Replaces"), replaced_at_target());
    complete(kGateway, sdp(kGateway, 4000));
    EXPECT_EQ(media.remote(0, Side::b), *Endpoint::parse("192.0.2.30:6000", 0));
    // The target and the transferor each end what they have no use for any more.
    send_from_party(consulted_, "BYE");
    finish_byes();
    EXPECT_EQ(table.size(), 2U);
    EXPECT_EQ(media.open.size(), 1U);
    send_from_caller("BYE");
    settle();
    expect_nothing_left(3);
}

// A target that knows no Replaces: the calls stand one behind the other.
TEST_F(AttendedLoopTransfer, ATargetWithoutReplacesIsJoinedBehindTheLoop) {
    consume();
    connect_through();
    consult();
    refer_of_party(refer_to_);
    progress();
    answer_out(out_to(kTarget), 420);
    const auto told = out_to(kTarget);
    EXPECT_EQ(header(told.request.message, "Replaces"), "(none)");
    answer_out(told, 200, sdp(kTarget, 6000));
    answer_out(out_to(kGateway), 200, sdp(kGateway, 4000));
    EXPECT_EQ(progress().back(), "200");
    finish_byes();
    EXPECT_EQ(table.size(), 3U);
    EXPECT_EQ(media.open.size(), 2U);
    send_from_caller("BYE");
    settle();
    EXPECT_EQ(count_to(kTarget, "BYE"), 1U);
    expect_nothing_left(3);
}

TEST_F(AttendedLoopTransfer, ConsumedOfTheGatewayTheTargetIsAskedToReplaceItsDialog) {
    consume();
    connect_through();
    consult(kGateway);
    EXPECT_EQ(last_answer(refer_of_gateway(refer_to_)).status, 202);
    EXPECT_EQ(header(out_to(kTarget).request.message, "Replaces"), replaced_at_target());
    complete(kParty, sdp(kParty, 5000));
    const auto calls = table.calls();
    EXPECT_EQ(calls.at(1).remote_rtp[0][0], *Endpoint::parse("192.0.2.30:6000", 0));
    EXPECT_EQ(calls[1].remote_rtp[0][1], *Endpoint::parse("192.0.2.20:5000", 0));
    send_from_party(consulted_, "BYE");
    finish_byes();
    EXPECT_EQ(table.size(), 2U);
    EXPECT_EQ(media.open.size(), 1U);
    send_from_party(out_to(kParty), "BYE");
    EXPECT_EQ(count_to(kTarget, "BYE"), 1U);
    expect_nothing_left(3);
    EXPECT_EQ(recordings.told, "cme") << "one recording";
}

// The pass that the gateway is in has no session: the two that are left stand behind each other.
TEST_F(AttendedLoopTransfer, ATargetWithoutReplacesIsJoinedToTheLoopOfTheGateway) {
    consume();
    connect_through();
    consult(kGateway);
    refer_of_gateway(refer_to_);
    progress();
    answer_out(out_to(kTarget), 420);
    const auto told = out_to(kTarget);
    EXPECT_EQ(header(told.request.message, "Replaces"), "(none)");
    answer_out(told, 200, sdp(kTarget, 6000));
    answer_out(out_to(kParty), 200, sdp(kParty, 5000));
    EXPECT_EQ(progress().back(), "200");
    finish_byes();
    EXPECT_EQ(table.size(), 3U);
    ASSERT_EQ(media.open.size(), 2U);
    const auto calls = table.calls();
    const auto& loop_ports = calls.at(1).local_rtp[0];
    const auto& consultation_ports = calls.at(2).local_rtp[0];
    EXPECT_EQ(calls[1].remote_rtp[0][0], consultation_ports[0]);
    EXPECT_EQ(calls[2].remote_rtp[0][0], loop_ports[0]);
    EXPECT_EQ(calls[1].remote_rtp[0][1], *Endpoint::parse("192.0.2.20:5000", 0));
    EXPECT_EQ(calls[2].remote_rtp[0][1], *Endpoint::parse("192.0.2.30:6000", 0));
    send_from_party(out_to(kParty), "BYE");
    EXPECT_EQ(count_to(kTarget, "BYE"), 1U);
    expect_nothing_left(3);
}

// Over TLS the node would have to believe its own certificate.
TEST_F(AttendedLoopTransfer, ATargetOverTlsIsJoinedThroughAnotherListener) {
    stack.listening.push_back({SipTransport::tls, *Endpoint::parse("198.51.100.1:5061", 0)});
    std::string peer = kTargetsPeer;
    peer.replace(peer.find("192.0.2.30"), 10, "192.0.2.30:5060\n session transport tcp tls");
    const std::string consuming = std::string(" no supplementary-service sip refer\n") + kMode;
    load_with(consuming, kMode, peer);
    connect_through();
    consult();
    ASSERT_EQ(consulted_.request.path.transport, SipTransport::tls);
    refer_of_party(refer_to_);
    progress();
    answer_out(out_to(kTarget), 420);
    constexpr const char* kItsContact = "192.0.2.30:5061";
    answer_out(out_to(kItsContact), 200, sdp(kTarget, 6000));
    answer_out(out_to(kGateway), 200, sdp(kGateway, 4000));
    EXPECT_EQ(progress().back(), "200");
    finish_byes();
    EXPECT_EQ(table.size(), 3U);
    send_from_caller("BYE");
    settle();
    EXPECT_EQ(count_to(kItsContact, "BYE"), 1U);
    expect_nothing_left(3);
}

TEST_F(AttendedLoopTransfer, PassedTheReferOfTheGatewayReachesTheFarParty) {
    connect_through();
    consult(kGateway);
    const auto txn = refer_of_gateway(refer_to_);
    const auto passed = out_to(kParty, "REFER");
    EXPECT_EQ(header(passed.request.message, "Refer-To"), refer_to_);
    answer_out(passed, 202);
    EXPECT_EQ(last_answer(txn).status, 202);
}

// Passed: the gateway itself asks the target to replace the dialog, in a call through the loop.
TEST_F(AttendedLoopTransfer, PassedTheGatewaysInviteCarriesWhatTheTargetKnows) {
    connect_through();
    consult();
    refer_of_party(refer_to_);
    const auto passed = out_to(kGateway, "REFER");
    EXPECT_EQ(header(passed.request.message, "Refer-To"), refer_to_);
    answer_out(passed, 202);
    SipMessage fresh = request("INVITE", "sip:300@198.51.100.1");
    fresh.set("Call-ID", "second@203.0.113.5");
    fresh.add("Replaces", replaces_);
    fresh.body = sdp(kGateway, 4100);
    fresh.add("Content-Type", "application/sdp");
    call(fresh);
    settle();
    EXPECT_EQ(header(out_to(kTarget).request.message, "Replaces"), replaced_at_target());
}

}  // namespace
}  // namespace weir::signaling

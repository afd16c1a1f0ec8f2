// SPDX-License-Identifier: Apache-2.0
// LoopBench: a CallBench whose messages to our own address come back, as over the loopback device:
// INVITEs and what follows them, ACKs, CANCELs and responses. Nothing is lost or late.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <utility>

#include "config/language/language.hpp"
#include "tests/support/party_messages.hpp"
#include "tests/unit/signaling/call/call_bench.hpp"

namespace weir::tests {

// The tag of From or To.
inline std::string uri_tag(const SipMessage& message, const char* name) {
    const auto address = signaling::NameAddr::parse(*message.find(name));
    return address ? address->tag() : "";
}

// A TDM gateway (203.0.113.5) and a PBX (192.0.2.20) around the loop of spec G.2: the mark 7788
// goes on in the first pass and off in the second one, which has the media class.
inline constexpr const char* kLoopConfiguration = R"(voice service voip
 ip address trusted list
  ipv4 198.51.100.1
 mode border-element
 allow-connections sip to sip
!
media profile recorder 51
 media-recording 59001
!
media class 51
 recorder profile 51
!
voice translation-rule 51
 rule 1 /^/ /7788/
!
voice translation-rule 52
 rule 1 /^7788/ //
!
voice translation-profile MARK
 translate called 51
!
voice translation-profile UNMARK
 translate called 52
!
voice-port 0/1/0:15
 signal sip target ipv4:203.0.113.5
!
dial-peer voice 500 pots
 incoming called-number 2..
 port 0/1/0:15
!
dial-peer voice 510 voip
 translation-profile outgoing MARK
 destination-pattern 2..$
 session protocol sipv2
 session target ipv4:198.51.100.1
 codec g711ulaw
 dtmf-relay rtp-nte
!
dial-peer voice 511 voip
 preference 1
 destination-pattern 2..$
 session protocol sipv2
 session target ipv4:192.0.2.21
 codec g711ulaw
 dtmf-relay rtp-nte
!
dial-peer voice 520 voip
 session protocol sipv2
 incoming called-number 77882..
 media-class 51
 codec g711ulaw
 dtmf-relay rtp-nte
!
dial-peer voice 530 voip
 translation-profile outgoing UNMARK
 huntstop
 destination-pattern 77882..$
 session protocol sipv2
 session target ipv4:192.0.2.20
 codec g711ulaw
 dtmf-relay rtp-nte
!
dial-peer voice 59001 voip
 destination-pattern 90001
 session protocol sipv2
 session target ipv4:192.0.2.71
!
end
)";

class LoopBench : public CallBench {
protected:
    explicit LoopBench(signaling::NetworkKnowledge network = {}) : CallBench(std::move(network)) {
        load(kLoopConfiguration);
    }

    void load(const std::string& text) {
        const auto read = config::language::read_text(text, "loop.cfg");
        for (const auto& diagnostic : read.diagnostics)
            if (diagnostic.severity == config::language::Diagnostic::Severity::error)
                ADD_FAILURE() << config::language::print_diagnostic(diagnostic);
        ASSERT_NE(read.config, nullptr);
        auto plan = dialplan::DialPlan::compile(read.config);
        ASSERT_TRUE(plan) << plan.error().context;
        table.set_config(*plan);
    }
    // The configuration with one line put in place of another, and `more` at its end.
    void load_with(const std::string& line, const std::string& in_place_of,
                   const std::string& more = {}) {
        std::string text = kLoopConfiguration;
        const std::size_t at = text.find(in_place_of);
        ASSERT_NE(at, std::string::npos);
        text.replace(at, in_place_of.size(), line);
        load(text.insert(text.rfind("end"), more));
    }

    // Carries what is on its way to ourselves, until nothing is left.
    void settle() {
        bool moved = true;
        while (moved) {
            moved = false;
            media.deliver();
            while (sent_ < stack.sent.size())
                moved = carry_request(FakeSipStack::Sent(stack.sent[sent_++])) || moved;
            while (acks_ < stack.acks.size())
                moved = carry_ack(signaling::OutgoingRequest(stack.acks[acks_++])) || moved;
            while (cancels_ < stack.cancelled.size()) {
                const auto client = stack.cancelled[cancels_++].first;
                for (const auto& [server, known] : clients_)
                    if (known == client) stack.events().on_cancel(server, {});
                moved = true;
            }
            while (answers_ < stack.answered.size()) {
                const FakeSipStack::Answered answered = stack.answered[answers_++];
                const auto client = clients_.find(answered.txn);
                if (client == clients_.end()) continue;
                stack.events().on_response({client->second, answered.response, now()});
                moved = true;
            }
        }
    }
    // The INVITE of the gateway, through the loop.
    ServerTxn call_from_gateway(const std::string& body = sdp("203.0.113.5", 4000)) {
        const auto txn = call(invite(body));
        settle();
        return txn;
    }
    // The last INVITE that left for that party, not for ourselves.
    FakeSipStack::Sent out_to(const char* party, const char* method = "INVITE") const {
        FakeSipStack::Sent found;
        for (const auto& sent : stack.sent_with(method))
            if (sent.request.path.remote == at(party)) found = sent;
        EXPECT_NE(found.txn, ClientTxn{}) << "no " << method << " to " << party;
        return found;
    }
    std::size_t count_to(const char* party, const char* method) const {
        std::size_t count = 0;
        for (const auto& sent : stack.sent_with(method))
            if (sent.request.path.remote == at(party)) ++count;
        return count;
    }
    // In the name of whoever it went to.
    void answer_out(const FakeSipStack::Sent& to, int status, const std::string& body = {}) {
        SipMessage response = callee_response(to.request.message, status,
                                              uri_host(to.request.path.remote.address), "callee");
        put_sdp(response, body);
        stack.events().on_response({to.txn, std::move(response), now()});
        settle();
    }
    // A request of the party that got `invite`, inside its dialog.
    ServerTxn send_from_party(const FakeSipStack::Sent& invite, const std::string& method,
                              const std::string& body = {},
                              const std::vector<signaling::Header>& more = {}) {
        SipMessage message = callee_request(invite.request.message, method, ++party_cseq_);
        for (const auto& header : more)
            message.add(header.name, header.value);
        if (body.starts_with("v="))
            put_sdp(message, body);
        else if (!body.empty()) {
            message.add("Content-Type", "message/sipfrag");
            message.body = body;
        }
        signaling::SipPath path{signaling::SipTransport::udp, at("198.51.100.1"),
                                invite.request.path.remote};
        const auto txn = stack.receive(std::move(message), path, now());
        settle();
        return txn;
    }
    // A call that talks.
    ServerTxn connect_through() {
        const auto txn = call_from_gateway();
        answer_out(out_to("192.0.2.20"), 200, sdp("192.0.2.20", 5000));
        ack(txn);
        settle();
        return txn;
    }
    // Every BYE that left us and has no answer gets one.
    void finish_byes() {
        for (; byes_ < stack.sent_with("BYE").size(); ++byes_) {
            const auto bye = stack.sent_with("BYE")[byes_];
            if (!is_own(bye.request.path)) answer_out(bye, 200);
        }
    }
    void finish() {
        finish_byes();
        loop.advance(std::chrono::minutes(2));
        settle();
    }
    static bool is_own(const signaling::SipPath& path) { return path.remote == path.local; }

private:
    bool carry_request(const FakeSipStack::Sent& sent) {
        const auto& request = sent.request;
        if (!is_own(request.path)) return false;
        SipMessage message = request.message;
        message.headers.insert(
            message.headers.begin(),
            {"Via", "SIP/2.0/UDP 198.51.100.1;branch=z9hG4bKw" + std::to_string(sent.txn.value())});
        const signaling::SipPath back{request.path.transport, request.path.remote,
                                      request.path.local};
        // Known before the table answers: the fake stack numbers all transactions in one row.
        const ServerTxn txn = stack.receive(message, back, now());
        clients_[txn] = sent.txn;
        if (request.message.method == "INVITE") invites_[key(request.message)] = txn;
        return true;
    }
    bool carry_ack(const signaling::OutgoingRequest& ack) {
        if (!is_own(ack.path)) return false;
        const auto invite = invites_.find(key(ack.message));
        if (invite == invites_.end()) return false;
        SipMessage message = ack.message;
        const signaling::SipPath back{ack.path.transport, ack.path.remote, ack.path.local};
        stack.events().on_ack(invite->second, {ServerTxn{}, std::move(message), back, now()});
        return true;
    }
    static std::string key(const SipMessage& message) {
        const std::string* cseq = message.find("CSeq");
        return *message.find("Call-ID") + " " + cseq->substr(0, cseq->find(' ')) +
               *message.find("From");
    }

    std::map<ServerTxn, ClientTxn> clients_;
    std::map<std::string, ServerTxn> invites_;
    std::size_t sent_ = 0;
    std::size_t acks_ = 0;
    std::size_t cancels_ = 0;
    std::size_t answers_ = 0;
    std::size_t byes_ = 0;
    unsigned party_cseq_ = 0;
};

}  // namespace weir::tests

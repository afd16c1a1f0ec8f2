// SPDX-License-Identifier: Apache-2.0
// FuzzRun: random events in random order against the machines of a call table. Whatever happens,
// every request gets one final answer, every session that is opened is closed, every call ends
// once, nothing is left, and a replay of what was recorded does the same.
#pragma once

#include <map>
#include <set>

#include "config/base/limits.hpp"
#include "signaling/trace/render.hpp"
#include "signaling/trace/replay.hpp"
#include "tests/sim/memory_tape.hpp"
#include "tests/unit/signaling/call/call_bench.hpp"

namespace weir::signaling {

class FuzzListener final : public CallListener {
public:
    bool wants_media(const config::Config&, config::DialPeerTag,
                     config::DialPeerTag) const override {
        return true;
    }
    void on_call_connected(const CallView& call) override { note(call, 'c'); }
    void on_call_media_changed(const CallView& call, MonoTime) override { note(call, 'm'); }
    void on_call_releasing(const CallView& call, const CallEnd&) override { note(call, 'r'); }
    void on_call_ended(const CallView& call, const CallEnd&,
                       const dataplane::SessionState&) override {
        note(call, 'e');
    }
    void note(const CallView& call, char what) { told[call.id] += what; }
    std::map<CallId, std::string> told;
};

class FuzzRun final : public tests::CallBench {
public:
    explicit FuzzRun(std::uint64_t seed) : dice_(seed), link_fails_(seed % 2 == 0) {
        add_peer(21, "2..", "", "192.0.2.21").preference = 1;
        draw_configuration();
        apply();
        table.add_listener(listener_);
        table.set_tape(&tape_);
    }
    ~FuzzRun() override { table.set_tape(nullptr); }
    void TestBody() override {}

    void run(unsigned steps) {
        for (unsigned i = 0; i < steps; ++i) {
            step();
            if (dice_.below(3) != 0) media.deliver();
        }
        finish();
    }
    [[nodiscard]] unsigned count(char what) const {
        unsigned total = 0;
        for (const auto& [call, told] : listener_.told)
            total += static_cast<unsigned>(std::count(told.begin(), told.end(), what));
        return total;
    }
    void check() {
        EXPECT_EQ(table.size(), 0U);
        // What was lost with the link is left to weir-media, and known as such.
        media.come_up();
        media.deliver();
        EXPECT_EQ(media.open.size(), table.orphans().size());
        EXPECT_TRUE(was_down_ || media.open.empty());
        // weir-media releases them in silence: the table looks until none is left.
        media.open.clear();
        loop.advance(kOrphanIdle);
        media.deliver();
        EXPECT_TRUE(table.orphans().empty());
        EXPECT_EQ(loop.pending_timers(), 0U);
        EXPECT_EQ(sink.lines.size(), listener_.told.size());
        for (const ServerTxn txn : received_) {
            unsigned finals = 0;
            for (const auto& response : stack.answers_to(txn)) {
                EXPECT_EQ(finals, 0U) << "a response after the final one";
                if (response.status >= 200) ++finals;
            }
            EXPECT_EQ(finals, 1U) << "transaction " << txn.value();
        }
        for (const auto& [call, told] : listener_.told) {
            // c, any number of m, r, e; or e alone.
            EXPECT_EQ(told.find('e'), told.size() - 1) << told;
            const bool connected = told.find('c') != std::string::npos;
            EXPECT_EQ(connected, told.find('r') != std::string::npos) << told;
            if (!connected) continue;
            EXPECT_EQ(told.find('c'), 0U) << told;
            EXPECT_EQ(told.find('r'), told.size() - 2) << told;
        }
    }

    // The recorded inputs bring the same actions about once more.
    void replay_all() const {
        for (const auto& [id, call] : tape_.calls) {
            const auto result = replay(call, tape_.configs.at(id));
            ASSERT_TRUE(result) << result.error().context;
            if (!result->difference) continue;
            FAIL() << "call " << id.value() << ", step " << result->difference->step << ", "
                   << result->difference->input << "\nrecorded " << result->difference->recorded
                   << "\nnow " << result->difference->now;
        }
    }

    // Every call of the run, for whoever reads a failure.
    [[nodiscard]] std::string ladders() const {
        std::string text;
        for (const auto& [id, call] : tape_.calls)
            text += ladder(call, true) + "\n";
        return text;
    }

private:
    struct Incoming {
        std::string call_id;
        ServerTxn txn;
        unsigned cseq = 1;
    };

    bool chance(unsigned one_in) { return dice_.below(one_in) == 0; }
    template <typename Value>
    Value one_of(const std::vector<Value>& values) {
        return values[dice_.below(values.size())];
    }

    // Settings that decide how a call goes, at the global level and at the peers.
    void draw_configuration() {
        draw_settings(config.voice.sip);
        for (auto& [tag, peer] : config.dial_peers)
            if (chance(2)) draw_settings(peer.sip);
        for (const char* line : {"no supplementary-service sip refer",
                                 "no supplementary-service sip moved-temporarily"})
            if (chance(3))
                config.voice.kept.push_back(
                    {std::string(line).substr(3), line,
                     "supplementary-service sip {handle-replaces | moved-temporarily | refer}"});
    }
    void draw_settings(config::SipOptions& sip) {
        using Mode = config::Rel1xx::Mode;
        if (chance(2)) {
            sip.rel1xx = config::Rel1xx{
                one_of<Mode>({Mode::supported, Mode::require, Mode::disable}), "100rel"};
            if (sip.rel1xx->mode == Mode::disable) sip.rel1xx->option_tag.clear();
        }
        for (const std::uint16_t code : {180, 181, 183})
            if (chance(8))
                sip.block[code] = one_of<config::BlockWhen>({config::BlockWhen::always,
                                                             config::BlockWhen::sdp_absent,
                                                             config::BlockWhen::sdp_present});
        if (chance(4)) sip.send_180_sdp = true;
        if (chance(4)) sip.map_181_to_183 = true;
        if (chance(4)) sip.disable_early_media_180 = true;
        if (chance(4))
            sip.early_media_update = one_of<config::EarlyMediaUpdate>(
                {config::EarlyMediaUpdate::block, config::EarlyMediaUpdate::block_renegotiate});
        if (chance(3))
            sip.early_offer = one_of<config::EarlyOffer>({config::EarlyOffer::forced,
                                                          config::EarlyOffer::renegotiate,
                                                          config::EarlyOffer::renegotiate_always});
        if (chance(3))
            sip.midcall_signaling = one_of<config::MidcallSignaling>(
                {config::MidcallSignaling::passthru_media_change, config::MidcallSignaling::block,
                 config::MidcallSignaling::preserve_codec});
        if (chance(4)) sip.call_hold = config::CallHold::conn_addr;
        if (chance(3)) sip.session_refresh = true;
        if (chance(4)) sip.timer = config::SessionTimer{90, 90};
        if (chance(4)) sip.handle_replaces = true;
        if (chance(4)) sip.error_passthru = true;
        if (chance(4)) sip.pass_unsupported_headers = true;
    }

    std::string random_sdp() {
        static const std::vector<std::string> more{
            "",
            "",
            "a=sendonly\r\n",
            "a=inactive\r\n",
            "a=recvonly\r\n",
            "m=video 4002 RTP/AVP 97\r\na=rtpmap:97 H264/90000\r\n",
            "m=image 4004 udptl t38\r\n",
            "m=audio 4008 RTP/SAVP 0\r\n"};
        switch (dice_.below(20)) {
            case 0:
                return "";
            case 1:
                return "v=0\r\nrubbish";
            case 2:
                return tests::sdp("203.0.113.5", 4000, "", "18");
            case 3:
                return tests::sdp("0.0.0.0", 4000);
            default:
                return tests::sdp("203.0.113.5", 4000 + 2 * static_cast<unsigned>(dice_.below(9)),
                                  more[dice_.below(more.size())]);
        }
    }
    void receive(SipMessage message, const SipPath& path) {
        const bool is_invite = message.method == "INVITE";
        received_.push_back(stack.receive(std::move(message), path, now()));
        if (is_invite) invites_.push_back(received_.back());
    }
    void new_call() {
        if (calls_.size() == 4) return;
        auto message = invite(random_sdp());
        Incoming incoming{"call" + std::to_string(calls_.size()) + "@203.0.113.5", {}};
        message.set("Call-ID", incoming.call_id);
        add_wishes(message);
        receive(std::move(message), caller_path());
        incoming.txn = received_.back();
        calls_.push_back(incoming);
    }
    std::string random_method() {
        static const std::vector<std::string> methods{
            "INVITE", "INVITE", "UPDATE", "UPDATE", "INVITE",  "UPDATE", "UPDATE",   "BYE",
            "PRACK",  "PRACK",  "PRACK",  "REFER",  "OPTIONS", "INFO",   "NOTIFY",   "MESSAGE",
            "REFER",  "PRACK",  "UPDATE", "INVITE", "PRACK",   "UPDATE", "SUBSCRIBE"};
        return methods[dice_.below(methods.size())];
    }
    // What a party of today says it can do, or wants.
    void add_wishes(SipMessage& message) {
        switch (dice_.below(4)) {
            case 0:
                message.add("Supported", "100rel, timer");
                break;
            case 1:
                message.add("Require", "100rel");
                break;
            case 2:
                message.add("Supported", "timer, replaces");
                break;
            default:
                break;
        }
        if (chance(5))
            message.add("Session-Expires", one_of<std::string>({"90", "1800;refresher=uac", "30"}));
        if (chance(9)) message.add("X-Unknown", "value");
        if (chance(12) && !calls_.empty())
            message.add("Replaces", one_of(calls_).call_id + ";to-tag=caller;from-tag=x");
    }
    // The headers without which a request of that method says nothing.
    void add_method_headers(SipMessage& message, ServerTxn invite_of_dialog) {
        if (message.method == "PRACK") message.add("RAck", random_rack(invite_of_dialog));
        if (message.method == "REFER") {
            message.add(
                "Refer-To",
                one_of<std::string>({"<sip:201@198.51.100.1>", "<sip:999@198.51.100.1>",
                                     "<sip:200@198.51.100.1?Replaces=x%3Bto-tag%3Da>", "rubbish"}));
            if (chance(3)) message.add("Supported", "norefersub");
        }
        if (message.method == "NOTIFY") {
            message.add("Event", one_of<std::string>({"refer", "telephone-event", "x"}));
            message.add("Subscription-State",
                        one_of<std::string>({"active", "terminated;reason=noresource"}));
            message.add("Content-Type", "message/sipfrag");
            message.body = one_of<std::string>(
                {"SIP/2.0 100 Trying", "SIP/2.0 200 OK", "SIP/2.0 486 Busy", "x"});
        }
        if (message.method == "INFO") {
            message.add("Content-Type", "application/dtmf-relay");
            message.body = "Signal=5\r\nDuration=160\r\n";
        }
        if (message.method == "INVITE" || message.method == "UPDATE") add_wishes(message);
    }
    // Mostly that of the last reliable response.
    std::string random_rack(ServerTxn invite) {
        std::string rseq = std::to_string(dice_.below(3));
        for (const auto& answer : stack.answers_to(invite))
            if (const auto* value = answer.find("RSeq"); value != nullptr && !chance(8))
                rseq = *value;
        return rseq + (chance(10) ? " 7 INVITE" : " 1 INVITE");
    }
    void caller_request() {
        if (calls_.empty()) return;
        Incoming& from = calls_[dice_.below(calls_.size())];
        const std::string method = random_method();
        auto message = request(method, "sip:200@198.51.100.1");
        message.set("Call-ID", from.call_id);
        for (const auto& answer : stack.answers_to(from.txn))
            message.set("To", *answer.find("To"));
        if (message.find("To")->find("tag=") == std::string::npos) return;
        from.cseq += static_cast<unsigned>(dice_.below(3));
        message.set("CSeq", std::to_string(from.cseq) + " " + method);
        add_method_headers(message, from.txn);
        add_body(message);
        receive(std::move(message), caller_path());
    }
    void add_body(SipMessage& message) {
        const bool may = message.method == "INVITE" || message.method == "UPDATE" ||
                         (message.method == "PRACK" && chance(3));
        if (!may) return;
        message.body = random_sdp();
        if (!message.body.empty()) message.add("Content-Type", "application/sdp");
    }
    void callee_request() {
        const auto outs = stack.sent_with("INVITE");
        if (outs.empty()) return;
        const SipMessage out = outs[dice_.below(outs.size())].request.message;
        if (out.find("To")->find("tag=") != std::string::npos) return;
        const std::string method = random_method();
        SipMessage message = request(method, "sip:100@198.51.100.1");
        message.set("From", *out.find("To") + ";tag=callee");
        message.set("To", *out.find("From"));
        message.set("Call-ID", *out.find("Call-ID"));
        message.set("CSeq", std::to_string(++callee_number_) + " " + method);
        add_method_headers(message, ServerTxn{});
        add_body(message);
        receive(std::move(message),
                {SipTransport::udp, tests::at("198.51.100.1"), tests::at("192.0.2.20")});
    }
    void respond_to_ours() {
        if (stack.sent.empty()) return;
        // Mostly what was sent last; sometimes something old.
        const auto back =
            dice_.below(dice_.below(5) == 0 ? stack.sent.size() : 1 + stack.sent.size() / 4);
        const auto to = stack.sent[stack.sent.size() - 1 - back];
        static const std::vector<int> codes{100, 180, 183, 180, 183, 181, 199, 200, 200, 200, 200,
                                            200, 200, 200, 200, 200, 202, 302, 401, 404, 407, 408,
                                            420, 422, 481, 486, 487, 488, 491, 500, 503};
        const bool is_invite = to.request.message.method == "INVITE";
        int status = codes[dice_.below(codes.size())];
        const auto found = finals_.find(to.txn);
        if (found != finals_.end()) {
            // Behind a 2xx only other 2xx may come.
            if (!is_invite || found->second >= 300) return;
            status = 200;
        }
        if (status >= 200) finals_[to.txn] = status;
        respond(to, status, is_invite || status == 200 ? random_sdp() : "",
                dice_.below(8) == 0 ? "fork" : "callee");
    }
    void respond(const tests::FakeSipStack::Sent& to, int status, const std::string& body,
                 const char* tag) {
        SipMessage response = make_response(to.request.message, status, "", tag);
        response.add("Contact", "<sip:200@192.0.2.20>");
        response.add("Allow", chance(3) ? "INVITE, ACK, BYE"
                                        : "INVITE, ACK, BYE, CANCEL, UPDATE, PRACK, REFER");
        if (status > 100 && status < 200 && chance(2)) {
            response.add("Require", "100rel");
            const bool is_next = !chance(6);
            response.add("RSeq", std::to_string(is_next ? ++rseq_[to.txn] : 1 + dice_.below(9)));
        }
        if (status == 401 || status == 407)
            response.add(status == 401 ? "WWW-Authenticate" : "Proxy-Authenticate",
                         "Digest realm=\"r\", nonce=\"n" + std::to_string(dice_.below(3)) +
                             "\", algorithm=MD5");
        if (status == 422) response.add("Min-SE", one_of<std::string>({"1800", "90", "99999999"}));
        if (status == 420) response.add("Unsupported", "100rel");
        if (status == 200 && chance(3)) {
            response.add("Require", "timer");
            response.add("Session-Expires",
                         one_of<std::string>({"90;refresher=uas", "1800;refresher=uac"}));
        }
        if (!body.empty()) {
            response.add("Content-Type", "application/sdp");
            response.body = body;
        }
        stack.events().on_response({to.txn, std::move(response), now()});
        media.deliver();
    }
    void fail_ours() {
        if (stack.sent.empty()) return;
        const auto txn = stack.sent[dice_.below(stack.sent.size())].txn;
        if (!finals_.emplace(txn, 408).second) return;
        stack.events().on_failure(txn, TxnFailure::timeout);
    }
    int final_of(ServerTxn txn) const {
        for (const auto& response : stack.answers_to(txn))
            if (response.status >= 200) return response.status;
        return 0;
    }
    void touch_invite() {
        if (invites_.empty()) return;
        const ServerTxn txn = invites_[dice_.below(invites_.size())];
        const int final = final_of(txn);
        if (final == 0 && dice_.below(6) != 0) return;
        if (final == 0) return cancel(txn);
        if (final >= 300 || !confirmed_.insert(txn).second) return;
        if (dice_.below(20) == 0) return stack.events().on_ack_timeout(txn);
        SipMessage message = request("ACK", "sip:200@198.51.100.1");
        message.body = random_sdp();
        stack.events().on_ack(txn, {ServerTxn{}, std::move(message), caller_path(), now()});
    }
    void step() {
        switch (dice_.below(200)) {
            case 0:
                if (!link_fails_) return;
                was_down_ = true;
                return media.go_down();
            case 1:
            case 2:
            case 3:
                return media.come_up();
            case 4:
                media.refuse = !media.refuse && dice_.below(3) == 0;
                return;
            case 5:
                return loop.advance(seconds(static_cast<int>(dice_.below(200))));
            case 6:
                return loop.advance(milliseconds(static_cast<int>(dice_.below(9000))));
            case 7:
                if (dice_.below(5) == 0) table.release_all(41);
                return;
            case 8:
                stack.refuse_sends = !stack.refuse_sends && dice_.below(3) == 0;
                return;
            case 9:
            case 10:
                return fail_ours();
            default:
                break;
        }
        switch (dice_.below(10)) {
            case 0:
                return new_call();
            case 1:
                return caller_request();
            case 2:
                return callee_request();
            case 3:
            case 4:
                return touch_invite();
            default:
                return respond_to_ours();
        }
    }
    // Everybody stops answering; the stack reports what it would.
    void finish() {
        if (!media.up) media.come_up();
        stack.refuse_sends = false;
        for (int round = 0; round < 6; ++round) {
            table.release_all(41);
            for (const ServerTxn txn : invites_)
                if (final_of(txn) / 100 == 2 && confirmed_.insert(txn).second)
                    stack.events().on_ack_timeout(txn);
            for (const auto& each : std::vector(stack.sent))
                if (finals_.emplace(each.txn, 408).second)
                    stack.events().on_failure(each.txn, TxnFailure::timeout);
            media.deliver();
            loop.advance(kByeGuard + kMediaGuard);
            media.deliver();
        }
    }

    SeededRandom dice_;
    bool link_fails_;  // half of the runs never lose weir-media
    FuzzListener listener_;
    std::vector<Incoming> calls_;
    std::vector<ServerTxn> received_;
    std::vector<ServerTxn> invites_;
    std::set<ServerTxn> confirmed_;
    std::map<ClientTxn, int> finals_;
    std::map<ClientTxn, std::uint64_t> rseq_;
    MemoryTape tape_;
    unsigned callee_number_ = 0;
    bool was_down_ = false;
};

}  // namespace weir::signaling

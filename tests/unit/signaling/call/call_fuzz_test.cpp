// SPDX-License-Identifier: Apache-2.0
// Random events in random order against the machine: whatever happens, every request gets one final
// answer, every session that is opened is closed, every call ends once and nothing is left.
#include <map>
#include <set>

#include "config/base/limits.hpp"
#include "tests/unit/signaling/call/call_bench.hpp"

namespace weir::signaling {
namespace {

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
        // A third of the runs passes transfers and redirections, the others consume them.
        if (seed % 3 != 0) {
            for (const char* service : {"refer", "moved-temporarily"})
                config.voice.kept.push_back(
                    {service, "no supplementary-service sip " + std::string(service)});
            config.voice.sip.handle_replaces = true;
        }
        apply();
        table.add_listener(listener_);
    }
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

private:
    struct Incoming {
        std::string call_id;
        ServerTxn txn;
        unsigned cseq = 1;
    };

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
        if (dice_.below(4) == 0) add_replaces(message);
        receive(std::move(message), caller_path());
        incoming.txn = received_.back();
        calls_.push_back(incoming);
    }
    // Of a callee's dialog with us, mostly a real one.
    void add_replaces(SipMessage& message) {
        const auto outs = stack.sent_with("INVITE");
        if (outs.empty()) return;
        const SipMessage out = outs[dice_.below(outs.size())].request.message;
        const std::string from = *out.find("From");
        message.add("Replaces",
                    *out.find("Call-ID") + ";to-tag=" + from.substr(from.find("tag=") + 4) +
                        ";from-tag=callee" + (dice_.below(8) == 0 ? ";early-only" : ""));
    }
    std::string random_method() {
        static const std::vector<std::string> methods{
            "INVITE", "INVITE",  "UPDATE", "UPDATE", "INVITE", "UPDATE", "UPDATE",
            "BYE",    "OPTIONS", "INFO",   "REFER",  "REFER",  "NOTIFY", "MESSAGE"};
        return methods[dice_.below(methods.size())];
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
        add_body(message);
        receive(std::move(message), caller_path());
    }
    void add_body(SipMessage& message) {
        if (message.method == "REFER" && dice_.below(10) != 0)
            message.add("Refer-To", "<sip:20" + std::to_string(dice_.below(10)) + "@192.0.2.20>");
        if (message.method != "INVITE" && message.method != "UPDATE") return;
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
        static const std::vector<int> codes{100, 180, 183, 200, 200, 200, 200, 200, 200,
                                            302, 404, 408, 481, 486, 487, 488, 491, 503};
        const bool is_invite = to.request.message.method == "INVITE";
        int status = codes[dice_.below(codes.size())];
        const auto found = finals_.find(to.txn);
        if (found != finals_.end()) {
            // Behind a 2xx only other 2xx may come.
            if (!is_invite || found->second >= 300) return;
            status = 200;
        }
        if (status >= 200) finals_[to.txn] = status;
        answer(to, status, is_invite || status == 200 ? random_sdp() : "",
               dice_.below(8) == 0 ? "fork" : "callee");
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
    unsigned callee_number_ = 0;
    bool was_down_ = false;
};

TEST(CallFuzz, EveryRequestIsAnsweredOnceAndNothingIsLeft) {
    constexpr std::uint64_t kFirstSeed = 1;
    constexpr std::uint64_t kRuns = 300;
    unsigned connected = 0;
    unsigned changed = 0;
    for (std::uint64_t seed = kFirstSeed; seed < kFirstSeed + kRuns; ++seed) {
        SCOPED_TRACE("seed " + std::to_string(seed));
        FuzzRun run(seed);
        run.run(300);
        run.check();
        connected += run.count('c');
        changed += run.count('m');
        if (testing::Test::HasFailure()) return;
    }
    // The dice must reach the deep states, or the test proves little.
    EXPECT_GT(connected, kRuns / 5);
    EXPECT_GT(changed, kRuns / 20);
    RecordProperty("connected", static_cast<int>(connected));
    RecordProperty("changed", static_cast<int>(changed));
}

}  // namespace
}  // namespace weir::signaling

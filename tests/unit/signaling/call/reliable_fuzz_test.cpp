// SPDX-License-Identifier: Apache-2.0
// Random 18x, PRACKs and early UPDATEs against the machine, reliable or not, right or wrong, late,
// twice or never: one final answer to each request, nothing behind it, nothing left.
#include <map>
#include <set>

#include "config/base/limits.hpp"
#include "tests/unit/signaling/call/reliable_bench.hpp"

namespace weir::signaling {
namespace {

using tests::sdp;

class ReliableFuzz final : public tests::ReliableBench {
public:
    explicit ReliableFuzz(std::uint64_t seed) : dice_(seed) {
        for (const std::uint32_t tag : {10U, 20U}) {
            const auto mode = static_cast<Mode>(dice_.below(3));
            peer(tag).sip.rel1xx =
                config::Rel1xx{mode, mode == Mode::disable ? std::string() : "100rel"};
            peer(tag).sip.early_media_update =
                static_cast<config::EarlyMediaUpdate>(dice_.below(3));
            peer(tag).sip.send_180_sdp = dice_.below(2) == 0;
        }
        if (dice_.below(3) == 0) peer(20).sip.block[183] = config::BlockWhen::sdp_absent;
        add_peer(21, "2..", "", "192.0.2.21").preference = 1;
        apply();
    }
    void TestBody() override {}

    void run(unsigned steps) {
        const std::vector<std::string> headers{"", "Supported", "Require"};
        received_.push_back(
            call_with(headers[dice_.below(3)], dice_.below(3) == 0 ? "" : random_sdp()));
        for (unsigned i = 0; i < steps; ++i) {
            step();
            media.deliver();
        }
        finish();
    }
    void check() {
        EXPECT_EQ(table.size(), 0U);
        EXPECT_TRUE(media.open.empty());
        EXPECT_EQ(loop.pending_timers(), 0U);
        for (const ServerTxn txn : received_) {
            unsigned finals = 0;
            for (const auto& response : stack.answers_to(txn)) {
                EXPECT_EQ(finals, 0U) << "a response after the final one";
                if (response.status >= 200) ++finals;
            }
            EXPECT_EQ(finals, 1U) << "transaction " << txn.value();
        }
        check_rseq();
    }
    [[nodiscard]] bool was_connected() const {
        return log.text().find("connected") != std::string::npos;
    }
    [[nodiscard]] Reliable1xxStats stats() const { return table.reliable_stats(); }

private:
    // RFC 3262 3: one outstanding at a time, numbers without a gap.
    void check_rseq() {
        std::uint32_t last = 0;
        for (const auto& response : stack.answers_to(invite_)) {
            const auto rseq = rseq_of(response);
            if (!rseq) continue;
            EXPECT_TRUE(last == 0 || *rseq == last || *rseq == last + 1);
            last = *rseq;
        }
    }
    std::string random_sdp() {
        switch (dice_.below(12)) {
            case 0:
                return "v=0\r\nrubbish";
            case 1:
                return sdp("203.0.113.5", 4000, "", "18");
            case 2:
                return sdp("203.0.113.5", 4000, "m=video 4002 RTP/AVP 97\r\n");
            case 3:
                return sdp("203.0.113.5", 4000, "a=sendonly\r\n");
            default:
                return sdp("203.0.113.5", 4000 + 2 * static_cast<unsigned>(dice_.below(9)));
        }
    }
    std::string maybe_sdp() { return dice_.below(2) == 0 ? "" : random_sdp(); }
    const char* random_tag() { return dice_.below(4) == 0 ? "fork" : "callee"; }
    std::size_t last_leg() const { return stack.sent_with("INVITE").size() - 1; }

    void callee_progress() {
        if (stack.sent_with("INVITE").empty()) return;
        const auto to = invite_out(last_leg());
        if (to.request.message.find("To")->find("tag=") != std::string::npos) return;
        if (finals_.contains(to.txn)) return;
        const int status = std::vector{180, 181, 183, 183, 199}[dice_.below(5)];
        const std::string body = maybe_sdp();
        const char* tag = random_tag();
        if (dice_.below(2) == 0) return answer(to, status, body, tag);
        rseq_ += dice_.below(4) == 0 ? static_cast<unsigned>(dice_.below(3)) : 1;
        reliable(status, rseq_, body, tag, last_leg());
    }
    void answer_ours() {
        if (stack.sent.empty()) return;
        const auto back = dice_.below(1 + stack.sent.size() / 2);
        const auto to = stack.sent[stack.sent.size() - 1 - back];
        if (finals_.contains(to.txn)) return;
        const bool is_invite = to.request.message.method == "INVITE";
        if (is_invite && dice_.below(4) != 0) return;
        const int status =
            std::vector{200, 200, 200, 200, 200, 200, 486, 491, 503, 200}[dice_.below(10)];
        finals_.insert(to.txn);
        if (dice_.below(12) == 0 && status != 200)
            return stack.events().on_failure(to.txn, TxnFailure::timeout);
        answer(to, status, status == 200 && to.request.message.method != "BYE" ? maybe_sdp() : "",
               random_tag());
    }
    void caller_request() {
        const std::string rseq = last_rseq();
        switch (dice_.below(12)) {
            case 0:
            case 1:
            case 2:
            case 3:
            case 4:
                if (rseq != "(none)") received_.push_back(prack_as(rseq, maybe_prack_body()));
                return;
            case 5:
                received_.push_back(prack_as(std::to_string(dice_.below(1U << 31U)), maybe_sdp()));
                return;
            case 6:
                received_.push_back(prack_with("RAck", "rubbish"));
                return;
            case 7:
            case 8:
            case 9:
                received_.push_back(send_from_caller("UPDATE", maybe_sdp()));
                return;
            case 10:
                if (dice_.below(10) == 0) received_.push_back(send_from_caller("BYE"));
                return;
            default:
                if (dice_.below(10) == 0 && final_of(invite_) == 0) cancel(invite_);
                return;
        }
    }
    std::string maybe_prack_body() { return dice_.below(3) == 0 ? random_sdp() : maybe_sdp(); }
    void callee_request() {
        if (stack.sent_with("INVITE").empty()) return;
        const std::string method =
            std::vector<std::string>{"UPDATE", "UPDATE", "UPDATE", "BYE", "PRACK"}[dice_.below(5)];
        if (method == "BYE" && dice_.below(10) != 0) return;
        received_.push_back(send_from_callee(method, method == "UPDATE" ? maybe_sdp() : "", 0));
    }
    int final_of(ServerTxn txn) const {
        for (const auto& response : stack.answers_to(txn))
            if (response.status >= 200) return response.status;
        return 0;
    }
    void confirm() {
        if (final_of(invite_) / 100 != 2 || confirmed_) return;
        confirmed_ = true;
        ack(invite_, maybe_sdp());
    }
    void step() {
        switch (dice_.below(12)) {
            case 0:
                if (dice_.below(12) == 0) return loop.advance(seconds(33));
                return loop.advance(milliseconds(static_cast<int>(dice_.below(4000))));
            case 1:
                return confirm();
            case 2:
            case 3:
            case 4:
                return caller_request();
            case 5:
                return callee_request();
            case 6:
            case 7:
                return answer_ours();
            default:
                return callee_progress();
        }
    }
    void finish() {
        for (int round = 0; round < 6; ++round) {
            table.release_all(41);
            if (final_of(invite_) / 100 == 2 && !confirmed_) {
                confirmed_ = true;
                stack.events().on_ack_timeout(invite_);
            }
            for (const auto& each : std::vector(stack.sent))
                if (finals_.insert(each.txn).second)
                    stack.events().on_failure(each.txn, TxnFailure::timeout);
            media.deliver();
            loop.advance(kByeGuard + kMediaGuard);
            media.deliver();
        }
    }

    SeededRandom dice_;
    std::vector<ServerTxn> received_;
    std::set<ClientTxn> finals_;
    unsigned rseq_ = 1;
    bool confirmed_ = false;
};

TEST(CallReliableFuzz, EveryRequestIsAnsweredOnceAndNothingIsLeft) {
    constexpr std::uint64_t kFirstSeed = 1;
    constexpr std::uint64_t kRuns = 1000;
    unsigned connected = 0;
    std::uint64_t acknowledged = 0;
    std::uint64_t given_up = 0;
    for (std::uint64_t seed = kFirstSeed; seed < kFirstSeed + kRuns; ++seed) {
        SCOPED_TRACE("seed " + std::to_string(seed));
        ReliableFuzz run(seed);
        run.run(60);
        run.check();
        connected += run.was_connected() ? 1 : 0;
        acknowledged += run.stats().acknowledged;
        given_up += run.stats().given_up;
        if (testing::Test::HasFailure()) return;
    }
    // The dice must reach the deep states, or the test proves little.
    EXPECT_GT(connected, kRuns / 10);
    EXPECT_GT(acknowledged, kRuns / 10);
    EXPECT_GT(given_up, 0U);
}

}  // namespace
}  // namespace weir::signaling

// SPDX-License-Identifier: Apache-2.0
// The laws: one final answer, sessions opened = closed, one record, an order of events, dialogs
// that end, numbers that rise.
#include "tests/sim/fuzz_laws.hpp"

#include <algorithm>
#include <tuple>
#include <utility>

#include "config/base/limits.hpp"
#include "signaling/trace/render.hpp"
#include "signaling/trace/replay.hpp"

namespace weir::signaling {
namespace {

class Judge {
public:
    explicit Judge(FuzzRun& run) : run_(run), bench_(run.bench()) {}

    std::vector<std::string> verdict() {
        check_nothing_is_left();
        check_answers();
        check_events();
        check_sequence_numbers();
        check_accepted();
        return std::move(broken_);
    }

private:
    void require(bool holds, const std::string& law) {
        if (!holds) broken_.push_back(law);
    }
    void check_nothing_is_left() {
        require(bench_.table.size() == 0, "every call ends");
        // What was lost with the link is left to weir-media, and known as such.
        bench_.media.come_up();
        bench_.media.deliver();
        require(bench_.media.open.size() == bench_.table.orphans().size(),
                "every session that is open is known");
        require(run_.lost_the_link() || bench_.media.open.empty(),
                "every session that is opened is closed");
        if (!bench_.media.open.empty()) {
            // weir-media releases them in silence: the table looks until none is left.
            bench_.media.open.clear();
            bench_.loop.advance(kOrphanIdle);
            bench_.media.deliver();
            require(bench_.table.orphans().empty(), "orphans are forgotten when they are gone");
        }
        require(bench_.loop.pending_timers() == 0, "no timer is left");
        require(bench_.sink.lines == bench_.listener.told.size(), "one record for each call");
    }
    void check_answers() {
        std::map<ServerTxn, unsigned> finals;
        for (const auto& answered : bench_.stack.answered) {
            unsigned& count = finals[answered.txn];
            require(count == 0, "no response behind the final one: transaction " +
                                    std::to_string(answered.txn.value()));
            if (answered.response.status >= 200) ++count;
        }
        for (const ServerTxn txn : run_.wire().received)
            require(finals[txn] == 1, "one final response to each request: transaction " +
                                          std::to_string(txn.value()));
    }
    // c, any number of m, r, e; or e alone.
    void check_events() {
        for (const auto& [call, told] : bench_.listener.told) {
            const std::string which = " (" + told + ")";
            require(told.find('e') == told.size() - 1, "a call ends once, and last" + which);
            const bool connected = told.find('c') != std::string::npos;
            require(connected == (told.find('r') != std::string::npos),
                    "what connects is released" + which);
            if (!connected) continue;
            require(told.find('c') == 0 && told.rfind('c') == 0, "a call connects once" + which);
            require(told.find('r') == told.size() - 2, "nothing behind the release" + which);
        }
    }
    // RFC 3261 12.2.1.1, for each dialog; an early one begins with the INVITE.
    void check_sequence_numbers() {
        std::map<std::tuple<std::string, std::string, std::string>, std::uint32_t> last;
        for (const auto& sent : bench_.stack.sent) {
            const SipMessage& message = sent.request.message;
            std::uint32_t& before =
                last[{*message.find("Call-ID"), *message.find("From"), *message.find("To")}];
            const std::uint32_t number = message.cseq()->number;
            require(number > before,
                    "CSeq rises within a dialog: " + message.method + " " + std::to_string(number));
            before = number;
        }
    }
    // RFC 3261 13.2.2.4: each dialog that a 2xx begins is acknowledged, and ends with a BYE.
    void check_accepted() {
        for (const auto& accepted : run_.wire().accepted) {
            const auto is_of = [&](const SipMessage& message) {
                return *message.find("Call-ID") == accepted.call_id &&
                       message.find("To")->ends_with(";tag=" + accepted.tag);
            };
            const bool acked = std::any_of(
                bench_.stack.acks.begin(), bench_.stack.acks.end(), [&](const auto& ack) {
                    return is_of(ack.message) && ack.message.cseq()->number == accepted.cseq;
                });
            require(acked, "a 2xx is acknowledged: CSeq " + std::to_string(accepted.cseq) +
                               " tag " + accepted.tag);
            if (run_.lost_sends() || run_.wire().ended.contains(accepted.call_id)) continue;
            const bool ended = std::any_of(
                bench_.stack.sent.begin(), bench_.stack.sent.end(), [&](const auto& sent) {
                    return sent.request.message.method == "BYE" && is_of(sent.request.message);
                });
            require(ended, "a dialog that was accepted ends with a BYE: tag " + accepted.tag);
        }
    }

    FuzzRun& run_;
    FuzzBench& bench_;
    std::vector<std::string> broken_;
};

}  // namespace

std::vector<std::string> broken_laws(FuzzRun& run) {
    return Judge(run).verdict();
}

std::vector<std::string> broken_replays(const FuzzRun& run) {
    std::vector<std::string> broken = run.tape().disorder;
    for (const auto& [id, call] : run.tape().calls) {
        const auto result = replay(call, run.tape().configs.at(id));
        if (!result) {
            broken.push_back("call " + std::to_string(id.value()) + ": " + result.error().context);
            continue;
        }
        if (!result->difference) continue;
        broken.push_back("call " + std::to_string(id.value()) + ", step " +
                         std::to_string(result->difference->step) + ", " +
                         result->difference->input + "\nrecorded " + result->difference->recorded +
                         "\nnow " + result->difference->now);
    }
    return broken;
}

std::string ladders(const FuzzRun& run) {
    std::string text;
    for (const auto& [id, call] : run.tape().calls)
        text += ladder(call, true) + "\n";
    return text;
}

}  // namespace weir::signaling

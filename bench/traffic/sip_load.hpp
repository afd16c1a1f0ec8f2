// SPDX-License-Identifier: Apache-2.0
// SipLoad: calls at a steady rate, both parties of each, and what became of them second by second.
//
// A call: INVITE, 180, 200, ACK, a time of holding, BYE, 200. Requests and the 200 of the callee
// are repeated by RFC 3261 17 (T1 500 ms, doubling to T2 4 s, 32 s in all). Pure: no socket, no
// clock; times are nanoseconds of one clock. Thread: one.
#pragma once

#include <cstdint>
#include <functional>
#include <queue>
#include <string>
#include <string_view>
#include <vector>

#include "bench/traffic/latency_histogram.hpp"
#include "bench/traffic/sip_load_text.hpp"

namespace weir::bench {

struct SipLoadOptions {
    SipLoadText::Place place;
    double rate = 100;  // calls a second
    std::uint32_t calls = 1000;
    std::int64_t hold_ns = 0;  // from the answer to the BYE
};

// What happened in one second of the run.
struct SipLoadSecond {
    std::uint32_t offered = 0;    // INVITEs sent for the first time
    std::uint32_t answered = 0;   // 2xx
    std::uint32_t completed = 0;  // 200 of the BYE
    std::uint32_t refused = 0;    // 503
    std::uint32_t failed = 0;     // any other end
    std::uint32_t repeated = 0;   // messages that we sent again
};

class SipLoad {
public:
    enum class Party : std::uint8_t { caller, callee };
    // Sends a datagram at once: a caller's to the target, a callee's to whom the requests came
    // from.
    using Send = std::function<void(Party, const std::string& text)>;

    SipLoad(const SipLoadOptions& options, Send send);

    // The time of the next new call, if there is one; `now` where it is overdue.
    [[nodiscard]] bool wants_call(std::int64_t now) const;
    [[nodiscard]] std::int64_t next_call() const;
    void begin_call(std::int64_t now);
    // `received`: when the datagram came; `now` is later by what it waited to be read.
    void on_caller(std::string_view message, std::int64_t received, std::int64_t now);
    void on_callee(std::string_view message, std::int64_t received, std::int64_t now);
    // Repetitions and BYEs that are due.
    void tick(std::int64_t now);

    [[nodiscard]] bool is_over() const { return begun_ == calls_.size() && ended_ == begun_; }
    [[nodiscard]] std::uint32_t begun() const { return begun_; }
    [[nodiscard]] std::uint32_t ended() const { return ended_; }
    [[nodiscard]] const std::vector<SipLoadSecond>& seconds() const { return seconds_; }
    [[nodiscard]] SipLoadSecond total() const;
    // How late the latest call began, ns: above a few ms the rate was not kept.
    [[nodiscard]] std::int64_t latest_begin() const { return latest_begin_; }
    // ns from INVITE to 180 at the caller, and the same without what the callee took.
    [[nodiscard]] const LatencyHistogram& ringing() const { return ringing_; }
    [[nodiscard]] const LatencyHistogram& between() const { return between_; }

private:
    enum class Phase : std::uint8_t { idle, inviting, talking, ending, over };
    struct Call {
        Phase phase = Phase::idle;
        bool proceeding = false;  // a 1xx has come: the INVITE is repeated no more
        bool rang = false;
        std::int64_t invited = 0;    // INVITE sent
        std::int64_t came = 0;       // INVITE at the callee
        std::int64_t answering = 0;  // 180 sent by the callee
        SipLoadText::Dialog dialog;
        std::string answer;  // the callee's 200 until its ACK
    };
    enum class Due : std::uint8_t { invite, answer, hang_up, bye };
    struct Timer {
        std::int64_t at = 0;
        std::int64_t wait = 0;  // until the next one
        std::int64_t until = 0;
        std::uint32_t call = 0;
        Due due = Due::invite;
        bool operator>(const Timer& other) const { return at > other.at; }
    };

    void on_invite_response(std::uint32_t index, const SipView& response, std::int64_t received,
                            std::int64_t now);
    void note_ringing(Call& call, std::int64_t received);
    void hang_up(std::uint32_t index, std::int64_t now);
    void end(Call& call, std::uint32_t SipLoadSecond::*how, std::int64_t now);
    void repeat(Timer timer, std::int64_t now);
    // What is sent again when that timer fires; "" when nobody waits any more.
    [[nodiscard]] std::string pending(const Timer& timer) const;
    void start_repeating(Due due, std::uint32_t call, std::int64_t now);
    [[nodiscard]] SipLoadSecond& second(std::int64_t now);

    SipLoadOptions options_;
    SipLoadText text_;
    Send send_;
    std::vector<Call> calls_;
    std::priority_queue<Timer, std::vector<Timer>, std::greater<>> timers_;
    std::vector<SipLoadSecond> seconds_;
    std::int64_t start_ = 0;
    std::int64_t latest_begin_ = 0;
    std::uint32_t begun_ = 0;
    std::uint32_t ended_ = 0;
    LatencyHistogram ringing_;
    LatencyHistogram between_;
};

}  // namespace weir::bench

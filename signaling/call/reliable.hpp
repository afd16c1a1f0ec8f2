// SPDX-License-Identifier: Apache-2.0
// 100rel (RFC 3262), both sides, as pure values: no clock, no message goes out from here.
//
// clang-format off
// UAS, the caller's leg: ReliableSender. One response is outstanding at a time.
//
// | state       | event                      | does                                     | goes on to |
// |-------------|----------------------------|------------------------------------------|------------|
// | idle        | 18x to send                | sends it: RSeq (+1), Require (s. 3)      | outstanding |
// | outstanding | 18x to send                | queues it (s. 3: no second one before)   | outstanding |
// | outstanding | timer, tries left          | sends it again, interval doubled (s. 3)  | outstanding |
// | outstanding | timer, none left           | gives up: 5xx to the INVITE (s. 3, N1)   | over |
// | outstanding | PRACK, RAck matches        | 2xx to the PRACK; next of the queue      | outstanding, idle |
// | any         | PRACK, RAck of none of it  | 481 to the PRACK (s. 3)                  | as it was |
// | outstanding | 2xx to send, it has SDP    | holds the 2xx until the PRACK (s. 3)     | outstanding |
// | outstanding | 2xx to send, it has none   | sends it, repeats the 18x no more (s. 3) | over |
// | outstanding | 3xx..6xx to send           | sends it at once, drops the queue        | over |
// | over        | 18x to send                | nothing: none behind a final one (s. 3)  | over |
// | over        | PRACK, RAck of the last    | 2xx to the PRACK (s. 3), once            | over |
//
// UAC, the callee's leg: ReliableReceiver, one for each early dialog (s. 4).
//
// | state    | 18x with Require: 100rel and RSeq | does |
// |----------|-----------------------------------|------|
// | none     | any RSeq of 1..2^32-1             | takes it: PRACK |
// | n        | n + 1                             | takes it: PRACK |
// | n        | n or below                        | nothing: it is a repetition, the PRACK repeats itself |
// | n        | above n + 1                       | nothing, no PRACK: the one in between comes first |
// clang-format on
#pragma once

#include <chrono>
#include <cstdint>
#include <list>
#include <optional>
#include <string>
#include <string_view>

#include "config/base/result.hpp"
#include "signaling/api/message.hpp"
#include "signaling/call/boxed.hpp"

namespace weir::signaling {

inline constexpr std::string_view kReliableTag = "100rel";

// RAck: 3344 101 INVITE (RFC 3262 7.2)
struct RAck {
    std::uint32_t rseq = 0;
    std::uint32_t cseq = 0;
    std::string method;
    // Errors: anything but two numbers of 32 bits, the first above 0, and a method.
    [[nodiscard]] static Result<RAck> parse(std::string_view text);
    [[nodiscard]] std::string to_string() const;
    bool operator==(const RAck&) const = default;
};

// RSeq of a response: 1..2^32-1 (RFC 3262 7.1); none when it is missing or no such number.
[[nodiscard]] std::optional<std::uint32_t> rseq_of(const SipMessage& response);
// A provisional response above 100 that asks for a PRACK: Require lists 100rel, or the option tag
// that the leg is configured with, and it has an RSeq.
[[nodiscard]] bool is_reliable(const SipMessage& response, std::string_view tag);
// Supported or Require of the request lists 100rel, or `tag`.
[[nodiscard]] bool supports_reliable(const SipMessage& request, std::string_view tag);
[[nodiscard]] bool requires_reliable(const SipMessage& request, std::string_view tag);
// Appends `token` to the comma-separated header, which is added where there is none.
void add_token(SipMessage& message, std::string_view header, std::string_view token);

// Thread: any; a value.
class ReliableSender {
public:
    struct Settings {
        std::uint32_t first_rseq = 1;             // 1..2^31-1, random (RFC 3262 3)
        std::chrono::milliseconds interval{500};  // timers rel1xx: until the first repetition
        std::uint8_t retries = 6;                 // retry rel1xx
        std::string tag{kReliableTag};            // what Require asks for
    };
    enum class Ack : std::uint8_t {
        none,     // 481
        current,  // the outstanding one: what next() gives goes out now
        late,     // the last one, behind the final response
    };

    ReliableSender() = default;
    explicit ReliableSender(Settings settings) : settings_(std::move(settings)) {}

    // What is to go out now: the response with Require and RSeq; none when it waits, or when a
    // final response has gone, or when the queue is full (kMaxQueuedProgress).
    [[nodiscard]] std::optional<SipMessage> send(SipMessage response);
    // The PRACK of the caller. `invite_cseq` is the number of the INVITE.
    [[nodiscard]] Ack acknowledge(const RAck& rack, std::uint32_t invite_cseq);
    // The next of the queue, after `current`.
    [[nodiscard]] std::optional<SipMessage> next();
    // The interval is over: the response to repeat; none: give up.
    [[nodiscard]] std::optional<SipMessage> repeat();
    // How long to wait for the PRACK now: doubles with each repetition. Spec N2: `retries`
    // repetitions, given up interval * 2^retries after the beginning.
    [[nodiscard]] std::chrono::milliseconds wait() const;
    // A final response has gone: nothing is repeated or begun any more.
    void finish();

    [[nodiscard]] std::uint8_t repetitions() const { return repeated_; }
    [[nodiscard]] bool is_waiting() const { return outstanding_.has_value() && !finished_; }
    // RFC 3262 3: a 2xx waits while a description is unacknowledged.
    [[nodiscard]] bool holds_answer() const {
        return is_waiting() && !outstanding_->message.body.empty();
    }
    // A description has gone to the caller in a reliable response, and whether it is acknowledged.
    [[nodiscard]] bool has_described() const { return described_; }
    [[nodiscard]] bool is_described() const { return described_ && !holds_answer(); }
    // One with a description has gone or waits in the queue.
    [[nodiscard]] bool will_describe() const;

private:
    struct Outstanding {
        std::uint32_t rseq = 0;
        SipMessage message;
    };
    [[nodiscard]] SipMessage begin(SipMessage response);

    Settings settings_;
    std::uint32_t sent_ = 0;  // reliable responses so far
    std::uint8_t repeated_ = 0;
    Boxed<Outstanding> outstanding_;
    std::list<SipMessage> queue_;  // mostly empty, when a deque would still take 600 bytes
    bool described_ = false;
    bool finished_ = false;
};

// Thread: any; a value.
class ReliableReceiver {
public:
    enum class Order : std::uint8_t { next, repeated, gap };
    // Takes the RSeq when it is the next one.
    [[nodiscard]] Order receive(std::uint32_t rseq);

private:
    std::optional<std::uint32_t> last_;
};

// What happened on one leg; each has its field in Reliable1xxStats.
enum class Reliable1xxEvent : std::uint8_t {
    sent,
    repeated,
    silent,  // repeated kSilentAfter times: the peer seems not to PRACK at all
    acknowledged,
    refused,
    given_up,
    received,
    prack_sent,
    prack_failed,
    out_of_order,
};

// What the machines count, for show sip-ua statistics and metrics. All since the start.
struct Reliable1xxStats {
    std::uint64_t sent = 0;           // reliable provisional responses, without repetitions
    std::uint64_t repeated = 0;       // their repetitions
    std::uint64_t acknowledged = 0;   // PRACKs received that matched
    std::uint64_t prack_refused = 0;  // PRACKs received that did not
    std::uint64_t given_up = 0;       // calls ended with 504 for want of a PRACK
    std::uint64_t received = 0;       // reliable provisional responses taken
    std::uint64_t prack_sent = 0;     // for them
    std::uint64_t prack_failed = 0;   // PRACKs of ours that were refused or not answered
    std::uint64_t out_of_order = 0;   // reliable provisional responses ignored: again, or a gap
    void count(Reliable1xxEvent event);
    bool operator==(const Reliable1xxStats&) const = default;
};

}  // namespace weir::signaling

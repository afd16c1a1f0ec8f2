// SPDX-License-Identifier: Apache-2.0
// What the SIP stack counts, and its metrics.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>
#include <vector>

#include "config/base/metrics.hpp"
#include "signaling/api/message.hpp"
#include "signaling/sip/guard_reason.hpp"

namespace weir::signaling {

// Methods that have a counter of their own; all others share the last one, so that peers cannot
// make labels.
inline constexpr std::array<std::string_view, 15> kCountedMethods{
    "INVITE",    "ACK",    "BYE",   "CANCEL", "OPTIONS", "REGISTER", "PRACK", "UPDATE",
    "SUBSCRIBE", "NOTIFY", "REFER", "INFO",   "MESSAGE", "PUBLISH",  "other"};

// The place of a method in kCountedMethods.
[[nodiscard]] std::size_t method_index(std::string_view method);

// Sees each message that is counted, as it is on the wire: `debug ccsip messages`. Thread: sip.
class MessageWatcher {
public:
    virtual ~MessageWatcher() = default;
    virtual void on_message(const SipMessage& message) = 0;
};

inline constexpr std::size_t kStatusCodes = 700;

// Thread: sip. A value: copied for `show sip-ua statistics`.
struct SipStats {
    struct Direction {
        std::array<std::uint64_t, kCountedMethods.size()> requests{};
        std::array<std::uint64_t, 7> responses{};                // [status / 100]
        std::array<std::uint32_t, kStatusCodes> by_status{};     // [status]
        std::array<std::uint32_t, kCountedMethods.size()> ok{};  // 2xx by the method of CSeq
        MessageWatcher* watcher = nullptr;                       // null while nobody debugs
        void count(const SipMessage& message);
    };
    Direction received;           // by application-visible message; retransmissions are not here
    Direction sent;               // without retransmissions
    GuardCounters dropped{};      // by GuardReason
    std::uint64_t datagrams = 0;  // read from UDP sockets
    std::uint64_t stream_messages = 0;  // cut out of TCP streams
    std::uint64_t keepalives = 0;
    std::uint64_t requests_by_tcp = 0;  // too large for the UDP that they were meant for
    std::uint64_t retransmitted_requests = 0;
    std::array<std::uint32_t, kCountedMethods.size()> retransmitted_by_method{};
    std::uint64_t retransmitted_answers = 0;  // 2xx to INVITE sent again because no ACK came
    std::uint64_t request_timeouts = 0;
    std::array<std::uint32_t, kCountedMethods.size()> timeouts_by_method{};
    std::uint64_t transport_failures = 0;
    std::uint64_t ack_timeouts = 0;
    std::uint64_t connections_opened = 0;
    std::uint64_t connections_aged = 0;

    void drop(GuardReason reason) { ++dropped[static_cast<std::size_t>(reason)]; }
};

struct SipGauges {
    std::size_t connections = 0;
    std::size_t server_transactions = 0;
    std::size_t client_transactions = 0;
    std::uint64_t absorbed_retransmissions = 0;  // requests that came again
};

[[nodiscard]] std::vector<Metric> sip_metrics(const SipStats& stats, const SipGauges& gauges);

}  // namespace weir::signaling

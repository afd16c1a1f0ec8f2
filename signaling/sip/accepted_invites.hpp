// SPDX-License-Identifier: Apache-2.0
// AcceptedInvites: our 2xx to INVITEs, sent again until the ACK comes (RFC 3261 13.3.1.4). Pure.
#pragma once

#include <chrono>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <tuple>

#include "signaling/api/event_loop.hpp"
#include "signaling/api/sip_stack.hpp"

namespace weir::signaling {

// What an ACK and the INVITE that it belongs to have in common.
struct AckKey {
    std::string call_id;
    std::string from_tag;
    std::string to_tag;
    std::uint32_t cseq = 0;

    // From the ACK, or from our 2xx: both carry the same four.
    [[nodiscard]] static std::optional<AckKey> of(const SipMessage& message);
    auto operator<=>(const AckKey&) const = default;
};

// Thread: sip. The 2xx is repeated over every transport: proxies on the way may use UDP.
class AcceptedInvites {
public:
    struct Callbacks {
        std::function<void(ServerTxn)> send_again;
        std::function<void(ServerTxn)> on_timeout;  // 64*T1 without ACK; the entry is gone
    };
    AcceptedInvites(EventLoop& loop, std::chrono::milliseconds t1, std::chrono::milliseconds t2,
                    Callbacks callbacks)
        : loop_(loop), t1_(t1), t2_(t2), callbacks_(std::move(callbacks)) {}
    ~AcceptedInvites();
    AcceptedInvites(const AcceptedInvites&) = delete;
    AcceptedInvites& operator=(const AcceptedInvites&) = delete;

    void start(ServerTxn txn, const AckKey& key);
    // The INVITE that this ACK ends, once.
    [[nodiscard]] std::optional<ServerTxn> take(const AckKey& ack);
    [[nodiscard]] std::size_t size() const { return entries_.size(); }

private:
    struct Entry {
        ServerTxn txn;
        std::chrono::nanoseconds interval{0};
        MonoTime deadline;
        TimerId timer;
    };
    void arm(const AckKey& key, Entry& entry);
    void on_timer(const AckKey& key);

    EventLoop& loop_;
    std::chrono::milliseconds t1_;
    std::chrono::milliseconds t2_;
    Callbacks callbacks_;
    std::map<AckKey, Entry> entries_;
};

}  // namespace weir::signaling

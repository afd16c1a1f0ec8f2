// SPDX-License-Identifier: Apache-2.0
// OPTIONS keepalive (spec A.12): which targets a configuration pings, and when one is alive or
// busy.
//
//   state    what came                      becomes   next OPTIONS
//   active   any answer but 503, 505        active    up-interval after the last one; failures = 0
//   active   503, 505, no answer            active    up-interval, until `retry` failures in a row:
//                                           busy      down-interval
//   busy     any answer but 503, 505        active    up-interval; failures = 0
//   busy     503, 505, no answer            busy      down-interval
//
// A target begins active: calls are not held back until its first ping is decided.
#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "config/base/address.hpp"
#include "config/model/config.hpp"
#include "config/model/resolve.hpp"

namespace weir::signaling {

struct PingSettings {
    std::chrono::seconds up{60};  // 5..1200
    std::chrono::seconds down{30};
    std::uint8_t retry = 5;  // 1..10
    bool operator==(const PingSettings&) const = default;
};

// One target's health. Thread: the owner's; no clock of its own.
class PingState {
public:
    enum class Status : std::uint8_t { active, busy };

    // New settings of the same target: what is known of it stays.
    void set(const PingSettings& settings) { settings_ = settings; }
    // A final response came; true when the status has changed.
    [[nodiscard]] bool answered(int status);
    // No answer, no connection or no way to send; true when the status has changed.
    [[nodiscard]] bool failed();

    [[nodiscard]] Status status() const { return status_; }
    [[nodiscard]] std::uint8_t failures() const { return failures_; }  // in a row
    // From one OPTIONS to the next.
    [[nodiscard]] std::chrono::seconds interval() const {
        return status_ == Status::busy ? settings_.down : settings_.up;
    }

private:
    PingSettings settings_;
    Status status_ = Status::active;
    std::uint8_t failures_ = 0;
};

// What is pinged: one session for all who share it (spec A.12: one profile, one session per
// distinct target).
struct PingTarget {
    std::uint32_t profile = 0;  // voice class sip-options-keepalive; 0 = a peer's own line
    config::DialPeerTag peer;   // of its own line; 0 with a profile
    IpAddress address;          // not set: `host`
    std::string host;           // dns: target
    std::uint16_t port = 0;     // as written; 0 = the default of the transport
    config::Transport transport = config::Transport::udp;  // never `system`
    bool tls = false;
    // outbound-proxy of its peer: where the OPTIONS goes, whatever it names; kind none = the
    // target.
    IpAddress proxy_address{};
    std::string proxy_host{};
    std::uint16_t proxy_port = 0;
    [[nodiscard]] bool has_proxy() const { return proxy_address.is_set() || !proxy_host.empty(); }
    auto operator<=>(const PingTarget&) const = default;
};

struct PingUse {
    PingSettings settings;
    std::optional<std::uint32_t> sip_profiles;  // of the profile, for its OPTIONS
    std::vector<config::DialPeerTag> peers;     // ascending; the first gives bind and tenant
    std::vector<config::DialPeerTag> direct;    // of them: it is their session target
    std::vector<config::DialPeerTag> shared;    // of them: it is one of their registrars
    // Of the others it is a server: the group and its place there, from 0.
    std::vector<std::pair<std::uint32_t, std::uint8_t>> servers;
};

using PingPlan = std::map<PingTarget, PingUse>;

// Peers that are up and have a keepalive, with their session target, the registrars that it means,
// or every server of their group (only by a profile). Bounded by the dial-peers and the servers of
// their groups, and six registrars for each level.
[[nodiscard]] PingPlan ping_plan(const config::Config& config);

// "ipv4:192.0.2.1:5070", "dns:trunk.example", as `show` prints a target.
[[nodiscard]] std::string to_words(const PingTarget& target);

}  // namespace weir::signaling

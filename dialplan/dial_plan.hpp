// SPDX-License-Identifier: Apache-2.0
// DialPlan: which dial-peers a call matches, inbound and outbound (spec A.7, A.8).
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "config/base/random.hpp"
#include "config/base/result.hpp"
#include "config/model/config.hpp"
#include "dialplan/number_pattern.hpp"
#include "dialplan/uri_class.hpp"
#include "dialplan/usage_map.hpp"

namespace weir::dialplan {

// What an INVITE says about itself. The numbers are number_in_uri() of From and Request-URI.
struct InboundQuery {
    std::string calling;
    std::string called;
    std::string via_host;  // sent-by of the topmost Via; a port may follow
    std::string request_uri;
    std::string to_uri;
    std::string from_uri;
};

struct InboundMatch {
    config::DialPeerTag peer;  // 0 = the default peer
    std::string criterion;     // "incoming uri via", "incoming called-number", ..., "none"
    std::string matched;       // the part of the number, or the tag of the URI class
    bool operator==(const InboundMatch&) const = default;
};

struct OutboundCandidate {
    config::DialPeerTag peer;
    std::string matched;      // the part of the number that the pattern covered
    unsigned length = 0;      // digits matched explicitly (spec A.3.3)
    unsigned preference = 0;  // 0..10, 0 is best
    bool operator==(const OutboundCandidate&) const = default;
};

// Immutable, compiled once per configuration; threads share it as shared_ptr<const DialPlan>.
class DialPlan {
public:
    // Every pattern and expression that is wrong is named in one error, a line each.
    [[nodiscard]] static Result<std::shared_ptr<const DialPlan>> compile(config::ConfigPtr config);

    [[nodiscard]] const config::ConfigPtr& config() const { return config_; }

    // Exactly one peer: the first criterion of A.7 with a match decides; dial-peer 0 if none has.
    [[nodiscard]] InboundMatch match_inbound(const InboundQuery& query) const;

    // The candidates in the order in which they are to be tried (dial-peer hunt). Empty when no
    // peer matches, or when sip to sip is not allowed (A.1): cause 1, response 404.
    [[nodiscard]] std::vector<OutboundCandidate> match_outbound(std::string_view called,
                                                                Random& random,
                                                                const UsageMap& usage) const;

private:
    // One peer with its matchers; those it does not have are empty.
    struct Peer {
        config::DialPeerTag tag;
        std::optional<NumberPattern> destination;
        std::optional<NumberPattern> incoming_called;
        std::optional<NumberPattern> answer_address;
        std::map<config::UriHeader, std::shared_ptr<const CompiledUriClass>> incoming_uri;
        bool inbound = false;   // passes the filter of A.7
        bool outbound = false;  // may be dialled
        unsigned preference = 0;
    };
    class Compiler;
    using PatternOf = std::optional<NumberPattern> Peer::*;

    explicit DialPlan(config::ConfigPtr config) : config_(std::move(config)) {}
    [[nodiscard]] const Peer* best_by_uri(config::UriHeader header,
                                          const InboundQuery& query) const;
    [[nodiscard]] const Peer* best_by_number(PatternOf pattern, std::string_view number) const;

    config::ConfigPtr config_;
    std::vector<Peer> peers_;  // ascending tag
};

// Whether hunting goes on after an attempt on `failed` ended with this Q.850 cause: by default
// every cause goes on but user-busy (17) and no-answer (19); huntstop ends it always (spec A.8).
[[nodiscard]] bool hunting_continues(int q850_cause, const config::DialPeer& failed);

// The called number that goes out on this peer: as it came, but for one documented oddity: `.T`
// strips the leading plus (spec A.3.4).
[[nodiscard]] std::string outgoing_called(std::string_view called, const config::DialPeer& chosen);

}  // namespace weir::dialplan

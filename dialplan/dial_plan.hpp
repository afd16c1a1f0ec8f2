// SPDX-License-Identifier: Apache-2.0
// DialPlan: which dial-peers a call matches, inbound and outbound (spec A.7, A.8).
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "config/base/random.hpp"
#include "config/base/result.hpp"
#include "config/model/config.hpp"
#include "dialplan/map_files.hpp"
#include "dialplan/usage_map.hpp"

namespace weir::dialplan {

struct Compiled;

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
    unsigned preference = 0;  // 0..10, 0 is best; of the member in a dial-peer group
    bool operator==(const OutboundCandidate&) const = default;
};

// Immutable, compiled once per configuration; threads share it as shared_ptr<const DialPlan>.
// route() of route.hpp asks it for a whole call; the two questions here are parts of that.
class DialPlan {
public:
    // Every pattern and expression that is wrong is named in one error, a line each. `files`: what
    // load_map_files() has read; a map with a url that is not among them is invalid.
    [[nodiscard]] static Result<std::shared_ptr<const DialPlan>> compile(config::ConfigPtr config,
                                                                         MapFiles files = {});

    [[nodiscard]] const config::ConfigPtr& config() const;
    [[nodiscard]] const MapFiles& files() const;
    // What is not as the operator meant it, though nothing is wrong enough to refuse: maps that
    // could not be read, replacements of groups that are not there. One sentence each.
    [[nodiscard]] const std::vector<std::string>& notices() const;

    // Exactly one peer: the first criterion of A.7 with a match decides; dial-peer 0 if none has.
    [[nodiscard]] InboundMatch match_inbound(const InboundQuery& query) const;

    // The candidates of a SIP call by called number alone, in the order in which they are to be
    // tried (dial-peer hunt). Empty when no peer matches, or when sip to sip is not allowed (A.1).
    [[nodiscard]] std::vector<OutboundCandidate> match_outbound(std::string_view called,
                                                                Random& random,
                                                                const UsageMap& usage) const;

    // For the files of this folder.
    [[nodiscard]] const Compiled& compiled() const { return *compiled_; }

private:
    explicit DialPlan(std::shared_ptr<const Compiled> compiled) : compiled_(std::move(compiled)) {}

    std::shared_ptr<const Compiled> compiled_;
};

// Whether hunting goes on after an attempt on `failed` ended with this Q.850 cause: by default
// every cause goes on but user-busy (17) and no-answer (19); `voice hunt` and `no voice hunt`
// change single causes, and huntstop ends it always (spec A.8).
[[nodiscard]] bool hunting_continues(int q850_cause, const config::DialPeer& failed,
                                     const config::VoiceHunt& hunt);

// What follows the failure of one server of a server group (spec A.9).
enum class GroupStep : std::uint8_t {
    next_server,
    next_peer,  // the group is stopped: dial-peer hunting decides
    fail,       // the call fails
};
// `sip_status` 0: no response at all, or no connection.
[[nodiscard]] GroupStep group_step(int sip_status, const config::ServerGroup& group);

// The called number that goes out on this peer: as it came, but for one documented oddity: `.T`
// strips the leading plus, unless the peer has an e164 pattern map (spec A.3.4).
[[nodiscard]] std::string outgoing_called(std::string_view called, const config::DialPeer& chosen);

}  // namespace weir::dialplan

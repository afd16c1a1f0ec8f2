// SPDX-License-Identifier: Apache-2.0
// The texts of `show dial-peer voip keepalive status` and `show voice class sip-options-keepalive`
// (spec H.9). Thread: any; pure.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "signaling/client/keepalive_client.hpp"

namespace weir::signaling {

// Which peers: one, those of a tenant, or all.
struct KeepaliveFilter {
    std::optional<config::DialPeerTag> peer;
    std::optional<std::uint32_t> tenant;
};
[[nodiscard]] std::string show_keepalive_status(const config::Config& config,
                                                const std::vector<PingRow>& rows,
                                                const KeepaliveFilter& filter);

// Errors: not_found, when there is no such profile.
[[nodiscard]] Result<std::string> show_keepalive_profile(const config::Config& config,
                                                         const std::vector<PingRow>& rows,
                                                         std::uint32_t profile);

}  // namespace weir::signaling

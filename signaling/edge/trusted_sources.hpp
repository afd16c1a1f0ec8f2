// SPDX-License-Identifier: Apache-2.0
// TrustedSources: which addresses may start something with us (spec B.3); default deny.
#pragma once

#include <set>
#include <vector>

#include "config/base/address.hpp"
#include "config/model/config.hpp"

namespace weir::signaling {

// Immutable, made once per configuration. Thread: any.
class TrustedSources {
public:
    // The configured list, and the address targets and servers of the peers that are up; `dns:`
    // targets are not trusted by themselves (spec B.3). Spec B.3: the address of a peer that is out
    // of service (`busy`) drops out, too.
    explicit TrustedSources(const config::Config& config,
                            const std::set<config::DialPeerTag>& busy = {});

    // With `no ip address trusted authenticate` every source is.
    [[nodiscard]] bool is_trusted(const IpAddress& source) const;

    // On the list, or a target of ours, whatever `authenticate` says.
    [[nodiscard]] bool is_listed(const IpAddress& source) const;

private:
    bool authenticate_ = true;
    std::vector<Prefix> list_;     // ip address trusted list
    std::set<IpAddress> targets_;  // of dial-peers that are up
};

}  // namespace weir::signaling

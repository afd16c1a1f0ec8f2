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
    // The configured list, and the address targets of the peers that are up; `dns:` targets are
    // not trusted by themselves (spec B.3).
    explicit TrustedSources(const config::Config& config);

    // With `no ip address trusted authenticate` every source is.
    [[nodiscard]] bool is_trusted(const IpAddress& source) const;

private:
    bool authenticate_ = true;
    std::vector<Prefix> list_;     // ip address trusted list
    std::set<IpAddress> targets_;  // of dial-peers that are up
};

}  // namespace weir::signaling

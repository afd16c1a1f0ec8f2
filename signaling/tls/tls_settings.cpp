// SPDX-License-Identifier: Apache-2.0
// Which certificate a peer gets.
#include "signaling/tls/tls_settings.hpp"

namespace weir::signaling {

const TlsIdentity* TlsSettings::identity_for(std::uint32_t profile, const IpAddress& peer) const {
    if (const auto found = profiles.find(profile); found != profiles.end()) return &found->second;
    const TlsIdentity* best = nullptr;
    int longest = -1;
    for (const auto& [prefix, identity] : by_address) {
        if (!prefix.contains(peer) || prefix.length <= longest) continue;
        best = &identity;
        longest = prefix.length;
    }
    if (best != nullptr) return best;
    return by_default ? &*by_default : nullptr;
}

}  // namespace weir::signaling

// SPDX-License-Identifier: Apache-2.0
// Strangers: how many connections of addresses that are on no list may shake hands (TLS costs the
// one who answers more than the one who asks).
#pragma once

#include <cstddef>
#include <cstdint>

#include "signaling/sip/source_limits.hpp"
#include "signaling/tls/tls_limits.hpp"

namespace weir::signaling {

// Pure. Thread: sip. Bounds: kTlsMaxStrangers at once; kTlsStrangersPerSecond of all, and
// kStrangerPerSecond of each address.
class Strangers {
public:
    // A connection from there. False: over a limit, nothing is counted.
    [[nodiscard]] bool admit(const IpAddress& source, MonoTime now);
    // One of them has ended, or is a stranger's no more.
    void leave() { --present_; }
    // Once a second.
    void sweep(MonoTime now) { sources_.sweep(now); }
    [[nodiscard]] std::size_t present() const { return present_; }

private:
    std::size_t present_ = 0;
    std::int64_t tokens_milli_ = kTlsStrangersAtOnce * 1000;
    MonoTime filled_at_;
    SourceLimits sources_;
};

}  // namespace weir::signaling

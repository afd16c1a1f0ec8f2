// SPDX-License-Identifier: Apache-2.0
// Strangers; see strangers.hpp.
#include "signaling/tls/strangers.hpp"

#include <algorithm>

namespace weir::signaling {

bool Strangers::admit(const IpAddress& source, MonoTime now) {
    constexpr std::int64_t kMost = kTlsStrangersAtOnce * 1000;
    const auto passed = std::chrono::duration_cast<std::chrono::milliseconds>(now - filled_at_);
    // A long pause fills the bucket, whatever it is multiplied by.
    const std::int64_t waited = std::min<std::int64_t>(passed.count(), kMost);
    if (waited > 0) {
        tokens_milli_ = std::min(kMost, tokens_milli_ + waited * kTlsStrangersPerSecond);
        filled_at_ = now;
    }
    if (present_ >= kTlsMaxStrangers || tokens_milli_ < 1000 || sources_.is_muted(source, now))
        return false;
    sources_.note_refused(source, now);
    tokens_milli_ -= 1000;
    ++present_;
    return true;
}

}  // namespace weir::signaling

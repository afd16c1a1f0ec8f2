// SPDX-License-Identifier: Apache-2.0
// Tokens of strangers, in thousandths.
#include "signaling/sip/source_limits.hpp"

#include <algorithm>

namespace weir::signaling {
namespace {

constexpr std::int64_t kFull = std::int64_t{kStrangerBurst} * 1000;

}  // namespace

void SourceLimits::fill(Bucket& bucket, MonoTime now) {
    const auto passed =
        std::chrono::duration_cast<std::chrono::milliseconds>(now - bucket.filled_at).count();
    if (passed <= 0) return;
    bucket.tokens_milli =
        std::min(kFull, bucket.tokens_milli + std::min<std::int64_t>(passed, kFull) *
                                                  std::int64_t{kStrangerPerSecond});
    bucket.filled_at = now;
}

bool SourceLimits::is_muted(const IpAddress& source, MonoTime now) {
    const auto found = buckets_.find(source);
    if (found == buckets_.end()) return false;
    fill(found->second, now);
    return found->second.tokens_milli < 1000;
}

void SourceLimits::note_refused(const IpAddress& source, MonoTime now) {
    auto found = buckets_.find(source);
    if (found == buckets_.end()) {
        if (buckets_.size() >= kMaxStrangers) return;
        found = buckets_.emplace(source, Bucket{.filled_at = now}).first;
    }
    Bucket& bucket = found->second;
    fill(bucket, now);
    bucket.tokens_milli = std::max<std::int64_t>(0, bucket.tokens_milli - 1000);
}

void SourceLimits::sweep(MonoTime now) {
    std::erase_if(buckets_, [&](const auto& entry) {
        Bucket bucket = entry.second;
        fill(bucket, now);
        return bucket.tokens_milli >= kFull;
    });
}

}  // namespace weir::signaling

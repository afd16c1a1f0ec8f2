// SPDX-License-Identifier: Apache-2.0
// The arithmetic of descriptors.
#include "dataplane/host/descriptors.hpp"

#include <limits>

#include "dataplane/host/host_limits.hpp"

namespace weir::dataplane {
namespace {

std::uint64_t per_session(IoMode mode) {
    return mode == IoMode::dpdk ? 0 : kSocketsPerSession;
}

}  // namespace

std::uint64_t descriptors_needed(IoMode mode, std::uint64_t sessions) {
    return sessions * per_session(mode) + kProcessDescriptors;
}

std::uint64_t sessions_possible(IoMode mode, std::uint64_t descriptor_limit) {
    if (per_session(mode) == 0) return std::numeric_limits<std::uint64_t>::max();
    if (descriptor_limit <= kProcessDescriptors) return 0;
    return (descriptor_limit - kProcessDescriptors) / per_session(mode);
}

}  // namespace weir::dataplane

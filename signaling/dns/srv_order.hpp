// SPDX-License-Identifier: Apache-2.0
// The order in which the targets of SRV records are tried (RFC 2782). Pure.
#pragma once

#include <vector>

#include "config/base/random.hpp"
#include "signaling/dns/dns_records.hpp"

namespace weir::signaling {

// By priority; within one by weight, at random, so that of two with weights 3 and 1 the first comes
// first three times out of four. A target "." is left out: the service is not offered there.
[[nodiscard]] std::vector<SrvRecord> srv_order(std::vector<SrvRecord> records, Random& random);

}  // namespace weir::signaling

// SPDX-License-Identifier: Apache-2.0
// Asks the kernel for a listener's port before sofia does: sofia loses the reason of a refusal.
#pragma once

#include "config/base/result.hpp"
#include "signaling/sip/sofia_stack.hpp"

namespace weir::signaling {

// Binds the port and lets it go again. Errors, each with the words for the operator: exists
// (another program has it), not_found (the address is not on this machine), denied, io.
[[nodiscard]] Result<void> probe_port(const SipListener& listener);

}  // namespace weir::signaling

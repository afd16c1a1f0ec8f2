// SPDX-License-Identifier: Apache-2.0
// try_to_attach: does by hand what DPDK's af_xdp driver does silently, to find out what it failed
// at.
//
// Thread: control. try_to_attach: after a failed start only, for it attaches the program for a
// moment.
#pragma once

#include <string>

#include "config/base/bytes.hpp"
#include "config/base/result.hpp"

namespace weir::dataplane {

// Success: every step works now. Errors: denied (names the capability), exists (another program),
// invalid (the device's or its peer's MTU), not_found (no XDP in this kernel or device), io.
[[nodiscard]] Result<void> try_to_attach(const std::string& interface, ByteSpan object);

// Success: this kernel takes the program. Errors: denied (names the capability), io.
[[nodiscard]] Result<void> try_to_load(ByteSpan object);

}  // namespace weir::dataplane

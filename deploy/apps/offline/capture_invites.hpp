// SPDX-License-Identifier: Apache-2.0
// The INVITEs of a capture that begin a call.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "config/base/address.hpp"
#include "config/base/result.hpp"

namespace weir::apps {

struct CapturedInvite {
    std::uint64_t frame = 0;  // as Wireshark counts
    bool is_tcp = false;
    Endpoint source;
    Endpoint destination;
    std::string text;  // start line and headers at least; at most kInviteMaxBytes
};

// The `wanted`th INVITE, from 1, that begins a call: neither a retransmission nor a re-INVITE. The
// same call counts once on each side of a border element: two sources, two INVITEs.
// Errors: invalid: no capture; not_found: fewer INVITEs, with their number. Thread: any; pure.
[[nodiscard]] Result<CapturedInvite> find_invite(std::string_view capture, std::size_t wanted);

}  // namespace weir::apps

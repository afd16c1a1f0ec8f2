// SPDX-License-Identifier: Apache-2.0
// parse_links: the answer to RTM_GETLINK as DeviceFacts. Pure. Private to this folder.
//
// Thread: any.
#pragma once

#include <vector>

#include "config/base/bytes.hpp"
#include "dataplane/host/machine.hpp"

namespace weir::dataplane {

struct LinkMessages {
    std::vector<DeviceFacts> devices;  // without driver, queues and the XDP program's name
    bool is_last = false;              // the end of the list, or an error
};

// One datagram of netlink. What is cut off or malformed is left out.
[[nodiscard]] LinkMessages parse_links(ByteSpan datagram);

}  // namespace weir::dataplane

// SPDX-License-Identifier: Apache-2.0
// Tells whoever started us that we are ready: systemd's notification protocol, sd_notify(3).
#pragma once

#include <string>

namespace weir::apps {

// Sends "READY=1" and "STATUS=status" to $NOTIFY_SOCKET; without that variable, does nothing.
// `status` is one line and becomes a part of the line `weir ready ...`. Never blocks, never fails.
void notify_ready(const std::string& status);

}  // namespace weir::apps

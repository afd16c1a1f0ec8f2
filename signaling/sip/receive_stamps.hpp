// SPDX-License-Identifier: Apache-2.0
// When the kernel got what is read now: SO_TIMESTAMPNS, as a time of the monotonic clock.
#pragma once

#include <sys/socket.h>

#include "config/base/clock.hpp"

namespace weir::signaling {

// Turns stamps on; accepted sockets inherit it.
void enable_receive_stamps(int fd);

// The stamp among a message's control data; `now` where there is none.
[[nodiscard]] MonoTime arrival_time(msghdr& header, MonoTime now);

}  // namespace weir::signaling

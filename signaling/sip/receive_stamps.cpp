// SPDX-License-Identifier: Apache-2.0
// Receive time stamps; see receive_stamps.hpp.
#include "signaling/sip/receive_stamps.hpp"

#include <cstdint>
#include <cstring>
#include <ctime>

namespace weir::signaling {

void enable_receive_stamps(int fd) {
    const int on = 1;
    // Without stamps received_at is the time of reading: worse, not wrong.
    (void)setsockopt(fd, SOL_SOCKET, SO_TIMESTAMPNS, &on, sizeof on);
}

// The kernel stamps with the wall clock; only the age of the stamp is used. A wall clock that
// stepped in between gives a negative or absurd age: then the message counts as just arrived.
MonoTime arrival_time(msghdr& header, MonoTime now) {
    constexpr std::int64_t kOldest = 60'000'000'000;
    for (cmsghdr* c = CMSG_FIRSTHDR(&header); c != nullptr; c = CMSG_NXTHDR(&header, c)) {
        if (c->cmsg_level != SOL_SOCKET || c->cmsg_type != SCM_TIMESTAMPNS) continue;
        timespec stamp{};
        timespec wall{};
        std::memcpy(&stamp, CMSG_DATA(c), sizeof stamp);
        clock_gettime(CLOCK_REALTIME, &wall);
        const std::int64_t age =
            (wall.tv_sec - stamp.tv_sec) * 1'000'000'000LL + (wall.tv_nsec - stamp.tv_nsec);
        return age < 0 || age > kOldest ? now : MonoTime{now.ns - age};
    }
    return now;
}

}  // namespace weir::signaling

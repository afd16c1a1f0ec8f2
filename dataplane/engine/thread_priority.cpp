// SPDX-License-Identifier: Apache-2.0
// sched_setscheduler of one thread.
#include "dataplane/engine/thread_priority.hpp"

#include <cerrno>
#include <string>

#include <sched.h>
#include <sys/resource.h>

namespace weir::dataplane {

bool set_real_time(bool on) noexcept {
    sched_param param{};
    param.sched_priority = on ? sched_get_priority_min(SCHED_FIFO) : 0;
    // 0 is the calling thread, not the process (sched_setscheduler(2)).
    return sched_setscheduler(0, on ? SCHED_FIFO : SCHED_OTHER, &param) == 0;
}

Result<void> try_real_time() {
    // A service manager's limit may be the hard one alone; who may have more than it needs none.
    rlimit limit{};
    if (::getrlimit(RLIMIT_RTPRIO, &limit) == 0 && limit.rlim_cur < limit.rlim_max) {
        limit.rlim_cur = limit.rlim_max;
        (void)::setrlimit(RLIMIT_RTPRIO, &limit);
    }
    if (!set_real_time(true)) {
        if (errno == EPERM)
            return fail(ErrorCode::denied,
                        "weir-media may not run its workers at real-time priority");
        return fail_errno("real-time priority of a worker", errno);
    }
    (void)set_real_time(false);
    return {};
}

}  // namespace weir::dataplane

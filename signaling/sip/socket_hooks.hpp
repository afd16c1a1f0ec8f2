// SPDX-License-Identifier: Apache-2.0
// What sofia asks of its streams and we answer instead: receiving, connecting. No sofia
// type.
#pragma once

#include <sys/types.h>

namespace weir::signaling {

// Thread: sip. sofia calls C functions without a context, so the receiver of these calls is a
// thread-local pointer: the one piece of process-wide state (with the clock) that sofia forces on
// us.
class SocketHooks {
public:
    virtual ~SocketHooks() = default;
    // In place of su_vrecv, for a stream: reads what is there. Returns 0 at its end, and otherwise
    // -1 with errno: sofia itself gets no byte (EAGAIN).
    virtual ssize_t receive(int fd) = 0;
    // A TCP connection was made. False: it is closed at once.
    virtual bool on_connection(int fd, bool accepted) = 0;
};

// While it lives, sofia's calls on this thread go to `hooks`; scopes nest.
class HookScope {
public:
    explicit HookScope(SocketHooks& hooks);
    ~HookScope();
    HookScope(const HookScope&) = delete;
    HookScope& operator=(const HookScope&) = delete;

private:
    SocketHooks* previous_;
};

}  // namespace weir::signaling

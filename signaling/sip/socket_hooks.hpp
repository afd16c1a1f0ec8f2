// SPDX-License-Identifier: Apache-2.0
// What sofia asks of its sockets and we answer instead: receiving, creating, connecting. No sofia
// type.
#pragma once

#include <cstddef>

#include <sys/socket.h>
#include <sys/types.h>
#include <sys/uio.h>

namespace weir::signaling {

// Thread: sip. sofia calls C functions without a context, so the receiver of these calls is a
// thread-local pointer: the one piece of process-wide state (with the clock) that sofia forces on
// us.
class SocketHooks {
public:
    virtual ~SocketHooks() = default;
    // In place of su_vrecv: fills `parts` and returns the bytes, or -1 with errno (EAGAIN: nothing
    // for sofia). `source` is null for streams.
    virtual ssize_t receive(int fd, const iovec* parts, std::size_t count, sockaddr* source,
                            socklen_t* source_length) = 0;
    // A socket was made; `type` as of socket(2).
    virtual void on_socket(int fd, int type) = 0;
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

// Turns on kernel receive time stamps (SO_TIMESTAMPNS); accepted sockets inherit it.
void enable_receive_stamps(int fd);

}  // namespace weir::signaling

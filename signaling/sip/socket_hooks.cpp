// SPDX-License-Identifier: Apache-2.0
// The four functions of libsofia-sip that ours take the place of (symbol interposition).
//
// The dynamic linker prefers a program's own definition of an exported function over the library's;
// that is how the guard sees bytes before any parser of sofia (measured facts: "The guard's
// place").
#include "signaling/sip/socket_hooks.hpp"

#include <algorithm>
#include <bit>
#include <cerrno>

#include <dlfcn.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "config/base/limits.hpp"
#include "signaling/sip/receive_stamps.hpp"
#include "signaling/sip/sofia_headers.hpp"

namespace weir::signaling {
namespace {

thread_local SocketHooks* current_hooks = nullptr;

}  // namespace

HookScope::HookScope(SocketHooks& hooks) : previous_(current_hooks) {
    current_hooks = &hooks;
}
HookScope::~HookScope() {
    current_hooks = previous_;
}

}  // namespace weir::signaling

using weir::signaling::current_hooks;

extern "C" {

// su.h: receives into an iovec; called for every piece of a stream, and by nothing of sofia that we
// use besides.
issize_t su_vrecv(su_socket_t fd, su_iovec_t[], isize_t, int, su_sockaddr_t*, socklen_t*) {
    if (current_hooks != nullptr) return static_cast<issize_t>(current_hooks->receive(fd));
    errno = EAGAIN;
    return -1;
}

// su.h: the bytes that are readable; sofia asks before it receives and makes a buffer of that size.
// It closes a stream on which more waits than one message may have, although that may be a row of
// short messages: then it is told of one message's worth.
issize_t su_getmsgsize(su_socket_t fd) {
    int readable = -1;
    if (ioctl(fd, FIONREAD, &readable) != 0) return -1;
    return std::min<issize_t>(readable, weir::kSipMaxStreamMessage);
}

// su.h: makes a socket, close-on-exec and non-blocking as the original, with receive stamps from
// birth.
su_socket_t su_socket(int family, int type, int protocol) {
    const int fd = socket(family, type | SOCK_CLOEXEC | SOCK_NONBLOCK, protocol);
    if (fd < 0) return fd;
    weir::signaling::enable_receive_stamps(fd);
    return fd;
}

// tport_internal.h (not public): called for each new TCP connection, before anything is read from
// it. The caller does not close the socket of a refused connection, so we do.
int tport_tcp_init_secondary(tport_t* self, int fd, int accepted, char const** return_reason) {
    using Original = int (*)(tport_t*, int, int, char const**);
    static const auto original =
        std::bit_cast<Original>(dlsym(RTLD_NEXT, "tport_tcp_init_secondary"));
    if (current_hooks != nullptr && !current_hooks->on_connection(fd, accepted != 0)) {
        close(fd);
        *return_reason = "connection limit";
        errno = EMFILE;
        return -1;
    }
    return original(self, fd, accepted, return_reason);
}

}  // extern "C"

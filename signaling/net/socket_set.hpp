// SPDX-License-Identifier: Apache-2.0
// SocketSet: many sockets under one watch of the event loop, each read, written, or both.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>

#include "config/base/unique_fd.hpp"
#include "signaling/api/event_loop.hpp"

namespace weir::signaling {

// Thread: sip. The loop knows readable descriptors only; connections that are being made, and
// queues of bytes that did not fit, wait for writing. `loop` outlives it.
class SocketSet {
public:
    struct Ready {
        bool readable = false;  // or hung up: reading tells
        bool writable = false;
    };
    using Action = std::function<void(Ready)>;

    // Errors: io, when the system has no epoll descriptor left.
    [[nodiscard]] static Result<std::unique_ptr<SocketSet>> create(EventLoop& loop);
    class Key {
        Key() = default;
        friend class SocketSet;
    };
    SocketSet(Key, EventLoop& loop) : loop_(loop) {}
    ~SocketSet();
    SocketSet(const SocketSet&) = delete;
    SocketSet& operator=(const SocketSet&) = delete;

    // Waits for `interest` on a socket, which stays the caller's; again for the same socket: the
    // new action and interest. An action may remove any socket, its own too. Errors: io.
    [[nodiscard]] Result<void> set(int fd, Ready interest, Action action);
    // Changes what a known socket waits for.
    void want(int fd, Ready interest);
    void remove(int fd);  // before it is closed; of an unknown one: nothing
    [[nodiscard]] std::size_t size() const { return by_fd_.size(); }

private:
    struct Entry {
        int fd = -1;
        Action action;
    };
    void dispatch();

    EventLoop& loop_;
    UniqueFd epoll_;
    WatchId watch_;
    std::uint64_t last_id_ = 0;  // never used twice: a late event finds no entry
    std::map<std::uint64_t, Entry> entries_;
    std::map<int, std::uint64_t> by_fd_;
};

}  // namespace weir::signaling

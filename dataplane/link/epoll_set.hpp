// SPDX-License-Identifier: Apache-2.0
// EpollSet: several descriptors behind one, so that a foreign event loop has only one to watch.
#pragma once

#include <algorithm>
#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>

#include "config/base/result.hpp"
#include "config/base/unique_fd.hpp"

namespace weir::dataplane {

enum class Interest : std::uint8_t { read, read_and_write };

// What poll() found.
class ReadySet {
public:
    static constexpr std::size_t kMost = 16;  // of one poll; the others come with the next one
    [[nodiscard]] bool has(int fd) const {
        return std::find(fds_.begin(), fds_.begin() + count_, fd) != fds_.begin() + count_;
    }
    void add(int fd) { fds_[static_cast<std::size_t>(count_++)] = fd; }

private:
    std::array<int, kMost> fds_{};
    std::ptrdiff_t count_ = 0;
};

// Thread: the one that owns it.
class EpollSet {
public:
    EpollSet() = default;  // an empty set; only make() gives a usable one
    // Error io: no descriptor is left.
    [[nodiscard]] static Result<EpollSet> make();

    [[nodiscard]] int fd() const { return epoll_.get(); }
    [[nodiscard]] Result<void> add(int fd);  // for reading
    void set_interest(int fd, Interest interest);
    void remove(int fd);
    // Makes fd() readable once after `delay`; replaces the last alarm.
    void set_alarm(std::chrono::nanoseconds delay);
    void clear_alarm();  // also after it has rung
    // What is ready now: to be read, to take more, or at its end.
    [[nodiscard]] ReadySet poll() const;
    // Waits until something is ready, at most `limit`.
    void wait(std::chrono::milliseconds limit) const;

private:
    EpollSet(UniqueFd epoll, UniqueFd timer) : epoll_(std::move(epoll)), timer_(std::move(timer)) {}
    UniqueFd epoll_;
    UniqueFd timer_;
};

}  // namespace weir::dataplane

// SPDX-License-Identifier: Apache-2.0
// epoll and a timer descriptor behind EpollSet.
#include "dataplane/link/epoll_set.hpp"

#include <algorithm>
#include <cerrno>
#include <ctime>

#include <sys/epoll.h>
#include <sys/timerfd.h>

namespace weir::dataplane {

Result<EpollSet> EpollSet::make() {
    UniqueFd epoll(::epoll_create1(EPOLL_CLOEXEC));
    if (!epoll.is_open()) return fail_errno("cannot make an epoll set", errno);
    UniqueFd timer(::timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK | TFD_CLOEXEC));
    if (!timer.is_open()) return fail_errno("cannot make a timer descriptor", errno);
    EpollSet set(std::move(epoll), std::move(timer));
    WEIR_TRY(set.add(set.timer_.get()));
    return set;
}

Result<void> EpollSet::add(int fd) {
    epoll_event event{};
    event.events = EPOLLIN;
    event.data.fd = fd;
    if (::epoll_ctl(epoll_.get(), EPOLL_CTL_ADD, fd, &event) != 0)
        return fail_errno("cannot watch a descriptor", errno);
    return {};
}

void EpollSet::set_interest(int fd, Interest interest) {
    epoll_event event{};
    event.events = interest == Interest::read ? EPOLLIN : EPOLLIN | EPOLLOUT;
    event.data.fd = fd;
    (void)::epoll_ctl(epoll_.get(), EPOLL_CTL_MOD, fd, &event);
}

void EpollSet::remove(int fd) {
    (void)::epoll_ctl(epoll_.get(), EPOLL_CTL_DEL, fd, nullptr);
}

void EpollSet::set_alarm(std::chrono::nanoseconds delay) {
    // A value of zero would disarm the timer: the least delay is one nanosecond.
    const auto ns = std::max<std::int64_t>(delay.count(), 1);
    itimerspec when{};
    when.it_value.tv_sec = ns / 1'000'000'000;
    when.it_value.tv_nsec = ns % 1'000'000'000;
    (void)::timerfd_settime(timer_.get(), 0, &when, nullptr);
}

void EpollSet::clear_alarm() {
    const itimerspec never{};
    (void)::timerfd_settime(timer_.get(), 0, &never, nullptr);
}

ReadySet EpollSet::poll() const {
    std::array<epoll_event, ReadySet::kMost> events;
    const int count = ::epoll_wait(epoll_.get(), events.data(), static_cast<int>(events.size()), 0);
    ReadySet ready;
    for (int i = 0; i < count; ++i)
        ready.add(events[static_cast<std::size_t>(i)].data.fd);
    return ready;
}

void EpollSet::wait(std::chrono::milliseconds limit) const {
    epoll_event event{};
    (void)::epoll_wait(epoll_.get(), &event, 1, static_cast<int>(limit.count()));
}

}  // namespace weir::dataplane

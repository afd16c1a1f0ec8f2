// SPDX-License-Identifier: Apache-2.0
// SocketSet: an epoll descriptor inside the loop's own.
#include "signaling/net/socket_set.hpp"

#include <array>
#include <cerrno>
#include <utility>

#include <sys/epoll.h>

namespace weir::signaling {
namespace {

constexpr int kEventsAtOnce = 64;  // level-triggered: what is left over comes with the next turn

std::uint32_t bits_of(SocketSet::Ready interest) {
    return (interest.readable ? std::uint32_t{EPOLLIN} : 0U) |
           (interest.writable ? std::uint32_t{EPOLLOUT} : 0U);
}

}  // namespace

Result<std::unique_ptr<SocketSet>> SocketSet::create(EventLoop& loop) {
    auto set = std::make_unique<SocketSet>(Key(), loop);
    set->epoll_ = UniqueFd(::epoll_create1(EPOLL_CLOEXEC));
    if (!set->epoll_.is_open()) return fail_errno("cannot create an epoll descriptor", errno);
    const auto watch = loop.watch(set->epoll_.get(), [raw = set.get()] { raw->dispatch(); });
    if (!watch) return fail(watch.error());
    set->watch_ = *watch;
    return set;
}

SocketSet::~SocketSet() {
    if (watch_ != WatchId{}) loop_.unwatch(watch_);
}

Result<void> SocketSet::set(int fd, Ready interest, Action action) {
    remove(fd);
    epoll_event event{};
    event.events = bits_of(interest);
    event.data.u64 = ++last_id_;
    if (::epoll_ctl(epoll_.get(), EPOLL_CTL_ADD, fd, &event) != 0)
        return fail_errno("cannot wait for a socket", errno);
    entries_.emplace(last_id_, Entry{fd, std::move(action)});
    by_fd_[fd] = last_id_;
    return {};
}

void SocketSet::want(int fd, Ready interest) {
    const auto known = by_fd_.find(fd);
    if (known == by_fd_.end()) return;
    epoll_event event{};
    event.events = bits_of(interest);
    event.data.u64 = known->second;
    (void)::epoll_ctl(epoll_.get(), EPOLL_CTL_MOD, fd, &event);
}

void SocketSet::remove(int fd) {
    const auto known = by_fd_.find(fd);
    if (known == by_fd_.end()) return;
    (void)::epoll_ctl(epoll_.get(), EPOLL_CTL_DEL, fd, nullptr);
    entries_.erase(known->second);
    by_fd_.erase(known);
}

void SocketSet::dispatch() {
    std::array<epoll_event, kEventsAtOnce> events{};
    const int count = ::epoll_wait(epoll_.get(), events.data(), kEventsAtOnce, 0);
    for (int i = 0; i < count; ++i) {
        const epoll_event& event = events.at(static_cast<std::size_t>(i));
        const auto entry = entries_.find(event.data.u64);
        if (entry == entries_.end()) continue;     // removed by an action before it
        const auto action = entry->second.action;  // a copy: it may remove itself
        constexpr std::uint32_t kEnded = EPOLLHUP | EPOLLERR;
        action(
            {(event.events & (EPOLLIN | kEnded)) != 0, (event.events & (EPOLLOUT | kEnded)) != 0});
    }
}

}  // namespace weir::signaling

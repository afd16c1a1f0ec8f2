// SPDX-License-Identifier: Apache-2.0
// SofiaLoop; see sofia_loop.hpp.
#include "signaling/sip/sofia_loop.hpp"

#include <algorithm>
#include <cerrno>
#include <cstdarg>
#include <cstdio>
#include <ctime>
#include <optional>

#include <sys/eventfd.h>
#include <unistd.h>

#include "config/base/limits.hpp"
#include "signaling/sip/socket_hooks.hpp"
#include "signaling/sip/sofia_headers.hpp"

// Exported by libsofia-sip, declared in no public header ("Hooks for testing timing and timers").
extern "C" {
extern void (*_su_time)(su_time_t* time);
extern su_log_t tport_log[];
extern su_log_t nta_log[];
}

namespace weir::signaling {

struct LoopWatch {
    std::function<void()> action;
    int index = -1;  // in su_root
};

namespace {

// sofia measures its timers with the wall clock and freezes for an hour when that steps back an
// hour. CLOCK_MONOTONIC, moved far from zero, because sofia takes zero seconds for "never". In
// whole milliseconds: sofia waits for the whole ones before a timer and would spin through the
// rest.
void monotonic_time(su_time_t* time) {
    constexpr unsigned long kFarFromZero = 1'000'000'000;
    timespec now{};
    clock_gettime(CLOCK_MONOTONIC, &now);
    time->tv_sec = kFarFromZero + static_cast<unsigned long>(now.tv_sec);
    time->tv_usec = static_cast<unsigned long>(now.tv_nsec / 1'000'000 * 1000);
}

#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
void write_log(void* stream, char const* format, va_list arguments) {
    char line[512];
    const int length = std::vsnprintf(line, sizeof line, format, arguments);
    if (length <= 0) return;
    std::string_view text(line, std::min<std::size_t>(static_cast<std::size_t>(length), 511));
    while (text.ends_with('\n'))
        text.remove_suffix(1);
    // The logger limits lines per event name: a storm of sofia's lines cannot fill the disk.
    static_cast<Logger*>(stream)->debug("sofia", {{"text", text}});
}
#pragma GCC diagnostic pop

int on_watch(su_root_magic_t*, su_wait_t*, LoopWatch* watch) {
    const auto action = watch->action;  // a copy: the action may unwatch itself
    action();
    return 0;
}

}  // namespace

Result<std::unique_ptr<SofiaLoop>> SofiaLoop::create(Logger& log) {
    _su_time = monotonic_time;
    su_init();
    constexpr unsigned kErrorsOnly = 1;
    for (su_log_t* part : {su_log_default, tport_log, nta_log}) {
        su_log_redirect(part, write_log, &log);
        su_log_set_level(part, kErrorsOnly);
    }
    auto loop = std::make_unique<SofiaLoop>(Key());
    WEIR_TRY(loop->open());
    return loop;
}

Result<void> SofiaLoop::open() {
    root_ = su_root_create(nullptr);
    if (root_ == nullptr) return fail(ErrorCode::io, "sofia-sip cannot create its event loop");
    su_root_threading(root_, 0);
    wake_fd_ = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
    if (wake_fd_ < 0) return fail_errno("cannot create an eventfd for the SIP thread", errno);
    const auto watched = watch(wake_fd_, [this] {
        std::uint64_t count = 0;
        (void)!read(wake_fd_, &count, sizeof count);
        run_posted();  // here, so that what was posted first comes before what was received later
    });
    if (!watched) return fail(watched.error());
    return {};
}

SofiaLoop::~SofiaLoop() {
    while (!watches_.empty())
        unwatch(WatchId{watches_.begin()->first});
    if (wake_fd_ >= 0) close(wake_fd_);
    if (root_ != nullptr) su_root_destroy(root_);
    su_deinit();
}

TimerId SofiaLoop::after(std::chrono::nanoseconds delay, std::function<void()> action) {
    return timers_.add(clock_.now() + delay, std::move(action));
}

void SofiaLoop::cancel(TimerId timer) {
    timers_.cancel(timer);
}

Result<WatchId> SofiaLoop::watch(int fd, std::function<void()> action) {
    auto entry = std::make_shared<LoopWatch>();
    entry->action = std::move(action);
    su_wait_t wait{};
    if (su_wait_create(&wait, fd, SU_WAIT_IN | SU_WAIT_HUP | SU_WAIT_ERR) != 0)
        return fail_errno("cannot wait for a descriptor", errno);
    entry->index = su_root_register(root_, &wait, on_watch, entry.get(), 0);
    if (entry->index <= 0)
        return fail_errno("cannot watch descriptor " + std::to_string(fd), errno);
    const std::uint64_t id = ++last_watch_;
    watches_.emplace(id, std::move(entry));
    return WatchId{id};
}

void SofiaLoop::unwatch(WatchId watch) {
    const auto it = watches_.find(watch.value());
    if (it == watches_.end()) return;
    su_root_deregister(root_, it->second->index);
    watches_.erase(it);
}

bool SofiaLoop::post(std::function<void()> action) {
    {
        const std::lock_guard lock(mutex_);
        if (posted_.size() >= kSipPostQueue) return false;
        posted_.push_back(std::move(action));
    }
    const std::uint64_t one = 1;
    (void)!write(wake_fd_, &one, sizeof one);  // full counter: the loop is awake anyway
    return true;
}

void SofiaLoop::run_posted() {
    std::vector<std::function<void()>> work;
    {
        const std::lock_guard lock(mutex_);
        work.swap(posted_);
    }
    for (const auto& action : work)
        action();
}

void SofiaLoop::run_timers() {
    // Timers set meanwhile wait for the next turn: a timer that sets itself anew cannot starve
    // sockets.
    const MonoTime now = clock_.now();
    const TimerId last = timers_.last_added();
    while (const auto action = timers_.take_due(now, last))
        action();
}

void SofiaLoop::turn(std::chrono::nanoseconds longest_wait) {
    std::optional<HookScope> scope;
    if (hooks_ != nullptr) scope.emplace(*hooks_);
    const MonoTime start = clock_.now();
    run_posted();
    run_timers();
    longest_turn_ = std::max(longest_turn_, clock_.now() - start);
    if (stopped_) return;
    auto wait = longest_wait;
    if (const auto next = timers_.earliest()) wait = std::min(wait, *next - clock_.now());
    constexpr std::chrono::nanoseconds kRoundUp(999'999);  // never wake up a moment too early
    const auto whole = std::chrono::duration_cast<std::chrono::milliseconds>(
        std::max(wait, std::chrono::nanoseconds(0)) + kRoundUp);
    su_root_step(root_, static_cast<su_duration_t>(whole.count()));
}

void SofiaLoop::run() {
    stopped_ = false;
    while (!stopped_)
        turn(std::chrono::seconds(1));
}

void SofiaLoop::run_for(std::chrono::nanoseconds time) {
    stopped_ = false;
    const MonoTime end = clock_.now() + time;
    while (!stopped_ && clock_.now() < end)
        turn(end - clock_.now());
}

void SofiaLoop::stop() {
    (void)post([this] { stopped_ = true; });
}

}  // namespace weir::signaling

// SPDX-License-Identifier: Apache-2.0
// Waiting and serving.
#include "dataplane/control/control_loop.hpp"

#include <algorithm>
#include <utility>

#include "config/base/limits.hpp"

namespace weir::dataplane {
namespace {
constexpr std::size_t kFirstWork = 2;  // in the list for poll(): behind the link and the stop
}

void ControlLoop::add(LoopWork work) {
    works_.push_back({std::move(work), MonoTime{}});
}

std::chrono::milliseconds ControlLoop::longest_sleep(std::chrono::milliseconds idle) const {
    auto limit = control_.longest_sleep(idle);
    const MonoTime now = clock_.now();
    const auto until = [&](MonoTime due) {
        const auto left = std::chrono::ceil<std::chrono::milliseconds>(due - now);
        limit = std::clamp(left, std::chrono::milliseconds(0), limit);
    };
    if (const auto held = link_.held_until()) until(*held);
    if (link_.is_broken()) limit = std::chrono::milliseconds(0);
    for (const Work& work : works_) {
        if (work.what.before_sleep && !work.what.before_sleep())
            limit = std::chrono::milliseconds(0);
        if (work.what.every) until(work.due);
    }
    return limit;
}

void ControlLoop::serve_works(const std::vector<pollfd>& ready) {
    const MonoTime now = clock_.now();
    for (std::size_t i = 0; i < works_.size(); ++i) {
        Work& work = works_[i];
        if (ready[kFirstWork + i].revents != 0 && work.what.ready) work.what.ready();
        if (work.what.turn) work.what.turn();
        if (!work.what.every || now < work.due) continue;
        work.due = now + work.what.period;
        work.what.every(now);
    }
}

bool ControlLoop::run_once(int stop_fd, std::chrono::milliseconds idle) {
    ready_.assign({{link_.fd(), POLLIN, 0}, {stop_fd, POLLIN, 0}});
    for (const Work& work : works_)
        ready_.push_back({work.what.fd, POLLIN, 0});
    (void)::poll(ready_.data(), ready_.size(), static_cast<int>(longest_sleep(idle).count()));
    if (ready_[1].revents != 0) return false;
    // What was known before a command was sent is known when it is carried out.
    for (const Work& work : works_)
        if (work.what.news) work.what.news();
    if (ready_[0].revents != 0 || link_.is_broken()) link_.run_once();
    control_.run_once();
    serve_works(ready_);
    link_.flush();
    return true;
}

void ControlLoop::run(int stop_fd) {
    while (run_once(stop_fd, kControlIdlePoll)) {
    }
}

}  // namespace weir::dataplane

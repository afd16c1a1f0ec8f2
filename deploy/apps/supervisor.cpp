// SPDX-License-Identifier: Apache-2.0
// The supervisor's loop: signals, readiness messages and deadlines, one after the other.
#include "deploy/apps/supervisor.hpp"

#include <algorithm>
#include <cerrno>
#include <cstring>

#include <fmt/format.h>
#include <poll.h>
#include <signal.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include "config/base/text.hpp"

namespace weir::apps {

Supervisor::Supervisor(SupervisorSettings settings, const Clock& clock, Logger& logger)
    : settings_(std::move(settings)),
      clock_(clock),
      logger_(logger),
      notify_path_(settings_.runtime + "/notify.sock") {
    for (const ChildSpec& spec : settings_.children) {
        Child child;
        child.spec = spec;
        child.spec.notify_socket = notify_path_;
        children_.push_back(std::move(child));
    }
}

Supervisor::~Supervisor() {
    ::unlink(notify_path_.c_str());
}

namespace {

sigset_t own_signals() {
    sigset_t wanted;
    sigemptyset(&wanted);
    for (const int number : {SIGTERM, SIGINT, SIGHUP, SIGCHLD})
        sigaddset(&wanted, number);
    return wanted;
}

}  // namespace

void Supervisor::block_signals() {
    const sigset_t wanted = own_signals();
    ::sigprocmask(SIG_BLOCK, &wanted, nullptr);
}

Result<void> Supervisor::prepare() {
    block_signals();
    const sigset_t wanted = own_signals();
    signals_ = UniqueFd(::signalfd(-1, &wanted, SFD_CLOEXEC | SFD_NONBLOCK));
    if (!signals_.is_open()) return fail_errno("cannot receive signals", errno);

    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    if (notify_path_.size() >= sizeof address.sun_path)
        return fail(ErrorCode::invalid, "the path " + notify_path_ + " is too long for a socket");
    std::memcpy(address.sun_path, notify_path_.data(), notify_path_.size());
    ::unlink(notify_path_.c_str());  // we hold the lock of the directory
    notify_ = UniqueFd(::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
    const int on = 1;
    if (!notify_.is_open() ||
        ::setsockopt(notify_.get(), SOL_SOCKET, SO_PASSCRED, &on, sizeof on) != 0 ||
        ::bind(notify_.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0)
        return fail_errno("cannot listen at " + notify_path_, errno);
    return {};
}

int Supervisor::run() {
    if (const auto prepared = prepare(); !prepared) {
        settings_.on_trouble(prepared.error().context);
        return 1;
    }
    start_deadline_ = clock_.now() + settings_.start_limit;
    for (Child& child : children_)
        if (phase_ == Phase::starting) start(child);
    while (!(phase_ == Phase::stopping && all_gone())) {
        pollfd ready[2] = {{signals_.get(), POLLIN, 0}, {notify_.get(), POLLIN, 0}};
        ::poll(ready, 2, poll_timeout());
        read_notifications();  // first: a child may say that it is ready and die
        read_signals();
        reap();
        on_timers();
    }
    return exit_status_;
}

void Supervisor::start(Child& child) {
    child.restart_at.reset();
    child.ready = false;
    const auto pid = start_child(child.spec);
    if (!pid) return stop(1, pid.error().context);
    child.pid = *pid;
    logger_.info("supervisor.started", {{"child", child.spec.name}, {"pid", child.pid}});
}

void Supervisor::reap() {
    for (Child& child : children_) {
        int status = 0;
        if (child.pid != 0 && ::waitpid(child.pid, &status, WNOHANG) == child.pid)
            on_death(child, status);
    }
}

void Supervisor::on_death(Child& child, int wait_status) {
    const pid_t pid = std::exchange(child.pid, 0);
    const std::string how =
        fmt::format("{} (pid {}) {}", child.spec.name, pid, describe_exit(wait_status));
    logger_.write(phase_ == Phase::stopping ? LogLevel::info : LogLevel::error,
                  "supervisor.child_ended",
                  {{"child", child.spec.name}, {"pid", pid}, {"how", describe_exit(wait_status)}});
    if (phase_ == Phase::stopping) return stop_next();
    if (phase_ == Phase::starting)
        return stop(1,
                    how + " while the node was starting; its own words stand above or in its log");
    if (!child.limit.allows(clock_.now()))
        return stop(1, fmt::format("{}; it died more than {} times within {} s, so the node stops",
                                   how, kRestartIntensity, kRestartWindow.count()));
    child.restart_at = clock_.now() + child.limit.pause();
    settings_.on_trouble(how + " and is started again");
}

void Supervisor::read_signals() {
    signalfd_siginfo info{};
    while (::read(signals_.get(), &info, sizeof info) == sizeof info) {
        if (info.ssi_signo == SIGCHLD || info.ssi_signo == SIGHUP) continue;
        if (phase_ != Phase::stopping) {
            stop(0, "");
            continue;
        }
        if (info.ssi_signo != SIGINT)
            continue;  // scripts repeat SIGTERM; a person who repeats ^C means it
        for (const Child& child : children_)
            if (child.pid != 0) ::kill(child.pid, SIGKILL);
    }
}

void Supervisor::read_notifications() {
    char bytes[kNotifyBytes];
    alignas(cmsghdr) char control[CMSG_SPACE(sizeof(ucred))];
    while (true) {
        iovec part{bytes, sizeof bytes};
        msghdr message{};
        message.msg_iov = &part;
        message.msg_iovlen = 1;
        message.msg_control = control;
        message.msg_controllen = sizeof control;
        const auto size = ::recvmsg(notify_.get(), &message, MSG_CMSG_CLOEXEC);
        if (size < 0) return;
        const cmsghdr* header = CMSG_FIRSTHDR(&message);
        if (header == nullptr || header->cmsg_type != SCM_CREDENTIALS) continue;
        ucred sender{};
        std::memcpy(&sender, CMSG_DATA(header), sizeof sender);
        const auto child = std::find_if(children_.begin(), children_.end(),
                                        [&](const Child& each) { return each.pid == sender.pid; });
        if (child == children_.end()) continue;  // not one of ours
        for (const std::string_view line :
             text::split({bytes, static_cast<std::size_t>(size)}, '\n')) {
            if (line == "READY=1") child->ready = true;
            if (line.starts_with("STATUS="))
                child->status = text::printable(line.substr(7), kNotifyBytes);
        }
        logger_.info("supervisor.ready", {{"child", child->spec.name}, {"status", child->status}});
    }
}

void Supervisor::on_timers() {
    const MonoTime now = clock_.now();
    if (phase_ == Phase::starting && std::all_of(children_.begin(), children_.end(),
                                                 [](const Child& child) { return child.ready; })) {
        phase_ = Phase::running;
        std::map<std::string, std::string> statuses;
        for (const Child& child : children_)
            statuses[child.spec.name] = child.status;
        settings_.on_ready(statuses);
    }
    if (phase_ == Phase::starting && now >= start_deadline_) {
        std::string missing;
        for (const Child& child : children_)
            if (!child.ready) missing += " " + child.spec.name;
        stop(1, fmt::format("not ready after {} s:{}; see the logs",
                            settings_.start_limit.count() / 1000, missing));
    }
    for (Child& child : children_) {
        if (phase_ == Phase::running && child.restart_at && now >= *child.restart_at) start(child);
        if (child.pid != 0 && child.terminated && now >= child.kill_at) {
            settings_.on_trouble(fmt::format("{} (pid {}) did not end within {} s and is killed",
                                             child.spec.name, child.pid,
                                             settings_.stop_grace.count() / 1000));
            ::kill(child.pid, SIGKILL);
            child.kill_at = now + settings_.stop_grace;
        }
    }
}

void Supervisor::stop(int exit_status, const std::string& why) {
    if (phase_ == Phase::stopping) return;
    phase_ = Phase::stopping;
    exit_status_ = exit_status;
    for (Child& child : children_)
        child.restart_at.reset();
    if (!why.empty()) settings_.on_trouble(why);
    logger_.info("supervisor.stopping", {{"why", why.empty() ? std::string("signal") : why}});
    stop_next();
}

// weir-sip goes first: it ends its calls and recordings while the media and the recorder still
// serve.
void Supervisor::stop_next() {
    for (auto child = children_.rbegin(); child != children_.rend(); ++child) {
        if (child->pid == 0) continue;
        if (child->terminated) return;
        child->terminated = true;
        child->kill_at = clock_.now() + settings_.stop_grace;
        ::kill(child->pid, SIGTERM);
        return;
    }
}

int Supervisor::poll_timeout() const {
    std::optional<MonoTime> next;
    const auto consider = [&](MonoTime time) {
        if (!next || time < *next) next = time;
    };
    if (phase_ == Phase::starting) consider(start_deadline_);
    for (const Child& child : children_) {
        if (child.restart_at) consider(*child.restart_at);
        if (child.pid != 0 && child.terminated) consider(child.kill_at);
    }
    if (!next) return -1;
    const auto wait = std::chrono::ceil<std::chrono::milliseconds>(*next - clock_.now()).count();
    return static_cast<int>(std::clamp<std::int64_t>(wait, 0, 60'000));
}

bool Supervisor::all_gone() const {
    return std::all_of(children_.begin(), children_.end(),
                       [](const Child& child) { return child.pid == 0; });
}

}  // namespace weir::apps

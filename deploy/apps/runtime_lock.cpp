// SPDX-License-Identifier: Apache-2.0
// flock(2) on DIR/lock, which holds the pid of the supervisor as text.
#include "deploy/apps/runtime_lock.hpp"

#include <cerrno>
#include <filesystem>
#include <fstream>
#include <string>
#include <thread>

#include <fcntl.h>
#include <fmt/format.h>
#include <signal.h>
#include <sys/file.h>
#include <unistd.h>

#include "config/base/text.hpp"

namespace weir::apps {
namespace {

// The pid in the file, or 0.
pid_t holder_of(int fd) {
    char text[32] = {};
    const auto size = ::pread(fd, text, sizeof text - 1, 0);
    const auto pid =
        size > 0 ? text::number(text::trim({text, static_cast<std::size_t>(size)})) : std::nullopt;
    return pid && *pid < 0x7FFFFFFF ? static_cast<pid_t>(*pid) : 0;
}

// Runs, and is not a zombie that its parent has not reaped yet.
bool is_alive(pid_t pid) {
    if (pid <= 0 || (::kill(pid, 0) != 0 && errno != EPERM)) return false;
    std::ifstream stream(fmt::format("/proc/{}/stat", pid));
    std::string stat;
    std::getline(stream, stat);  // "123 (name) S ...", and a name may hold anything
    const auto state = stat.rfind(") ");
    return state == std::string::npos || state + 2 >= stat.size() || stat[state + 2] != 'Z';
}

}  // namespace

Result<RuntimeLock> RuntimeLock::take(const std::string& directory,
                                      std::chrono::milliseconds patience) {
    std::error_code failure;
    const bool made = std::filesystem::create_directories(directory, failure);
    if (failure)
        return fail(
            ErrorCode::denied,
            fmt::format("cannot make the runtime directory {}: {} (paths.runtime in platform.yaml)",
                        directory, failure.message()));
    if (made) std::filesystem::permissions(directory, std::filesystem::perms(0750), failure);
    const std::string path = directory + "/lock";
    UniqueFd fd(::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0640));
    if (!fd.is_open()) return fail_errno(fmt::format("cannot open {}", path), errno);
    constexpr auto kStep = std::chrono::milliseconds(50);
    while (::flock(fd.get(), LOCK_EX | LOCK_NB) != 0) {
        if (errno != EWOULDBLOCK) return fail_errno(fmt::format("cannot lock {}", path), errno);
        const pid_t pid = holder_of(fd.get());
        if (is_alive(pid))
            return fail(ErrorCode::exists, fmt::format("weir runs already in {} with pid {}: stop "
                                                       "it (kill {}), or give this one another "
                                                       "paths.runtime",
                                                       directory, pid, pid));
        if (patience <= std::chrono::milliseconds::zero())
            return fail(ErrorCode::exists,
                        fmt::format("weir with pid {} is gone but its children still hold {}: look "
                                    "for weir-sip, weir-media "
                                    "and weir-recorder and stop them",
                                    pid, path));
        std::this_thread::sleep_for(kStep);
        patience -= kStep;
    }
    const std::string pid = fmt::format("{}\n", ::getpid());
    if (::ftruncate(fd.get(), 0) != 0 || ::pwrite(fd.get(), pid.data(), pid.size(), 0) < 0)
        return fail_errno(fmt::format("cannot write {}", path), errno);
    return RuntimeLock(std::move(fd));
}

}  // namespace weir::apps

// SPDX-License-Identifier: Apache-2.0
// fork(2) and execve(2) with everything that a child needs set between them.
#include "deploy/apps/child.hpp"

#include <cerrno>
#include <cstring>

#include <fcntl.h>
#include <fmt/format.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "config/base/unique_fd.hpp"

extern char** environ;

namespace weir::apps {
namespace {

// Everything is prepared before fork: the child of a process with threads may only make system
// calls.
struct Prepared {
    std::vector<std::string> words;
    std::vector<std::string> variables;
    std::vector<char*> argv;
    std::vector<char*> envp;
};

void prepare(const ChildSpec& spec, Prepared& prepared) {
    prepared.words.push_back(spec.program);
    prepared.words.insert(prepared.words.end(), spec.arguments.begin(), spec.arguments.end());
    for (char** variable = environ; *variable != nullptr; ++variable)
        if (std::strncmp(*variable, "NOTIFY_SOCKET=", 14) != 0)
            prepared.variables.emplace_back(*variable);
    if (!spec.notify_socket.empty())
        prepared.variables.push_back("NOTIFY_SOCKET=" + spec.notify_socket);
    for (std::string& word : prepared.words)
        prepared.argv.push_back(word.data());
    for (std::string& variable : prepared.variables)
        prepared.envp.push_back(variable.data());
    prepared.argv.push_back(nullptr);
    prepared.envp.push_back(nullptr);
}

[[noreturn]] void become(const ChildSpec& spec, const Prepared& prepared, pid_t parent,
                         int report) {
    ::setpgid(0, 0);
    ::prctl(PR_SET_PDEATHSIG, SIGTERM);
    if (::getppid() != parent) ::_exit(1);  // the supervisor died before the line above
    for (int number = 1; number < NSIG; ++number)
        ::signal(number, SIG_DFL);
    sigset_t none;
    sigemptyset(&none);
    ::sigprocmask(SIG_SETMASK, &none, nullptr);
    const int null = ::open("/dev/null", O_RDWR | O_CLOEXEC);
    if (null >= 0) ::dup2(null, 0);
    for (const int fd : spec.inherited)
        ::fcntl(fd, F_SETFD, 0);
    ::execve(spec.program.c_str(), prepared.argv.data(), prepared.envp.data());
    const int failure = errno;
    (void)!::write(report, &failure, sizeof failure);
    ::_exit(127);
}

}  // namespace

Result<pid_t> start_child(const ChildSpec& spec) {
    Prepared prepared;
    prepare(spec, prepared);
    int ends[2];
    if (::pipe2(ends, O_CLOEXEC) != 0) return fail_errno("cannot make a pipe", errno);
    const UniqueFd reading(ends[0]);
    UniqueFd writing(ends[1]);
    const pid_t parent = ::getpid();
    const pid_t pid = ::fork();
    if (pid < 0) return fail_errno(fmt::format("cannot start {}", spec.name), errno);
    if (pid == 0) become(spec, prepared, parent, writing.get());
    writing.reset();
    int failure = 0;  // the pipe closes without a word when execve succeeds
    if (::read(reading.get(), &failure, sizeof failure) != sizeof failure) return pid;
    ::waitpid(pid, nullptr, 0);
    return fail_errno(fmt::format("cannot start {} ({})", spec.name, spec.program), failure);
}

std::string describe_exit(int wait_status) {
    if (WIFEXITED(wait_status))
        return fmt::format("ended with status {}", WEXITSTATUS(wait_status));
    const int number = WTERMSIG(wait_status);
    return fmt::format("was killed by signal {} ({})", number, ::strsignal(number));
}

}  // namespace weir::apps

// SPDX-License-Identifier: Apache-2.0
// The program weir-media itself: its command line, its errors, its end, and kill -9 under a call.
#include <csignal>
#include <deque>
#include <filesystem>
#include <fstream>
#include <memory>
#include <string>
#include <vector>

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "config/base/clock.hpp"
#include "dataplane/link/link_client.hpp"
#include "tests/unit/dataplane/control/rtp_party.hpp"

namespace weir::tests {
namespace {

using namespace dataplane;

struct Outcome {
    int status = -1;
    std::string out;
    std::string err;
};

class MediaProcess : public ::testing::Test {
protected:
    class Events final : public MediaEvents {
    public:
        void on_media_event(const Event& event) override { all.push_back(event); }
        template <typename T>
        const T* last() const {
            for (auto it = all.rbegin(); it != all.rend(); ++it)
                if (const auto* found = std::get_if<T>(&*it)) return found;
            return nullptr;
        }
        std::deque<Event> all;
    };

    MediaProcess() : memory_(::memfd_create("test", MFD_CLOEXEC)) {
        std::string pattern =
            (std::filesystem::temp_directory_path() / "weir-proc-XXXXXX").string();
        folder_ = ::mkdtemp(pattern.data());
        ::chmod(folder_.c_str(), 0777);
        write_platform("127.0.0.1", "");
    }
    ~MediaProcess() override {
        client_.reset();
        stop(SIGKILL);
        std::filesystem::remove_all(folder_);
    }
    void write_platform(const std::string& address, const std::string& media) const {
        std::ofstream(folder_ + "/platform.yaml")
            << "realms:\n  - name: lo\n    address: " << address << "\nmedia:\n  sessions: 16\n"
            << "  memory_mib: 32\n  pre_roll:\n    mib: 4\n"
            << media << "paths:\n  runtime: " << folder_ << "\n";
    }
    [[nodiscard]] std::vector<std::string> usual() const {
        return {"--platform", folder_ + "/platform.yaml", "--runtime", folder_};
    }

    // Starts the program; `uid` != 0: as that user.
    pid_t start(std::vector<std::string> arguments, uid_t uid = 0) {
        arguments.insert(arguments.begin(), WEIR_MEDIA);
        std::vector<char*> argv;
        for (auto& argument : arguments)
            argv.push_back(argument.data());
        argv.push_back(nullptr);
        const std::string out = folder_ + "/out";
        const std::string err = folder_ + "/err";
        const pid_t pid = ::fork();
        if (pid != 0) return pid;
        const int out_fd = ::open(out.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0666);
        const int err_fd = ::open(err.c_str(), O_WRONLY | O_CREAT | O_APPEND, 0666);
        ::dup2(out_fd, 1);
        ::dup2(err_fd, 2);
        ::fcntl(memory_.get(), F_SETFD, 0);
        if (uid != 0 && (::setgid(uid) != 0 || ::setuid(uid) != 0)) ::_exit(99);
        ::execv(argv[0], argv.data());
        ::_exit(98);
    }
    [[nodiscard]] std::string file(const std::string& name) const {
        std::ifstream in(folder_ + "/" + name);
        return {std::istreambuf_iterator<char>(in), {}};
    }
    Outcome run(const std::vector<std::string>& arguments) {
        std::filesystem::remove(folder_ + "/err");
        return finish(start(arguments));
    }
    Outcome finish(pid_t pid) const {
        int status = 0;
        ::waitpid(pid, &status, 0);
        return {WIFEXITED(status) ? WEXITSTATUS(status) : 1000 + WTERMSIG(status), file("out"),
                file("err")};
    }
    void stop(int signal) {
        if (media_ == 0) return;
        ::kill(media_, signal);
        last_ = finish(media_);
        media_ = 0;
    }
    void start_media() {
        auto arguments = usual();
        arguments.insert(arguments.end(), {"--shared-memory-fd", std::to_string(memory_.get())});
        media_ = start(arguments);
    }
    // Pollable waiting: the client's descriptor is readable when something has happened.
    bool turn_until(const std::function<bool()>& done) {
        const auto turn = [this] {
            pollfd ready{client_->fd(), POLLIN, 0};
            (void)::poll(&ready, 1, 5);
            client_->run_once();
            (void)a_.receive();
            (void)b_.receive();
            (void)recorder_.receive();
        };
        return until(turn, done);
    }
    void connect() {
        client_ = *LinkClient::make({folder_ + "/media.sock", 5}, clock_, log_);
        client_->add_listener(events_);
        ASSERT_TRUE(turn_until([&] { return client_->is_up(); })) << file("err");
        ASSERT_TRUE(client_->submit(SetPortRange{20000, 40000}));
    }
    void talk(std::size_t count) {
        for (std::size_t i = 0; i < count; ++i) {
            a_.send(local_[0]);
            b_.send(local_[1]);
        }
    }
    // A call with a fork of what side a says.
    void open_forked_call() {
        OpenSession open;
        open.recordable = 1;
        ASSERT_TRUE(client_->submit(open));
        ASSERT_TRUE(turn_until([&] { return events_.last<Opened>() != nullptr; }));
        session_ = events_.last<Leased>()->session;
        local_ = events_.last<Leased>()->streams[0].local_rtp;
        ASSERT_TRUE(client_->submit(SetRemote{session_, 0, Side::a, a_.local(), {}}));
        ASSERT_TRUE(client_->submit(SetRemote{session_, 0, Side::b, b_.local(), {}}));
        LeaseFork lease;
        lease.session = session_;
        ASSERT_TRUE(client_->submit(lease));
        ASSERT_TRUE(turn_until([&] { return events_.last<ForkLeased>() != nullptr; }));
        const ForkId fork = events_.last<ForkLeased>()->fork;
        ASSERT_TRUE(client_->submit(StartFork{fork, recorder_.local(), {}}));
    }

    SystemClock clock_;
    NullLogger log_;
    UniqueFd memory_;
    std::string folder_;
    pid_t media_ = 0;
    Outcome last_;
    Events events_;
    RtpParty a_{0xA};
    RtpParty b_{0xB};
    RtpParty recorder_;
    std::unique_ptr<LinkClient> client_;
    SessionId session_;
    std::array<Endpoint, 2> local_;
};

TEST_F(MediaProcess, WrongCommandLinesEndWithStatusTwoAndTheUsage) {
    for (const std::vector<std::string>& arguments :
         {std::vector<std::string>{},
          {"--platfrom", "x"},
          {"stray"},
          {"--platform"},
          {"--platform", "x", "--shared-memory-fd", "two"}}) {
        const Outcome outcome = run(arguments);
        EXPECT_EQ(outcome.status, 2);
        EXPECT_NE(outcome.err.find("usage: weir-media"), std::string::npos) << outcome.err;
        EXPECT_EQ(outcome.out, "");
    }
}

TEST_F(MediaProcess, WhatTheMachineDoesNotHaveEndsWithStatusOneAndIsNamed) {
    write_platform("203.0.113.9", "");
    Outcome outcome = run(usual());
    EXPECT_EQ(outcome.status, 1);
    EXPECT_NE(outcome.err.find("203.0.113.9"), std::string::npos) << outcome.err;
    write_platform("127.0.0.1", "  cores: [4000]\n");
    outcome = run(usual());
    EXPECT_EQ(outcome.status, 1);
    EXPECT_NE(outcome.err.find("4000"), std::string::npos) << outcome.err;
    write_platform("127.0.0.1", "");
    auto arguments = usual();
    arguments.insert(arguments.end(), {"--shared-memory-fd", "987"});
    outcome = run(arguments);
    EXPECT_EQ(outcome.status, 1);
    EXPECT_NE(outcome.err.find("987"), std::string::npos) << outcome.err;
    outcome = run({"--platform", folder_ + "/missing.yaml"});
    EXPECT_EQ(outcome.status, 1);
    EXPECT_NE(outcome.err.find("missing.yaml"), std::string::npos) << outcome.err;
}

TEST_F(MediaProcess, SigtermEndsItCleanlyAndNothingIsOnStandardOutput) {
    start_media();
    connect();
    stop(SIGTERM);
    EXPECT_EQ(last_.status, 0) << last_.err;
    // The log is written by a thread of its own: it is whole when the process has ended.
    EXPECT_NE(last_.err.find("media.ready io=socket workers=1"), std::string::npos) << last_.err;
    EXPECT_EQ(last_.out, "");
    EXPECT_FALSE(std::filesystem::exists(folder_ + "/media.sock"));
}

TEST_F(MediaProcess, ASecondInstanceSaysWhyAndTheFirstGoesOn) {
    start_media();
    connect();
    const Outcome second = run(usual());
    EXPECT_EQ(second.status, 1);
    EXPECT_NE(second.err.find("another process serves the media link"), std::string::npos)
        << second.err;
    EXPECT_TRUE(std::filesystem::exists(folder_ + "/media.sock"));
    open_forked_call();
}

TEST_F(MediaProcess, RunsWithoutPrivileges) {
    if (::geteuid() != 0)
        GTEST_SKIP() << "the other tests of this file run without privileges already";
    constexpr uid_t kNobody = 65534;
    ::unsetenv("XDG_RUNTIME_DIR");
    media_ = start(usual(), kNobody);
    // The test is not that user: the link must say no, and the program lives.
    const auto log_says = [this] { return file("err").find("media.ready") != std::string::npos; };
    const auto is_there = [] { (void)::poll(nullptr, 0, 5); };
    EXPECT_TRUE(until(is_there, log_says)) << file("err");
    stop(SIGTERM);
    EXPECT_EQ(last_.status, 0) << last_.err;
}

TEST_F(MediaProcess, AKilledOneIsSucceededOnTheSamePortsAndTheLossIsOurs) {
    start_media();
    connect();
    open_forked_call();
    talk(20);
    ASSERT_TRUE(turn_until([&] {
        return recorder_.numbers.size() >= 20 && a_.numbers.size() >= 20;
    })) << recorder_.numbers.size()
        << " " << a_.numbers.size();

    stop(SIGKILL);
    EXPECT_EQ(last_.status, 1000 + SIGKILL);
    talk(3);  // to nobody
    start_media();
    ASSERT_TRUE(turn_until([&] { return !client_->is_up(); }));
    ASSERT_TRUE(turn_until([&] { return client_->is_up(); })) << file("err");
    events_.all.clear();
    ASSERT_TRUE(client_->submit(ListSessions{1}));
    ASSERT_TRUE(turn_until([&] { return events_.last<ListEnd>() != nullptr; }));
    ASSERT_EQ(events_.last<ListEnd>()->count, 1U) << file("err");
    EXPECT_EQ(events_.last<Listed>()->session, session_);
    EXPECT_EQ(events_.last<Listed>()->owned, 1);

    talk(20);
    ASSERT_TRUE(turn_until([&] {
        return recorder_.numbers.size() >= 40 && a_.numbers.size() >= 40;
    })) << recorder_.numbers.size()
        << " " << a_.numbers.size();
    EXPECT_EQ(recorder_.ssrcs.front(), recorder_.ssrcs.back());
    ASSERT_TRUE(client_->submit(CloseSession{session_}));
    ASSERT_TRUE(turn_until([&] { return events_.last<Closed>() != nullptr; }));
    const StreamAccount& account = events_.last<Closed>()->state.streams[0][0];
    EXPECT_EQ(account.received, 40U);
    EXPECT_EQ(account.lost_ours, 3U);
    EXPECT_EQ(account.lost_before_us, 0U);
}

}  // namespace
}  // namespace weir::tests

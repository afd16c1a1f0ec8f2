// SPDX-License-Identifier: Apache-2.0
// A network namespace that the test owns: it goes with the object. Needs root.
#pragma once

#include <cstdlib>
#include <fstream>
#include <functional>
#include <string>
#include <utility>

#include <fcntl.h>
#include <gtest/gtest.h>
#include <poll.h>
#include <sched.h>
#include <unistd.h>

#include "config/base/unique_fd.hpp"

namespace weir::tests {

// Thread: one test thread; sockets that it opens within run() belong to the namespace for good.
class NetworkNamespace {
public:
    [[nodiscard]] static bool is_allowed() {
        if (geteuid() != 0) return false;
        const NetworkNamespace probe;
        return probe.inside_.is_open();
    }

    NetworkNamespace() : outside_(current()) {
        if (unshare(CLONE_NEWNET) != 0) return;
        inside_ = UniqueFd(current());
        (void)setns(outside_.get(), CLONE_NEWNET);
        if (inside_.is_open()) (void)ip("link set lo up");
    }

    template <typename Work>
    auto run(Work&& work) const {
        const Return returns(outside_.get());
        EXPECT_EQ(setns(inside_.get(), CLONE_NEWNET), 0);
        return std::forward<Work>(work)();
    }
    // `ip WORDS` inside; true if it worked.
    [[nodiscard]] bool ip(const std::string& words) const {
        return run([&] { return std::system(("ip " + words).c_str()) == 0; });
    }
    // /proc/sys/net/NAME.
    [[nodiscard]] bool set(const std::string& name, const std::string& value) const {
        return run([&] {
            std::ofstream file("/proc/sys/net/" + name);
            file << value << std::flush;
            return file.good();
        });
    }
    // As the word behind `netns` in ip's commands.
    [[nodiscard]] std::string name() const {
        return "/proc/" + std::to_string(getpid()) + "/fd/" + std::to_string(inside_.get());
    }

private:
    struct Return {
        explicit Return(int to) : fd(to) {}
        ~Return() { (void)setns(fd, CLONE_NEWNET); }
        Return(const Return&) = delete;
        Return& operator=(const Return&) = delete;
        int fd;
    };
    static int current() { return open("/proc/thread-self/ns/net", O_RDONLY | O_CLOEXEC); }

    UniqueFd outside_;
    UniqueFd inside_;
};

// Where it is allowed, the test thread lives in a namespace of its own as long as this object: its
// loopback ports are no other test's that runs at the same time.
class OwnLoopback {
public:
    OwnLoopback() : outside_(open("/proc/thread-self/ns/net", O_RDONLY | O_CLOEXEC)) {
        if (unshare(CLONE_NEWNET) == 0) (void)!std::system("ip link set lo up");
    }
    ~OwnLoopback() { (void)setns(outside_.get(), CLONE_NEWNET); }
    OwnLoopback(const OwnLoopback&) = delete;
    OwnLoopback& operator=(const OwnLoopback&) = delete;

private:
    UniqueFd outside_;
};

// Two hosts and the wire between them: eth0 of each, 192.0.2.1 and .2, 2001:db8::1 and ::2.
class TwoHosts : public ::testing::Test {
protected:
    void SetUp() override {
        if (!NetworkNamespace::is_allowed()) GTEST_SKIP() << "needs root and network namespaces";
        ASSERT_TRUE(near_.ip("link add eth0 type veth peer name eth0 netns " + far_.name()));
        ASSERT_TRUE(set_up(near_, "1"));
        ASSERT_TRUE(set_up(far_, "2"));
        // The kernel takes notice of the carrier, and gives link-local addresses, in its own time.
        ASSERT_TRUE(is_ready(near_) && is_ready(far_));
    }
    static bool is_ready(const NetworkNamespace& host) {
        for (int turn = 0; turn < 250; ++turn) {
            if (host.ip("link show eth0 | grep -q 'state UP' && "
                        "ip -6 addr show dev eth0 scope link | grep inet6 | grep -vq tentative"))
                return true;
            (void)poll(nullptr, 0, 20);
        }
        return false;
    }
    static bool set_up(const NetworkNamespace& host, const std::string& number) {
        // Silence is noticed after three tries: in tests they follow each other faster.
        return host.set("ipv4/neigh/eth0/retrans_time_ms", "50") &&
               host.set("ipv6/neigh/eth0/retrans_time_ms", "50") &&
               host.set("ipv6/conf/eth0/accept_dad", "0") &&
               host.ip("addr add 192.0.2." + number + "/24 dev eth0") &&
               host.ip("addr add 2001:db8::" + number + "/64 dev eth0 nodad") &&
               host.ip("link set eth0 up");
    }

    NetworkNamespace near_;
    NetworkNamespace far_;
};

}  // namespace weir::tests

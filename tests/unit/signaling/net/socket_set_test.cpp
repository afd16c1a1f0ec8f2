// SPDX-License-Identifier: Apache-2.0
// SocketSet on socket pairs, under the real loop.
#include "signaling/net/socket_set.hpp"

#include <array>

#include <gtest/gtest.h>
#include <sys/socket.h>

#include "signaling/sip/sofia_loop.hpp"

namespace weir::signaling {
namespace {

struct Pair {
    Pair() {
        std::array<int, 2> fds{};
        EXPECT_EQ(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, fds.data()),
                  0);
        ours = UniqueFd(fds[0]);
        theirs = UniqueFd(fds[1]);
    }
    UniqueFd ours;
    UniqueFd theirs;
};

class SocketSetTest : public testing::Test {
protected:
    bool wait(const std::function<bool()>& done) {
        for (int turns = 0; turns < 300 && !done(); ++turns)
            loop->run_for(std::chrono::milliseconds(10));
        return done();
    }
    NullLogger log;
    std::unique_ptr<SofiaLoop> loop = std::move(*SofiaLoop::create(log));
    std::unique_ptr<SocketSet> set = std::move(*SocketSet::create(*loop));
    Pair first;
    Pair second;
};

TEST_F(SocketSetTest, TellsWhichSocketIsReadable) {
    int of_first = 0;
    int of_second = 0;
    ASSERT_TRUE(set->set(first.ours.get(), {true, false}, [&](SocketSet::Ready) { ++of_first; }));
    ASSERT_TRUE(set->set(second.ours.get(), {true, false}, [&](SocketSet::Ready ready) {
        EXPECT_TRUE(ready.readable);
        EXPECT_FALSE(ready.writable);
        ++of_second;
        set->remove(second.ours.get());
    }));
    ASSERT_EQ(::send(second.theirs.get(), "x", 1, 0), 1);
    ASSERT_TRUE(wait([&] { return of_second == 1; }));
    EXPECT_EQ(of_first, 0);
}

TEST_F(SocketSetTest, WritingIsWaitedForOnlyWhenItIsWanted) {
    int writable = 0;
    ASSERT_TRUE(set->set(first.ours.get(), {true, false}, [&](SocketSet::Ready ready) {
        writable += ready.writable ? 1 : 0;
        set->want(first.ours.get(), {true, false});
    }));
    loop->run_for(std::chrono::milliseconds(30));
    EXPECT_EQ(writable, 0);
    set->want(first.ours.get(), {true, true});
    ASSERT_TRUE(wait([&] { return writable == 1; }));
}

TEST_F(SocketSetTest, ASocketThatAnotherActionRemovedHearsNothing) {
    int heard = 0;
    const auto only_one = [&](int other) {
        return [&, other](SocketSet::Ready) {
            ++heard;
            set->remove(other);
        };
    };
    const int a = first.ours.get();
    const int b = second.ours.get();
    ASSERT_EQ(::send(first.theirs.get(), "x", 1, 0), 1);
    ASSERT_EQ(::send(second.theirs.get(), "x", 1, 0), 1);
    ASSERT_TRUE(set->set(a, {true, false}, [&, turn = only_one(b)](SocketSet::Ready ready) {
        turn(ready);
        set->remove(a);
    }));
    ASSERT_TRUE(set->set(b, {true, false}, [&, turn = only_one(a)](SocketSet::Ready ready) {
        turn(ready);
        set->remove(b);
    }));
    loop->run_for(std::chrono::milliseconds(50));
    EXPECT_EQ(heard, 1);
    EXPECT_EQ(set->size(), 0U);
}

}  // namespace
}  // namespace weir::signaling

// SPDX-License-Identifier: Apache-2.0
// Reserved media ports: nobody else gets them, and who sends there hears nothing.
#include <cerrno>

#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

#include "config/base/socket_address.hpp"
#include "config/base/unique_fd.hpp"
#include "dataplane/io/media_socket.hpp"

namespace weir::dataplane {
namespace {

class ReservedPort : public ::testing::TestWithParam<const char*> {
protected:
    static Endpoint any() { return *Endpoint::parse(GetParam(), 0); }
    // What a peer hears that sends there: over loopback the kernel answers at once.
    static int answer_from(const Endpoint& target) {
        const UniqueFd peer(*open_media_socket(any()));
        SocketAddress address{};
        const socklen_t length = to_socket_address(target, address);
        EXPECT_EQ(::connect(peer.get(), &address.generic, length), 0);
        EXPECT_EQ(::send(peer.get(), "rtp", 3, 0), 3);
        int error = 0;
        socklen_t size = sizeof(error);
        EXPECT_EQ(::getsockopt(peer.get(), SOL_SOCKET, SO_ERROR, &error, &size), 0);
        return error;
    }
};

TEST_P(ReservedPort, NoIcmpErrorGoesOut) {
    UniqueFd port(*reserve_media_port(any()));
    const Endpoint local = *local_endpoint(port.get());
    EXPECT_EQ(answer_from(local), 0);
    port = UniqueFd();
    EXPECT_EQ(answer_from(local), ECONNREFUSED) << "the test would not see an answer";
}

TEST_P(ReservedPort, NothingIsQueued) {
    const UniqueFd port(*reserve_media_port(any()));
    (void)answer_from(*local_endpoint(port.get()));
    int waiting = -1;
    ASSERT_EQ(::ioctl(port.get(), FIONREAD, &waiting), 0);
    EXPECT_EQ(waiting, 0);
}

TEST_P(ReservedPort, NobodyElseGetsIt) {
    const UniqueFd port(*reserve_media_port(any()));
    const auto second = open_media_socket(*local_endpoint(port.get()));
    ASSERT_FALSE(second);
    EXPECT_EQ(second.error().code, ErrorCode::exists);
    const auto third = reserve_media_port(*local_endpoint(port.get()));
    ASSERT_FALSE(third);
    EXPECT_EQ(third.error().code, ErrorCode::exists);
}

INSTANTIATE_TEST_SUITE_P(Loopback, ReservedPort, ::testing::Values("127.0.0.1", "[::1]"),
                         [](const auto& family) { return family.index == 0 ? "IPv4" : "IPv6"; });

}  // namespace
}  // namespace weir::dataplane

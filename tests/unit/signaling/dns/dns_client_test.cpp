// SPDX-License-Identifier: Apache-2.0
// DnsClient against a server on loopback that the test plays.
#include "signaling/dns/dns_client.hpp"

#include <optional>

#include <gtest/gtest.h>
#include <sys/socket.h>

#include "config/base/socket_address.hpp"
#include "config/base/unique_fd.hpp"
#include "signaling/sip/sofia_loop.hpp"
#include "tests/unit/signaling/dns/dns_message.hpp"

namespace weir::signaling {
namespace {

class DnsClientTest : public testing::Test {
protected:
    DnsClientTest() {
        SocketAddress address;
        socklen_t size = to_socket_address(Endpoint{IpAddress::v4(127, 0, 0, 1), 0, 0}, address);
        EXPECT_EQ(::bind(server.get(), &address.generic, size), 0);
        EXPECT_EQ(::getsockname(server.get(), &address.generic, &size), 0);
        client = std::move(*DnsClient::create(*loop, {to_endpoint(address)}));
    }
    // Answers the next question with these records of its own name.
    void answer_with(const std::vector<tests::Wire>& records, unsigned type) {
        (void)loop->watch(server.get(), [this, records, type] {
            SocketAddress from;
            socklen_t size = sizeof from;
            tests::Wire bytes(512);
            const auto got =
                ::recvfrom(server.get(), bytes.data(), bytes.size(), 0, &from.generic, &size);
            if (got < 12) return;
            ++questions;
            const unsigned id = (static_cast<unsigned>(bytes[0]) << 8U) | bytes[1];
            const auto reply = tests::wire_answer("trunk.test", type, records, {}, 0, id);
            (void)::sendto(server.get(), reply.data(), reply.size(), 0, &from.generic, size);
        });
    }
    DnsAnswer ask(const DnsQuestion& question) {
        std::optional<DnsAnswer> answer;
        client->ask(question, [&](DnsAnswer got) { answer = std::move(got); });
        EXPECT_FALSE(answer) << "never from within ask()";
        for (int turns = 0; turns < 1000 && !answer; ++turns)
            loop->run_for(std::chrono::milliseconds(10));
        return answer.value_or(DnsAnswer{});
    }

    NullLogger log;
    std::unique_ptr<SofiaLoop> loop = std::move(*SofiaLoop::create(log));
    UniqueFd server{::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0)};
    std::unique_ptr<DnsClient> client;
    int questions = 0;
};

TEST_F(DnsClientTest, AnAnswerComesThroughTheLoop) {
    answer_with({tests::wire_record(tests::kOwner, 1, 60, {192, 0, 2, 1})}, 1);
    const DnsAnswer answer = ask({"trunk.test", DnsType::a});
    ASSERT_EQ(answer.addresses.size(), 1U);
    EXPECT_EQ(answer.addresses[0].to_string(), "192.0.2.1");
    EXPECT_EQ(answer.ttl, std::chrono::seconds(60));
}

TEST_F(DnsClientTest, ASilentServerIsAFailureInTime) {
    EXPECT_TRUE(ask({"trunk.test", DnsType::srv}).is_failure);
}

TEST_F(DnsClientTest, TheHostsFileAnswersWithoutAServer) {
    const DnsAnswer answer = ask({"localhost", DnsType::a});
    ASSERT_FALSE(answer.addresses.empty());
    EXPECT_EQ(questions, 0);
}

TEST_F(DnsClientTest, QuestionsThatAreOutWhenItEndsAreForgotten) {
    bool answered = false;
    client->ask({"trunk.test", DnsType::a}, [&](DnsAnswer) { answered = true; });
    client.reset();
    loop->run_for(std::chrono::milliseconds(50));
    EXPECT_FALSE(answered);
}

}  // namespace
}  // namespace weir::signaling

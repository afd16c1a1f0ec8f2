// SPDX-License-Identifier: Apache-2.0
// Who may connect to the media link: hello, versions, garbage, one client at a time, reconnects.
#include <cstring>
#include <fstream>

#include "tests/unit/dataplane/link/link_fixture.hpp"

namespace weir::tests {
namespace {

using namespace dataplane;

std::vector<std::uint8_t> hello_with(const std::function<void(Hello&)>& edit) {
    auto datagram = encode_hello(kTypeHello, 5);
    Hello hello;
    std::memcpy(&hello, datagram.data() + sizeof(LinkHeader), sizeof hello);
    edit(hello);
    std::memcpy(datagram.data() + sizeof(LinkHeader), &hello, sizeof hello);
    return datagram;
}

TEST_F(LinkTest, TheClientIsUpAfterTheWelcomeAndKnowsTheIncarnation) {
    start_server(77);
    start_client(5);
    EXPECT_FALSE(client_->is_up());
    pump();
    EXPECT_TRUE(client_->is_up());
    ASSERT_NE(events_.last<PlaneUp>(), nullptr);
    EXPECT_EQ(events_.last<PlaneUp>()->media_incarnation, 77U);
    EXPECT_EQ(clients_, std::vector<std::uint64_t>{5});
}

TEST_F(LinkTest, AClientWithoutServerRefusesCommandsAndTriesAgainInTime) {
    start_client();
    pump();
    const auto refused = client_->submit(ReadPlane{});
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, ErrorCode::unavailable);
    start_server();
    pump();
    EXPECT_FALSE(client_->is_up()) << "not before kLinkRetry";
    clock_.advance(kLinkRetry);
    pump();
    EXPECT_TRUE(client_->is_up());
}

TEST_F(LinkTest, EachWrongHelloIsRefusedWithItsReason) {
    start_server();
    const std::vector<std::pair<LinkReject, std::vector<std::uint8_t>>> rows{
        {LinkReject::version, hello_with([](Hello& h) { h.version = kLinkVersion + 1; })},
        {LinkReject::layout, hello_with([](Hello& h) { ++h.layout; })},
        {LinkReject::malformed, hello_with([](Hello& h) { h.magic = 0; })},
        {LinkReject::malformed, hello_with([](Hello& h) { h.incarnation = 0; })},
        {LinkReject::malformed, encode(Command(ReadPlane{}))},
        {LinkReject::malformed, {0x47}},
        {LinkReject::malformed, std::vector<std::uint8_t>(60000, 0xFF)},
    };
    for (const auto& [reason, datagram] : rows) {
        log_.lines.clear();
        const auto peer = raw_peer();
        ASSERT_EQ(send_datagram(peer.get(), datagram), Transfer::done);
        pump();
        const auto reject = decode_reject(read_all_of_one(peer.get()));
        ASSERT_TRUE(reject) << to_string(reason);
        EXPECT_EQ(reject->reason, reason);
        EXPECT_TRUE(log_.has(to_string(reason)));
        EXPECT_FALSE(server_->has_client());
    }
    EXPECT_EQ(server_->counters().rejected, rows.size());
}

TEST_F(LinkTest, AServerOfAnotherBuildIsNotBelieved) {
    // A server that accepts everybody, of another layout.
    auto listener = listen_seqpacket(path_);
    ASSERT_TRUE(listener);
    start_client();
    client_->run_once();
    auto peer = accept_seqpacket(listener->get());
    ASSERT_TRUE(peer);
    auto welcome = hello_with([](Hello& h) { ++h.layout; });
    LinkHeader header;
    std::memcpy(&header, welcome.data(), sizeof header);
    header.type = kTypeWelcome;
    std::memcpy(welcome.data(), &header, sizeof header);
    ASSERT_EQ(send_datagram(peer->get(), welcome), Transfer::done);
    client_->run_once();
    EXPECT_FALSE(client_->is_up());
    EXPECT_TRUE(log_.has(to_string(LinkReject::layout)));
    EXPECT_TRUE(events_.events.empty());
}

TEST_F(LinkTest, ASecondClientIsRefusedWhileTheFirstLives) {
    start_server();
    start_client(5);
    pump();
    auto second = make_client(6);
    for (int i = 0; i < 8; ++i) {
        second->run_once();
        pump(1);
    }
    EXPECT_FALSE(second->is_up());
    EXPECT_TRUE(client_->is_up());
    EXPECT_TRUE(log_.has(to_string(LinkReject::in_use)));
}

TEST_F(LinkTest, ANewClientReplacesADeadOneInTheSameTurn) {
    start_server();
    start_client(5);
    pump();
    client_.reset();  // as when its process was killed
    start_client(6);
    client_->run_once();
    server_->run_once();
    client_->run_once();
    EXPECT_TRUE(client_->is_up());
    EXPECT_EQ(clients_gone_, 1);
    EXPECT_EQ(clients_, (std::vector<std::uint64_t>{5, 6}));
}

TEST_F(LinkTest, TheClientReconnectsToASuccessorAndTellsBoth) {
    start_server(77);
    start_client();
    pump();
    server_.reset();
    pump();
    EXPECT_FALSE(client_->is_up());
    EXPECT_EQ(events_.count<PlaneDown>(), 1U);
    start_server(78);
    clock_.advance(kLinkRetry);
    pump();
    EXPECT_TRUE(client_->is_up());
    EXPECT_EQ(events_.count<PlaneUp>(), 2U);
    EXPECT_EQ(events_.last<PlaneUp>()->media_incarnation, 78U);
}

TEST_F(LinkTest, WhoSaysNoHelloIsDisconnectedInTime) {
    start_server();
    const auto silent = raw_peer();
    pump();
    clock_.advance(kLinkHello);
    pump();
    std::vector<std::uint8_t> buffer(16);
    EXPECT_EQ(receive_datagram(silent.get(), buffer).outcome, Transfer::closed);
    EXPECT_EQ(server_->counters().rejected, 1U);
}

TEST_F(LinkTest, SilentConnectionsDoNotKeepTheClientOut) {
    start_server();
    std::vector<UniqueFd> silent;
    for (std::size_t i = 0; i < kLinkPending + 3; ++i) {
        silent.push_back(raw_peer());
        server_->run_once();
    }
    EXPECT_EQ(server_->counters().rejected, 3U);
    start_client();
    pump();
    EXPECT_FALSE(client_->is_up());
    clock_.advance(kLinkHello);
    pump();
    clock_.advance(kLinkRetry);
    pump();
    EXPECT_TRUE(client_->is_up());
}

TEST_F(LinkTest, AClientOfAnotherUserIsRefused) {
    auto server = LinkServer::listen({path_, 1, {::geteuid() + 1}}, {}, clock_, log_);
    ASSERT_TRUE(server);
    const auto peer = raw_peer();
    ASSERT_EQ(send_datagram(peer.get(), encode_hello(kTypeHello, 5)), Transfer::done);
    (*server)->run_once();
    EXPECT_FALSE((*server)->has_client());
    EXPECT_TRUE(log_.has("its user may not use the link"));
}

TEST_F(LinkTest, ASecondServerOnThePathIsToldWhy) {
    start_server();
    const auto second = LinkServer::listen({path_, 2, {}}, {}, clock_, log_);
    ASSERT_FALSE(second);
    EXPECT_EQ(second.error().code, ErrorCode::exists);
    EXPECT_NE(second.error().context.find("another process serves"), std::string::npos);
    // The probe of the second must not have harmed the first.
    start_client();
    pump();
    EXPECT_TRUE(client_->is_up());
}

TEST_F(LinkTest, TheSocketOfAKilledServerIsTakenOver) {
    {
        auto left_over = listen_seqpacket(path_);
        ASSERT_TRUE(left_over);
    }
    ASSERT_TRUE(std::filesystem::exists(path_));
    start_server();
    start_client();
    pump();
    EXPECT_TRUE(client_->is_up());
}

TEST_F(LinkTest, ThePathMustBeFreeAndShortEnough) {
    std::ofstream(path_) << "precious";
    const auto occupied = listen_seqpacket(path_);
    ASSERT_FALSE(occupied);
    EXPECT_NE(occupied.error().context.find("is not a socket"), std::string::npos);
    EXPECT_TRUE(std::filesystem::exists(path_));
    const auto too_long = listen_seqpacket(folder_ + "/" + std::string(120, 'x'));
    ASSERT_FALSE(too_long);
    EXPECT_NE(too_long.error().context.find("shorter paths.runtime"), std::string::npos);
}

}  // namespace
}  // namespace weir::tests

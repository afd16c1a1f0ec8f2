// SPDX-License-Identifier: Apache-2.0
// TlsStack over loopback sockets, two stacks on one loop: certificates, names, reload, bounds.
#include "signaling/tls/tls_stack.hpp"

#include <array>
#include <csignal>
#include <functional>

#include <gtest/gtest.h>
#include <sys/socket.h>

#include "config/base/limits.hpp"
#include "config/base/socket_address.hpp"
#include "config/base/unique_fd.hpp"
#include "signaling/sip/sofia_loop.hpp"
#include "tests/support/recording_events.hpp"
#include "tests/unit/signaling/tls/certificates.hpp"

namespace weir::signaling {
namespace {

using std::chrono::milliseconds;

// One node: a stack, what it was told, and its settings.
struct Node {
    Node(EventLoop& loop, Random& random, Logger& log, const std::string& directory,
         const std::string& trustpoint)
        : stack(*TlsStack::create({loop, random, stats, log}, {})) {
        settings.directory = directory;
        settings.by_default.emplace().trustpoint = trustpoint;
        settings.listeners = {{Endpoint{IpAddress::v4(127, 0, 0, 1), 0, 0}}};
        stack->set_events(events);
    }
    void start() { stack->configure(settings); }
    [[nodiscard]] Endpoint address() const { return stack->listeners().at(0).second; }

    SipStats stats;
    tests::RecordingEvents events;
    TlsSettings settings;
    std::unique_ptr<TlsStack> stack;
};

class TlsStackTest : public testing::Test {
protected:
    TlsStackTest() {
        std::signal(SIGPIPE, SIG_IGN);  // as the programs do
        certificates.trustpoint("US", "DNS:us.example,IP:127.0.0.1");
        certificates.trustpoint("PEER", "DNS:peer.example");
    }
    void start() {
        us.start();
        peer.start();
    }
    bool wait(const std::function<bool()>& done) {
        for (int turns = 0; turns < 1000 && !done(); ++turns)
            loop->run_for(milliseconds(10));
        return done();
    }
    OutgoingRequest request(const std::string& method, const std::string& host = "") {
        OutgoingRequest result;
        result.message.method = method;
        result.message.request_uri = "sip:1000@peer.example";
        result.message.headers = {{"Max-Forwards", "70"},
                                  {"From", "<sip:us@us.example>;tag=us"},
                                  {"To", "<sip:1000@peer.example>"},
                                  {"Call-ID", "call-" + std::to_string(++calls)},
                                  {"CSeq", "101 " + method},
                                  {"Contact", "<sip:us@127.0.0.1;transport=tls>"}};
        result.path = {.transport = SipTransport::tls, .local = {}, .remote = peer.address()};
        result.path.host = host;
        return result;
    }
    // Whether a request reaches the peer, or the handshake fails.
    bool reaches(const std::string& host = "") {
        const std::size_t before = peer.events.requests.size();
        const std::size_t failures = us.events.failures.size();
        const auto sent = us.stack->send(request("OPTIONS", host));
        if (!sent) return false;
        EXPECT_TRUE(wait([&] {
            return peer.events.requests.size() > before || us.events.failures.size() > failures;
        }));
        return peer.events.requests.size() > before;
    }
    static double metric(const Node& node, const std::string& name) {
        for (const Metric& each : node.stack->metrics())
            if (each.name == name) return each.value;
        return -1;
    }

    NullLogger log;
    SystemRandom random;
    tests::Certificates certificates;
    std::unique_ptr<SofiaLoop> loop = std::move(*SofiaLoop::create(log));
    Node us{*loop, random, log, certificates.directory(), "US"};
    Node peer{*loop, random, log, certificates.directory(), "PEER"};
    int calls = 0;
};

TEST_F(TlsStackTest, AnInviteItsAnswerAndItsAckGoOverOneConnection) {
    start();
    const OutgoingRequest invite = request("INVITE");
    ASSERT_TRUE(us.stack->send(invite));
    ASSERT_TRUE(wait([&] { return peer.events.requests.size() == 1; }));
    const IncomingRequest& got = peer.events.requests[0];
    EXPECT_EQ(got.path.transport, SipTransport::tls);
    EXPECT_NE(got.message.find("Via")->find("SIP/2.0/TLS 127.0.0.1:"), std::string::npos);
    peer.stack->respond(got.txn, make_response(got.message, 200, "OK", "peer"));
    ASSERT_TRUE(wait([&] { return us.events.responses.size() == 1; }));
    OutgoingRequest ack = request("ACK");
    ack.message = us.events.responses[0].message;
    ack.message.is_request = true;
    ack.message.method = "ACK";
    ack.message.request_uri = "sip:1000@peer.example";
    ack.message.remove("Via");
    ack.message.set("CSeq", "101 ACK");
    ASSERT_TRUE(us.stack->send_ack(ack));
    ASSERT_TRUE(wait([&] { return peer.events.acks.size() == 1; }));
    EXPECT_EQ(metric(us, "weir_signaling_tls_opened_total"), 1);
    EXPECT_EQ(metric(peer, "weir_signaling_tls_connections"), 1);
}

TEST_F(TlsStackTest, ThePeerUsesTheConnectionThatWeMade) {
    start();
    ASSERT_TRUE(reaches());
    OutgoingRequest back = request("OPTIONS");
    back.path.remote = peer.events.requests[0].path.remote;
    ASSERT_TRUE(peer.stack->send(back));
    ASSERT_TRUE(wait([&] { return us.events.requests.size() == 1; }));
    EXPECT_EQ(metric(peer, "weir_signaling_tls_opened_total"), 0);
}

TEST_F(TlsStackTest, SuitesThatAreNamedAreTheOnlyOnesOfEveryVersion) {
    peer.settings.by_default->ciphers = {"ECDHE-ECDSA-AES256-GCM-SHA384"};
    start();
    EXPECT_TRUE(reaches());
    us.settings.lowest = TlsVersion::v1_3;
    us.start();
    // Another name is another connection.
    EXPECT_FALSE(reaches("again.example")) << "TLS 1.3 would bring suites of its own";
}

TEST_F(TlsStackTest, WithSuitesOf13AloneNothingOlderIsSpoken) {
    peer.settings.by_default->ciphers = {"AES256_GCM_SHA384"};
    us.settings.highest = TlsVersion::v1_2;
    start();
    EXPECT_FALSE(reaches());
}

TEST_F(TlsStackTest, AServerOfAStrangeAuthorityIsRefused) {
    certificates.authority("stranger");
    certificates.trustpoint("PEER", "DNS:peer.example", "stranger");
    start();
    EXPECT_FALSE(reaches());
    EXPECT_EQ(us.events.failures.at(0).second, TxnFailure::transport);
}

TEST_F(TlsStackTest, ACallerOfAStrangeAuthorityIsRefused) {
    certificates.authority("stranger");
    certificates.trustpoint("US", "DNS:us.example", "stranger");
    start();
    EXPECT_FALSE(reaches());
    EXPECT_EQ(metric(peer, "weir_signaling_tls_failed_total"), 1);
}

TEST_F(TlsStackTest, TheServersCertificateMustNameWhomWeCall) {
    us.settings.by_default->check_server = true;
    start();
    EXPECT_TRUE(reaches("peer.example"));
    EXPECT_FALSE(reaches("other.example"));
}

TEST_F(TlsStackTest, ANameOfTheProfileIsEnough) {
    us.settings.by_default->check_server = true;
    us.settings.by_default->names = {"a.example", "peer.example"};
    start();
    EXPECT_TRUE(reaches("other.example"));
}

TEST_F(TlsStackTest, TheCallersCertificateMustHaveANameOfTheProfile) {
    peer.settings.by_default->check_client = true;
    peer.settings.by_default->names = {"us.example"};
    start();
    EXPECT_TRUE(reaches());
    peer.settings.by_default->names = {"someone.example"};
    peer.start();
    EXPECT_FALSE(reaches("peer.example")) << "a new connection, by another name";
}

TEST_F(TlsStackTest, WithoutACommonVersionThereIsNoConnection) {
    us.settings.lowest = us.settings.highest = TlsVersion::v1_1;
    start();
    EXPECT_FALSE(reaches());
}

TEST_F(TlsStackTest, ANewCertificateIsForNewConnectionsAndLeavesTheOldOnesAlone) {
    us.settings.by_default->check_server = true;
    start();
    ASSERT_TRUE(reaches("peer.example"));
    certificates.trustpoint("PEER", "DNS:new.example");
    ASSERT_TRUE(wait([&] { return metric(peer, "weir_signaling_tls_reloads_total") > 0; }));
    EXPECT_TRUE(reaches("peer.example")) << "by the connection that is there";
    EXPECT_TRUE(reaches("new.example")) << "by a new one, with the new certificate";
    EXPECT_EQ(metric(us, "weir_signaling_tls_connections"), 2);
}

TEST_F(TlsStackTest, ACertificateThatCannotBeReadKeepsItsPredecessor) {
    start();
    std::filesystem::remove(certificates.at("PEER.key"));
    ASSERT_TRUE(wait([&] { return metric(peer, "weir_signaling_tls_reloads_total") > 0; }));
    EXPECT_TRUE(reaches());
}

TEST_F(TlsStackTest, AListenerOpensWhenItsCertificateComes) {
    peer.settings.by_default->trustpoint = "LATE";
    start();
    EXPECT_TRUE(peer.stack->listeners().empty());
    certificates.trustpoint("LATE", "DNS:peer.example");
    ASSERT_TRUE(wait([&] { return !peer.stack->listeners().empty(); }));
    EXPECT_TRUE(reaches());
}

TEST_F(TlsStackTest, AnUntrustedSourceGetsNoByte) {
    peer.events.is_admitting = false;
    start();
    EXPECT_FALSE(reaches());
    EXPECT_EQ(metric(peer, "weir_signaling_tls_refused_total"), 1);
    EXPECT_EQ(metric(peer, "weir_signaling_tls_accepted_total"), 0);
}

UniqueFd connected_to(const Endpoint& endpoint) {
    SocketAddress address;
    const socklen_t size = to_socket_address(endpoint, address);
    UniqueFd fd(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
    EXPECT_EQ(::connect(fd.get(), &address.generic, size), 0);
    return fd;
}

// Where endpoints may register, a stranger's handshake is taken, its REGISTER, and nothing else.
class TlsStrangerTest : public TlsStackTest {
protected:
    TlsStrangerTest() {
        peer.events.is_admitting = false;
        peer.events.lets_in = "REGISTER";
        peer.settings.registering = {peer.settings.listeners.at(0).address};
        start();
    }
    std::size_t connections() const {
        return static_cast<std::size_t>(metric(peer, "weir_signaling_tls_connections"));
    }
    bool registers() {
        const std::size_t before = us.events.responses.size();
        EXPECT_TRUE(us.stack->send(request("REGISTER")));
        EXPECT_TRUE(wait([&] { return !peer.events.requests.empty(); }));
        const IncomingRequest& got = peer.events.requests.back();
        peer.stack->respond(got.txn, make_response(got.message, 200, "OK", "peer"));
        return wait([&] { return us.events.responses.size() > before; });
    }
};

TEST_F(TlsStrangerTest, ItsRegisterIsAnswered) {
    EXPECT_TRUE(registers());
}

TEST_F(TlsStrangerTest, AnotherRequestEndsItsConnectionWithoutAByte) {
    ASSERT_TRUE(us.stack->send(request("OPTIONS")));
    ASSERT_TRUE(wait([&] { return metric(peer, "weir_signaling_tls_established_total") == 1; }));
    ASSERT_TRUE(wait([&] { return connections() == 0; }));
    EXPECT_TRUE(peer.events.requests.empty());
    EXPECT_TRUE(us.events.responses.empty());
}

TEST_F(TlsStrangerTest, OnceItHasRegisteredItsConnectionStays) {
    ASSERT_TRUE(registers());
    ASSERT_TRUE(us.stack->send(request("OPTIONS")));
    constexpr auto kReason = static_cast<std::size_t>(GuardReason::not_admitted);
    ASSERT_TRUE(wait([&] { return peer.stats.dropped.at(kReason) == 1; }));
    loop->run_for(milliseconds(50));
    EXPECT_EQ(connections(), 1U);
}

class TlsSilentStranger : public TlsStrangerTest {
protected:
    TlsSilentStranger() {
        peer.settings.strangers = std::chrono::seconds(1);
        peer.start();
    }
};

TEST_F(TlsSilentStranger, IsNotWaitedForLikeAPeer) {
    const UniqueFd idle = connected_to(peer.address());
    ASSERT_TRUE(wait([&] { return connections() == 1; }));
    ASSERT_TRUE(wait([&] { return connections() == 0; }));
}

// The first bytes of our handshake with a server named peer.example; names stand in it in clear.
class ClientHelloTest : public TlsStackTest {
protected:
    std::string hello() {
        SocketAddress address;
        socklen_t size = to_socket_address(Endpoint{IpAddress::v4(127, 0, 0, 1), 0, 0}, address);
        EXPECT_EQ(::bind(server.get(), &address.generic, size), 0);
        EXPECT_EQ(::listen(server.get(), 1), 0);
        EXPECT_EQ(::getsockname(server.get(), &address.generic, &size), 0);
        start();
        OutgoingRequest options = request("OPTIONS", "peer.example");
        options.path.remote = to_endpoint(address);
        EXPECT_TRUE(us.stack->send(options));
        const UniqueFd accepted(::accept(server.get(), nullptr, nullptr));
        std::string bytes;
        EXPECT_TRUE(wait([&] {
            std::array<char, 4096> piece{};
            const auto got = ::recv(accepted.get(), piece.data(), piece.size(), MSG_DONTWAIT);
            if (got > 0) bytes.append(piece.data(), static_cast<std::size_t>(got));
            return !bytes.empty();
        }));
        return bytes;
    }
    UniqueFd server{::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)};
};

TEST_F(ClientHelloTest, SaysWhomItMeansWhereTheProfileWantsIt) {
    us.settings.by_default->send_sni = true;
    EXPECT_NE(hello().find("peer.example"), std::string::npos);
}

TEST_F(ClientHelloTest, SaysNothingElse) {
    EXPECT_EQ(hello().find("peer.example"), std::string::npos);
}

TEST_F(TlsStackTest, AHandshakeThatIsNotFinishedEnds) {
    peer.settings.establish = std::chrono::seconds(1);
    start();
    const UniqueFd idle = connected_to(peer.address());
    ASSERT_TRUE(wait([&] { return metric(peer, "weir_signaling_tls_connections") == 1; }));
    ASSERT_TRUE(wait([&] { return metric(peer, "weir_signaling_tls_connections") == 0; }));
    EXPECT_EQ(metric(peer, "weir_signaling_tls_failed_total"), 1);
}

TEST_F(TlsStackTest, OneSourceHasABoundedNumberOfConnections) {
    start();
    std::vector<UniqueFd> many;
    for (std::size_t i = 0; i < kSipMaxConnectionsPerSource + 3; ++i)
        many.push_back(connected_to(peer.address()));
    ASSERT_TRUE(wait([&] { return metric(peer, "weir_signaling_tls_refused_total") == 3; }));
    EXPECT_EQ(metric(peer, "weir_signaling_tls_connections"),
              static_cast<double>(kSipMaxConnectionsPerSource));
}

TEST_F(TlsStackTest, AnIdleConnectionIsClosedAndMadeAgain) {
    us.settings.aging = std::chrono::seconds(1);
    start();
    ASSERT_TRUE(reaches());
    ASSERT_TRUE(wait([&] { return metric(us, "weir_signaling_tls_connections") == 0; }));
    EXPECT_TRUE(reaches());
    EXPECT_EQ(metric(us, "weir_signaling_tls_opened_total"), 2);
}

TEST_F(TlsStackTest, NobodyListeningIsAFailureOfTransport) {
    start();
    OutgoingRequest lost = request("OPTIONS");
    {
        const UniqueFd unused(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
        SocketAddress address;
        socklen_t size = to_socket_address(Endpoint{IpAddress::v4(127, 0, 0, 1), 0, 0}, address);
        ASSERT_EQ(::bind(unused.get(), &address.generic, size), 0);
        ASSERT_EQ(::getsockname(unused.get(), &address.generic, &size), 0);
        lost.path.remote = to_endpoint(address);
    }
    ASSERT_TRUE(us.stack->send(lost));
    ASSERT_TRUE(wait([&] { return us.events.failures.size() == 1; }));
    EXPECT_EQ(us.events.failures[0].second, TxnFailure::transport);
}

}  // namespace
}  // namespace weir::signaling

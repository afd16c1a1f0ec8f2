// SPDX-License-Identifier: Apache-2.0
// The admin thread over real sockets: operators, scrapers, and those who misbehave.
#include <atomic>
#include <cstring>
#include <filesystem>
#include <future>
#include <thread>

#include <arpa/inet.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "config/admin/admin.hpp"
#include "config/admin/client.hpp"
#include "config/base/unique_fd.hpp"

namespace weir::config {
namespace {

using testing::HasSubstr;
using testing::StartsWith;

class AdminServerTest : public testing::Test {
protected:
    AdminServerTest() {
        char name[] = "/tmp/weir-admin-XXXXXX";
        directory_ = ::mkdtemp(name);
        settings_.socket_path = directory_ + "/admin.sock";
        settings_.http = Endpoint{IpAddress::v4(127, 0, 0, 1), 0, 0};
        hooks_.metrics = [this](const auto& answer) {
            ++collections_;
            answer({{"weir_test", "T.", MetricKind::gauge, 7, {}}});
        };
        hooks_.readiness = [](const auto& answer) { answer({true, "ready\n"}); };
    }
    ~AdminServerTest() override {
        server_.reset();
        std::filesystem::remove_all(directory_);
    }

    CommandTable commands() {
        CommandTable table;
        table.add({"show version", "", [](const auto&, const Respond& respond) {
                       respond({true, "Weir\n"});
                   }});
        table.add({"show later", "", [this](const auto&, const Respond& respond) {
                       late_ = std::async(std::launch::async, [respond] {
                           respond({true, "from another thread\n"});
                       });
                   }});
        table.add({"show never", "", [this](const auto&, Respond respond) {
                       kept_ = std::move(respond);
                       started_ = true;
                   }});
        table.add({"show flood", "", [](const auto&, const Respond& respond) {
                       respond({true, std::string(kAdminMaxAnswer + 1, 'x')});
                   }});
        return table;
    }

    void start() {
        auto started = AdminServer::start(settings_, commands(), hooks_, logger_);
        ASSERT_TRUE(started.has_value()) << started.error().context;
        server_ = std::move(*started);
    }

    Answer ask(const std::string& command) {
        const auto answer = ask_operator_socket(settings_.socket_path, command);
        return answer ? *answer : Answer{false, "error: " + answer.error().context};
    }

    UniqueFd connect_http() {
        UniqueFd fd(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
        sockaddr_in address{};
        address.sin_family = AF_INET;
        address.sin_port = htons(server_->http()->port);
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        EXPECT_EQ(::connect(fd.get(), reinterpret_cast<sockaddr*>(&address), sizeof address), 0);
        return fd;
    }

    UniqueFd connect_operator() {
        UniqueFd fd(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
        sockaddr_un address{};
        address.sun_family = AF_UNIX;
        std::strncpy(address.sun_path, settings_.socket_path.c_str(), sizeof address.sun_path - 1);
        EXPECT_EQ(::connect(fd.get(), reinterpret_cast<sockaddr*>(&address), sizeof address), 0);
        return fd;
    }

    static std::string read_to_end(int fd) {
        std::string text;
        char bytes[4096];
        for (ssize_t got = 0; (got = ::recv(fd, bytes, sizeof bytes, 0)) > 0;)
            text.append(bytes, static_cast<std::size_t>(got));
        return text;
    }

    std::string http(const std::string& request) {
        const UniqueFd fd = connect_http();
        EXPECT_EQ(::send(fd.get(), request.data(), request.size(), MSG_NOSIGNAL),
                  static_cast<ssize_t>(request.size()));
        return read_to_end(fd.get());
    }
    std::string get(const std::string& target) {
        return http("GET " + target + " HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
    }

    std::string directory_;
    AdminSettings settings_;
    AdminHooks hooks_;
    NullLogger logger_;
    std::atomic<int> collections_{0};
    std::future<void> late_;
    Respond kept_;
    std::atomic<bool> started_{false};
    std::unique_ptr<AdminServer> server_;
};

TEST_F(AdminServerTest, AnswersACommand) {
    start();
    const Answer answer = ask("sh ver");
    EXPECT_TRUE(answer.ok);
    EXPECT_EQ(answer.text, "Weir\n");
}

TEST_F(AdminServerTest, RefusesAnUnknownCommand) {
    start();
    const Answer answer = ask("show nothing");
    EXPECT_FALSE(answer.ok);
    EXPECT_THAT(answer.text, HasSubstr("% Invalid input detected at '^' marker."));
}

TEST_F(AdminServerTest, AnswersFromAnotherThreadArrive) {
    start();
    EXPECT_EQ(ask("show later").text, "from another thread\n");
}

TEST_F(AdminServerTest, AnAnswerThatNeverComesIsReportedAndALateOneDropped) {
    settings_.timeout = milliseconds(30);
    start();
    EXPECT_THAT(ask("show never").text, HasSubstr("No answer in time"));
    kept_({true, "too late\n"});
    EXPECT_EQ(ask("show version").text, "Weir\n");
    server_.reset();
    kept_({true, "after the end\n"});
}

TEST_F(AdminServerTest, AnAnswerThatIsTooLongIsCut) {
    start();
    const Answer answer = ask("show flood");
    EXPECT_LE(answer.text.size(), kAdminMaxAnswer);
    EXPECT_THAT(answer.text.substr(answer.text.size() - 50), HasSubstr("The answer was cut here"));
}

TEST_F(AdminServerTest, ALineWithoutEndIsRefusedAndClosed) {
    start();
    const UniqueFd fd = connect_operator();
    const std::string endless(kAdminMaxCommand + 1, 'x');
    ASSERT_GT(::send(fd.get(), endless.data(), endless.size(), MSG_NOSIGNAL), 0);
    EXPECT_THAT(read_to_end(fd.get()), HasSubstr("too long"));
}

TEST_F(AdminServerTest, ASecondServerOnOneSocketIsRefused) {
    start();
    settings_.http.reset();
    const auto second = AdminServer::start(settings_, commands(), hooks_, logger_);
    ASSERT_FALSE(second.has_value());
    EXPECT_THAT(second.error().context, HasSubstr("another weir-sip answers"));
}

TEST_F(AdminServerTest, ASocketLeftBehindIsReplaced) {
    {
        UniqueFd fd(::socket(AF_UNIX, SOCK_STREAM, 0));
        sockaddr_un address{};
        address.sun_family = AF_UNIX;
        std::strncpy(address.sun_path, settings_.socket_path.c_str(), sizeof address.sun_path - 1);
        ASSERT_EQ(::bind(fd.get(), reinterpret_cast<sockaddr*>(&address), sizeof address), 0);
    }
    start();
    EXPECT_TRUE(ask("show version").ok);
}

TEST_F(AdminServerTest, NobodyListeningSaysWhatToDo) {
    const auto answer = ask_operator_socket(settings_.socket_path, "show version");
    ASSERT_FALSE(answer.has_value());
    EXPECT_EQ(answer.error().code, ErrorCode::unavailable);
    EXPECT_THAT(answer.error().context, HasSubstr("weir run"));
}

TEST_F(AdminServerTest, HealthIsOk) {
    start();
    EXPECT_THAT(get("/healthz"), StartsWith("HTTP/1.1 200"));
}

TEST_F(AdminServerTest, ReadinessFollowsTheHook) {
    hooks_.readiness = [](const auto& answer) { answer({false, "media link: down\n"}); };
    start();
    EXPECT_THAT(get("/readyz"),
                testing::AllOf(StartsWith("HTTP/1.1 503"), HasSubstr("media link: down")));
}

TEST_F(AdminServerTest, MetricsAreServed) {
    start();
    EXPECT_THAT(get("/metrics"),
                testing::AllOf(StartsWith("HTTP/1.1 200"), HasSubstr("weir_test 7\n")));
}

TEST_F(AdminServerTest, ScrapesAtOnceShareOneCollection) {
    start();
    for (int i = 0; i < 5; ++i)
        (void)get("/metrics");
    EXPECT_LT(collections_, 5);
}

TEST_F(AdminServerTest, AStuckSipThreadMakesUnavailable) {
    settings_.timeout = milliseconds(30);
    hooks_.metrics = [](const auto&) {};
    start();
    EXPECT_THAT(get("/metrics"), StartsWith("HTTP/1.1 503"));
    EXPECT_THAT(get("/healthz"), StartsWith("HTTP/1.1 200"));
}

TEST_F(AdminServerTest, UnknownPathAndMethodAreRefused) {
    start();
    EXPECT_THAT(get("/x"), StartsWith("HTTP/1.1 404"));
    EXPECT_THAT(http("POST /metrics HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"),
                StartsWith("HTTP/1.1 405"));
}

TEST_F(AdminServerTest, GarbageAndLargeHeadersAreCutOff) {
    start();
    EXPECT_EQ(http("garbage\r\n\r\n"), "");
    EXPECT_EQ(http("GET / HTTP/1.1\r\nX: " + std::string(kHttpHeaderBytes, 'x')), "");
    EXPECT_THAT(get("/healthz"), StartsWith("HTTP/1.1 200"));
}

TEST_F(AdminServerTest, HalfOpenConnectionsLockNobodyOut) {
    start();
    std::vector<UniqueFd> held;
    for (std::size_t i = 0; i < kHttpMaxConnections; ++i)
        held.push_back(connect_http());
    EXPECT_THAT(get("/metrics"), StartsWith("HTTP/1.1 200"));
    EXPECT_EQ(read_to_end(held.front().get()), "") << "the longest gave way";
    char byte = 0;
    EXPECT_EQ(::recv(held.back().get(), &byte, 1, MSG_DONTWAIT), -1) << "the others did not";
}

TEST_F(AdminServerTest, ConnectionsWhoseRequestIsInWorkAreBounded) {
    hooks_.metrics = [](const auto&) {};  // never answers
    settings_.timeout = seconds(60);
    start();
    std::vector<UniqueFd> held;
    const std::string request = "GET /metrics HTTP/1.1\r\nHost: x\r\n\r\n";
    for (std::size_t i = 0; i < kHttpMaxConnections; ++i) {
        held.push_back(connect_http());
        ASSERT_GT(::send(held.back().get(), request.data(), request.size(), MSG_NOSIGNAL), 0);
    }
    // Each is read by the time at which one behind it is refused.
    std::string answer = "?";
    for (int i = 0; i < 100 && !answer.empty(); ++i)
        answer = get("/healthz");
    EXPECT_EQ(answer, "");
}

TEST_F(AdminServerTest, IdleOperatorsLockNobodyOut) {
    start();
    std::vector<UniqueFd> held;
    for (std::size_t i = 0; i < kAdminMaxSessions; ++i)
        held.push_back(connect_operator());
    const std::string half = "show ver";
    ASSERT_GT(::send(held.front().get(), half.data(), half.size(), MSG_NOSIGNAL), 0);
    EXPECT_EQ(ask("show version").text, "Weir\n");
    EXPECT_EQ(read_to_end(held.front().get()), "") << "the longest gave way";
}

TEST_F(AdminServerTest, AnOperatorWhoseCommandIsInWorkKeepsItsSession) {
    settings_.sessions = 1;
    settings_.timeout = seconds(60);
    start();
    const UniqueFd busy = connect_operator();
    const std::string command = "show never\n";
    ASSERT_GT(::send(busy.get(), command.data(), command.size(), MSG_NOSIGNAL), 0);
    while (!started_)
        std::this_thread::yield();
    EXPECT_FALSE(ask("show version").ok);
    kept_({true, "at last\n"});
    char text[64] = {};
    EXPECT_GT(::recv(busy.get(), text, sizeof text - 1, 0), 0);
    EXPECT_THAT(text, HasSubstr("at last"));
}

// A part that writes debug output when it is told to.
class DebugPart final : public SessionPart {
public:
    explicit DebugPart(Emit emit) : emit_(std::move(emit)) {}
    std::vector<OperatorCommand> commands() override {
        return {{"debug thing", "Debug", [this](const auto&, const Respond& respond) {
                     emit_("first\n");
                     respond({true, "on\n"});
                     emit_("second\n");
                 }}};
    }
    std::string hostname() const override { return "gw1"; }
    std::string mode() const override { return ""; }
    Answer line(std::string_view) override { return {}; }
    std::string help(std::string_view) const override { return ""; }
    std::vector<std::string> complete(std::string_view) const override { return {}; }

private:
    Emit emit_;
};

TEST_F(AdminServerTest, DebugOutputStandsBetweenAnswers) {
    hooks_.session = [](const OperatorPeer&, Emit emit) {
        return std::make_unique<DebugPart>(std::move(emit));
    };
    start();
    auto connection = OperatorConnection::connect(settings_.socket_path);
    ASSERT_TRUE(connection) << connection.error().context;
    std::string events;
    connection->set_on_event([&](const std::string& text) { events += text; });
    const auto on = connection->ask("debug thing");
    ASSERT_TRUE(on);
    EXPECT_EQ(on->text, "on\n");
    ASSERT_TRUE(connection->ask("show version"));  // what came before its answer has been read
    EXPECT_EQ(events, "first\nsecond\n");
}

TEST_F(AdminServerTest, AConnectionRemembersItsSession) {
    start();
    auto connection = OperatorConnection::connect(settings_.socket_path);
    ASSERT_TRUE(connection);
    ASSERT_TRUE(connection->ask("disable"));
    EXPECT_EQ(connection->ask("@state")->text, "Weir>\n-\n");
    auto other = OperatorConnection::connect(settings_.socket_path);
    EXPECT_EQ(other->ask("@state")->text, "Weir#\n-\n");
    const auto bye = connection->ask("exit");
    ASSERT_TRUE(bye);
    EXPECT_EQ(bye->kind, OperatorConnection::Reply::Kind::bye);
    EXPECT_FALSE(connection->ask("show version"));
}

TEST_F(AdminServerTest, TicksOnItsOwnThread) {
    std::promise<void> ticked;
    std::atomic<bool> done{false};
    hooks_.tick = [&] {
        if (!done.exchange(true)) ticked.set_value();
    };
    start();
    EXPECT_EQ(ticked.get_future().wait_for(std::chrono::seconds(30)), std::future_status::ready);
}

}  // namespace
}  // namespace weir::config

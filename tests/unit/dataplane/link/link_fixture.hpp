// SPDX-License-Identifier: Apache-2.0
// A client and a server of the media link in one thread, on a socket of their own, in virtual time.
#pragma once

#include <cstdlib>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include <gtest/gtest.h>
#include <unistd.h>

#include "dataplane/link/link_client.hpp"
#include "dataplane/link/link_server.hpp"
#include "tests/support/fake_clock.hpp"

namespace weir::tests {

// Keeps the lines, so that a test can see that a refusal gave its reason.
class MemoryLogger final : public Logger {
public:
    void write(LogLevel, std::string_view event, std::initializer_list<LogField> fields) override {
        std::string line(event);
        for (const auto& field : fields)
            line += " " + std::string(field.key) + "=" + field.value;
        lines.push_back(line);
    }
    [[nodiscard]] bool has(std::string_view text) const {
        for (const auto& line : lines)
            if (line.find(text) != std::string::npos) return true;
        return false;
    }
    std::vector<std::string> lines;
};

class EventList final : public dataplane::MediaEvents {
public:
    void on_media_event(const dataplane::Event& event) override {
        events.push_back(event);
        if (then) then(event);
    }
    template <typename T>
    [[nodiscard]] std::size_t count() const {
        std::size_t n = 0;
        for (const auto& event : events)
            n += std::holds_alternative<T>(event) ? 1U : 0U;
        return n;
    }
    template <typename T>
    [[nodiscard]] const T* last() const {
        for (auto it = events.rbegin(); it != events.rend(); ++it)
            if (const auto* found = std::get_if<T>(&*it)) return found;
        return nullptr;
    }
    std::vector<dataplane::Event> events;
    std::function<void(const dataplane::Event&)> then;
};

class LinkTest : public ::testing::Test {
protected:
    LinkTest() {
        std::string pattern =
            (std::filesystem::temp_directory_path() / "weir-link-XXXXXX").string();
        folder_ = ::mkdtemp(pattern.data());
        path_ = folder_ + "/media.sock";
    }
    ~LinkTest() override {
        server_.reset();
        client_.reset();
        std::filesystem::remove_all(folder_);
    }

    void start_server(std::uint64_t incarnation = 77) {
        dataplane::LinkServerHandlers handlers;
        handlers.client_up = [this](std::uint64_t who) { clients_.push_back(who); };
        handlers.client_down = [this] { ++clients_gone_; };
        handlers.command = [this](const dataplane::Command& command) {
            commands_.push_back(command);
        };
        auto server = dataplane::LinkServer::listen({path_, incarnation, {::geteuid()}}, handlers,
                                                    clock_, log_);
        ASSERT_TRUE(server) << server.error().context;
        server_ = std::move(*server);
    }
    std::unique_ptr<dataplane::LinkClient> make_client(std::uint64_t incarnation) {
        auto client = dataplane::LinkClient::make({path_, incarnation}, clock_, log_);
        EXPECT_TRUE(client) << client.error().context;
        (*client)->add_listener(events_);
        return std::move(*client);
    }
    void start_client(std::uint64_t incarnation = 5) { client_ = make_client(incarnation); }

    // Both ends take turns, each of one datagram; Unix sockets hand datagrams over at once, so
    // nothing has to be waited for.
    void pump(int turns = 8) {
        for (int i = 0; i < turns; ++i) {
            if (client_) client_->run_once();
            if (server_) server_turn();
        }
    }
    void server_turn() {
        server_->run_once();
        server_->flush();
    }
    // A peer that speaks for itself: connected, nothing said yet.
    UniqueFd raw_peer() {
        auto socket = dataplane::connect_seqpacket(path_);
        EXPECT_TRUE(socket) << socket.error().context;
        return std::move(*socket);
    }
    static std::vector<std::uint8_t> read_all_of_one(int fd) {
        std::vector<std::uint8_t> buffer(dataplane::max_datagram());
        const auto received = dataplane::receive_datagram(fd, buffer);
        buffer.resize(received.outcome == dataplane::Transfer::done ? received.size : 0);
        return buffer;
    }

    FakeClock clock_;
    MemoryLogger log_;
    EventList events_;
    std::string folder_;
    std::string path_;
    std::vector<std::uint64_t> clients_;
    int clients_gone_ = 0;
    std::vector<dataplane::Command> commands_;
    std::unique_ptr<dataplane::LinkServer> server_;
    std::unique_ptr<dataplane::LinkClient> client_;
};

}  // namespace weir::tests

// SPDX-License-Identifier: Apache-2.0
// OperatorServer: sessions over the Unix socket. A line in, "ok|refused|bye BYTES\n" and the text
// out; "event BYTES\n" and a text between answers, in sessions with debug output.
#pragma once

#include <atomic>
#include <memory>
#include <string>

#include <boost/asio/io_context.hpp>
#include <boost/asio/local/stream_protocol.hpp>

#include "config/admin/admin.hpp"
#include "config/admin/mailbox.hpp"
#include "config/admin/seats.hpp"
#include "config/base/result.hpp"

namespace weir::config {

// Written by the admin thread, read by whoever collects metrics.
struct OperatorCounters {
    std::atomic<std::uint64_t> sessions{0};  // open now
    std::atomic<std::uint64_t> commands{0};
    std::atomic<std::uint64_t> refused{0};         // connections: too many, or another user's
    std::atomic<std::uint64_t> timeouts{0};        // commands without an answer in time
    std::atomic<std::uint64_t> events{0};          // texts of debug output
    std::atomic<std::uint64_t> events_dropped{0};  // of them: the operator reads too slowly
};

// What every session needs; outlives all sessions.
struct OperatorContext {
    const CommandTable& commands;
    std::shared_ptr<Mailbox> mailbox;
    OperatorCounters& counters;
    Seats& seats;
    Logger& logger;
    std::chrono::milliseconds timeout;
    std::function<Privilege(const std::string&)> privilege_of;
    SessionPartFactory session;
    SessionBook& book;
};

// Thread: admin.
class OperatorServer {
public:
    OperatorServer(boost::asio::io_context& io, OperatorContext context);
    ~OperatorServer();
    OperatorServer(const OperatorServer&) = delete;
    OperatorServer& operator=(const OperatorServer&) = delete;

    // Replaces a socket that nobody listens on any more. Errors: exists, denied, io.
    [[nodiscard]] Result<void> listen(const std::string& path);

private:
    void accept();
    void greet(boost::asio::local::stream_protocol::socket socket);

    boost::asio::local::stream_protocol::acceptor acceptor_;
    boost::asio::io_context& io_;
    OperatorContext context_;
    std::string path_;
    std::uint64_t sessions_ = 0;  // so far
};

}  // namespace weir::config

// SPDX-License-Identifier: Apache-2.0
// HttpServer: /metrics, /healthz and /readyz on Boost.Beast, bounded in every direction.
#pragma once

#include <atomic>
#include <memory>
#include <string>

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>

#include "config/admin/admin.hpp"
#include "config/admin/seats.hpp"
#include "config/admin/shared_answer.hpp"

namespace weir::config {

// Written by the admin thread, read by whoever collects metrics.
struct HttpCounters {
    std::atomic<std::uint64_t> connections{0};  // open now
    std::atomic<std::uint64_t> requests{0};
    std::atomic<std::uint64_t> refused{0};  // connections: too many
    std::atomic<std::uint64_t> bad{0};      // requests that were no HTTP, too large or too slow
};

struct HttpContext {
    SharedAnswer<std::vector<Metric>> metrics;
    SharedAnswer<Readiness> readiness;
    HttpCounters& counters;
    Seats& seats;
};

// Thread: admin.
class HttpServer {
public:
    HttpServer(boost::asio::io_context& io, HttpContext context);
    // Errors: exists (the port is in use), denied, io.
    [[nodiscard]] Result<void> listen(const Endpoint& endpoint);
    [[nodiscard]] Endpoint local() const { return local_; }

private:
    void accept();

    boost::asio::ip::tcp::acceptor acceptor_;
    HttpContext context_;
    Endpoint local_;
};

}  // namespace weir::config

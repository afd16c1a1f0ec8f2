// SPDX-License-Identifier: Apache-2.0
// The admin thread: one io_context, the operator sessions and the HTTP server on it.
#include "config/admin/admin.hpp"

#include <thread>

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/steady_timer.hpp>
#include <pthread.h>
#include <signal.h>

#include "config/admin/admin_limits.hpp"
#include "config/admin/http_server.hpp"
#include "config/admin/operator_server.hpp"
#include "config/base/thread_memory.hpp"

namespace weir::config {

struct AdminServer::Implementation {
    Implementation(const AdminSettings& settings, CommandTable table, AdminHooks hooks,
                   Logger& logger)
        : commands(std::move(table)),
          operator_seats(settings.sessions),
          mailbox(std::make_shared<Mailbox>(io)),
          operators(io, OperatorContext{commands, mailbox, operator_counters, operator_seats,
                                        logger, settings.timeout, settings.privilege_of,
                                        std::move(hooks.session), book}),
          http(io, HttpContext{{io, mailbox, std::move(hooks.metrics), settings.timeout},
                               {io, mailbox, std::move(hooks.readiness), settings.timeout},
                               http_counters,
                               http_seats}),
          ticker(io),
          tick(std::move(hooks.tick)) {}

    void tick_later() {
        ticker.expires_after(kAdminTick);
        ticker.async_wait([this](const boost::system::error_code& cancelled) {
            if (cancelled) return;
            if (tick) tick();
            give_back_thread_memory();  // a picture of all calls, made by another thread, ends here
            tick_later();
        });
    }

    ~Implementation() {
        mailbox->close();
        io.stop();
        if (thread.joinable()) thread.join();
    }
    Implementation(const Implementation&) = delete;
    Implementation& operator=(const Implementation&) = delete;

    // Declared first, destroyed last: sessions that still sit in io count themselves off.
    CommandTable commands;
    OperatorCounters operator_counters;
    HttpCounters http_counters;
    SystemClock clock;
    SessionBook book{clock};
    Seats operator_seats;
    Seats http_seats{kHttpMaxConnections};
    boost::asio::io_context io{1};
    std::shared_ptr<Mailbox> mailbox;
    OperatorServer operators;
    HttpServer http;
    std::optional<Endpoint> http_endpoint;
    boost::asio::steady_timer ticker;
    std::function<void()> tick;
    std::thread thread;
};

AdminServer::AdminServer(std::unique_ptr<Implementation> implementation)
    : implementation_(std::move(implementation)) {}
AdminServer::~AdminServer() = default;

Result<std::unique_ptr<AdminServer>> AdminServer::start(const AdminSettings& settings,
                                                        CommandTable commands, AdminHooks hooks,
                                                        Logger& logger) {
    auto made =
        std::make_unique<Implementation>(settings, std::move(commands), std::move(hooks), logger);
    if (!settings.socket_path.empty()) WEIR_TRY(made->operators.listen(settings.socket_path));
    if (settings.http) {
        WEIR_TRY(made->http.listen(*settings.http));
        made->http_endpoint = made->http.local();
    }
    made->tick_later();
    // Signals belong to the thread that started us.
    sigset_t all;
    sigset_t before;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    made->thread = std::thread([&io = made->io] {
        const auto guard = boost::asio::make_work_guard(io);
        io.run();
    });
    pthread_sigmask(SIG_SETMASK, &before, nullptr);
    pthread_setname_np(made->thread.native_handle(), "admin");
    return std::unique_ptr<AdminServer>(new AdminServer(std::move(made)));
}

std::optional<Endpoint> AdminServer::http() const {
    return implementation_->http_endpoint;
}

std::vector<Metric> AdminServer::metrics() const {
    const OperatorCounters& operators = implementation_->operator_counters;
    const HttpCounters& http = implementation_->http_counters;
    const auto value = [](const std::atomic<std::uint64_t>& counter) {
        return static_cast<double>(counter.load(std::memory_order_relaxed));
    };
    using enum MetricKind;
    return {
        {"weir_config_admin_sessions", "operator sessions that are open", gauge,
         value(operators.sessions)},
        {"weir_config_admin_commands_total", "commands typed by operators", counter,
         value(operators.commands)},
        {"weir_config_admin_refused_total",
         "operator connections refused: too many, or another user's", counter,
         value(operators.refused)},
        {"weir_config_admin_displaced_total",
         "operator sessions that waited longest and were closed for a newcomer", counter,
         static_cast<double>(implementation_->operator_seats.displaced())},
        {"weir_config_admin_timeouts_total", "commands that got no answer in time", counter,
         value(operators.timeouts)},
        {"weir_config_http_connections", "HTTP connections that are open", gauge,
         value(http.connections)},
        {"weir_config_http_requests_total", "HTTP requests", counter, value(http.requests)},
        {"weir_config_http_refused_total", "HTTP connections refused: too many", counter,
         value(http.refused)},
        {"weir_config_http_displaced_total",
         "HTTP connections that waited longest and were closed for a newcomer", counter,
         static_cast<double>(implementation_->http_seats.displaced())},
        {"weir_config_http_bad_total", "HTTP connections ended by a bad, large or slow request",
         counter, value(http.bad)},
    };
}

}  // namespace weir::config

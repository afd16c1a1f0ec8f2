// SPDX-License-Identifier: Apache-2.0
// Operator sessions: bounded in number, line length, answer size and time; peers must be our user
// or root.
#include "config/admin/operator_server.hpp"

#include <cerrno>

#include <boost/asio/buffer.hpp>
#include <boost/asio/read_until.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/write.hpp>
#include <fmt/format.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "config/admin/client.hpp"
#include "config/admin/runner.hpp"

namespace weir::config {
namespace {

namespace asio = boost::asio;
using Stream = asio::local::stream_protocol;
using boost::system::error_code;

// One operator: read a line, run it, write the answer, again. One command at a time.
class OperatorSession : public std::enable_shared_from_this<OperatorSession> {
public:
    OperatorSession(Stream::socket socket, OperatorContext& context)
        : socket_(std::move(socket)),
          timer_(socket_.get_executor()),
          context_(context),
          counters_(context.counters),
          seats_(context.seats) {
        ++counters_.sessions;
    }
    ~OperatorSession() {
        seats_.give_back(seat_);
        --counters_.sessions;
    }
    OperatorSession(const OperatorSession&) = delete;
    OperatorSession& operator=(const OperatorSession&) = delete;

    // False: every seat is taken by an operator whose command is being worked on.
    [[nodiscard]] bool sit_down() {
        seat_ = seats_.take([weak = weak_from_this()] {
            if (const auto self = weak.lock()) self->close();
        });
        return seat_ != 0;
    }

    void read() {
        seats_.wait(seat_);
        close_after(kAdminIdle);
        asio::async_read_until(
            socket_, asio::dynamic_buffer(input_, kAdminMaxCommand + 1), '\n',
            [self = shared_from_this()](const error_code& failure, std::size_t size) {
                if (!failure) return self->run(size);
                if (failure == asio::error::not_found)
                    self->write({false, "% The command is too long\n"}, false);
            });
    }

private:
    void run(std::size_t size) {
        const std::string line = input_.substr(0, size);
        input_.erase(0, size);
        ++context_.counters.commands;
        const std::uint64_t command = ++command_;
        seats_.work(seat_);
        timer_.expires_after(context_.timeout);
        timer_.async_wait([self = shared_from_this(), command](const error_code& cancelled) {
            if (cancelled || self->command_ != command) return;
            ++self->context_.counters.timeouts;
            self->answer(command,
                         {false, "% No answer in time: the SIP thread is busy; try again\n"});
        });
        const std::weak_ptr<OperatorSession> weak = weak_from_this();
        run_line(context_.commands, line,
                 [weak, command, mailbox = context_.mailbox](Answer given) {
                     mailbox->post([weak, command, given = std::move(given)]() mutable {
                         if (const auto self = weak.lock()) self->answer(command, std::move(given));
                     });
                 });
    }

    void answer(std::uint64_t command, Answer given) {
        if (command != command_) return;  // came after its time was up
        ++command_;
        write(std::move(given), true);
    }

    void write(Answer given, bool goes_on) {
        if (given.text.size() > kAdminMaxAnswer) {
            given.text.resize(kAdminMaxAnswer - 64);
            given.text += "\n% The answer was cut here: use a filter\n";
        }
        output_ =
            fmt::format("{} {}\n", given.ok ? "ok" : "refused", given.text.size()) + given.text;
        seats_.wait(seat_);
        close_after(kAdminWrite);
        asio::async_write(
            socket_, asio::buffer(output_),
            [self = shared_from_this(), goes_on](const error_code& failure, std::size_t) {
                self->output_.clear();
                self->output_.shrink_to_fit();
                if (!failure && goes_on) return self->read();
                self->timer_.cancel();
            });
    }

    void close_after(std::chrono::seconds limit) {
        timer_.expires_after(limit);
        timer_.async_wait([weak = weak_from_this()](const error_code& cancelled) {
            if (const auto self = weak.lock(); self && !cancelled) self->close();
        });
    }

    void close() {
        error_code ignored;
        socket_.close(ignored);
    }

    Stream::socket socket_;
    asio::steady_timer timer_;
    OperatorContext& context_;
    // These outlive the context: they are used when the server is gone already.
    OperatorCounters& counters_;
    Seats& seats_;
    Seats::Guest seat_ = 0;
    std::string input_;
    std::string output_;
    std::uint64_t command_ = 0;
};

bool is_trusted(int fd) {
    ucred peer{};
    socklen_t size = sizeof peer;
    if (::getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &peer, &size) != 0) return false;
    return peer.uid == 0 || peer.uid == ::geteuid();
}

}  // namespace

OperatorServer::OperatorServer(asio::io_context& io, OperatorContext context)
    : acceptor_(io), io_(io), context_(std::move(context)) {}

OperatorServer::~OperatorServer() {
    if (!path_.empty()) ::unlink(path_.c_str());
}

Result<void> OperatorServer::listen(const std::string& path) {
    struct stat status {};
    if (::lstat(path.c_str(), &status) == 0) {
        if (!S_ISSOCK(status.st_mode))
            return fail(ErrorCode::exists,
                        fmt::format("{} is there and is no socket: remove it", path));
        error_code failure;
        Stream::socket probe(io_);
        if (!probe.connect(Stream::endpoint(path), failure))
            return fail(ErrorCode::exists, fmt::format("another weir-sip answers at {}: stop it, "
                                                       "or set paths.runtime to another directory",
                                                       path));
        ::unlink(path.c_str());
    }
    error_code failure;
    acceptor_.open(Stream(), failure);
    // Only the owner may connect; each peer's user is asked of the kernel as well (is_trusted).
    const mode_t mask = ::umask(0177);
    if (!failure) acceptor_.bind(Stream::endpoint(path), failure);
    ::umask(mask);
    if (!failure) acceptor_.listen(static_cast<int>(kAdminMaxSessions), failure);
    if (failure)
        return fail(ErrorCode::io, fmt::format("cannot listen at {}: {}", path, failure.message()));
    path_ = path;
    accept();
    return {};
}

void OperatorServer::accept() {
    acceptor_.async_accept([this](const error_code& failure, Stream::socket socket) {
        if (failure == asio::error::operation_aborted) return;
        if (!failure) greet(std::move(socket));
        accept();
    });
}

void OperatorServer::greet(Stream::socket socket) {
    if (is_trusted(socket.native_handle())) {
        const auto session = std::make_shared<OperatorSession>(std::move(socket), context_);
        if (session->sit_down()) return session->read();
    }
    ++context_.counters.refused;
    context_.logger.warning("admin.refused", {{"sessions", context_.seats.taken()}});
}

}  // namespace weir::config

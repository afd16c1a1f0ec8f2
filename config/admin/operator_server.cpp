// SPDX-License-Identifier: Apache-2.0
// Operator sessions: bounded in number, line length, answer size, debug output and time; what a
// peer may do follows from its user.
#include "config/admin/operator_server.hpp"

#include <array>
#include <cerrno>
#include <deque>

#include <boost/asio/buffer.hpp>
#include <boost/asio/read_until.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/write.hpp>
#include <fmt/format.h>
#include <pwd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "config/admin/admin_limits.hpp"
#include "config/admin/session.hpp"

namespace weir::config {
namespace {

namespace asio = boost::asio;
using Stream = asio::local::stream_protocol;
using boost::system::error_code;

// One operator: read a line, run it, write the answer, again. One command at a time; debug output
// stands between answers.
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

    // False: every seat is taken by an operator whose command is being worked on, or whose place
    // `peer` may not take.
    [[nodiscard]] bool sit_down(const OperatorPeer& peer) {
        const auto leave = [weak = weak_from_this()] {
            if (const auto self = weak.lock()) self->close();
        };
        const unsigned rank = peer.privilege == Privilege::admin ? 1 : 0;
        seat_ = seats_.take(leave, {peer.uid, rank});
        return seat_ != 0;
    }

    void begin(const OperatorPeer& peer) {
        const Emit emit = [weak = weak_from_this(), mailbox = context_.mailbox](std::string text) {
            mailbox->post([weak, text = std::move(text)]() mutable {
                if (const auto self = weak.lock()) self->event(std::move(text));
            });
        };
        exec_ = std::make_unique<ExecSession>(
            context_.commands, peer, context_.session ? context_.session(peer, emit) : nullptr,
            &context_.book);
        read();
    }

private:
    void read() {
        seats_.wait(seat_);
        close_after(kAdminIdle);
        asio::async_read_until(
            socket_, asio::dynamic_buffer(input_, kAdminMaxCommand + 1), '\n',
            [self = shared_from_this()](const error_code& failure, std::size_t size) {
                if (!failure) return self->run(size);
                if (failure == asio::error::not_found)
                    return self->write({false, "% The command is too long\n"}, Then::close);
                self->close();  // the operator has gone; debug output must not keep us
            });
    }

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
        exec_->run(line, [weak, command, mailbox = context_.mailbox](Answer given) {
            mailbox->post([weak, command, given = std::move(given)]() mutable {
                if (const auto self = weak.lock()) self->answer(command, std::move(given));
            });
        });
    }

    void answer(std::uint64_t command, Answer given) {
        if (command != command_) return;  // came after its time was up
        ++command_;
        if (given.print) given = {given.ok, given.take()};
        seats_.keep(seat_, exec_->is_kept());
        write(std::move(given), exec_->is_over() ? Then::close : Then::read);
    }

    enum class Then { nothing, read, close };
    struct Frame {
        std::string bytes;
        Then then = Then::nothing;
    };

    void write(Answer given, Then then) {
        if (given.text.size() > kAdminMaxAnswer) {
            given.text.resize(kAdminMaxAnswer - 64);
            given.text += "\n% The answer was cut here: use a filter\n";
        }
        seats_.wait(seat_);
        close_after(kAdminWrite);
        const bool over = exec_ && exec_->is_over();
        const char* head = over ? "bye" : given.ok ? "ok" : "refused";
        send({fmt::format("{} {}\n", head, given.text.size()) + given.text, then});
    }

    void event(std::string text) {
        ++counters_.events;
        if (waiting_bytes_ + text.size() > kAdminEventBytes) {
            ++counters_.events_dropped;
            ++dropped_;
            return;
        }
        if (dropped_ > 0)
            text = fmt::format(
                       "% {} texts of debug output were dropped: they came faster than "
                       "this terminal reads\n",
                       std::exchange(dropped_, 0)) +
                   text;
        send({fmt::format("event {}\n", text.size()) + text, Then::nothing});
    }

    void send(Frame frame) {
        waiting_bytes_ += frame.bytes.size();
        frames_.push_back(std::move(frame));
        if (frames_.size() == 1) write_first();
    }

    void write_first() {
        asio::async_write(socket_, asio::buffer(frames_.front().bytes),
                          [self = shared_from_this()](const error_code& failure, std::size_t) {
                              self->written(failure);
                          });
    }

    void written(const error_code& failure) {
        const Frame frame = std::move(frames_.front());
        frames_.pop_front();
        waiting_bytes_ -= frame.bytes.size();
        if (failure || frame.then == Then::close) return close();
        if (!frames_.empty()) write_first();
        if (frame.then == Then::read) read();
    }

    void close_after(std::chrono::seconds limit) {
        timer_.expires_after(limit);
        timer_.async_wait([weak = weak_from_this()](const error_code& cancelled) {
            if (const auto self = weak.lock(); self && !cancelled) self->close();
        });
    }

    void close() {
        error_code ignored;
        timer_.cancel();
        socket_.close(ignored);
    }

    Stream::socket socket_;
    asio::steady_timer timer_;
    OperatorContext& context_;
    // These outlive the context: they are used when the server is gone already.
    OperatorCounters& counters_;
    Seats& seats_;
    Seats::Guest seat_ = 0;
    std::unique_ptr<ExecSession> exec_;
    std::string input_;
    std::deque<Frame> frames_;  // the first is being written
    std::size_t waiting_bytes_ = 0;
    std::uint64_t dropped_ = 0;  // texts of debug output since the last one that was sent
    std::uint64_t command_ = 0;
};

std::string name_of(uid_t uid) {
    std::array<char, 4096> room{};
    passwd entry{};
    passwd* found = nullptr;
    if (::getpwuid_r(uid, &entry, room.data(), room.size(), &found) == 0 && found != nullptr)
        return entry.pw_name;
    return fmt::format("uid {}", uid);
}

// Who is at the other end, as the kernel says.
OperatorPeer peer_of(int fd, const OperatorContext& context) {
    OperatorPeer peer;
    peer.privilege = Privilege::none;
    ucred credentials{};
    socklen_t size = sizeof credentials;
    if (::getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &credentials, &size) != 0) return peer;
    peer.uid = credentials.uid;
    peer.name = name_of(credentials.uid);
    if (credentials.uid == 0 || credentials.uid == ::geteuid())
        peer.privilege = Privilege::admin;
    else if (context.privilege_of)
        peer.privilege = context.privilege_of(peer.name);
    return peer;
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
    // Who may connect is asked of the kernel for each peer (peer_of); without other users the
    // mode of the socket says the same.
    const mode_t mask = ::umask(context_.privilege_of ? 0111 : 0177);
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
    OperatorPeer peer = peer_of(socket.native_handle(), context_);
    if (peer.privilege != Privilege::none) {
        const auto session = std::make_shared<OperatorSession>(std::move(socket), context_);
        peer.session = ++sessions_;
        if (session->sit_down(peer)) return session->begin(peer);
    }
    ++context_.counters.refused;
    context_.logger.warning("admin.refused", {{"sessions", context_.seats.taken()}});
}

}  // namespace weir::config

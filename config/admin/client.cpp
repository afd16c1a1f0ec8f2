// SPDX-License-Identifier: Apache-2.0
// A blocking client of the admin socket: "COMMAND\n" out, "ok|refused BYTES\n" and the text back.
#include "config/admin/client.hpp"

#include <cerrno>
#include <cstring>

#include <fmt/format.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "config/base/text.hpp"
#include "config/base/unique_fd.hpp"

namespace weir::config {
namespace {

Result<UniqueFd> connect_to(const std::string& path) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    if (path.size() >= sizeof address.sun_path)
        return fail(ErrorCode::invalid, fmt::format("the path {} is too long for a socket", path));
    std::memcpy(address.sun_path, path.data(), path.size());
    UniqueFd fd(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
    if (fd.get() < 0) return fail_errno("cannot make a socket", errno);
    if (::connect(fd.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0)
        return fd;
    const int failure = errno;
    if (failure == ENOENT || failure == ECONNREFUSED)
        return fail(ErrorCode::unavailable,
                    fmt::format("no Weir answers at {}: start it with `weir run --config FILE "
                                "--platform FILE`, or name "
                                "its runtime directory with --runtime DIR",
                                path));
    if (failure == EACCES || failure == EPERM)
        return fail(ErrorCode::denied,
                    fmt::format("{} belongs to another user: run as that user or as root", path));
    return fail_errno(fmt::format("cannot connect to {}", path), failure);
}

bool send_all(int fd, std::string_view bytes) {
    while (!bytes.empty()) {
        const auto sent = ::send(fd, bytes.data(), bytes.size(), MSG_NOSIGNAL);
        if (sent < 0 && errno == EINTR) continue;
        if (sent <= 0) return false;
        bytes.remove_prefix(static_cast<std::size_t>(sent));
    }
    return true;
}

// Appends what has come; false at the end of the stream, on an error or when patience has run out.
bool receive_some(int fd, std::string& text, std::chrono::milliseconds patience) {
    pollfd waiting{fd, POLLIN, 0};
    if (::poll(&waiting, 1, static_cast<int>(patience.count())) <= 0) return false;
    char bytes[16384];
    const auto got = ::recv(fd, bytes, sizeof bytes, 0);
    if (got <= 0) return false;
    text.append(bytes, static_cast<std::size_t>(got));
    return true;
}

}  // namespace

tl::unexpected<Error> OperatorConnection::gone() const {
    return fail(ErrorCode::unavailable,
                fmt::format("Weir at {} has gone or does not answer: see its log", path_));
}

Result<OperatorConnection> OperatorConnection::connect(const std::string& socket_path) {
    auto fd = connect_to(socket_path);
    if (!fd) return fail(fd.error());
    return OperatorConnection(std::move(*fd), socket_path);
}

Result<std::optional<OperatorConnection::Frame>> OperatorConnection::take_frame() {
    const auto end = received_.find('\n');
    const auto words = text::words(std::string_view(received_).substr(0, end));
    const auto size = words.size() == 2 ? text::number(words[1]) : std::nullopt;
    if (end == std::string::npos && received_.size() <= kFrameHead) return std::nullopt;
    if (end == std::string::npos || !size || *size > kAdminMaxAnswer)
        return fail(ErrorCode::invalid,
                    fmt::format("what listens at {} is not a Weir of this version", path_));
    if (received_.size() - end - 1 < *size) return std::nullopt;
    Frame frame{std::string(words[0]), received_.substr(end + 1, *size)};
    received_.erase(0, end + 1 + *size);
    return frame;
}

Result<OperatorConnection::Reply> OperatorConnection::ask(const std::string& line,
                                                          std::chrono::milliseconds patience) {
    if (line.size() > kAdminMaxCommand || line.find('\n') != std::string::npos)
        return fail(ErrorCode::invalid,
                    fmt::format("a command is one line of at most {} bytes", kAdminMaxCommand));
    if (!send_all(fd_.get(), line + "\n")) return gone();
    for (;;) {
        auto frame = take_frame();
        if (!frame) return fail(frame.error());
        if (!*frame) {
            if (!receive_some(fd_.get(), received_, patience)) return gone();
            continue;
        }
        if ((*frame)->head == "event") {
            if (event_) event_((*frame)->text);
            continue;
        }
        const auto kind = (*frame)->head == "ok"    ? Reply::Kind::ok
                          : (*frame)->head == "bye" ? Reply::Kind::bye
                                                    : Reply::Kind::refused;
        return Reply{kind, std::move((*frame)->text)};
    }
}

Result<std::vector<std::string>> OperatorConnection::events() {
    std::vector<std::string> texts;
    pollfd waiting{fd_.get(), POLLIN, 0};
    const bool is_gone = ::poll(&waiting, 1, 0) > 0 &&
                         !receive_some(fd_.get(), received_, std::chrono::milliseconds(0));
    for (;;) {
        auto frame = take_frame();
        if (!frame) return fail(frame.error());
        if (!*frame) break;
        if ((*frame)->head == "event") texts.push_back(std::move((*frame)->text));
    }
    if (is_gone && texts.empty()) return gone();
    return texts;
}

Result<Answer> ask_operator_socket(const std::string& socket_path, const std::string& command,
                                   std::chrono::milliseconds patience) {
    auto connection = OperatorConnection::connect(socket_path);
    if (!connection) return fail(connection.error());
    auto reply = connection->ask(command, patience);
    if (!reply) return fail(reply.error());
    return Answer{reply->kind != OperatorConnection::Reply::Kind::refused, std::move(reply->text)};
}

}  // namespace weir::config

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

Result<Answer> ask_operator_socket(const std::string& socket_path, const std::string& command,
                                   std::chrono::milliseconds patience) {
    if (command.size() > kAdminMaxCommand || command.find('\n') != std::string::npos)
        return fail(ErrorCode::invalid,
                    fmt::format("a command is one line of at most {} bytes", kAdminMaxCommand));
    auto fd = connect_to(socket_path);
    if (!fd) return fail(fd.error());
    const auto lost = [&] {
        return fail(ErrorCode::unavailable,
                    fmt::format("Weir at {} gave no answer: see its log", socket_path));
    };
    if (!send_all(fd->get(), command + "\n")) return lost();
    std::string text;
    while (text.find('\n') == std::string::npos)
        if (text.size() > 64 || !receive_some(fd->get(), text, patience)) return lost();
    const auto end = text.find('\n');
    const std::string head = text.substr(0, end);
    const auto words = text::words(head);
    const auto size = words.size() == 2 ? text::number(words[1]) : std::nullopt;
    if (!size || *size > kAdminMaxAnswer)
        return fail(ErrorCode::invalid,
                    fmt::format("what listens at {} is not a Weir of this version", socket_path));
    text.erase(0, end + 1);
    while (text.size() < *size)
        if (!receive_some(fd->get(), text, patience)) return lost();
    text.resize(*size);
    return Answer{words[0] == "ok", std::move(text)};
}

}  // namespace weir::config

// SPDX-License-Identifier: Apache-2.0
// weir-floor-relay: UDP in and out by recvmmsg and sendmmsg with nothing between: the kernel's
// floor.
//
// One socket per port, epoll, one thread; it looks at no byte of a packet.
#include <array>
#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstring>
#include <fstream>
#include <sstream>
#include <string>
#include <vector>

#include <arpa/inet.h>
#include <fmt/format.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <unistd.h>

namespace weir::bench {
namespace {

constexpr const char* kUsage =
    "usage: weir-floor-relay FILE\n"
    "Each line: LOCAL-A PARTY-A LOCAL-B PARTY-B [COPY-OF-A COPY-OF-B], as ADDRESS:PORT. What comes "
    "to\n"
    "LOCAL-A goes from LOCAL-B to PARTY-B, and from LOCAL-B to COPY-OF-A; and the other way "
    "round.\n";
constexpr std::size_t kBatch = 32;
constexpr std::size_t kPacketBytes = 2048;
constexpr std::size_t kEvents = 256;

struct Socket {
    int fd = -1;
    std::size_t out = 0;  // the socket that sends what comes here
    sockaddr_in to{};
    sockaddr_in copy{};  // port 0: none
};

bool read_address(const std::string& text, sockaddr_in& address) {
    const auto colon = text.find(':');
    if (colon == std::string::npos) return false;
    address.sin_family = AF_INET;
    address.sin_port = htons(static_cast<std::uint16_t>(std::atoi(text.c_str() + colon + 1)));
    return inet_pton(AF_INET, text.substr(0, colon).c_str(), &address.sin_addr) == 1;
}

int open_socket(const sockaddr_in& local) {
    const int fd = socket(AF_INET, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    const int bytes = 1 << 20;
    const void* address = &local;
    if (fd < 0 || bind(fd, static_cast<const sockaddr*>(address), sizeof local) != 0) return -1;
    (void)setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &bytes, sizeof bytes);
    return fd;
}

// False with a message when a line or a port is not usable.
bool open_all(const std::string& path, std::vector<Socket>& sockets) {
    std::ifstream file(path);
    std::string line;
    while (std::getline(file, line)) {
        std::istringstream words(line);
        std::array<std::string, 6> word;
        for (auto& text : word)
            words >> text;
        std::array<sockaddr_in, 6> address{};
        for (std::size_t i = 0; i < 6; ++i) {
            if (read_address(word[i], address[i]) || (i >= 4 && word[i].empty())) continue;
            fmt::print(stderr, "weir-floor-relay: {}: not a line of it: {}\n", path, line);
            return false;
        }
        const std::size_t a = sockets.size();
        sockets.push_back({open_socket(address[0]), a + 1, address[3], address[4]});
        sockets.push_back({open_socket(address[2]), a, address[1], address[5]});
        if (sockets[a].fd >= 0 && sockets[a + 1].fd >= 0) continue;
        fmt::print(stderr, "weir-floor-relay: a port of {} cannot be opened: {}\n", line,
                   std::strerror(errno));
        return false;
    }
    return !sockets.empty();
}

class Relay {
public:
    explicit Relay(const std::vector<Socket>& sockets) : sockets_(sockets) {
        for (std::size_t i = 0; i < kBatch; ++i) {
            in_vectors_[i] = {bytes_[i].data(), kPacketBytes};
            in_[i].msg_hdr.msg_iov = &in_vectors_[i];
            in_[i].msg_hdr.msg_iovlen = 1;
        }
    }

    void handle(std::size_t index) {
        const Socket& socket = sockets_[index];
        const int got = recvmmsg(socket.fd, in_.data(), kBatch, MSG_DONTWAIT, nullptr);
        if (got <= 0) return;
        unsigned count = 0;
        for (std::size_t i = 0; i < static_cast<std::size_t>(got); ++i) {
            add(count++, i, socket.to);
            if (socket.copy.sin_port != 0) add(count++, i, socket.copy);
        }
        const int sent = sendmmsg(sockets_[socket.out].fd, out_.data(), count, MSG_DONTWAIT);
        refused_ += count - static_cast<unsigned>(sent > 0 ? sent : 0);
    }
    [[nodiscard]] std::uint64_t refused() const { return refused_; }

private:
    void add(std::size_t at, std::size_t packet, const sockaddr_in& to) {
        out_vectors_[at] = {bytes_[packet].data(), in_[packet].msg_len};
        targets_[at] = to;
        out_[at].msg_hdr = {};
        out_[at].msg_hdr.msg_name = &targets_[at];
        out_[at].msg_hdr.msg_namelen = sizeof(sockaddr_in);
        out_[at].msg_hdr.msg_iov = &out_vectors_[at];
        out_[at].msg_hdr.msg_iovlen = 1;
    }

    const std::vector<Socket>& sockets_;
    std::array<std::array<std::uint8_t, kPacketBytes>, kBatch> bytes_{};
    std::array<iovec, kBatch> in_vectors_{};
    std::array<mmsghdr, kBatch> in_{};
    std::array<iovec, 2 * kBatch> out_vectors_{};
    std::array<sockaddr_in, 2 * kBatch> targets_{};
    std::array<mmsghdr, 2 * kBatch> out_{};
    std::uint64_t refused_ = 0;
};

int run(const std::string& path) {
    sigset_t signals;
    sigemptyset(&signals);
    sigaddset(&signals, SIGTERM);
    sigaddset(&signals, SIGINT);
    (void)sigprocmask(SIG_BLOCK, &signals, nullptr);
    rlimit limit{};
    (void)getrlimit(RLIMIT_NOFILE, &limit);
    limit.rlim_cur = limit.rlim_max;
    (void)setrlimit(RLIMIT_NOFILE, &limit);
    std::vector<Socket> sockets;
    if (!open_all(path, sockets)) return 1;
    const int set = epoll_create1(EPOLL_CLOEXEC);
    const int stop = signalfd(-1, &signals, SFD_CLOEXEC);
    epoll_event event{};
    event.events = EPOLLIN;
    for (std::size_t i = 0; i <= sockets.size(); ++i) {
        event.data.u64 = i;
        (void)epoll_ctl(set, EPOLL_CTL_ADD, i < sockets.size() ? sockets[i].fd : stop, &event);
    }
    fmt::print("ready\n");
    std::fflush(stdout);
    Relay relay(sockets);
    std::array<epoll_event, kEvents> ready{};
    for (bool stopped = false; !stopped;) {
        const int count = epoll_wait(set, ready.data(), kEvents, -1);
        for (std::size_t i = 0; i < static_cast<std::size_t>(count > 0 ? count : 0); ++i) {
            if (ready[i].data.u64 == sockets.size())
                stopped = true;
            else
                relay.handle(ready[i].data.u64);
        }
    }
    fmt::print("{{\"refused\": {}}}\n", relay.refused());
    return 0;
}

}  // namespace
}  // namespace weir::bench

int main(int argc, char** argv) {
    if (argc != 2) {
        std::fputs(weir::bench::kUsage, stderr);
        return 2;
    }
    return weir::bench::run(argv[1]);
}

// SPDX-License-Identifier: Apache-2.0
// weir-sip-load: calls a second through one SIP server, both parties played here; prints JSON.
#include <algorithm>
#include <array>
#include <cstdio>
#include <cstring>
#include <ctime>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <fmt/format.h>
#include <poll.h>
#include <sys/socket.h>

#include "bench/traffic/sip_load.hpp"
#include "bench/traffic/udp_socket.hpp"
#include "config/base/socket_address.hpp"
#include "config/base/text.hpp"

namespace {

using weir::Endpoint;
using weir::bench::LatencyHistogram;
using weir::bench::SipLoad;
using weir::bench::SipLoadOptions;
using weir::bench::SipLoadSecond;

constexpr const char* kUsage =
    "usage: weir-sip-load --target ADDRESS:PORT --uac ADDRESS:PORT --uas ADDRESS:PORT [--rate N]\n"
    "                     [--calls N] [--hold MS] [--prefix DIGITS] [--seed N] [--limit SECONDS]\n"
    "  Calls PREFIXnnnnnnn at the target from the uac address, N a second; the target routes them\n"
    "  to the uas address, where this program answers. Target and uas alike: without a server.\n";

constexpr std::size_t kBatch = 64;          // datagrams read from a socket before the other's turn
constexpr std::size_t kMaxDatagram = 4096;  // bytes; the texts of a bench are a quarter of it
constexpr int kCallsPerTurn = 16;           // what is overdue does not keep the sockets waiting
constexpr std::int64_t kSecond = 1'000'000'000;

// The clock of the kernel's receive times; nobody steps it during a bench.
std::int64_t now() {
    timespec time{};
    clock_gettime(CLOCK_REALTIME, &time);
    return time.tv_sec * kSecond + time.tv_nsec;
}

// A party's socket, with room for a batch of datagrams.
class Socket {
public:
    explicit Socket(weir::UniqueFd fd) : fd_(std::move(fd)), room_(kBatch * kMaxDatagram) {
        const int on = 1;
        setsockopt(fd_.get(), SOL_SOCKET, SO_TIMESTAMPNS, &on, sizeof on);
    }

    [[nodiscard]] int fd() const { return fd_.get(); }
    void send(const std::string& text, const weir::SocketAddress& to) {
        const socklen_t size = to.generic.sa_family == AF_INET6 ? sizeof to.v6 : sizeof to.v4;
        // A full buffer loses the datagram, as a network would: it is sent again by its timer.
        (void)::sendto(fd_.get(), text.data(), text.size(), 0, &to.generic, size);
    }
    // Calls take(text, received) for each; the latest sender's address in `from`.
    template <typename Take>
    void receive(weir::SocketAddress& from, Take take) {
        for (std::size_t i = 0; i < kBatch; ++i) {
            pieces_[i] = {room_.data() + i * kMaxDatagram, kMaxDatagram};
            headers_[i].msg_hdr = {};
            headers_[i].msg_hdr.msg_iov = &pieces_[i];
            headers_[i].msg_hdr.msg_iovlen = 1;
            headers_[i].msg_hdr.msg_name = &senders_[i];
            headers_[i].msg_hdr.msg_namelen = sizeof senders_[i];
            headers_[i].msg_hdr.msg_control = control_[i].data();
            headers_[i].msg_hdr.msg_controllen = control_[i].size();
        }
        const int count = ::recvmmsg(fd_.get(), headers_.data(), kBatch, MSG_DONTWAIT, nullptr);
        for (std::size_t i = 0; i < static_cast<std::size_t>(std::max(count, 0)); ++i) {
            from = senders_[i];
            take(std::string_view(room_.data() + i * kMaxDatagram, headers_[i].msg_len),
                 received_at(headers_[i].msg_hdr));
        }
    }

private:
    static std::int64_t received_at(msghdr& header) {
        for (cmsghdr* part = CMSG_FIRSTHDR(&header); part != nullptr;
             part = CMSG_NXTHDR(&header, part)) {
            if (part->cmsg_level != SOL_SOCKET || part->cmsg_type != SCM_TIMESTAMPNS) continue;
            timespec time{};
            std::memcpy(&time, CMSG_DATA(part), sizeof time);
            return time.tv_sec * kSecond + time.tv_nsec;
        }
        return now();
    }

    weir::UniqueFd fd_;
    std::vector<char> room_;
    std::array<iovec, kBatch> pieces_{};
    std::array<mmsghdr, kBatch> headers_{};
    std::array<weir::SocketAddress, kBatch> senders_{};
    std::array<std::array<char, 128>, kBatch> control_{};
};

void say(const SipLoad& load, std::int64_t second) {
    const SipLoadSecond sum = load.total();
    fmt::print(stderr,
               "{} s: {} offered, {} there, {} completed, {} refused, {} failed, {} sent again\n",
               second, sum.offered, load.begun() - load.ended(), sum.completed, sum.refused,
               sum.failed, sum.repeated);
}

int wait_ms(const SipLoad& load) {
    // A millisecond at most: timers, and the pace of slow rates.
    return load.wants_call(now()) ? 0 : 1;
}

void run(SipLoad& load, Socket& caller, Socket& callee, weir::SocketAddress& server,
         std::int64_t limit) {
    std::array<pollfd, 2> ready{pollfd{caller.fd(), POLLIN, 0}, pollfd{callee.fd(), POLLIN, 0}};
    weir::SocketAddress ignored{};
    const std::int64_t begin = now();
    for (std::int64_t shown = 0; !load.is_over() && now() - begin < limit;) {
        ::poll(ready.data(), ready.size(), wait_ms(load));
        if ((ready[1].revents & POLLIN) != 0)
            callee.receive(server, [&](std::string_view text, std::int64_t received) {
                load.on_callee(text, received, now());
            });
        if ((ready[0].revents & POLLIN) != 0)
            caller.receive(ignored, [&](std::string_view text, std::int64_t received) {
                load.on_caller(text, received, now());
            });
        for (int i = 0; i < kCallsPerTurn && load.wants_call(now()); ++i)
            load.begin_call(now());
        load.tick(now());
        if (const auto second = (now() - begin) / kSecond; second > shown)
            say(load, shown = second);
    }
}

std::string json_of(const LatencyHistogram& times) {
    const auto ms = [](std::uint64_t ns) { return static_cast<double>(ns) / 1e6; };
    return fmt::format(
        R"({{"calls": {}, "p50": {:.3f}, "p99": {:.3f}, "p99.9": {:.3f}, "max": {:.3f}}})",
        times.total(), ms(times.at(0.5)), ms(times.at(0.99)), ms(times.at(0.999)),
        ms(times.largest()));
}

std::string json_of(const SipLoadSecond& counts) {
    return fmt::format(
        R"("offered": {}, "answered": {}, "completed": {}, "refused": {}, "failed": {}, "sent_again": {})",
        counts.offered, counts.answered, counts.completed, counts.refused, counts.failed,
        counts.repeated);
}

void print_result(const SipLoad& load) {
    const SipLoadSecond sum = load.total();
    std::string rows;
    for (const SipLoadSecond& one : load.seconds())
        rows += (rows.empty() ? "" : ", ") + ("{" + json_of(one) + "}");
    fmt::print(
        R"({{{}, "unfinished": {}, "latest_begin_ms": {:.1f}, "ringing_ms": {}, "between_ms": {}, "seconds": [{}]}})"
        "\n",
        json_of(sum), load.begun() - load.ended(), static_cast<double>(load.latest_begin()) / 1e6,
        json_of(load.ringing()), json_of(load.between()), rows);
}

std::optional<SipLoadOptions> read_options(int argc, char** argv, std::int64_t& limit) {
    std::map<std::string, std::string> args{
        {"--target", ""},  {"--uac", ""},       {"--uas", ""},
        {"--rate", "100"}, {"--calls", "1000"}, {"--hold", "0"},
        {"--prefix", "9"}, {"--seed", "1"},     {"--limit", "600"}};
    for (int i = 1; i < argc; i += 2) {
        if (i + 1 >= argc || !args.contains(argv[i])) return std::nullopt;
        args[argv[i]] = argv[i + 1];
    }
    const auto number = [&args](const char* name) {
        return weir::text::number(args[name]).value_or(0);
    };
    const auto target = Endpoint::parse(args["--target"], 5060);
    const auto uac = Endpoint::parse(args["--uac"], 5060);
    const auto uas = Endpoint::parse(args["--uas"], 5060);
    SipLoadOptions options;
    options.rate = static_cast<double>(number("--rate"));
    options.calls = static_cast<std::uint32_t>(number("--calls"));
    options.hold_ns = static_cast<std::int64_t>(number("--hold")) * 1'000'000;
    limit = static_cast<std::int64_t>(number("--limit")) * kSecond;
    if (!target || !uac || !uas || options.rate < 1 || options.calls == 0) return std::nullopt;
    options.place = {*target, *uac, *uas, args["--prefix"],
                     static_cast<std::uint32_t>(number("--seed"))};
    return options;
}

}  // namespace

int main(int argc, char** argv) {
    std::int64_t limit = 0;
    auto options = read_options(argc, argv, limit);
    if (!options) {
        fmt::print(stderr, "{}", kUsage);
        return 2;
    }
    auto uac = weir::bench::open_udp(options->place.uac);
    auto uas = weir::bench::open_udp(options->place.uas);
    if (!uac || !uas) {
        fmt::print(stderr, "weir-sip-load: {}\n", (uac ? uas : uac).error().context);
        return 1;
    }
    Socket caller(std::move(*uac));
    Socket callee(std::move(*uas));
    weir::SocketAddress target{};
    weir::SocketAddress server{};  // learned from the requests that come
    to_socket_address(options->place.target, target);
    SipLoad load(*options, [&](SipLoad::Party party, const std::string& text) {
        if (party == SipLoad::Party::caller)
            caller.send(text, target);
        else
            callee.send(text, server);
    });
    run(load, caller, callee, server, limit);
    print_result(load);
    const SipLoadSecond sum = load.total();
    return load.is_over() && sum.failed == 0 && sum.refused == 0 ? 0 : 1;
}

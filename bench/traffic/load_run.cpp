// SPDX-License-Identifier: Apache-2.0
// Sockets and pacing of a load.
#include "bench/traffic/load_run.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdio>
#include <cstring>

#include <arpa/inet.h>
#include <fmt/format.h>
#include <netinet/in.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include "bench/traffic/udp_socket.hpp"
#include "config/base/socket_address.hpp"
#include "config/base/text.hpp"

namespace weir::bench {
namespace {

constexpr auto kPacketInterval = std::chrono::milliseconds(20);
constexpr auto kInviteInterval = std::chrono::milliseconds(10);  // 100 calls a second
constexpr auto kInviteRetry = std::chrono::seconds(1);
constexpr auto kSettle = std::chrono::milliseconds(500);  // packets in flight, before the BYEs
constexpr int kPhaseTries = 10;  // seconds that set-up and release may take beyond their pace

void raise_descriptor_limit() {
    rlimit limit{};
    getrlimit(RLIMIT_NOFILE, &limit);
    limit.rlim_cur = limit.rlim_max;
    setrlimit(RLIMIT_NOFILE, &limit);
}

}  // namespace

Result<std::unique_ptr<LoadRun>> LoadRun::create(LoadOptions options) {
    raise_descriptor_limit();
    std::unique_ptr<LoadRun> run(new LoadRun(std::move(options)));
    if (auto opened = run->open_sockets(); !opened) return fail(opened.error());
    return run;
}

LoadRun::~LoadRun() {
    for (const auto& socket : sockets_)
        close(socket.fd);
    for (const int fd : {uac_, uas_, epoll_})
        if (fd >= 0) close(fd);
}

Result<void> LoadRun::open_sockets() {
    epoll_ = epoll_create1(EPOLL_CLOEXEC);
    const auto add = [this](int fd, std::uint64_t id) {
        epoll_event event{};
        event.events = EPOLLIN;
        event.data.u64 = id;
        epoll_ctl(epoll_, EPOLL_CTL_ADD, fd, &event);
    };
    auto uac = open_udp(options_.uac);
    if (!uac) return fail(uac.error());
    uac_ = uac->release();
    auto uas = open_udp(options_.uas);
    if (!uas) return fail(uas.error());
    uas_ = uas->release();
    for (std::uint32_t call = 0; call < options_.calls; ++call) {
        std::array<std::uint16_t, 2> ports{};
        for (std::size_t party = 0; party < 2; ++party) {
            Endpoint local;
            local.address = options_.address;
            auto fd = open_udp(local);
            if (!fd) return fail(fd.error());
            add(fd->get(), sockets_.size());
            sockets_.push_back({fd->release(), call, party == 0});
            ports.at(party) = local.port;
        }
        calls_.push_back(std::make_unique<LoadCall>(options_, call, ports[0], ports[1]));
        by_call_id_[calls_.back()->call_id()] = call;
    }
    add(uac_, sockets_.size());
    add(uas_, sockets_.size() + 1);
    return {};
}

LoadTotals LoadRun::run() {
    set_up_calls();
    talk();
    receive_for(kSettle);
    release_calls();
    LoadTotals totals;
    totals.calls = options_.calls;
    for (const auto& call : calls_) {
        const bool established = call->caller.remote && call->callee.remote && call->is_talking();
        totals.established += established ? 1U : 0U;
        totals.failed += established ? 0U : 1U;
        totals.not_ended += call->is_over() ? 0U : 1U;
        for (const auto* party : {&call->caller, &call->callee}) {
            totals.sent += party->sender.sent();
            totals.received += party->receiver.received();
            totals.missing += party->receiver.missing();
            totals.duplicates += party->receiver.duplicates();
            totals.reordered += party->receiver.reordered();
            totals.corrupt += party->receiver.corrupt();
        }
    }
    return totals;
}

void LoadRun::set_up_calls() {
    for (const auto& call : calls_) {
        send_sip(uac_, call->invite(), options_.target);
        receive_for(kInviteInterval);
        progress("set-up");
    }
    for (int attempt = 0; attempt < kPhaseTries; ++attempt) {
        bool pending = false;
        for (const auto& call : calls_) {
            if (call->is_talking() || call->is_over()) continue;
            pending = true;
            if (!call->is_invited()) send_sip(uac_, call->invite(), options_.target);
        }
        if (!pending) return;
        receive_for(kInviteRetry);
        progress("set-up");
    }
}

// Every party sends in each 20 ms, the parties spread evenly over it.
void LoadRun::talk() {
    const MonoTime start = clock_.now();
    const auto spacing =
        std::chrono::nanoseconds(kPacketInterval) / static_cast<std::int64_t>(sockets_.size());
    for (std::uint32_t packet = 0; packet < options_.packets; ++packet) {
        const MonoTime round = start + packet * std::chrono::nanoseconds(kPacketInterval);
        for (std::size_t i = 0; i < sockets_.size(); ++i) {
            const MonoTime due = round + static_cast<std::int64_t>(i) * spacing;
            if (const auto early = due - clock_.now(); early > std::chrono::nanoseconds(0))
                receive_for(early);
            send_rtp(sockets_[i]);
        }
        receive_for(std::chrono::nanoseconds(0));
        progress("talking");
    }
}

void LoadRun::release_calls() {
    for (int attempt = 0; attempt < kPhaseTries; ++attempt) {
        bool pending = false;
        for (const auto& call : calls_) {
            if (!call->is_talking() || call->is_over()) continue;
            pending = true;
            send_sip(uac_, call->bye(), options_.target);
            receive_for(std::chrono::milliseconds(1));
        }
        if (!pending) return;
        receive_for(std::chrono::milliseconds(500));
        progress("release");
    }
}

void LoadRun::receive_for(std::chrono::nanoseconds time) {
    const MonoTime until = clock_.now() + time;
    for (;;) {
        const auto left = until - clock_.now();
        const int timeout = left > std::chrono::milliseconds(1)
                                ? static_cast<int>(left / std::chrono::milliseconds(1))
                                : 0;
        std::array<epoll_event, 64> events;
        const int count =
            epoll_wait(epoll_, events.data(), static_cast<int>(events.size()), timeout);
        for (int i = 0; i < count; ++i) {
            const std::size_t id = events[static_cast<std::size_t>(i)].data.u64;
            if (id < sockets_.size())
                on_rtp(sockets_[id]);
            else
                on_sip(id == sockets_.size() ? uac_ : uas_, id == sockets_.size());
        }
        if (clock_.now() >= until) return;
    }
}

void LoadRun::on_sip(int fd, bool uac) {
    std::array<char, 8192> buffer;
    for (;;) {
        SocketAddress from{};
        socklen_t length = sizeof from;
        const auto got = recvfrom(fd, buffer.data(), buffer.size(), 0, &from.generic, &length);
        if (got <= 0) return;
        const std::string_view message(buffer.data(), static_cast<std::size_t>(got));
        LoadCall* call = call_of(message, uac);
        if (call == nullptr) continue;
        const std::string answer =
            uac ? call->on_uac_response(message) : call->on_uas_request(message);
        if (!answer.empty()) sendto(fd, answer.data(), answer.size(), 0, &from.generic, length);
    }
}

// The caller's side knows its own Call-ID; the callee's side knows the called number.
LoadCall* LoadRun::call_of(std::string_view message, bool uac) {
    if (uac) {
        if (!message.starts_with("SIP/2.0 ")) return nullptr;
        const auto found = by_call_id_.find(header(message, "Call-ID"));
        return found == by_call_id_.end() ? nullptr : calls_[found->second].get();
    }
    const std::string to = header(message, "To");
    const auto user = to.find("sip:" + options_.called_prefix);
    if (user == std::string::npos) return nullptr;
    const auto digits = to.substr(user + 4 + options_.called_prefix.size(), 6);
    const auto index = text::number(digits);
    return index && *index < calls_.size() ? calls_[*index].get() : nullptr;
}

void LoadRun::on_rtp(const RtpSocket& socket) {
    std::array<std::uint8_t, 2048> buffer;
    auto& party = socket.caller ? calls_[socket.call]->caller : calls_[socket.call]->callee;
    for (;;) {
        const auto got = recv(socket.fd, buffer.data(), buffer.size(), 0);
        if (got <= 0) return;
        party.receiver.receive({buffer.data(), static_cast<std::size_t>(got)});
    }
}

void LoadRun::send_rtp(const RtpSocket& socket) {
    const auto& call = *calls_[socket.call];
    auto& party = socket.caller ? calls_[socket.call]->caller : calls_[socket.call]->callee;
    if (!call.is_talking() || !party.remote) return;
    const Packet packet = party.sender.next();
    SocketAddress to{};
    const socklen_t length = to_socket_address(*party.remote, to);
    sendto(socket.fd, packet.data(), packet.size(), 0, &to.generic, length);
}

void LoadRun::send_sip(int fd, const std::string& text, const Endpoint& to) const {
    SocketAddress address{};
    const socklen_t length = to_socket_address(to, address);
    sendto(fd, text.data(), text.size(), 0, &address.generic, length);
}

void LoadRun::progress(const char* phase) {
    const std::int64_t now = clock_.now().ns;
    if (now - last_progress_ns_ < 1'000'000'000) return;
    last_progress_ns_ = now;
    const auto talking = std::count_if(calls_.begin(), calls_.end(),
                                       [](const auto& call) { return call->is_talking(); });
    const std::uint32_t sent = calls_.empty() ? 0 : calls_.front()->caller.sender.sent();
    fmt::print(stderr, "\r{:<8} {:>5} of {} calls up, {:>6} of {} packets each", phase, talking,
               calls_.size(), sent, options_.packets);
    std::fflush(stderr);
}

}  // namespace weir::bench

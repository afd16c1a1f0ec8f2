// SPDX-License-Identifier: Apache-2.0
// Kernel sockets as bursts.
#include "dataplane/io/socket_io.hpp"

#include <algorithm>
#include <cerrno>
#include <climits>
#include <ctime>

#include <linux/sock_diag.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "dataplane/io/io_limits.hpp"

namespace weir::dataplane {
namespace {

// epoll's user data: a port in the lower half, or the wake-up.
constexpr std::uint64_t kWakeUp = ~std::uint64_t{0};
[[nodiscard]] std::uint64_t pack(LocalPort port) {
    return std::uint64_t{port.realm} << 16U | port.port;
}
[[nodiscard]] LocalPort unpack(std::uint64_t data) {
    return {static_cast<std::uint16_t>(data & 0xFFFFU), static_cast<RealmIndex>(data >> 16U), 0};
}

// One byte more than is relayed, so that a longer datagram shows; the rest of it is cut off.
constexpr std::size_t kReadBytes = kMaxRtpBytes + 1;
// A time stamp further back than this is a stepped wall clock, not a packet that waited.
constexpr std::int64_t kOldestPacketNs = 60'000'000'000;

[[nodiscard]] std::int64_t read_clock(clockid_t id) {
    timespec time{};
    clock_gettime(id, &time);  // vDSO: no system call
    return time.tv_sec * 1'000'000'000 + time.tv_nsec;
}

}  // namespace

Result<std::unique_ptr<SocketIo>> SocketIo::create(std::size_t realms, int wake_fd,
                                                   BufferPool& pool) {
    std::unique_ptr<SocketIo> io(new SocketIo(realms, wake_fd, pool));
    io->epoll_fd_ = epoll_create1(EPOLL_CLOEXEC);
    if (io->epoll_fd_ < 0) return fail_errno("epoll_create1 for a media worker", errno);
    epoll_event event{};
    event.events = EPOLLIN;
    event.data.u64 = kWakeUp;
    if (epoll_ctl(io->epoll_fd_, EPOLL_CTL_ADD, wake_fd, &event) != 0)
        return fail_errno("epoll_ctl for a media worker", errno);
    return io;
}

SocketIo::SocketIo(std::size_t realms, int wake_fd, BufferPool& pool)
    : fds_(realms), pool_(pool), wake_fd_(wake_fd) {
    for (auto& ports : fds_)
        ports.fill(-1);
    for (std::size_t i = 0; i < kPerSocket; ++i) {
        msghdr& header = receiver_.headers[i].msg_hdr;
        header.msg_name = &receiver_.peers[i];
        header.msg_iov = &receiver_.vectors[i];
        header.msg_iovlen = 1;
        header.msg_control = receiver_.control[i].bytes.data();
        receiver_.vectors[i].iov_len = kReadBytes;
    }
    for (std::size_t i = 0; i < kTxBurst; ++i) {
        msghdr& header = sender_.headers[i].msg_hdr;
        header.msg_name = &sender_.targets[i];
        header.msg_iov = &sender_.vectors[i];
        header.msg_iovlen = 1;
    }
}

SocketIo::~SocketIo() {
    if (epoll_fd_ >= 0) close(epoll_fd_);
    if (spare_count_ != 0)
        rte_pktmbuf_free_bulk(spare_.data(), static_cast<unsigned>(spare_count_));
}

bool SocketIo::add_port(LocalPort port, int fd) noexcept {
    if (port.realm >= fds_.size() || fd < 0) return false;
    epoll_event event{};
    event.events = EPOLLIN;
    event.data.u64 = pack(port);
    if (epoll_ctl(epoll_fd_, EPOLL_CTL_ADD, fd, &event) != 0) return false;
    fds_[port.realm][port.port] = fd;
    return true;
}

void SocketIo::remove_port(LocalPort port) noexcept {
    const int fd = fd_of(port);
    if (fd < 0) return;
    epoll_ctl(epoll_fd_, EPOLL_CTL_DEL, fd, nullptr);
    fds_[port.realm][port.port] = -1;
}

void SocketIo::poll(int timeout_ms) noexcept {
    const int count = epoll_wait(epoll_fd_, ready_.data(), kReadyEvents, timeout_ms);
    ready_count_ = count > 0 ? static_cast<std::size_t>(count) : 0;
    ready_next_ = 0;
    fresh_ = true;
}

// At a high rate who waits for a packet is woken for every few of them, at the cost of some packets
// each time, on both sides. Who sleeps a while instead finds many, and nobody had to wake him.
void SocketIo::rest(std::chrono::nanoseconds longest) noexcept {
    poll(0);
    if (ready_count_ != 0) return;
    const auto time = std::min(longest, rest_).count();
    if (!has_slack_) {
        (void)::prctl(PR_SET_TIMERSLACK, kTimerSlackNs, 0, 0, 0);
        has_slack_ = true;
    }
    const timespec limit{0, time};
    (void)::nanosleep(&limit, nullptr);
    poll(0);
}

void SocketIo::note_rate(std::size_t packets, MonoTime now) noexcept {
    arrived_ += packets;
    if (now.ns < rate_window_ends_ns_) return;
    rest_ = arrived_ >= kLongRestPackets ? std::chrono::nanoseconds(kSocketLongRest)
            : arrived_ >= kRestPackets   ? std::chrono::nanoseconds(kSocketRest)
                                         : std::chrono::nanoseconds(0);
    arrived_ = 0;
    rate_window_ends_ns_ = (now + kRateWindow).ns;
}

void SocketIo::wait(std::chrono::nanoseconds longest) noexcept {
    if (ready_next_ < ready_count_) return;
    if (rest_.count() != 0) return rest(longest);
    const auto ms = std::chrono::ceil<std::chrono::milliseconds>(longest).count();
    poll(static_cast<int>(std::clamp<std::int64_t>(ms, 0, INT_MAX)));
}

bool SocketIo::have_spares(std::size_t wanted) noexcept {
    if (spare_count_ >= wanted) return true;
    const std::size_t missing = kBurst - spare_count_;
    if (rte_pktmbuf_alloc_bulk(pool_.raw(), spare_.data() + spare_count_,
                               static_cast<unsigned>(missing)) == 0)
        spare_count_ = kBurst;
    return spare_count_ != 0;
}

void SocketIo::read_control(const msghdr& header, PacketMeta& meta, MonoTime now) noexcept {
    meta.arrival_ns = now.ns;
    meta.overflow = 0;  // the kernel leaves the message out while nothing was dropped
    for (const cmsghdr* item = CMSG_FIRSTHDR(&header); item != nullptr;
         item = CMSG_NXTHDR(const_cast<msghdr*>(&header), const_cast<cmsghdr*>(item))) {
        if (item->cmsg_level != SOL_SOCKET) continue;
        if (item->cmsg_type == SO_RXQ_OVFL) {
            std::memcpy(&meta.overflow, CMSG_DATA(item), sizeof(meta.overflow));
        } else if (item->cmsg_type == SCM_TIMESTAMPNS) {
            timespec stamp{};
            std::memcpy(&stamp, CMSG_DATA(item), sizeof(stamp));
            const std::int64_t real = stamp.tv_sec * 1'000'000'000 + stamp.tv_nsec;
            const std::int64_t mono = real - real_minus_mono_ns_;
            // Packets may have come between `now` and the reading of the socket.
            if (mono > now.ns - kOldestPacketNs && mono < now.ns + kOldestPacketNs)
                meta.arrival_ns = mono;
        }
    }
}

// As recvmmsg(2), which would look for more behind the only one that is wanted.
int SocketIo::receive_some(int fd, std::size_t count) noexcept {
    if (count > 1)
        return recvmmsg(fd, receiver_.headers.data(), static_cast<unsigned>(count), MSG_DONTWAIT,
                        nullptr);
    mmsghdr& only = receiver_.headers.front();
    const ssize_t bytes = recvmsg(fd, &only.msg_hdr, MSG_DONTWAIT);
    if (bytes < 0) return -1;
    only.msg_len = static_cast<unsigned>(bytes);
    return 1;
}

std::uint16_t SocketIo::read_socket(LocalPort port, int fd, std::size_t most, Burst& burst,
                                    MonoTime now) noexcept {
    const std::size_t wanted = std::min(most, kBurst - burst.count);
    if (wanted == 0 || !have_spares(wanted)) return 0;  // no buffer: it waits in the socket
    const std::size_t count = std::min(wanted, spare_count_);
    for (std::size_t i = 0; i < count; ++i) {
        receiver_.vectors[i].iov_base = rte_pktmbuf_mtod(spare_[spare_count_ - 1 - i], void*);
        receiver_.headers[i].msg_hdr.msg_namelen = sizeof(SocketAddress);
        receiver_.headers[i].msg_hdr.msg_controllen = kControlBytes;
    }
    const int got = receive_some(fd, count);
    if (got <= 0) return 0;  // nothing there, or an error of the peer's making (ICMP)
    if (!offset_known_) {
        real_minus_mono_ns_ = read_clock(CLOCK_REALTIME) - read_clock(CLOCK_MONOTONIC);
        offset_known_ = true;
    }
    for (std::size_t i = 0; i < static_cast<std::size_t>(got); ++i) {
        rte_mbuf* packet = spare_[--spare_count_];
        const mmsghdr& message = receiver_.headers[i];
        set_length(packet, message.msg_len);
        burst.packets[burst.count] = packet;
        PacketMeta& meta = burst.meta[burst.count++];
        meta.peer = to_endpoint(receiver_.peers[i]);
        meta.local = port;
        meta.truncated = message.msg_len > kMaxRtpBytes ? 1 : 0;
        read_control(message.msg_hdr, meta, now);
    }
    return static_cast<std::uint16_t>(got);
}

std::uint16_t SocketIo::receive(Burst& burst, MonoTime now) noexcept {
    offset_known_ = false;
    // wait() has just looked: a second look would be one system call more for nothing.
    if (ready_next_ >= ready_count_ && !fresh_) poll(0);
    fresh_ = false;
    // To ask a socket for a second datagram is a vain call nearly always where many have one. What
    // has more is among the ready ones of the next look again. But a look that is full says that we
    // are behind, and then they hold several.
    const bool is_one_of_each = ready_count_ > kBurst / kPerSocket && ready_count_ < kReadyEvents;
    const std::size_t most = is_one_of_each ? 1 : kPerSocket;
    while (ready_next_ < ready_count_ && burst.count < kBurst) {
        const std::uint64_t data = ready_[ready_next_].data.u64;
        ++ready_next_;
        if (data == kWakeUp) {
            std::uint64_t wakes = 0;
            [[maybe_unused]] const auto got = read(wake_fd_, &wakes, sizeof(wakes));
            continue;
        }
        // A port that was removed since the poll has no descriptor any more.
        const LocalPort port = unpack(data);
        const int fd = fd_of(port);
        if (fd >= 0) read_socket(port, fd, most, burst, now);
    }
    note_rate(burst.count, now);
    return burst.count;
}

std::uint16_t SocketIo::drain(LocalPort port, Burst& burst, MonoTime now) noexcept {
    offset_known_ = false;
    const int fd = fd_of(port);
    return fd < 0 ? std::uint16_t{0} : read_socket(port, fd, kPerSocket, burst, now);
}

std::uint32_t SocketIo::overflow(LocalPort port) noexcept {
    const int fd = fd_of(port);
    std::array<std::uint32_t, SK_MEMINFO_VARS> values{};
    socklen_t length = sizeof(values);
    if (fd < 0 || getsockopt(fd, SOL_SOCKET, SO_MEMINFO, values.data(), &length) != 0) return 0;
    return values[SK_MEMINFO_DROPS];
}

// Frames do not come from sockets: a socket's port has one owner, and what is not ours stays in the
// kernel.
bool SocketIo::hand_over(std::uint8_t, rte_mbuf* frame) noexcept {
    rte_pktmbuf_free(frame);
    return false;
}

bool SocketIo::punt(rte_mbuf* frame) noexcept {
    rte_pktmbuf_free(frame);
    return false;
}

// As sendmmsg(2). A datagram alone needs no header for the kernel to copy and to answer in.
int SocketIo::send_some(int fd, std::size_t first, std::size_t count) noexcept {
    if (count > 1)
        return sendmmsg(fd, &sender_.headers[first], static_cast<unsigned>(count), MSG_DONTWAIT);
    const iovec& payload = sender_.vectors[first];
    const auto* target = static_cast<const sockaddr*>(sender_.headers[first].msg_hdr.msg_name);
    return sendto(fd, payload.iov_base, payload.iov_len, MSG_DONTWAIT, target,
                  sender_.headers[first].msg_hdr.msg_namelen) < 0
               ? -1
               : 1;
}

void SocketIo::send_run(TxBurst& burst, std::size_t first, std::size_t count) noexcept {
    const int fd = fd_of(burst.meta[first].from);
    std::size_t done = 0;
    while (fd >= 0 && done < count) {
        const int sent = send_some(fd, first + done, count - done);
        if (sent <= 0) {
            // The first of the rest was refused (buffer full, no route, an ICMP of before): the
            // others may still go.
            if (errno == EAGAIN || errno == EWOULDBLOCK || errno == ENOBUFS) break;
            burst.outcome[first + done++] = TxOutcome::refused;
            continue;
        }
        std::fill_n(burst.outcome.begin() + static_cast<std::ptrdiff_t>(first + done), sent,
                    TxOutcome::sent);
        done += static_cast<std::size_t>(sent);
    }
    std::fill_n(burst.outcome.begin() + static_cast<std::ptrdiff_t>(first + done), count - done,
                TxOutcome::refused);
}

void SocketIo::transmit(TxBurst& burst) noexcept {
    for (std::size_t i = 0; i < burst.count; ++i) {
        rte_mbuf* packet = burst.packets[i];
        sender_.vectors[i] = {rte_pktmbuf_mtod(packet, void*), packet->data_len};
        sender_.headers[i].msg_hdr.msg_namelen =
            to_socket_address(burst.meta[i].to, sender_.targets[i]);
    }
    // Packets of one socket that stand together leave in one call: a drain, several tracks' bursts.
    std::size_t first = 0;
    while (first < burst.count) {
        std::size_t end = first + 1;
        while (end < burst.count && burst.meta[end].from == burst.meta[first].from)
            ++end;
        send_run(burst, first, end - first);
        first = end;
    }
    if (burst.count != 0) rte_pktmbuf_free_bulk(burst.packets.data(), burst.count);
}

}  // namespace weir::dataplane

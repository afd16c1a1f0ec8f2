// SPDX-License-Identifier: Apache-2.0
// SocketIo: PacketIo over kernel UDP sockets: recvmmsg straight into packet buffers, sendmmsg out.
//
// Thread: the worker; create() and the destructor: control, while the worker does not run. The
// sockets belong to control; the epoll set is ours. System calls are this form's I/O.
#pragma once

#include <array>
#include <memory>
#include <vector>

#include <sys/epoll.h>
#include <sys/socket.h>

#include "config/base/result.hpp"
#include "config/base/socket_address.hpp"
#include "dataplane/engine/burst.hpp"
#include "dataplane/engine/packet_io.hpp"

namespace weir::dataplane {

class SocketIo final : public PacketIo {
public:
    // `realms`: how many local addresses there are. `wake_fd`: an eventfd that ends wait()
    // (WorkerLink::wake_fd). Errors: io.
    [[nodiscard]] static Result<std::unique_ptr<SocketIo>> create(std::size_t realms, int wake_fd,
                                                                  BufferPool& pool);
    ~SocketIo() override;
    SocketIo(const SocketIo&) = delete;
    SocketIo& operator=(const SocketIo&) = delete;

    [[nodiscard]] Framing framing() const noexcept override { return Framing::payload; }
    std::uint16_t receive(Burst& burst, MonoTime now) noexcept override;
    void transmit(TxBurst& burst) noexcept override;
    void wait(std::chrono::nanoseconds longest) noexcept override;
    bool add_port(LocalPort port, int fd) noexcept override;
    void remove_port(LocalPort port) noexcept override;
    std::uint16_t drain(LocalPort port, Burst& burst, MonoTime now) noexcept override;
    [[nodiscard]] std::uint32_t overflow(LocalPort port) noexcept override;
    bool hand_over(std::uint8_t worker, rte_mbuf* frame) noexcept override;
    bool punt(rte_mbuf* frame) noexcept override;

private:
    static constexpr std::size_t kReadyEvents = 64;   // sockets with packets per epoll_wait
    static constexpr std::size_t kPerSocket = 16;     // datagrams of one socket per call
    static constexpr std::size_t kControlBytes = 64;  // time stamp (32) and overflow counter (24)

    // Where one recvmmsg writes; the buffers change, the rest stays.
    struct Receiver {
        std::array<mmsghdr, kPerSocket> headers{};
        std::array<iovec, kPerSocket> vectors{};
        std::array<SocketAddress, kPerSocket> peers{};
        struct alignas(cmsghdr) Control {
            std::array<std::byte, kControlBytes> bytes;
        };
        std::array<Control, kPerSocket> control{};
    };
    struct Sender {
        std::array<mmsghdr, kTxBurst> headers{};
        std::array<iovec, kTxBurst> vectors{};
        std::array<SocketAddress, kTxBurst> targets{};
    };

    SocketIo(std::size_t realms, int wake_fd, BufferPool& pool);
    [[nodiscard]] int fd_of(LocalPort port) const noexcept {
        return port.realm < fds_.size() ? fds_[port.realm][port.port] : -1;
    }
    void poll(int timeout_ms) noexcept;
    void rest(std::chrono::nanoseconds longest) noexcept;
    void note_rate(std::size_t packets, MonoTime now) noexcept;
    // Refills spare_; false: no buffer is free.
    [[nodiscard]] bool have_spares(std::size_t wanted) noexcept;
    // At most `most` (kPerSocket) datagrams of it.
    std::uint16_t read_socket(LocalPort port, int fd, std::size_t most, Burst& burst,
                              MonoTime now) noexcept;
    [[nodiscard]] int receive_some(int fd, std::size_t count) noexcept;
    void read_control(const msghdr& header, PacketMeta& meta, MonoTime now) noexcept;
    [[nodiscard]] int send_some(int fd, std::size_t first, std::size_t count) noexcept;
    void send_run(TxBurst& burst, std::size_t first, std::size_t count) noexcept;

    std::vector<std::array<std::int32_t, 65536>> fds_;  // [realm][port]
    BufferPool& pool_;
    int epoll_fd_ = -1;
    int wake_fd_ = -1;
    std::array<epoll_event, kReadyEvents> ready_{};
    std::size_t ready_count_ = 0;
    std::size_t ready_next_ = 0;
    bool fresh_ = false;       // nobody has read since the last look
    std::size_t arrived_ = 0;  // in this window
    std::int64_t rate_window_ends_ns_ = 0;
    std::chrono::nanoseconds rest_{0};  // by the clock; 0: packets come too slowly for it
    bool has_slack_ = false;
    std::array<rte_mbuf*, kBurst> spare_{};
    std::size_t spare_count_ = 0;
    std::int64_t real_minus_mono_ns_ = 0;  // of this receive()
    bool offset_known_ = false;
    Receiver receiver_;
    Sender sender_;
};

}  // namespace weir::dataplane

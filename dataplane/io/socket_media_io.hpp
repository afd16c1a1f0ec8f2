// SPDX-License-Identifier: Apache-2.0
// SocketMediaIo: mode socket: kernel UDP sockets, one SocketIo per worker, no devices of ours.
//
// Thread: control; see MediaIo.
#pragma once

#include <memory>
#include <span>
#include <vector>

#include "dataplane/io/media_io.hpp"
#include "dataplane/io/socket_io.hpp"

namespace weir::dataplane {

class SocketMediaIo final : public MediaIo {
public:
    // `wake_fds`: WorkerLink::wake_fd() of each worker. Errors: io.
    [[nodiscard]] static Result<std::unique_ptr<MediaIo>> open(std::size_t realms,
                                                               std::span<const int> wake_fds,
                                                               BufferPool& pool);

    [[nodiscard]] const char* mode() const override { return "socket"; }
    [[nodiscard]] PortBinding binding() const override { return PortBinding::relay; }
    [[nodiscard]] FrameOptions frames() const override { return {}; }
    [[nodiscard]] PacketIo& worker_io(std::size_t worker) override { return *workers_[worker]; }
    void set_port_range(std::uint16_t, std::uint16_t) override {}
    void look_after(MonoTime, const std::function<void(const RealmLink&)>&) override {}
    [[nodiscard]] std::vector<DeviceReport> devices() const override { return {}; }

private:
    std::vector<std::unique_ptr<SocketIo>> workers_;
};

}  // namespace weir::dataplane

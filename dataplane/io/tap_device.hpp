// SPDX-License-Identifier: Apache-2.0
// TapDevice: an Ethernet device of the kernel whose other end is this process: what the host sends
// by it is read here, what is written here the host receives.
//
// Thread: control.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>

#include <sys/uio.h>

#include "config/base/mac_address.hpp"
#include "config/base/result.hpp"
#include "config/base/unique_fd.hpp"

namespace weir::dataplane {

struct TapOptions {
    std::string name;  // 1..15 bytes, as `ip link` shows it
    MacAddress mac{};
    std::uint16_t mtu = 1500;  // longest IP packet, bytes
    // False: it stays, with its addresses, for the next weir-media. After a crash it stays anyway.
    bool is_removed_at_end = true;
};

class TapDevice {
public:
    // Makes the device, or takes over the one that a predecessor has left, with its addresses; up.
    // Errors: not_found (no /dev/net/tun), denied (CAP_NET_ADMIN), exists (another program has it,
    // or it is a device of another kind), invalid (the name), io.
    [[nodiscard]] static Result<TapDevice> open(const TapOptions& options);
    ~TapDevice();
    TapDevice(TapDevice&&) noexcept = default;
    TapDevice& operator=(TapDevice&&) = delete;

    // For poll(): readable when the host has sent something.
    [[nodiscard]] int fd() const { return fd_.get(); }
    [[nodiscard]] const std::string& name() const { return options_.name; }
    [[nodiscard]] unsigned index() const { return index_; }      // the kernel's number
    [[nodiscard]] bool was_there() const { return was_there_; }  // left by a predecessor

    // The next frame of the host into the pieces, without its checksum sequence; how many bytes.
    // Nothing: there is none. What does not fit is cut off. Never waits.
    [[nodiscard]] std::optional<std::size_t> read(std::span<const iovec> pieces);
    // A frame to the host. False: it does not take it (the device is down, or no memory).
    [[nodiscard]] bool write(std::span<const iovec> pieces) const;

    // Somebody has deleted the device: fd() stays the same number and is silent until revive().
    [[nodiscard]] bool is_gone() const { return is_gone_; }
    // Makes it anew, without addresses. Errors: those of open().
    [[nodiscard]] Result<void> revive();

    // Follows the device on the wire. Errors: io.
    [[nodiscard]] Result<void> set_mac(const MacAddress& mac);
    [[nodiscard]] Result<void> set_mtu(std::uint16_t mtu);
    // The host sees the link go and come, so that its routes and keepalived do. Kernels before 5.0
    // do not know it: then the tap's link stays up.
    void set_carrier(bool is_up);

private:
    TapDevice(TapOptions options, UniqueFd fd) : options_(std::move(options)), fd_(std::move(fd)) {}
    Result<void> attach();
    Result<void> bring_up();
    void fall_silent();

    TapOptions options_;
    UniqueFd fd_;
    unsigned index_ = 0;
    bool was_there_ = false;
    bool is_gone_ = false;
};

}  // namespace weir::dataplane

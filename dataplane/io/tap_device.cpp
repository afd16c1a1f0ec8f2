// SPDX-License-Identifier: Apache-2.0
// The system calls of a tap (Documentation/networking/tuntap of Linux, netdevice(7)).
#include "dataplane/io/tap_device.hpp"

#include <algorithm>
#include <cerrno>
#include <cstring>

#include <fcntl.h>
#include <linux/if_tun.h>
#include <net/if.h>
#include <net/if_arp.h>
#include <sys/eventfd.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

namespace weir::dataplane {
namespace {

ifreq request_for(const std::string& name) {
    ifreq request{};
    std::copy_n(name.data(), std::min(name.size(), sizeof(request.ifr_name) - 1), request.ifr_name);
    return request;
}

// An ioctl on a device by its name; any socket serves.
bool configure(unsigned long what, ifreq& request) {
    const UniqueFd socket(::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0));
    return socket.is_open() && ::ioctl(socket.get(), what, &request) == 0;
}

tl::unexpected<Error> cannot_make(const std::string& name, int error_number) {
    const std::string tap = "tap '" + name + "'";
    switch (error_number) {
        case EPERM:
        case EACCES:
            return fail(ErrorCode::denied, tap + ": making it needs CAP_NET_ADMIN");
        case EBUSY:
            return fail(ErrorCode::exists, tap +
                                               ": another program has it open; give the realm "
                                               "another host_device in platform.yaml");
        case EINVAL:
            return fail(ErrorCode::exists,
                        tap +
                            ": there is a device of that name which is no tap; give the realm "
                            "another host_device in platform.yaml");
        default:
            return fail_errno(tap, error_number);
    }
}

Result<UniqueFd> open_tun(const std::string& name) {
    UniqueFd fd(::open("/dev/net/tun", O_RDWR | O_NONBLOCK | O_CLOEXEC));
    if (fd.is_open()) return fd;
    if (errno == ENOENT || errno == ENODEV || errno == ENXIO)
        return fail(ErrorCode::not_found,
                    "tap '" + name +
                        "': there is no /dev/net/tun here (modprobe tun; in a container, give it "
                        "the device)");
    return cannot_make(name, errno);
}

}  // namespace

Result<TapDevice> TapDevice::open(const TapOptions& options) {
    // The kernel would number a name with a percent sign.
    const bool is_name = !options.name.empty() && options.name.size() < IFNAMSIZ &&
                         options.name.find_first_of("%/ \t") == std::string::npos;
    if (!is_name)
        return fail(ErrorCode::invalid, "'" + options.name +
                                            "' is no device name: 1 to 15 characters, without "
                                            "space, slash and percent sign");
    auto fd = open_tun(options.name);
    if (!fd) return fail(fd.error());
    TapDevice tap(options, std::move(*fd));
    WEIR_TRY(tap.attach());
    return tap;
}

Result<void> TapDevice::attach() {
    was_there_ = ::if_nametoindex(options_.name.c_str()) != 0;
    ifreq request = request_for(options_.name);
    request.ifr_flags = static_cast<short>(IFF_TAP | IFF_NO_PI);
    // What was there before and refuses is not ours to remove: it never became this descriptor's.
    if (::ioctl(fd_.get(), TUNSETIFF, &request) != 0) return cannot_make(options_.name, errno);
    // A successor finds it, with the addresses and routes of the host on it.
    if (::ioctl(fd_.get(), TUNSETPERSIST, 1) != 0)
        return fail_errno("keeping tap '" + options_.name + "' for a successor", errno);
    index_ = ::if_nametoindex(options_.name.c_str());
    is_gone_ = false;
    WEIR_TRY(set_mac(options_.mac));
    WEIR_TRY(set_mtu(options_.mtu));
    return bring_up();
}

// A descriptor of a deleted device is always "ready": poll() would never sleep again. One that
// never is takes its number.
void TapDevice::fall_silent() {
    is_gone_ = true;
    const UniqueFd silent(::eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC));
    if (silent.is_open()) (void)::dup3(silent.get(), fd_.get(), O_CLOEXEC);
}

Result<void> TapDevice::revive() {
    auto fd = open_tun(options_.name);
    if (!fd) return fail(fd.error());
    if (::dup3(fd->get(), fd_.get(), O_CLOEXEC) < 0)
        return fail_errno("tap '" + options_.name + "'", errno);
    fd->reset();
    auto done = attach();
    if (!done) fall_silent();
    return done;
}

TapDevice::~TapDevice() {
    if (fd_.is_open() && options_.is_removed_at_end)
        (void)::ioctl(fd_.get(), TUNSETPERSIST, 0);  // it goes when the descriptor is closed
}

Result<void> TapDevice::bring_up() {
    ifreq request = request_for(options_.name);
    const std::string what = "bringing tap '" + options_.name + "' up";
    if (!configure(SIOCGIFFLAGS, request)) return fail_errno(what, errno);
    request.ifr_flags = static_cast<short>(request.ifr_flags | IFF_UP);
    if (!configure(SIOCSIFFLAGS, request)) return fail_errno(what, errno);
    return {};
}

Result<void> TapDevice::set_mac(const MacAddress& mac) {
    ifreq request = request_for(options_.name);
    request.ifr_hwaddr.sa_family = ARPHRD_ETHER;
    std::memcpy(request.ifr_hwaddr.sa_data, mac.data(), mac.size());
    if (!configure(SIOCSIFHWADDR, request))
        return fail_errno(
            "giving tap '" + options_.name + "' the MAC address " + weir::to_string(mac), errno);
    options_.mac = mac;
    return {};
}

Result<void> TapDevice::set_mtu(std::uint16_t mtu) {
    ifreq request = request_for(options_.name);
    request.ifr_mtu = mtu;
    if (!configure(SIOCSIFMTU, request))
        return fail_errno(
            "giving tap '" + options_.name + "' an MTU of " + std::to_string(mtu) + " bytes",
            errno);
    options_.mtu = mtu;
    return {};
}

void TapDevice::set_carrier(bool is_up) {
    const int carrier = is_up ? 1 : 0;
    (void)::ioctl(fd_.get(), TUNSETCARRIER, &carrier);
}

std::optional<std::size_t> TapDevice::read(std::span<const iovec> pieces) {
    if (is_gone_) return std::nullopt;
    const auto length = ::readv(fd_.get(), pieces.data(), static_cast<int>(pieces.size()));
    if (length < 0 && errno == EBADFD) fall_silent();
    if (length <= 0) return std::nullopt;
    return static_cast<std::size_t>(length);
}

bool TapDevice::write(std::span<const iovec> pieces) const {
    return !is_gone_ && ::writev(fd_.get(), pieces.data(), static_cast<int>(pieces.size())) > 0;
}

}  // namespace weir::dataplane

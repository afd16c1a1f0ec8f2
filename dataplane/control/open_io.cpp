// SPDX-License-Identifier: Apache-2.0
// The devices of each mode.
#include "dataplane/control/open_io.hpp"

#include <algorithm>
#include <optional>
#include <utility>

#include "config/base/text.hpp"
#include "dataplane/io/af_packet.hpp"
#include "dataplane/io/af_xdp.hpp"
#include "dataplane/io/frame_media_io.hpp"
#include "dataplane/io/media_socket.hpp"
#include "dataplane/io/socket_media_io.hpp"
#include "dataplane/route/device_features.hpp"

namespace weir::dataplane {
namespace {

// A kernel device and the realms on it.
struct SharedInterface {
    std::string name;
    std::vector<IpAddress> addresses;
};

// Fills options.realms and tells the devices in their order.
Result<std::vector<SharedInterface>> interfaces_of(const IoPlan& plan,
                                                   FrameMediaIoOptions& options) {
    std::vector<SharedInterface> interfaces;
    for (const auto& realm : plan.realms) {
        if (realm.interface.empty())
            return fail(ErrorCode::not_found, "realm '" + realm.name +
                                                  "': no network device of this host has " +
                                                  realm.address.to_string() + " (ip addr add)");
        auto found = std::find_if(
            interfaces.begin(), interfaces.end(),
            [&](const SharedInterface& interface) { return interface.name == realm.interface; });
        if (found == interfaces.end())
            found = interfaces.insert(interfaces.end(), {realm.interface, {}});
        found->addresses.push_back(realm.address);
        options.realms.push_back({.address = realm.address,
                                  .device = static_cast<std::uint8_t>(found - interfaces.begin())});
    }
    return interfaces;
}

// The driver object of a kernel device, which tells its arguments, helps it and explains it.
template <typename Companion>
FramePort shared_port(const std::string& name, std::shared_ptr<Companion> companion) {
    FramePort port;
    port.name = name;
    port.options = [companion] { return companion->device_options(); };
    port.explain = [companion](const Error& error) { return companion->explain(error); };
    port.companion = std::move(companion);
    return port;
}

Result<FrameMediaIoOptions> af_packet_options(const IoPlan& plan, std::size_t workers) {
    FrameMediaIoOptions options;
    options.mode = to_string(IoMode::af_packet);
    options.hides_media_ports = false;
    options.binding = PortBinding::reserve;
    const auto interfaces = interfaces_of(plan, options);
    if (!interfaces) return fail(interfaces.error());
    for (const auto& interface : *interfaces)
        options.ports.push_back(
            shared_port(interface.name,
                        std::make_shared<PacketSockets>(AfPacketOptions{
                            interface.name, interface.name, static_cast<std::uint16_t>(workers)})));
    return options;
}

// Who is asked by which devices the kernel can send what it relays itself; null: it relays nothing.
std::shared_ptr<DeviceFeatures> offload_features(IoMode mode, const IoPlan& plan, Logger& logger) {
    if (mode != IoMode::af_xdp || !plan.offload) return nullptr;
    auto features = DeviceFeatures::open();
    if (features) return std::make_shared<DeviceFeatures>(std::move(*features));
    logger.info("io.offload", {{"state", "the worker relays all: " + features.error().context}});
    return nullptr;
}

Result<FrameMediaIoOptions> af_xdp_options(const IoPlan& plan,
                                           const std::shared_ptr<DeviceFeatures>& features) {
    FrameMediaIoOptions options;
    options.mode = to_string(IoMode::af_xdp);
    // The XDP program takes the frames, yet no other program may get the port, and none of them may
    // be answered while a device that came back has no program.
    options.binding = PortBinding::reserve;
    const auto interfaces = interfaces_of(plan, options);
    if (!interfaces) return fail(interfaces.error());
    for (const auto& interface : *interfaces)
        options.ports.push_back(
            shared_port(interface.name, std::make_shared<MediaFilter>(AfXdpOptions{
                                            interface.name, interface.name, interface.addresses,
                                            plan.runtime_dir, features != nullptr})));
    if (features != nullptr)
        options.sends_xdp_frames = [features](unsigned device) {
            const auto sends = features->sends_xdp_frames(device);
            return sends && *sends;
        };
    return options;
}

// Takes "queues=N" out of a driver's arguments; 0 = it is not there.
Result<std::uint16_t> take_queues(const std::string& port, std::string& arguments) {
    constexpr std::string_view kKey = "queues=";
    std::string others;
    std::uint16_t queues = 0;
    for (const auto word : text::split(arguments, ',')) {
        if (!word.starts_with(kKey)) {
            others += (others.empty() ? "" : ",") + std::string(word);
            continue;
        }
        const auto number = text::number(word.substr(kKey.size()));
        if (!number || *number < 1 || *number > kMaxWorkers)
            return fail(ErrorCode::invalid, "port " + port + ": " + std::string(word) +
                                                " must be 1 to " + std::to_string(kMaxWorkers));
        queues = static_cast<std::uint16_t>(*number);
    }
    arguments = others;
    return queues;
}

Result<FrameDeviceOptions> port_device(const NodePort& port, std::size_t workers) {
    FrameDeviceOptions device;
    device.name = port.name;
    device.eal_name = port.eal_name;
    device.arguments = port.arguments;
    device.mtu = port.mtu;
    const auto queues = take_queues(port.name, device.arguments);
    if (!queues) return fail(queues.error());
    // memif's client never connects to a server with fewer queues, and its server writes to a queue
    // that the client does not have as if it were the first.
    const bool is_memif = port.eal_name.starts_with("net_memif");
    const auto usual = is_memif ? std::uint16_t{1} : static_cast<std::uint16_t>(workers);
    device.rx_queues = device.tx_queues = *queues != 0 ? *queues : usual;
    return device;
}

Result<FrameMediaIoOptions> dpdk_options(const IoPlan& plan, std::size_t workers) {
    FrameMediaIoOptions options;
    options.mode = to_string(IoMode::dpdk);
    options.binding = PortBinding::none;
    options.has_host_rings = true;
    for (const auto& port : plan.ports) {
        const auto device = port_device(port, workers);
        if (!device) return fail(device.error());
        FramePort frames;
        frames.name = port.name;
        frames.options = [device] { return device; };
        options.ports.push_back(std::move(frames));
    }
    for (const auto& realm : plan.realms) {
        const auto found =
            std::find_if(plan.ports.begin(), plan.ports.end(),
                         [&](const NodePort& port) { return port.name == realm.port; });
        if (found == plan.ports.end())
            return fail(ErrorCode::not_found, "realm '" + realm.name +
                                                  "' is on no port of media.ports (device in "
                                                  "realms of platform.yaml)");
        options.realms.push_back({.address = realm.address,
                                  .device = static_cast<std::uint8_t>(found - plan.ports.begin()),
                                  .vlan = realm.vlan});
    }
    return options;
}

Result<FrameMediaIoOptions> frame_options(IoMode mode, const IoPlan& plan, const IoParts& parts) {
    const std::size_t workers = parts.wake_fds.size();
    switch (mode) {
        case IoMode::dpdk:
            return dpdk_options(plan, workers);
        case IoMode::af_xdp:
            return af_xdp_options(plan, offload_features(mode, plan, parts.logger));
        case IoMode::af_packet:
            return af_packet_options(plan, workers);
        case IoMode::automatic:
        case IoMode::socket:
            break;
    }
    return fail(ErrorCode::invalid, "mode " + std::string(to_string(mode)) + " has no devices");
}

}  // namespace

Result<void> check_addresses(const std::vector<MediaRealm>& realms) {
    std::optional<Error> absent;  // the first realm whose address is not here
    bool any_here = false;
    for (const auto& realm : realms) {
        Endpoint any;
        any.address = realm.address;
        auto probe = open_media_socket(any);
        const UniqueFd closes(probe ? *probe : -1);
        any_here = any_here || probe;
        if (probe) continue;
        auto error = probe.error().within("realm '" + realm.name + "'");
        if (error.code != ErrorCode::not_found) return fail(std::move(error));
        if (!absent) absent = std::move(error);
    }
    if (absent && !any_here) return fail(*absent);
    return {};
}

Result<std::unique_ptr<MediaIo>> open_io(IoMode mode, const IoPlan& plan, const IoParts& parts) {
    // In mode dpdk the addresses come when the taps do.
    if (mode != IoMode::dpdk) WEIR_TRY(check_addresses(plan.realms));
    if (mode == IoMode::socket)
        return SocketMediaIo::open(plan.realms.size(), parts.wake_fds, parts.pool);
    auto options = frame_options(mode, plan, parts);
    if (!options) return fail(options.error());
    return FrameMediaIo::open(std::move(*options), parts.wake_fds, parts.pool, parts.logger);
}

std::size_t buffers_held(IoMode mode, const IoPlan& plan, std::size_t workers) {
    // af_packet copies out of the kernel's rings.
    if (mode == IoMode::socket || mode == IoMode::af_packet) return 0;
    // Of each queue: the receive ring, the transmit ring, and what af_xdp's fill ring and
    // completion ring hold besides.
    const std::size_t rings = mode == IoMode::dpdk ? 2 : 4;
    const std::size_t devices = mode == IoMode::dpdk ? plan.ports.size() : plan.realms.size();
    return devices * workers * rings * kDeviceDescriptors;
}

}  // namespace weir::dataplane

// SPDX-License-Identifier: Apache-2.0
// The modes that share a device with the kernel: af_xdp, af_packet, socket.
#include <algorithm>
#include <cstdio>
#include <map>

#include <fmt/format.h>

#include "dataplane/host/host_limits.hpp"
#include "dataplane/host/judge_parts.hpp"

namespace weir::dataplane {
namespace {

// "192.0.2.1/24 dev DEVICE" as far as it is known.
std::string address_command(const WishedRealm& realm) {
    return fmt::format("ip address add {}/{} dev {}", realm.address.to_string(),
                       realm.address.family == Family::v6 ? "64" : "24",
                       realm.device.empty() ? "DEVICE" : realm.device);
}

// Why no device carries the realm, and what mends it: a device that is not there needs no address.
void say_without_device(JudgeParts& parts, const WishedRealm& realm, Severity severity) {
    const std::string address = realm.address.to_string();
    const auto say = [&](std::string what, std::string command) {
        parts.judgement.findings.push_back({severity, std::move(what), std::move(command)});
    };
    if (!realm.device.empty() && parts.machine.device(realm.device) == nullptr)
        say(fmt::format("realm '{}': this machine has no device {}; realms[].device in "
                        "platform.yaml names one of its list",
                        realm.name, realm.device),
            "ip -brief link");
    else if (!realm.device.empty())
        say(fmt::format("realm '{}': device {} does not have the address {}", realm.name,
                        realm.device, address),
            address_command(realm));
    else
        say(fmt::format("realm '{}': no device of this machine has the address {}", realm.name,
                        address),
            address_command(realm));
}

// The devices of all realms, each with the realms that it carries ("in", "in, out").
std::map<std::string, std::string> devices_of_realms(JudgeParts& parts,
                                                     Severity absent = Severity::missing) {
    std::map<std::string, std::string> devices;
    for (const WishedRealm& realm : parts.wish.realms) {
        const std::string device = parts.machine.device_of(realm);
        if (device.empty()) {
            say_without_device(parts, realm, absent);
            continue;
        }
        if (device == realm.tap) {
            parts.missing(
                fmt::format("realm '{}': its address {} is on the tap {}, behind which is "
                            "a port of dpdk and nothing else",
                            realm.name, realm.address.to_string(), device));
            continue;
        }
        std::string& names = devices[device];
        names += (names.empty() || realm.name.empty() ? "" : ", ") + realm.name;
    }
    return devices;
}

std::string described(const DeviceFacts& device, const std::string& realms) {
    return realms.empty() ? fmt::format("device {}", device.name)
                          : fmt::format("device {} (realm {})", device.name, realms);
}

// It may come up while weir-media runs: no obstacle.
void judge_link(JudgeParts& parts, const DeviceFacts& device, const std::string& text) {
    if (!device.is_up) {
        parts.warn(text + " is down", fmt::format("ip link set dev {} up", device.name));
    } else if (!device.has_carrier) {
        parts.warn(text + " has no carrier: no cable, or its peer is down");
    }
}

void judge_mtu(JudgeParts& parts, const DeviceFacts& device, const std::string& text,
               std::uint32_t most) {
    if (device.mtu > most)
        parts.missing(fmt::format("{} has an MTU of {}, {} takes {} at most", text, device.mtu,
                                  to_string(parts.judgement.mode), most),
                      fmt::format("ip link set dev {} mtu 1500", device.name));
}

void judge_xdp_program(JudgeParts& parts, const DeviceFacts& device, const std::string& text) {
    if (!device.xdp) return;
    if (device.xdp->is_ours) {
        parts.note(
            fmt::format("{} bears an XDP program of a weir-media (number {}): it runs, or it was "
                        "killed and the next start removes it",
                        text, device.xdp->id));
    } else if (device.xdp->name.empty()) {
        parts.warn(
            fmt::format("{} bears an XDP program (number {}); whose it is, only root may see", text,
                        device.xdp->id),
            fmt::format("ip -details link show dev {}", device.name));
    } else {
        parts.missing(fmt::format("{} bears the XDP program '{}' (number {}) of somebody else",
                                  text, device.xdp->name, device.xdp->id),
                      fmt::format("ip link set dev {} xdp off", device.name));
    }
}

void judge_xdp_queues(JudgeParts& parts, const DeviceFacts& device, const std::string& text) {
    const unsigned workers = parts.wish.workers();
    if (device.rx_queues > kMaxXdpQueues) {
        parts.missing(fmt::format("{} has {} receive queues, af_xdp takes {} at most", text,
                                  device.rx_queues, kMaxXdpQueues),
                      fmt::format("ethtool --set-channels {} combined {}", device.name, workers));
    } else if (device.rx_queues > device.queue_pairs) {
        parts.missing(fmt::format("{} has {} receive queues but {} with a transmit queue; af_xdp "
                                  "wants pairs",
                                  text, device.rx_queues, device.queue_pairs),
                      fmt::format("ethtool --set-channels {0} rx {1} tx {1}", device.name,
                                  device.queue_pairs));
    } else if (device.rx_queues < workers) {
        parts.note(fmt::format("{} has {} receive queue{} for {} workers: frames are handed over",
                               text, device.rx_queues, device.rx_queues == 1 ? "" : "s", workers),
                   fmt::format("ethtool --set-channels {} combined {}", device.name, workers));
    }
}

// DPDK drives kernel devices too, by a driver of its own. Where its folder was not found nothing
// is said: it may lie elsewhere.
void judge_driver(JudgeParts& parts) {
    const auto& files = parts.machine.dpdk_libraries;
    const std::string library = fmt::format("librte_net_{}.so", to_string(parts.judgement.mode));
    const auto found = files.lower_bound(library);
    if (files.empty() || (found != files.end() && found->starts_with(library))) return;
    parts.missing(fmt::format("DPDK's driver {} is not in {}", library, parts.machine.dpdk_drivers),
                  "apt-get install dpdk");
}

void judge_xdp_device(JudgeParts& parts, const DeviceFacts& device, const std::string& realms) {
    const std::string text = described(device, realms);
    if (device.is_loopback)
        return parts.missing(text +
                             " is the loopback, where AF_XDP gets nothing: such parties need "
                             "media.io: socket");
    if (device.is_tap)
        return parts.missing(text + " is a tap, behind which is a program and no wire");
    judge_link(parts, device, text);
    judge_mtu(parts, device, text, kMaxXdpMtu);
    judge_xdp_program(parts, device, text);
    judge_xdp_queues(parts, device, text);
    judge_offload(parts, device, text);
}

void judge_packet_device(JudgeParts& parts, const DeviceFacts& device, const std::string& realms) {
    const std::string text = described(device, realms);
    if (device.is_loopback)
        return parts.missing(text +
                             " is the loopback, where AF_PACKET sees each packet twice: such "
                             "parties need media.io: socket");
    if (device.is_tap)
        return parts.missing(text + " is a tap, behind which is a program and no wire");
    judge_link(parts, device, text);
    judge_mtu(parts, device, text, kMaxPacketMtu);
}

void judge_probe(JudgeParts& parts, Probe probe, const std::string& absent,
                 const std::string& refused, const std::string& command) {
    if (probe == Probe::absent) parts.missing(absent, command);
    if (probe == Probe::refused)
        parts.missing(refused + (parts.machine.in_user_namespace
                                     ? ": root of a user namespace may not"
                                     : ": a security module or the container's seccomp profile"),
                      parts.machine.in_user_namespace
                          ? "run weir-media outside of the user namespace"
                          : "start the container with --security-opt seccomp=unconfined");
}

bool is_older(const std::string& kernel, unsigned major, unsigned minor) {
    unsigned has_major = 0;
    unsigned has_minor = 0;
    if (std::sscanf(kernel.c_str(), "%u.%u", &has_major, &has_minor) != 2) return false;
    return has_major < major || (has_major == major && has_minor < minor);
}

// The classifier that ends the host's copies of media: without it media cost more.
void judge_classifier(JudgeParts& parts) {
    constexpr const char* kCost =
        "the host carries a copy of each media packet up to a socket that drops it, for a fifth "
        "more CPU";
    if (is_older(parts.machine.kernel, 6, 6)) {
        parts.note(fmt::format("the kernel ({}) has no classifiers that end with their program "
                               "(tcx): {}",
                               parts.machine.kernel, kCost),
                   "take a kernel of 6.6 or newer");
    } else if (is_there(parts, Capability::net_admin) && !is_there(parts, Capability::bpf)) {
        parts.note(fmt::format("weir-media lacks the capability BPF: {}", kCost),
                   fmt::format("setcap cap_net_raw,cap_net_admin,cap_ipc_lock,cap_bpf+ep {}",
                               parts.machine.media_program));
    }
}

}  // namespace

void judge_af_xdp(JudgeParts& parts) {
    // PERFMON: our program goes over IP options, a packet pointer plus a variable length, which the
    // verifier permits to nobody else.
    judge_capabilities(parts, {Capability::net_raw, Capability::net_admin, Capability::bpf,
                               Capability::perfmon, Capability::ipc_lock});
    judge_probe(parts, parts.machine.af_xdp,
                fmt::format("the kernel ({}) has no AF_XDP sockets", parts.machine.kernel),
                "the kernel refuses AF_XDP sockets",
                "take a kernel built with CONFIG_XDP_SOCKETS=y");
    judge_probe(parts, parts.machine.bpf_load,
                fmt::format("the kernel ({}) has no bpf()", parts.machine.kernel),
                "the kernel refuses to load an XDP program",
                "take a kernel built with CONFIG_BPF_SYSCALL=y");
    judge_driver(parts);
    for (const auto& [name, realms] : devices_of_realms(parts))
        if (const DeviceFacts* device = parts.machine.device(name))
            judge_xdp_device(parts, *device, realms);
    judge_offload(parts);
}

void judge_af_packet(JudgeParts& parts) {
    judge_capabilities(parts, {Capability::net_raw, Capability::net_admin, Capability::ipc_lock});
    judge_probe(parts, parts.machine.af_packet,
                fmt::format("the kernel ({}) has no AF_PACKET sockets", parts.machine.kernel),
                "the kernel refuses AF_PACKET sockets", "modprobe af_packet");
    judge_driver(parts);
    for (const auto& [name, realms] : devices_of_realms(parts))
        if (const DeviceFacts* device = parts.machine.device(name))
            judge_packet_device(parts, *device, realms);
    judge_classifier(parts);
}

// A port of a realm is bound when a call wants it, so one realm without its address costs the
// others nothing here.
void judge_socket(JudgeParts& parts) {
    const bool any = std::any_of(
        parts.wish.realms.begin(), parts.wish.realms.end(),
        [&](const WishedRealm& realm) { return !parts.machine.device_of(realm).empty(); });
    const Severity absent = any ? Severity::warning : Severity::missing;
    for (const auto& [name, realms] : devices_of_realms(parts, absent))
        if (const DeviceFacts* device = parts.machine.device(name))
            judge_link(parts, *device, described(*device, realms));
}

}  // namespace weir::dataplane

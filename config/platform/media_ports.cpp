// SPDX-License-Identifier: Apache-2.0
// media.ports of platform.yaml, and the contradictions between realms, ports and media.io.
#include "config/platform/media_ports.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "config/base/text.hpp"
#include "config/platform/platform_limits.hpp"

namespace weir::config {
namespace {

constexpr const char* kPciDigits = "0123456789abcdef";

bool is_hex(std::string_view word, std::size_t digits) {
    return word.size() == digits && word.find_first_not_of(kPciDigits) == std::string_view::npos;
}

// "0000:01:00.0" of that or of "01:00.0"; "" of anything else.
std::string pci_address(const std::string& word) {
    const std::string lower = text::lower(word);
    auto parts = text::split(lower, ':');
    if (parts.size() == 2) parts.insert(parts.begin(), "0000");
    if (parts.size() != 3 || !is_hex(parts[0], 4) || !is_hex(parts[1], 2)) return "";
    const auto slot = parts[2];
    if (slot.size() != 4 || !is_hex(slot.substr(0, 2), 2) || slot[2] != '.' || slot[3] < '0' ||
        slot[3] > '7')
        return "";
    return fmt::format("{}:{}:{}", parts[0], parts[1], slot);
}

// A name that the kernel takes for a network device (dev_valid_name of Linux).
bool is_device_name(std::string_view name) {
    return !name.empty() && name.size() <= kDeviceNameBytes && name != "." && name != ".." &&
           name.find_first_of("/: \t\r\n\v\f") == std::string_view::npos &&
           std::none_of(name.begin(), name.end(), [](unsigned char c) { return c < 0x20; });
}

// EAL takes "name,key=value,key=value"; the name of a virtual device begins with its driver's.
bool is_vdev_name(std::string_view name) {
    return !name.empty() && name.front() >= 'a' && name.front() <= 'z' &&
           name.find('_') != std::string_view::npos &&
           std::all_of(name.begin(), name.end(), [](char c) {
               return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_' || c == '-';
           });
}

// DPDK 22.11's memif closes the descriptor of the packet memory when the peer of a zero-copy client
// goes, and gives the next peer whatever has its number by then: a socket of ours, for instance.
void refuse_zero_copy(YamlSection& section, const YAML::Node& node, const MediaPort& port) {
    if (!port.eal_name.starts_with("net_memif")) return;
    // The driver takes every value that holds a "yes" for one.
    const auto arguments = text::split(port.arguments, ',');
    const bool is_wanted =
        std::any_of(arguments.begin(), arguments.end(), [](std::string_view word) {
            return word.starts_with("zero-copy") && word != "zero-copy=no";
        });
    if (!is_wanted) return;
    section.error(node, fmt::format("{}: memif's zero-copy is refused, leave it out: when the peer "
                                    "goes, DPDK's driver closes the packet memory's descriptor and "
                                    "hands the next peer another of this process in its place",
                                    section.full_name("driver")));
}

void read_driver(YamlSection& section, const YAML::Node& entry, MediaPort& port) {
    std::string driver;
    section.read("driver", driver);
    const YAML::Node node = section.take("driver");
    if (driver.empty()) {
        section.error(
            node.IsDefined() ? node : entry,
            "a port needs a driver: a PCI address as 0000:01:00.0, or a virtual device as "
            "\"net_memif0,role=client,socket=/run/x.sock\"");
        return;
    }
    if (driver.size() > kMaxDriverBytes || driver.find_first_of(" \t\r\n") != std::string::npos) {
        section.error(node, fmt::format("{} must be at most {} characters without blanks",
                                        section.full_name("driver"), kMaxDriverBytes));
        return;
    }
    const auto comma = driver.find(',');
    const std::string name = driver.substr(0, comma);
    if (comma != std::string::npos) port.arguments = driver.substr(comma + 1);
    port.eal_name = pci_address(name);
    if (port.eal_name.empty() && is_vdev_name(name)) port.eal_name = name;
    if (port.eal_name.empty())
        section.error(node, fmt::format("{} '{}' is neither a PCI address (0000:01:00.0) nor a "
                                        "virtual device of DPDK (net_memif0, net_tap0, ...)",
                                        section.full_name("driver"), text::printable(name)));
    refuse_zero_copy(section, node, port);
}

void check_twice(YamlSection& section, const YAML::Node& entry, const MediaPort& port,
                 const std::vector<MediaPort>& others) {
    for (const MediaPort& other : others) {
        if (!port.name.empty() && other.name == port.name)
            section.error(entry, fmt::format("port name '{}' is used twice (also in line {})",
                                             port.name, other.place.line));
        if (!port.eal_name.empty() && other.eal_name == port.eal_name)
            section.error(section.take("driver"),
                          fmt::format("the device {} is in two ports (also in line {})",
                                      port.eal_name, other.place.line));
    }
}

// A name that cannot be is taken for absent, so that one mistake is one error.
void check_device_name(YamlSection& section, const char* key, std::string& name) {
    if (name.empty() || is_device_name(name)) return;
    section.error(section.take(key),
                  fmt::format("{} '{}' cannot name a network device: 1 to {} characters without "
                              "blanks, '/' and ':'",
                              section.full_name(key), text::printable(name), kDeviceNameBytes));
    name.clear();
}

void read_port(const YAML::Node& entry, std::size_t position, MediaPlatform& media,
               PlatformErrors& errors) {
    YamlSection section(entry, fmt::format("media.ports[{}]", position), errors);
    MediaPort port;
    port.place = place_of(entry);
    section.read("name", port.name);
    section.read("host_device", port.host_device);
    section.read("mtu", port.mtu, kMinPortMtu, kMaxPortMtu);
    if (port.name.empty())
        section.error(entry, "a port needs a name, which realms[].device refers to");
    check_device_name(section, "host_device", port.host_device);
    read_driver(section, entry, port);
    check_twice(section, entry, port, media.ports);
    section.finish();
    media.ports.push_back(std::move(port));
}

// A realm, where its values stand, and where errors go.
class RealmCheck {
public:
    RealmCheck(YAML::Node node, const Realm& realm, PlatformErrors& errors)
        : node_(std::move(node)), realm_(realm), errors_(errors) {}

    // At the key if it is written, else at the realm.
    void error(const char* key, const std::string& words) {
        YamlPlace place = realm_.place;
        const YAML::Node& node = node_;  // the const look-up never adds a key
        if (node.IsMap() && node[key].IsDefined()) place = place_of(node[key]);
        errors_.push_back({place, fmt::format("realm '{}': {}", realm_.name, words)});
    }

    // The kernel has the device, so these keys have nothing to act upon.
    void without_port(const MediaPlatform& media) {
        const std::string mode =
            fmt::format("media.io: {}{}", to_string(media.io),
                        media.io == IoMode::automatic ? " without media.ports" : "");
        if (realm_.vlan != 0)
            error("vlan",
                  fmt::format("vlan has no meaning with {}: let the kernel tag (ip link add "
                              "link eth0 name eth0.{} type vlan id {}), put the address "
                              "there and name that device",
                              mode, realm_.vlan, realm_.vlan));
        if (realm_.prefix_length != 0)
            error("prefix_length",
                  fmt::format("prefix_length has no meaning with {}: the address is on a device of "
                              "the kernel, with its prefix",
                              mode));
        if (!realm_.host_device.empty())
            error("host_device",
                  fmt::format("host_device has no meaning with {}: only ports of DPDK need one",
                              mode));
        if (!realm_.device.empty() && !is_device_name(realm_.device))
            error("device", fmt::format("device '{}' cannot be a network device of the kernel",
                                        text::printable(realm_.device)));
    }

    void on_port(const Platform& platform) {
        const MediaPort* port = platform.port_of(realm_);
        if (port == nullptr) return error("device", device_advice(platform.media.ports));
        const unsigned bits = realm_.address.family == Family::v6 ? 128 : 32;
        if (realm_.address.is_set() && is_loopback(realm_.address))
            error("address", fmt::format("the loopback address {} cannot be on the port {}",
                                         realm_.address.to_string(), port->name));
        if (realm_.prefix_length == 0)
            error("prefix_length",
                  "prefix_length is missing: the address is put on a tap of the host with it, as "
                  "prefix_length: 24");
        if (realm_.prefix_length > bits)
            error("prefix_length",
                  fmt::format("prefix_length of {} is at most {}, not {}",
                              realm_.address.to_string(), bits, realm_.prefix_length));
        check_tap(platform, *port);
    }

private:
    static bool is_loopback(const IpAddress& address) {
        if (address.family == Family::v4) return address.bytes[0] == 127;
        return address.to_string() == "::1";
    }

    std::string device_advice(const std::vector<MediaPort>& ports) const {
        std::vector<std::string> names;
        for (const MediaPort& port : ports)
            names.push_back(port.name);
        if (realm_.device.empty())
            return fmt::format("device is missing: which port carries it? media.ports has {}",
                               fmt::join(names, ", "));
        return fmt::format("device '{}' is no port; media.ports has {}",
                           text::printable(realm_.device), fmt::join(names, ", "));
    }

    // One tap for each port and tag; two of them need two names.
    void check_tap(const Platform& platform, const MediaPort& port) {
        const std::string tap = platform.tap_of(realm_);
        if (!is_device_name(tap))
            return error(
                "host_device",
                fmt::format("its tap would be called '{}', which cannot name a network device: "
                            "give a host_device of 1 to {} characters",
                            text::printable(tap), kDeviceNameBytes));
        for (const Realm& other : platform.realms) {
            if (&other == &realm_) break;
            const MediaPort* its = platform.port_of(other);
            if (its == nullptr) continue;
            const bool same_net = its == &port && other.vlan == realm_.vlan;
            if (same_net && platform.tap_of(other) != tap)
                error("host_device",
                      fmt::format("host_device '{}' is not that of realm '{}' ('{}'), which shares "
                                  "the port and the tag and so the tap",
                                  tap, other.name, platform.tap_of(other)));
            if (!same_net && platform.tap_of(other) == tap)
                error("host_device",
                      fmt::format("the tap '{}' is also that of realm '{}', which is on another "
                                  "port or tag",
                                  tap, other.name));
        }
    }

    YAML::Node node_;
    const Realm& realm_;
    PlatformErrors& errors_;
};

void check_port_use(const Platform& platform, PlatformErrors& errors) {
    const auto users = [&](const MediaPort* port) {  // null: realms whose port is not there
        return std::count_if(platform.realms.begin(), platform.realms.end(),
                             [&](const Realm& realm) { return platform.port_of(realm) == port; });
    };
    for (const MediaPort& port : platform.media.ports) {
        if (!platform.uses_ports()) {
            errors.push_back(
                {port.place, fmt::format("port '{}' has no meaning with media.io: {}: ports are "
                                         "driven by dpdk (or auto)",
                                         port.name, to_string(platform.media.io))});
        } else if (users(&port) == 0 && users(nullptr) == 0) {
            errors.push_back(
                {port.place,
                 fmt::format("port '{}' is used by no realm: name it as the device of one, or "
                             "take it out",
                             port.name)});
        }
    }
}

}  // namespace

void read_media_ports(const YAML::Node& node, MediaPlatform& media, PlatformErrors& errors) {
    if (!node.IsDefined()) return;
    if (!node.IsSequence()) {
        errors.push_back({place_of(node),
                          "media.ports must be a list, as: ports: [{name: wan, "
                          "driver: \"0000:01:00.0\"}]"});
        return;
    }
    if (node.size() > kMaxDevices)
        errors.push_back({place_of(node), fmt::format("{} ports are given, at most {} are possible",
                                                      node.size(), kMaxDevices)});
    for (std::size_t i = 0; i < node.size() && i < kMaxDevices; ++i)
        read_port(node[i], i, media, errors);
}

void read_realm_port(YamlSection& section, Realm& realm) {
    section.read("vlan", realm.vlan, 1, kMaxVlan);
    section.read("prefix_length", realm.prefix_length, 1, 128);
    section.read("host_device", realm.host_device);
}

void check_ports(const YAML::Node& realms, const Platform& platform, PlatformErrors& errors) {
    const MediaPlatform& media = platform.media;
    if (media.io == IoMode::dpdk && media.ports.empty()) {
        errors.push_back({media.io_place,
                          "media.io: dpdk needs media.ports: name at least one device, as: ports: "
                          "[{name: wan, driver: \"0000:01:00.0\"}]"});
        return;  // what realms need of ports is not known
    }
    const bool is_list = realms.IsDefined() && realms.IsSequence();
    for (std::size_t i = 0; is_list && i < platform.realms.size(); ++i) {
        RealmCheck check(realms[i], platform.realms[i], errors);
        if (platform.uses_ports()) {
            check.on_port(platform);
        } else {
            check.without_port(media);
        }
    }
    check_port_use(platform, errors);
}

const char* to_string(MediaPriority priority) {
    switch (priority) {
        case MediaPriority::real_time:
            return "real-time";
        case MediaPriority::normal:
            return "normal";
        case MediaPriority::automatic:
            break;
    }
    return "auto";
}

const char* to_string(IdleMode mode) {
    return mode == IdleMode::sleep ? "sleep" : "spin";
}

const char* to_string(FlowOffload offload) {
    return offload == FlowOffload::automatic ? "auto" : "off";
}

bool MediaPort::is_pci() const {
    return !pci_address(eal_name).empty();
}

bool Platform::uses_ports() const {
    return media.io == IoMode::dpdk || (media.io == IoMode::automatic && !media.ports.empty());
}

const MediaPort* Platform::port_of(const Realm& realm) const {
    if (!uses_ports()) return nullptr;
    for (const MediaPort& port : media.ports)
        if (port.name == realm.device) return &port;
    return nullptr;
}

bool Platform::is_on_port(const IpAddress& address) const {
    return std::any_of(realms.begin(), realms.end(), [&](const Realm& realm) {
        return realm.address == address && port_of(realm) != nullptr;
    });
}

std::string Platform::tap_of(const Realm& realm) const {
    const MediaPort* port = port_of(realm);
    if (port == nullptr) return "";
    if (!realm.host_device.empty()) return realm.host_device;
    const std::string& base = port->host_device.empty() ? port->name : port->host_device;
    return realm.vlan == 0 ? base : fmt::format("{}.{}", base, realm.vlan);
}

}  // namespace weir::config

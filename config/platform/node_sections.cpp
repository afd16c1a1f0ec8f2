// SPDX-License-Identifier: Apache-2.0
// interfaces, users, store, flash and ha of platform.yaml.
#include "config/platform/node_sections.hpp"

#include <algorithm>
#include <filesystem>

#include <fmt/format.h>

#include "config/base/interface_name.hpp"
#include "config/base/text.hpp"
#include "config/platform/platform_limits.hpp"

namespace weir::config {
namespace {

// Calls `read` for each entry of a list, which may be absent; at most `most` entries.
template <typename Read>
void each_entry(YamlSection& section, const std::string& key, std::size_t most, Read read) {
    const YAML::Node list = section.take(key);
    if (!list.IsDefined()) return;
    if (!list.IsSequence()) {
        section.error(list, fmt::format("{} must be a list", section.full_name(key)));
        return;
    }
    if (list.size() > most)
        section.error(list, fmt::format("{}: {} entries are given, at most {} are possible",
                                        section.full_name(key), list.size(), most));
    std::size_t position = 0;
    for (const YAML::Node& entry : list) {
        if (position == most) return;
        read(entry, fmt::format("{}[{}]", section.full_name(key), position++));
    }
}

// Whether the text can be one word of a configuration.
bool is_word(std::string_view text, std::size_t most) {
    return !text.empty() && text.size() <= most &&
           std::all_of(text.begin(), text.end(), [](char c) { return c > ' ' && c < 0x7F; });
}

void read_prefix(YamlSection& section, const std::string& key, std::optional<Prefix>& value) {
    std::string words;
    section.read(key, words);
    if (words.empty()) return;
    const auto prefix = Prefix::parse(words);
    if (prefix && words.find('/') != std::string::npos && !prefix->address.is_unspecified())
        value = *prefix;
    else
        section.error(section.take(key),
                      fmt::format("{} must be an address with its prefix length, as "
                                  "192.0.2.1/24, not '{}'",
                                  section.full_name(key), text::printable(words)));
}

void read_interface(const YAML::Node& node, const std::string& name, PlatformReading& reading) {
    YamlSection section(node, name, reading.errors);
    PlatformInterface item;
    item.place = place_of(node);
    section.read("name", item.name);
    section.read("device", item.device);
    read_prefix(section, "address", item.address);
    auto& interfaces = reading.platform.interfaces;
    if (!is_word(item.name, kInterfaceNameBytes))
        section.error(node, fmt::format("{} needs a name of one word, at most {} characters, as: "
                                        "name: GigabitEthernet0/0/0",
                                        name, kInterfaceNameBytes));
    if (item.device.empty() && !section.take("address").IsDefined())
        section.error(node, fmt::format("{} needs a device or an address, as: device: eth0", name));
    if (!item.device.empty() && !is_word(item.device, kDeviceNameBytes))
        section.error(section.take("device"),
                      fmt::format("{}.device must be a device of this machine, at most {} "
                                  "characters, not '{}'",
                                  name, kDeviceNameBytes, text::printable(item.device)));
    for (const PlatformInterface& other : interfaces)
        if (same_interface(other.name, item.name))
            section.error(node, fmt::format("interface '{}' is given twice (also in line {})",
                                            item.name, other.place.line));
    section.finish();
    interfaces.push_back(std::move(item));
}

void read_user(const YAML::Node& node, const std::string& name, PlatformReading& reading) {
    YamlSection section(node, name, reading.errors);
    PlatformUser user;
    user.place = place_of(node);
    section.read("name", user.name);
    std::string role = to_string(user.role);
    section.read("role", role);
    section.finish();
    if (role == to_string(UserRole::admin))
        user.role = UserRole::admin;
    else if (role != to_string(UserRole::read_only))
        section.error(section.take("role"),
                      fmt::format("{}.role '{}' is not known; possible: admin, read-only", name,
                                  text::printable(role)));
    if (!is_word(user.name, kUserNameBytes))
        section.error(node, fmt::format("{} needs the name of a user of this machine, at most {} "
                                        "characters, as: name: alice",
                                        name, kUserNameBytes));
    for (const PlatformUser& other : reading.platform.users)
        if (other.name == user.name)
            section.error(node, fmt::format("user '{}' is given twice (also in line {})", user.name,
                                            other.place.line));
    reading.platform.users.push_back(std::move(user));
}

void read_directory(YamlSection& root, const std::string& key, PlatformReading& reading,
                    std::string& directory) {
    YamlSection section(root.take(key), key, reading.errors);
    section.read("directory", directory);
    directory = absolute_path(directory, reading.platform.file);
    section.finish();
}

void read_peer(const YAML::Node& node, const std::string& name, PlatformReading& reading) {
    YamlSection section(node, name, reading.errors);
    HaPlatform::Peer peer;
    peer.place = place_of(node);
    section.read("name", peer.name);
    section.read("address", peer.address);
    section.finish();
    if (!is_word(peer.name, kInterfaceNameBytes))
        section.error(node, fmt::format("{} needs a name of one word", name));
    if (!section.take("address").IsDefined())
        section.error(node, fmt::format("{} needs an address, as: address: 10.255.255.2", name));
    reading.platform.ha.peers.push_back(std::move(peer));
}

// Each server "192.0.2.53" or "192.0.2.53:5353".
void read_dns(const YAML::Node& node, PlatformReading& reading) {
    if (!node.IsDefined()) return;
    constexpr std::uint16_t kDnsPort = 53;
    YamlSection section(node, "dns", reading.errors);
    each_entry(section, "servers", kMaxDnsServers,
               [&](const YAML::Node& entry, const std::string& name) {
                   const std::string text = entry.IsScalar() ? entry.Scalar() : "";
                   const auto server = Endpoint::parse(text, kDnsPort);
                   if (server && server->is_set())
                       reading.platform.dns.servers.push_back(*server);
                   else
                       section.error(entry, fmt::format("{} must be an address of a DNS server, "
                                                        "with or without a port, not '{}'",
                                                        name, text::printable(text)));
               });
    constexpr double kLongestCallWait = 10;  // a caller hears nothing meanwhile
    section.read_seconds("call_wait", reading.platform.dns.call_wait, kLongestCallWait);
    section.finish();
}

void read_ha(const YAML::Node& node, PlatformReading& reading) {
    if (!node.IsDefined()) return;
    YamlSection section(node, "ha", reading.errors);
    HaPlatform& ha = reading.platform.ha;
    ha.place = place_of(node);
    each_entry(
        section, "peers", kMaxHaPeers,
        [&](const YAML::Node& entry, const std::string& name) { read_peer(entry, name, reading); });
    if (section.take("checkpoint").IsDefined()) {
        Endpoint endpoint{{}, 0, 0};
        section.read("checkpoint", endpoint);
        if (endpoint.address.is_set() && endpoint.port == 0)
            section.error(section.take("checkpoint"),
                          "ha.checkpoint needs a port, as: checkpoint: 10.255.255.1:5065");
        if (endpoint.address.is_set()) ha.checkpoint = endpoint;
    }
    each_entry(section, "shared", kMaxSharedAddresses,
               [&](const YAML::Node& entry, const std::string& name) {
                   if (const auto address = ip_address(entry, name, reading.errors))
                       ha.shared.push_back(*address);
               });
    section.finish();
    reading.warnings.push_back(
        {ha.place, "ha is read and kept, but has no effect yet: this node runs alone"});
}

}  // namespace

const char* to_string(UserRole role) {
    return role == UserRole::admin ? "admin" : "read-only";
}

std::string absolute_path(const std::string& path, const std::string& file) {
    if (path.empty() || path.front() == '/') return path;
    std::error_code ignored;
    const auto base = std::filesystem::absolute(std::filesystem::path(file), ignored).parent_path();
    return (base / path).lexically_normal().string();
}

void read_node_sections(YamlSection& root, PlatformReading& reading) {
    each_entry(root, "interfaces", kMaxPlatformInterfaces,
               [&](const YAML::Node& entry, const std::string& name) {
                   read_interface(entry, name, reading);
               });
    const auto& interfaces = reading.platform.interfaces;
    if (!interfaces.empty())
        reading.warnings.push_back(
            {interfaces.front().place,
             "interfaces is read and kept, but has no effect yet: addresses come from the "
             "configuration, devices from realms"});
    each_entry(root, "users", kMaxUsers, [&](const YAML::Node& entry, const std::string& name) {
        read_user(entry, name, reading);
    });
    read_directory(root, "store", reading, reading.platform.store.directory);
    read_directory(root, "flash", reading, reading.platform.flash.directory);
    read_directory(root, "pki", reading, reading.platform.pki.directory);
    read_dns(root.take("dns"), reading);
    read_ha(root.take("ha"), reading);
}

}  // namespace weir::config

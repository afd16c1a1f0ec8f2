// SPDX-License-Identifier: Apache-2.0
// Collects and writes the platform of an import.
#include "config/import/platform_draft.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "config/base/limits.hpp"
#include "config/base/text.hpp"

namespace weir::config {
namespace {

constexpr std::uint16_t kMaxTag = 4094;      // 802.1Q: 0 and 4095 are reserved
constexpr std::size_t kMaxDraftUsers = 256;  // as config/platform takes
constexpr std::size_t kMaxDraftShared = 64;  // as config/platform takes
constexpr std::size_t kUserBytes = 32;       // of a user name of the host

// A text as a quoted YAML scalar.
std::string quoted(std::string_view words) {
    std::string text = "\"";
    for (const char c : words) {
        if (c == '"' || c == '\\') text.push_back('\\');
        text.push_back(c);
    }
    return text + "\"";
}

bool is(const std::vector<std::string_view>& words, std::size_t at, std::string_view word) {
    return at < words.size() && text::iequals(words[at], word);
}

bool is_management(std::string_view vrf) {
    return text::iequals(vrf, "Mgmt-intf") || text::iequals(vrf, "Mgmt-vrf") ||
           text::istarts_with(vrf, "mgmt") || text::istarts_with(vrf, "management");
}

// An interface that is up, with its addresses.
std::vector<const Interface*> carrying(const Config& config) {
    std::vector<const Interface*> found;
    for (const auto& [name, port] : config.interfaces)
        if (!port.shutdown && !port.addresses.empty()) found.push_back(&port);
    return found;
}

std::set<std::string> bound_interfaces(const Config& config) {
    std::set<std::string> names;
    const auto add = [&](const SipOptions& sip) {
        names.insert(sip.bind.control);
        names.insert(sip.bind.media);
    };
    add(config.voice.sip);
    for (const auto& [tag, tenant] : config.tenants)
        add(tenant.sip);
    for (const auto& [tag, peer] : config.dial_peers)
        add(peer.sip);
    return names;
}

}  // namespace

void PlatformDraft::line(std::string_view block, std::string_view line) {
    const auto words = text::words(line);
    if (words.empty()) return;
    constexpr std::string_view kInterface = "interface ";
    if (block.starts_with(kInterface))
        interface_line(std::string(block.substr(kInterface.size())), words);
    else if (block.empty() && is(words, 0, "username"))
        user_line(words);
    else if (is(words, 0, "remote-ip") && words.size() > 1 && partners_.empty())
        partners_.emplace_back(words[1]);
}

void PlatformDraft::interface_line(const std::string& name,
                                   const std::vector<std::string_view>& words) {
    Facts& facts = interfaces_[name];
    if (is(words, 0, "vrf") && is(words, 1, "forwarding") && words.size() > 2)
        facts.vrf = words[2];
    else if (is(words, 0, "ip") && is(words, 1, "vrf") && is(words, 2, "forwarding") &&
             words.size() > 3)
        facts.vrf = words[3];
    else if (is(words, 0, "encapsulation") && is(words, 1, "dot1q") && words.size() > 2) {
        const auto tag = text::number(words[2]);
        if (tag && *tag >= 1 && *tag <= kMaxTag) facts.vlan = static_cast<std::uint16_t>(*tag);
    } else if (is(words, 0, "ip") && is(words, 1, "address"))
        facts.is_dynamic = is(words, 2, "dhcp") || is(words, 2, "negotiated");
    else if (is(words, 0, "standby") && is(words, 2, "ip") && words.size() > 3)
        add_shared(words[3]);
    else if (is(words, 0, "redundancy") && is(words, 3, "ip") && words.size() > 4)
        add_shared(words[4]);
}

void PlatformDraft::add_shared(std::string_view address) {
    const auto parsed = IpAddress::parse(address);
    if (!parsed || shared_.size() == kMaxDraftShared) return;
    const std::string text = parsed->to_string();
    if (std::find(shared_.begin(), shared_.end(), text) == shared_.end()) shared_.push_back(text);
}

void PlatformDraft::user_line(const std::vector<std::string_view>& words) {
    if (words.size() < 2 || words[1].size() > kUserBytes || users_.size() == kMaxDraftUsers) return;
    const bool plain =
        std::all_of(words[1].begin(), words[1].end(), [](char c) { return c > ' ' && c < 0x7F; });
    if (!plain) return;
    bool& admin = users_[std::string(words[1])];
    for (std::size_t i = 2; i + 1 < words.size(); ++i)
        admin = admin || (is(words, i, "privilege") && is(words, i + 1, "15"));
}

std::map<std::string, std::string> PlatformDraft::host_interfaces() const {
    std::map<std::string, std::string> names;
    for (const auto& [name, facts] : interfaces_)
        if (is_management(facts.vrf))
            names[name] =
                fmt::format("the management port (VRF {}) stays with the host", facts.vrf);
    return names;
}

std::string PlatformDraft::realms(const Config& config, std::vector<std::string>& todo) const {
    std::string lines = "realms:\n";
    std::size_t count = 0;
    for (const Interface* port : carrying(config)) {
        std::size_t of_port = 0;
        for (const Prefix& prefix : port->addresses) {
            const auto facts = interfaces_.find(port->name);
            std::string remark;
            if (facts != interfaces_.end() && facts->second.vlan != 0)
                remark += fmt::format(" VLAN {}", facts->second.vlan);
            if (facts != interfaces_.end() && !facts->second.vrf.empty())
                remark += fmt::format(" VRF {}", facts->second.vrf);
            if (!port->description.empty()) remark += " " + port->description;
            ++of_port;
            lines += fmt::format(
                "  - name: {}\n    address: {}{}\n",
                quoted(of_port == 1 ? port->name : fmt::format("{}-{}", port->name, of_port)),
                quoted(prefix.address.to_string()), remark.empty() ? "" : "  #" + remark);
            ++count;
        }
    }
    if (count > 0) {
        todo.push_back(
            fmt::format("give this machine the {} address{} of the realms in platform.yaml", count,
                        count == 1 ? "" : "es"));
        return lines;
    }
    todo.emplace_back(
        "no interface had an address: the realm of platform.yaml is 127.0.0.1, put the machine's "
        "address there");
    return lines + "  - {name: \"local\", address: \"127.0.0.1\"}  # no interface had an address\n";
}

std::string PlatformDraft::interfaces(const Config& config, std::vector<std::string>& todo) const {
    std::string lines;
    for (const auto& [name, port] : config.interfaces) {
        const auto facts = interfaces_.find(name);
        const bool dynamic = facts != interfaces_.end() && facts->second.is_dynamic;
        if (port.addresses.empty() && !dynamic) continue;
        lines += fmt::format("#  - {{name: {}, device: eth0{}}}\n", quoted(name),
                             dynamic ? ", address: 192.0.2.1/24" : "");
        if (dynamic && port.addresses.empty())
            todo.push_back(
                fmt::format("interface {} had its address from DHCP or PPP: write it into the "
                            "configuration and "
                            "into the realms of platform.yaml",
                            name));
    }
    if (lines.empty()) return "";
    return "# The devices of this machine behind the router's names; uncomment and correct them.\n"
           "#interfaces:\n" +
           lines;
}

std::string PlatformDraft::operators() const {
    std::string lines;
    for (const auto& [name, admin] : users_)
        lines += fmt::format("  - {{name: {}, role: {}}}\n", quoted(name),
                             admin ? "admin" : "read-only");
    if (lines.empty()) return "";
    return "# They log in to the host with their own passwords or keys; these were not taken "
           "over.\n"
           "users:\n" +
           lines;
}

std::string PlatformDraft::pair() const {
    if (shared_.empty() && partners_.empty()) return "";
    std::string lines = "# The router was one of a pair. Kept; Weir runs alone yet.\nha:\n";
    for (const std::string& partner : partners_)
        if (const auto address = IpAddress::parse(partner))
            lines += fmt::format("  peers: [{{name: partner, address: {}}}]\n",
                                 quoted(address->to_string()));
    if (!shared_.empty()) {
        lines += "  shared:\n";
        for (const std::string& address : shared_)
            lines += fmt::format("    - {}\n", quoted(address));
    }
    return lines;
}

std::string PlatformDraft::text(const Config& config, const std::string& source,
                                std::vector<std::string>& todo) const {
    std::string text = fmt::format(
        "# Written by weir import from {}.\n# Where the node runs; every key is explained in "
        "config/platform/SCHEMA.md.\n",
        text::printable(source));
    text += realms(config, todo);
    if (config.voice.sip.listen_port)
        text += fmt::format("sip:\n  port: {}\n", *config.voice.sip.listen_port);
    text += interfaces(config, todo);
    text += operators();
    text += pair();
    for (const auto& [tag, map] : config.pattern_maps)
        if (!map.url.empty())
            todo.push_back(fmt::format(
                "copy the file {} of voice class e164-pattern-map {} into flash.directory, by "
                "default the directory flash beside the configuration",
                text::printable(map.url), tag));
    if (!shared_.empty())
        todo.emplace_back(
            "the router shared addresses with a partner (ha.shared): until pairs are supported, "
            "one node answers; give it the shared addresses if peers send there");
    return text;
}

std::set<std::string> beyond_realms(const Config& config) {
    const auto bound = bound_interfaces(config);
    std::size_t room = kMaxRealms;
    std::set<std::string> beyond;
    for (const bool wanted : {true, false}) {
        for (const Interface* port : carrying(config)) {
            if (bound.contains(port->name) != wanted) continue;
            if (port->addresses.size() <= room)
                room -= port->addresses.size();
            else
                beyond.insert(port->name);
        }
    }
    return beyond;
}

}  // namespace weir::config

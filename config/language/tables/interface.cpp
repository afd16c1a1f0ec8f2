// SPDX-License-Identifier: Apache-2.0
// The table of interface: the addresses of the node.
#include <algorithm>
#include <utility>

#include "config/base/interface_name.hpp"
#include "config/base/limits.hpp"
#include "config/language/argument.hpp"
#include "config/language/fields.hpp"
#include "config/language/tables.hpp"
#include "config/language/tables/kept_tables.hpp"

namespace weir::config::language {
namespace {

Interface& interface(Config& config, const Scope& scope) {
    return config.interfaces.at(scope.name);
}

// "gi 0/0/0" is the same as "GigabitEthernet0/0/0".
Result<std::string> name_of(const Words& words) {
    auto name = interface_name(words.text("interface"), words.text("unit"));
    if (!name) words.blame("interface");
    return name;
}

bool is_v4(const Prefix& prefix) {
    return prefix.address.family == Family::v4;
}

Prefix v4_prefix(const Words& words) {
    return {words.address("address"), mask_length(words.text("mask")).value_or(32)};
}

// Whether the host part is neither all zeros nor all ones: such an address names the network.
bool names_a_host(const Prefix& prefix) {
    if (prefix.length >= 31) return true;  // RFC 3021: both addresses of a /31 are hosts
    std::uint32_t bits = 0;
    for (std::size_t i = 0; i < 4; ++i)
        bits = bits << 8U | prefix.address.bytes[i];
    const std::uint32_t host_mask = ~std::uint32_t{0} >> prefix.length;
    return (bits & host_mask) != 0 && (bits & host_mask) != host_mask;
}

Result<void> add(Interface& port, const Prefix& prefix) {
    const auto same = [&](const Prefix& other) { return other.address == prefix.address; };
    port.addresses.erase(std::remove_if(port.addresses.begin(), port.addresses.end(), same),
                         port.addresses.end());
    if (port.addresses.size() >= kMaxInterfaceAddresses)
        return fail(
            ErrorCode::exhausted,
            "an interface has at most " + std::to_string(kMaxInterfaceAddresses) + " addresses");
    port.addresses.push_back(prefix);
    return {};
}

// The first IPv4 address is the primary one: a new one takes its place, `secondary` adds to it.
Result<void> read_v4(const Words& words, Interface& port) {
    const Prefix prefix = v4_prefix(words);
    if (prefix.address.is_unspecified() || prefix.address.bytes[0] >= 224 || !names_a_host(prefix))
        return fail(ErrorCode::invalid, "Bad mask /" + std::to_string(prefix.length) +
                                            " for address " + prefix.address.to_string() +
                                            ": no host can have it");
    const auto primary = std::find_if(port.addresses.begin(), port.addresses.end(), is_v4);
    if (words.has("secondary")) {
        if (primary == port.addresses.end())
            return fail(ErrorCode::invalid, "a secondary address needs a primary one before it");
        if (primary->address == prefix.address)
            return fail(ErrorCode::exists,
                        prefix.address.to_string() + " is the primary address already");
        return add(port, prefix);
    }
    if (primary == port.addresses.end()) return add(port, prefix);
    *primary = prefix;
    const auto same = [&](const Prefix& other) { return other.address == prefix.address; };
    port.addresses.erase(std::remove_if(std::next(primary), port.addresses.end(), same),
                         port.addresses.end());
    return {};
}

void no_v4(const Words& words, Interface& port) {
    const bool all = !words.given("address");
    const auto gone = [&](const Prefix& prefix) {
        return is_v4(prefix) && (all || prefix.address == words.address("address"));
    };
    port.addresses.erase(std::remove_if(port.addresses.begin(), port.addresses.end(), gone),
                         port.addresses.end());
}

void print_v4(const Interface& port, Printer& out) {
    std::string secondary;
    for (const auto& prefix : port.addresses) {
        if (!is_v4(prefix)) continue;
        out.line("ip address " + prefix.address.to_string() + " " + mask_text(prefix.length) +
                 secondary);
        secondary = " secondary";
    }
}

Result<void> read_v6(const Words& words, Interface& port) {
    const auto prefix = Prefix::parse(words.text("address"));
    if (!prefix) return fail(prefix.error());
    if (prefix->address.is_unspecified() || prefix->address.bytes[0] == 0xFF)
        return fail(ErrorCode::invalid,
                    "no interface can have the address " + prefix->address.to_string());
    return add(port, *prefix);
}

void no_v6(const Words& words, Interface& port) {
    const auto prefix = Prefix::parse(words.text("address"));
    const auto gone = [&](const Prefix& other) {
        return !is_v4(other) && (!prefix || other.address == prefix->address);
    };
    port.addresses.erase(std::remove_if(port.addresses.begin(), port.addresses.end(), gone),
                         port.addresses.end());
}

void print_v6(const Interface& port, Printer& out) {
    for (const auto& prefix : port.addresses)
        if (!is_v4(prefix)) out.line("ipv6 address " + prefix.to_string());
}

Result<Scope> open_interface(const Words& words, Config& config, const Place& place) {
    const auto given = name_of(words);
    if (!given) return fail(given.error());
    const std::string& name = *given;
    if (!config.interfaces.contains(name)) {
        if (config.interfaces.size() >= kMaxInterfaces)
            return fail(ErrorCode::exhausted,
                        "there are " + std::to_string(kMaxInterfaces) + " interfaces already");
        config.interfaces[name].name = name;
        config.interfaces[name].place = place;
    }
    return Scope{ModeId::interface, 0, name, "interface " + name};
}

}  // namespace

// The older spelling; both are printed as the newer one.
static Command<Interface> older_vrf() {
    auto row = text_field("ip vrf forwarding <name=word>", "Routing table of the interface",
                          &Interface::vrf);
    row.print = [](const Interface&, Printer&) {};
    return row;
}

static Mode interface_mode() {
    std::vector<Command<Interface>> commands{
        text_field("description <line>", "Text for people", &Interface::description),
        {"ip address <address=ipv4> <mask> [secondary]", "Address of the interface", read_v4, no_v4,
         print_v4},
        {"ipv6 address <address=ipv6-prefix>", "Address of the interface", read_v6, no_v6,
         print_v6},
        text_field("vrf forwarding <name=word>", "Routing table of the interface", &Interface::vrf),
        older_vrf(),
        flag("shutdown", "Take the interface out of service", &Interface::shutdown),
    };
    for (auto& command : kept_interface_commands())
        commands.push_back(std::move(command));
    return {ModeId::interface, ModeId::global, "interface", "config-if",
            make_rows(commands, interface)};
}

Command<Config> interface_opener() {
    Command<Config> command{
        "interface <interface=word> [<unit=word>]", "An interface of the node", nullptr,
        [](const Words& words, Config& config) {
            if (const auto name = name_of(words)) config.interfaces.erase(*name);
        },
        [](const Config& config, Printer& out) {
            for (const auto& [name, port] : config.interfaces)
                out.block("interface " + name, {ModeId::interface, 0, name, "interface " + name});
        }};
    command.open = open_interface;
    command.key_words = 2;
    return command;
}

std::vector<Mode> interface_modes() {
    return {interface_mode()};
}

}  // namespace weir::config::language

// SPDX-License-Identifier: Apache-2.0
// Loads a node: platform.yaml, the dial-peer configuration, the dial plan, then the checks across
// them.
#include "deploy/apps/node.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "config/language/language.hpp"
#include "deploy/apps/plan_files.hpp"

namespace weir::apps {
namespace {

using config::Config;
using config::Interface;
using config::Platform;

// Interfaces that are up and have an address.
std::vector<const Interface*> usable_interfaces(const Config& config) {
    std::vector<const Interface*> found;
    for (const auto& [name, interface] : config.interfaces)
        if (!interface.shutdown && !interface.addresses.empty()) found.push_back(&interface);
    return found;
}

std::string realms_text(const Platform& platform) {
    std::vector<std::string> texts;
    for (const config::Realm& realm : platform.realms)
        texts.push_back(fmt::format("{} {}", realm.name, realm.address.to_string()));
    return fmt::format("{}", fmt::join(texts, ", "));
}

// An interface that carries media needs a realm with its address.
void check_interface(const Interface& interface, const Platform& platform,
                     std::vector<std::string>& errors) {
    for (const Prefix& held : interface.addresses) {
        if (platform.realm_of(held.address)) continue;
        errors.push_back(
            fmt::format("{}:{}: error: interface {} has the address {}, which is no realm of {} "
                        "(realms: {}): give both the same address",
                        interface.place.file, interface.place.line, interface.name,
                        held.address.to_string(), platform.file, realms_text(platform)));
    }
}

void check_ports(const Config& config, const Platform& platform, std::vector<std::string>& errors) {
    const config::RtpPortRange& range = config.voice.rtp_ports;
    for (const config::SipListener& listener : sip_listeners(config, platform)) {
        const auto port = listener.endpoint.port;
        if (listener.udp && port >= range.min && port <= range.max + 1 &&
            platform.realm_of(listener.endpoint.address))
            errors.push_back(fmt::format(
                "{}: error: SIP port {} of {} lies in rtp-port range {} {}: choose another "
                "sip.port or range",
                platform.file, port, listener.endpoint.address.to_string(), range.min, range.max));
    }
    const config::RecorderPlatform& recorder = platform.recorder;
    if (recorder.enabled && platform.realm_of(recorder.media_address()) &&
        recorder.rtp_port_min <= range.max + 1 && recorder.rtp_port_max + 1 >= range.min)
        errors.push_back(
            fmt::format("{}: error: recorder.rtp_ports {} to {} overlap rtp-port range {} {} on "
                        "{}: make them disjoint",
                        platform.file, recorder.rtp_port_min, recorder.rtp_port_max, range.min,
                        range.max, recorder.media_address().to_string()));
}

bool is_here(const IpAddress& address, const Platform& platform, const config::HostFacts& host) {
    return host.has(address) || platform.is_on_port(address);
}

void add_absent(const IpAddress& address, const std::string& text, Node& node, NodeCheck& check) {
    check.report += text + "\n";
    ++check.warnings;
    if (!node.is_absent(address)) node.absent.push_back(address);
    node.absent_texts.push_back(text);
}

void load_platform(const NodeFiles& files, const config::HostFacts* host, Node& node,
                   NodeCheck& check) {
    auto reading = config::read_platform(files.platform);
    auto errors = std::move(reading.errors);
    node.platform = std::move(reading.platform);
    if (errors.empty() && host != nullptr) {
        errors = config::check_against_host(node.platform, *host);
        for (const config::AbsentAddress& absent :
             config::take_absent(node.platform, *host, errors))
            add_absent(absent.address, config::warning_text(files.platform, absent.finding), node,
                       check);
    }
    for (const config::PlatformError& error : errors)
        check.report += config::to_string(files.platform, error) + "\n";
    check.errors += errors.size();
    for (const config::PlatformError& warning : reading.warnings)
        check.report += config::warning_text(files.platform, warning) + "\n";
    check.warnings += reading.warnings.size();
}

config::ConfigPtr load_config(const NodeFiles& files, NodeCheck& check) {
    auto reading = files.text ? config::language::read_text(*files.text, files.config)
                              : config::language::read_file(files.config);
    for (const auto& diagnostic : reading.diagnostics) {
        check.report += config::language::print_diagnostic(diagnostic);
        const bool is_error = diagnostic.severity == config::language::Diagnostic::Severity::error;
        ++(is_error ? check.errors : check.warnings);
    }
    if (reading.suppressed != 0)
        check.report +=
            fmt::format("{}: {} more errors are not shown\n", files.config, reading.suppressed);
    return reading.config;
}

// Where the finding stands; what was typed has no line.
std::string place_of(const config::Place& place) {
    return place.line == 0 ? std::string("configuration")
                           : fmt::format("{}:{}", place.file, place.line);
}

// Addresses of interfaces: warnings while SIP can listen somewhere, else errors.
void load_absent(const config::HostFacts& host, Node& node, NodeCheck& check) {
    const auto missing = missing_addresses(*node.config, node.platform, host);
    const auto listeners = sip_listeners(*node.config, node.platform);
    const bool is_heard = std::any_of(listeners.begin(), listeners.end(), [&](const auto& one) {
        return is_here(one.endpoint.address, node.platform, host);
    });
    for (const MissingAddress& each : missing) {
        if (is_heard) {
            add_absent(each.address, each.text("warning"), node, check);
            continue;
        }
        check.report += each.text("error") + "\n";
        ++check.errors;
    }
}

}  // namespace

bool Node::is_absent(const IpAddress& address) const {
    return std::find(absent.begin(), absent.end(), address) != absent.end();
}

std::string MissingAddress::text(const char* severity) const {
    return fmt::format("{}: {}: interface {}: this machine has no address {}", place_of(place),
                       severity, interface, address.to_string());
}

std::vector<MissingAddress> missing_addresses(const Config& config, const Platform& platform,
                                              const config::HostFacts& host) {
    std::vector<MissingAddress> missing;
    for (const Interface* interface : usable_interfaces(config))
        for (const Prefix& held : interface->addresses)
            if (!is_here(held.address, platform, host))
                missing.push_back({interface->name, held.address, interface->place});
    return missing;
}

std::vector<std::string> cross_check(const Config& config, const Platform& platform) {
    std::vector<std::string> errors;
    for (const Interface* interface : usable_interfaces(config))
        if (config.voice.sip.bind.media.empty() || config.voice.sip.bind.media == interface->name)
            check_interface(*interface, platform, errors);
    if (sip_listeners(config, platform).empty())
        errors.push_back(
            fmt::format("{}: error: SIP would listen nowhere: the interface named by bind has no "
                        "address, or is shut down",
                        platform.file));
    check_ports(config, platform, errors);
    return errors;
}

NodeCheck load_node(const NodeFiles& files, const config::HostFacts* host) {
    NodeCheck check;
    Node node;
    if (!files.platform.empty()) load_platform(files, host, node, check);
    const bool platform_ok = check.errors == 0;
    node.config = load_config(files, check);
    if (node.config) {
        const std::string& startup = files.startup.empty() ? files.config : files.startup;
        auto plan = compile_plan(node.config, flash_directory(node.platform, startup));
        if (plan) {
            node.plan = std::move(*plan);
            for (const std::string& notice : node.plan->notices())
                check.report += "warning: " + notice + "\n";
            check.warnings += node.plan->notices().size();
        } else {
            check.report += plan.error().context + "\n";
            ++check.errors;
        }
        if (!files.platform.empty() && platform_ok) {
            for (const std::string& error : cross_check(*node.config, node.platform)) {
                check.report += error + "\n";
                ++check.errors;
            }
        }
        if (host != nullptr) load_absent(*host, node, check);
    }
    if (check.errors == 0) check.node = std::move(node);
    return check;
}

}  // namespace weir::apps

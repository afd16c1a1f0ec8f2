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

void load_platform(const NodeFiles& files, const config::HostFacts* host, Platform& platform,
                   NodeCheck& check) {
    auto reading = config::read_platform(files.platform);
    auto errors = std::move(reading.errors);
    if (errors.empty() && host != nullptr)
        errors = config::check_against_host(reading.platform, *host);
    for (const config::PlatformError& error : errors)
        check.report += config::to_string(files.platform, error) + "\n";
    check.errors += errors.size();
    for (const config::PlatformError& warning : reading.warnings)
        check.report += config::warning_text(files.platform, warning) + "\n";
    check.warnings += reading.warnings.size();
    platform = std::move(reading.platform);
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

}  // namespace

std::vector<std::string> missing_addresses(const Config& config, const Platform& platform,
                                           const config::HostFacts& host) {
    std::vector<std::string> errors;
    for (const Interface* interface : usable_interfaces(config))
        for (const Prefix& held : interface->addresses)
            if (!host.has(held.address) && !platform.is_on_port(held.address))
                errors.push_back(
                    fmt::format("{}:{}: error: interface {}: this machine has no address {}",
                                interface->place.file, interface->place.line, interface->name,
                                held.address.to_string()));
    return errors;
}

std::vector<config::SipListener> sip_listeners(const Config& config, const Platform& platform) {
    std::vector<config::SipListener> listeners;
    const auto add = [&](const IpAddress& address) {
        config::SipListener listener;
        listener.endpoint = Endpoint{address, 0, platform.sip.port};
        listeners.push_back(listener);
    };
    const auto interfaces = usable_interfaces(config);
    for (const Interface* interface : interfaces)
        if (config.voice.sip.bind.control.empty() ||
            config.voice.sip.bind.control == interface->name)
            for (const Prefix& held : interface->addresses)
                add(held.address);
    if (!interfaces.empty()) return listeners;
    if (!platform.sip.listen.empty()) return platform.sip.listen;
    for (const config::Realm& realm : platform.realms)
        add(realm.address);
    return listeners;
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
    if (!files.platform.empty()) load_platform(files, host, node.platform, check);
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
        if (host != nullptr) {
            for (const std::string& error : missing_addresses(*node.config, node.platform, *host)) {
                check.report += error + "\n";
                ++check.errors;
            }
        }
    }
    if (check.errors == 0) check.node = std::move(node);
    return check;
}

}  // namespace weir::apps

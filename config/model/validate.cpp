// SPDX-License-Identifier: Apache-2.0
// All checks in the order of the running configuration; those of bind and interfaces.
#include "config/model/validate.hpp"

#include <map>

#include "config/model/validate_parts.hpp"

namespace weir::config {
namespace {

// Spec N23: SIP listens on the interfaces that the global bind names, so they have to be there.
void check_bind(const Config& config, const std::string& name, const std::string& what,
                const BlockFindings& at) {
    if (name.empty()) return;
    const auto found = config.interfaces.find(name);
    const auto add = [&](const std::string& text) {
        at.error("bind " + what,
                 "bind " + what + " names the interface " + name + ", which " + text);
    };
    if (found == config.interfaces.end())
        add("does not exist");
    else if (found->second.addresses.empty())
        add("has no address");
    else if (found->second.shutdown)
        add("is shut down");
}

void check_interfaces(const Config& config, Findings& findings) {
    std::map<IpAddress, std::string> owners;
    for (const auto& [name, port] : config.interfaces) {
        const BlockFindings at(findings, "interface " + name);
        for (const auto& prefix : port.addresses) {
            const auto [owner, fresh] = owners.emplace(prefix.address, name);
            if (fresh) continue;
            const std::string address = prefix.address.to_string();
            at.error(
                prefix.address.family == Family::v4 ? "ip address " + address
                                                    : std::string("ipv6 address"),
                "the address " + address + " belongs to interface " + owner->second + " already");
        }
    }
}

}  // namespace

std::vector<Finding> validate(const Config& config) {
    Findings findings;
    const BlockFindings sip(findings, "sip");
    check_bind(config, config.voice.sip.bind.control, "control", sip);
    check_bind(config, config.voice.sip.bind.media, "media", sip);
    validate_sip(config, config.voice.sip, "", sip);
    validate_classes(config, findings);
    validate_recording(config, findings);
    validate_translations(config, findings);
    check_interfaces(config, findings);
    validate_peers(config, findings);
    return findings;
}

}  // namespace weir::config

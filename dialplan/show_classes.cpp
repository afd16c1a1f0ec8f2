// SPDX-License-Identifier: Apache-2.0
// URI classes, pattern maps, dial-peer groups, server groups and provision policies (spec H.9).
#include "dialplan/show_classes.hpp"

#include <algorithm>
#include <vector>

#include <fmt/format.h>

#include "dialplan/compiled.hpp"

namespace weir::dialplan {
namespace {

const char* admin_word(bool shutdown) {
    return shutdown ? "Down" : "Up";
}

Result<std::string> joined(const std::vector<std::string>& texts, Tag tag, const char* kind) {
    if (tag && texts.empty())
        return fail(ErrorCode::not_found,
                    fmt::format("voice class {} {} does not exist", kind, *tag));
    return fmt::format("{}", fmt::join(texts, "\n"));
}

std::string uri_text(const config::UriClass& source) {
    const bool sip = source.scheme == config::UriClass::Scheme::sip;
    std::string text = fmt::format("Voice URI class: {}\n SNMP status = Active\n Schema = {}\n",
                                   source.tag, sip ? "sip" : "tel");
    if (!source.pattern.empty()) return text + fmt::format(" pattern = {}\n", source.pattern);
    if (!sip) text += fmt::format(" phone number = {}\n", source.phone_number);
    if (sip) {
        text += fmt::format(" user-id = {}\n", source.user_id);
        text += fmt::format(" host = {}\n", source.host_pattern);
    }
    text += fmt::format(" phone context = {}\n", source.phone_context);
    if (source.host_addresses.empty() && source.host_names.empty()) return text;
    text += " host instances:\n";
    for (const auto& address : source.host_addresses)
        text += fmt::format("  {}:{}\n", address.family == Family::v6 ? "ipv6" : "ipv4",
                            uri_host(address));
    for (const auto& name : source.host_names)
        text += fmt::format("  dns:{}\n", name);
    return text;
}

std::string map_text(const DialPlan& plan, const config::PatternMap& map) {
    const Compiled& compiled = plan.compiled();
    const auto entries = compiled.entries_of(map.tag);
    constexpr const char* kRule = "-----------------------------------\n";
    std::string text = fmt::format("e164-pattern-map {}\n{}", map.tag, kRule);
    text += fmt::format("    Description: {}\n", map.description);
    text += fmt::format("    It has {} entries\n", entries.size());
    text += map.url.empty() ? std::string("    It is not populated from a file.\n")
                            : fmt::format("    It is populated from url {}.\n", map.url);
    const auto file = compiled.files.maps.find(map.tag);
    if (map.shutdown)
        text += "    Map is shut down.\n";
    else if (compiled.map_is_valid(map.tag))
        text += "    Map is valid.\n";
    else
        text += fmt::format("    Map is invalid.\n    {}\n",
                            file == compiled.files.maps.end() ? std::string() : file->second.error);
    text += fmt::format("    E164 pattern\n    {}", kRule);
    for (const auto entry : entries)
        text += fmt::format("    {}\n", entry);
    return text;
}

const char* attribute_word(config::PolicyAttribute attribute) {
    using config::PolicyAttribute;
    switch (attribute) {
        case PolicyAttribute::called:
            return "called";
        case PolicyAttribute::calling:
            return "calling";
        case PolicyAttribute::uri:
            return "uri";
        case PolicyAttribute::from:
            return "from";
        case PolicyAttribute::to:
            return "to";
        case PolicyAttribute::via:
            return "via";
        case PolicyAttribute::diversion:
            return "diversion";
        case PolicyAttribute::referred_by:
            return "referred-by";
        case PolicyAttribute::carrier_id:
            return "carrier-id";
    }
    return "";
}

std::string server_group_text(const config::ServerGroup& group, const UsageMap* usage) {
    std::string last;
    const auto index = usage == nullptr ? std::nullopt : usage->last_server(group.tag);
    if (index && *index < group.servers.size()) last = group.servers[*index].address.to_string();
    std::string text = fmt::format("Voice class server-group: {}\n", group.tag);
    text += fmt::format("AdminStatus: {}  OperStatus: {}\n", admin_word(group.shutdown),
                        admin_word(group.shutdown || group.servers.empty()));
    text += fmt::format("Hunt-Scheme: {}  Last returned server: {}\n",
                        group.round_robin ? "round-robin" : "preference", last);
    text += fmt::format("Description: {}\n", group.description);
    if (!group.huntstops.empty()) {
        text += "Tag ID  From Response code  To Response code\n";
        text += "------  ------------------  ----------------\n";
        for (const auto& stop : group.huntstops)
            text += fmt::format("{:<8}{:<20}{}\n", stop.tag, stop.first, stop.last);
    }
    text += fmt::format("Total server entries: {}\n", group.servers.size());
    text += "Pref  Type  IP Address                                IP Port\n";
    text += "----  ----  ----------                                -------\n";
    for (const auto& server : group.servers)
        text += fmt::format("{:<6}{:<6}{:<42}{}\n", server.preference,
                            server.address.family == Family::v6 ? "ipv6" : "ipv4",
                            server.address.to_string(), server.port);
    return text;
}

}  // namespace

Result<std::string> show_uri_classes(const config::Config& config, const std::string& tag) {
    std::vector<std::string> texts;
    for (const auto& [name, source] : config.uri_classes)
        if (tag.empty() || tag == name) texts.push_back(uri_text(source));
    if (!tag.empty() && texts.empty())
        return fail(ErrorCode::not_found, fmt::format("voice class uri {} does not exist", tag));
    return fmt::format("{}", fmt::join(texts, "\n"));
}

std::string show_uri_class_summary(const config::Config& config) {
    std::string text =
        fmt::format("Total number of voice URI classes: {}\n", config.uri_classes.size());
    for (const auto& [name, source] : config.uri_classes)
        text += fmt::format("{:<33}{}\n", name,
                            source.scheme == config::UriClass::Scheme::sip ? "sip" : "tel");
    return text;
}

Result<std::string> show_pattern_maps(const DialPlan& plan, Tag tag) {
    std::vector<std::string> texts;
    for (const auto& [number, map] : plan.config()->pattern_maps)
        if (!tag || *tag == number) texts.push_back(map_text(plan, map));
    return joined(texts, tag, "e164-pattern-map");
}

std::string show_pattern_map_summary(const DialPlan& plan) {
    std::string text = "Map    Entries  Status   Url\n-----  -------  -------  ---\n";
    for (const auto& [number, map] : plan.config()->pattern_maps) {
        std::string row =
            fmt::format("{:<7}{:<9}{:<9}{}", number, plan.compiled().entries_of(number).size(),
                        map.shutdown                           ? "down"
                        : plan.compiled().map_is_valid(number) ? "valid"
                                                               : "invalid",
                        map.url);
        row.erase(row.find_last_not_of(' ') + 1);
        text += row + "\n";
    }
    return text;
}

Result<std::string> show_dial_peer_groups(const config::Config& config, Tag tag) {
    std::vector<std::string> texts;
    for (const auto& [number, group] : config.dial_peer_groups) {
        if (tag && *tag != number) continue;
        std::string text = fmt::format("Voice class dpg: {}  AdminStatus: {}\n", number,
                                       admin_word(group.shutdown));
        text += fmt::format("Description: {}\n", group.description);
        text += fmt::format("Total dial-peer entries: {}\n", group.members.size());
        text += "Peer Tag   Pref\n--------   ----\n";
        for (const auto& member : group.members)
            text += fmt::format("{:<11}{}\n", member.peer.value(), member.preference);
        texts.push_back(std::move(text));
    }
    return joined(texts, tag, "dpg");
}

Result<std::string> show_server_groups(const config::Config& config, Tag tag,
                                       const UsageMap* usage) {
    std::vector<std::string> texts;
    for (const auto& [number, group] : config.server_groups)
        if (!tag || *tag == number) texts.push_back(server_group_text(group, usage));
    return joined(texts, tag, "server-group");
}

Result<std::string> show_provision_policies(const config::Config& config, Tag tag) {
    std::vector<std::string> texts;
    for (const auto& [number, policy] : config.provision_policies) {
        if (tag && *tag != number) continue;
        std::string text =
            fmt::format("Voice class dial-peer provision-policy: {}   AdminStatus: {}\n", number,
                        admin_word(policy.shutdown));
        text += fmt::format("Description: {}\n", policy.description);
        text += "Pref Policy Rule\n---- -----------\n";
        for (const auto& line : policy.lines) {
            text += fmt::format("{:<5}{}", line.preference, attribute_word(line.first));
            if (line.second) text += fmt::format(" {}", attribute_word(*line.second));
            text += '\n';
        }
        texts.push_back(std::move(text));
    }
    return joined(texts, tag, "dial-peer provision-policy");
}

}  // namespace weir::dialplan

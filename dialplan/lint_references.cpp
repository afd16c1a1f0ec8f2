// SPDX-License-Identifier: Apache-2.0
// Objects that are named and missing (the checks of config/model), misused, or never named.
#include <set>

#include <fmt/format.h>

#include "config/model/validate.hpp"
#include "dialplan/lint_parts.hpp"

namespace weir::dialplan {
namespace {

using config::Config;
using config::DialPeer;

// What anything refers to, by kind.
struct Used {
    std::set<std::uint32_t> codecs, recorders, media, tenants, maps, files, groups, policies,
        servers, keepalives, rules;
    std::set<std::string> uris, profiles;
};

template <typename Tag>
void use(std::set<Tag>& used, const std::optional<Tag>& tag) {
    if (tag) used.insert(*tag);
}

void use_peer(const DialPeer& peer, Used& used) {
    use(used.codecs, peer.codec_class);
    use(used.media, peer.media_class);
    use(used.tenants, peer.tenant);
    use(used.groups, peer.dpg);
    use(used.policies, peer.provision_policy);
    use(used.servers, peer.server_group);
    use(used.keepalives, peer.keepalive.profile);
    use(used.rules, peer.translate_outgoing_called);
    use(used.rules, peer.translate_outgoing_calling);
    for (const auto& map : {peer.incoming_called_map, peer.incoming_calling_map,
                            peer.destination_map, peer.destination_calling_map})
        use(used.maps, map);
    for (const auto& [header, tag] : peer.incoming_uri)
        used.uris.insert(tag);
    for (const auto& [attribute, tag] : peer.destination_uri_of)
        used.uris.insert(tag);
    used.uris.insert(peer.destination_uri);
    used.profiles.insert(
        {peer.translation_incoming, peer.translation_outgoing, peer.call_block_profile});
}

Used used_of(const Config& config) {
    Used used;
    for (const auto& [tag, peer] : config.dial_peers)
        use_peer(peer, used);
    for (const auto& [tag, media] : config.media_classes)
        use(used.recorders, media.recorder_profile);
    used.profiles.insert(config.voip_incoming_profile);
    for (const auto& [name, profile] : config.translation_profiles) {
        for (const auto& step : profile.steps) {
            use(used.rules, step.rule_set);
            use(used.files, step.number_file);
        }
    }
    return used;
}

template <typename Objects, typename Tags>
void report_unused(LintContext& context, const Objects& objects, const Tags& used,
                   const char* kind) {
    for (const auto& [tag, object] : objects)
        if (!used.contains(tag))
            context.add("WL703", fmt::format("{} {}", kind, tag), "",
                        fmt::format("nothing refers to {} {}", kind, tag),
                        "take it out, or name it where it was meant to be used");
}

}  // namespace

LintFinding lint_finding(const config::Finding& finding) {
    const bool missing = finding.text.find("does not exist") != std::string::npos ||
                         finding.text.find("is not a dial-peer") != std::string::npos;
    LintFinding result;
    result.code = missing ? "WL701" : "WL702";
    result.severity = finding.severity == config::Finding::Severity::error ? LintSeverity::error
                                                                           : LintSeverity::warning;
    result.block = finding.block;
    result.command = finding.command;
    result.text = finding.text;
    result.advice = missing ? "define the object, or take the command out"
                            : "correct the command, or the object that it names";
    return result;
}

void lint_references(LintContext& context) {
    for (const auto& finding : config::validate(context.config)) {
        // WL101 says it of every kind of dial-peer.
        if (finding.text.find("is never used: it lacks") != std::string::npos) continue;
        context.result.findings.push_back(lint_finding(finding));
    }
    for (const std::string& notice : context.plan.notices()) {
        LintFinding finding = lint_finding({config::Finding::Severity::warning, "", "", notice});
        finding.code = "WL702";
        context.result.findings.push_back(std::move(finding));
    }
    const Config& config = context.config;
    const Used used = used_of(config);
    report_unused(context, config.codec_classes, used.codecs, "voice class codec");
    report_unused(context, config.uri_classes, used.uris, "voice class uri");
    report_unused(context, config.pattern_maps, used.maps, "voice class e164-pattern-map");
    report_unused(context, config.number_files, used.files, "voice class e164-translation");
    report_unused(context, config.dial_peer_groups, used.groups, "voice class dpg");
    report_unused(context, config.provision_policies, used.policies,
                  "voice class dial-peer provision-policy");
    report_unused(context, config.server_groups, used.servers, "voice class server-group");
    report_unused(context, config.keepalive_profiles, used.keepalives,
                  "voice class sip-options-keepalive");
    report_unused(context, config.tenants, used.tenants, "voice class tenant");
    report_unused(context, config.recorder_profiles, used.recorders, "media profile recorder");
    report_unused(context, config.media_classes, used.media, "media class");
    report_unused(context, config.translation_rules, used.rules, "voice translation-rule");
    report_unused(context, config.translation_profiles, used.profiles, "voice translation-profile");
}

}  // namespace weir::dialplan

// SPDX-License-Identifier: Apache-2.0
// Classes that name other objects, and their own contradictions (spec A.8, A.9, A.12, B.13, D.1).
#include <algorithm>
#include <array>

#include "config/model/expression.hpp"
#include "config/model/validate_parts.hpp"

namespace weir::config {
namespace {

std::string numbered(const char* head, std::uint32_t tag) {
    return std::string(head) + " " + std::to_string(tag);
}

// Spec A.9: codes that never stop the hunt. A range may hold them, with IOS's warning.
constexpr std::array<std::uint16_t, 9> kNeverStop{401, 407, 415, 417, 422, 480, 485, 486, 488};

void check_server_group(const ServerGroup& group, const BlockFindings& at) {
    for (const auto& stop : group.huntstops)
        if (std::any_of(kNeverStop.begin(), kNeverStop.end(),
                        [&](auto code) { return code >= stop.first && code <= stop.last; }))
            at.warn("huntstop " + std::to_string(stop.tag),
                    "Warning: Range includes code(s) that will not stop hunting.");
}

void check_members(const Config& config, const DialPeerGroup& group, const BlockFindings& at) {
    for (const auto& member : group.members) {
        const std::string tag = std::to_string(member.peer.value());
        if (!config.find_peer(member.peer))
            at.missing("dial-peer " + tag, "dial-peer " + tag, "it is passed over");
    }
}

// A group that the expression does not have inserts nothing.
void check_rules(const SipProfiles& profile, const BlockFindings& at) {
    for (const auto& rule : profile.rules) {
        if (rule.action != SipProfileRule::Action::modify) continue;
        const auto groups = check_profile_match(rule.match);
        const auto used = check_profile_replacement(rule.value);
        if (!groups || !used || *used <= *groups) continue;
        at.warn(rule.tag ? "rule " + std::to_string(*rule.tag) : "",
                "the replacement \"" + rule.value + "\" uses \\" + std::to_string(*used) +
                    ", and its expression has " + groups_text(*groups) +
                    ": nothing is inserted for it");
    }
}

void check_cor(const Config& config, Findings& findings) {
    const auto& names = config.cor.names;
    for (const auto& [list, members] : config.cor.lists)
        for (const auto& member : members)
            if (std::find(names.begin(), names.end(), member) == names.end())
                BlockFindings(findings, "dial-peer cor list " + list)
                    .missing("member " + member, "the name " + member + " of dial-peer cor custom",
                             "as a member it restricts nothing that other lists could hold");
}

void check_tls(const Config& config, Findings& findings) {
    for (const auto& [tag, profile] : config.tls_profiles) {
        const BlockFindings at(findings, numbered("voice class tls-profile", tag));
        at.reference("cipher", profile.cipher, config.tls_cipher_classes, "voice class tls-cipher",
                     "the ordinary cipher suites are offered");
        if (profile.trustpoint.empty())
            at.warn("", "voice class tls-profile " + std::to_string(tag) +
                            " has no trustpoint: connections that need a certificate of ours "
                            "fail");
    }
}

}  // namespace

void validate_classes(const Config& config, Findings& findings) {
    for (const auto& [tag, group] : config.dial_peer_groups)
        check_members(config, group, {findings, numbered("voice class dpg", tag)});
    for (const auto& [tag, group] : config.server_groups)
        check_server_group(group, {findings, numbered("voice class server-group", tag)});
    for (const auto& [tag, profile] : config.keepalive_profiles)
        BlockFindings(findings, numbered("voice class sip-options-keepalive", tag))
            .reference("sip-profiles", profile.sip_profiles, config.sip_profiles,
                       "voice class sip-profiles", "the OPTIONS are sent as they are");
    for (const auto& [tag, profile] : config.sip_profiles)
        check_rules(profile, {findings, numbered("voice class sip-profiles", tag)});
    check_tls(config, findings);
    for (const auto& [tag, tenant] : config.tenants)
        validate_sip(config, tenant.sip, "", {findings, numbered("voice class tenant", tag)});
    check_cor(config, findings);
}

void validate_sip(const Config& config, const SipOptions& sip, const std::string& prefix,
                  const BlockFindings& at) {
    const std::string profiles = prefix.empty() ? "sip-profiles" : prefix + "profiles";
    for (const auto& tag : {sip.profiles.outbound, sip.profiles.inbound})
        if (tag)
            at.reference(profiles + " " + std::to_string(*tag), tag, config.sip_profiles,
                         "voice class sip-profiles", "messages are not changed");
    at.reference(prefix + "copy-list", sip.copy_list, config.copy_lists, "voice class sip-copylist",
                 "no header is copied");
    at.reference(prefix + "pass-thru headers", sip.pass_headers, config.pass_lists,
                 "voice class sip-hdr-passthrulist", "no header is passed");
    at.reference(prefix + "srtp-crypto", sip.srtp_crypto, config.srtp_crypto_classes,
                 "voice class srtp-crypto", "the default suites are offered");
    at.reference(prefix + "tls-profile", sip.tls_profile, config.tls_profiles,
                 "voice class tls-profile", "the trustpoint of crypto signaling counts");
}

}  // namespace weir::config

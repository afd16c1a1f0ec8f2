// SPDX-License-Identifier: Apache-2.0
// SipProfile: the compiling of rules, and the sets of a configuration.
#include "signaling/header/sip_profile.hpp"

#include <utility>

#include "config/base/text.hpp"
#include "config/model/resolve.hpp"
#include "config/model/sip_headers.hpp"

namespace weir::signaling {
namespace {

// Spec D.2: names that would be keywords are spelled otherwise in rules.
std::string name_in_messages(const std::string& header) {
    if (header == "Accept-Header") return "Accept";
    if (header == "Allow-Header") return "Allow";
    return header == "Session-Header" ? "Session" : header;
}

bool is_any(std::string_view word) {
    return word.empty() || text::iequals(word, "ANY");
}

std::string request_line(const SipMessage& message) {
    return message.method + " " + message.request_uri + " SIP/2.0";
}

}  // namespace

Result<std::optional<SipProfile::Rule>> SipProfile::compile(const config::SipProfileRule& rule) {
    Rule made;
    made.message = rule.message;
    if (!is_any(rule.method)) made.method = rule.method;
    if (!is_any(rule.code)) made.code = static_cast<int>(text::number(rule.code).value_or(0));
    made.part = rule.part;
    made.mline_index = rule.mline_index;
    made.action = rule.action;
    made.variable = rule.variable;
    using Part = config::SipProfileRule::Part;
    using Action = config::SipProfileRule::Action;
    const bool sip = rule.part == Part::sip_header || rule.part == Part::peer_sip_header;
    made.header =
        sip ? name_in_messages(config::canonical_header(rule.header)) : std::string(rule.header);
    if (!sip && !rule.mline_index) made.line = sdp_line_name(rule.header);
    const bool changes_count = rule.action == Action::add || rule.action == Action::remove;
    const bool mandatory = sip ? config::is_mandatory_header(made.header)
                               : config::is_mandatory_sdp_header(rule.header);
    if (changes_count && mandatory) return std::optional<Rule>();
    if (rule.action == Action::modify || rule.action == Action::copy) {
        auto match = ProfileExpression::compile(rule.match);
        if (!match) return fail(std::move(match).error());
        made.match = *std::move(match);
    }
    if (rule.action == Action::modify || rule.action == Action::add) {
        auto value = ProfileText::compile(rule.value);
        if (!value) return fail(std::move(value).error());
        made.value = *std::move(value);
    }
    return std::optional<Rule>(std::move(made));
}

Result<SipProfile> SipProfile::compile(const config::SipProfiles& profile) {
    SipProfile made;
    for (const auto& rule : profile.rules) {
        auto compiled = compile(rule);
        if (!compiled) return fail(std::move(compiled).error());
        if (*compiled) made.rules_.push_back(**std::move(compiled));
    }
    return made;
}

ProfileSet::ProfileSet(const config::Config& config, std::vector<std::string>& complaints) {
    for (const auto& [tag, profile] : config.sip_profiles) {
        auto compiled = SipProfile::compile(profile);
        if (compiled)
            profiles_.emplace(tag, *std::move(compiled));
        else
            complaints.push_back("voice class sip-profiles " + std::to_string(tag) +
                                 " is not applied: " + compiled.error().context);
    }
}

const SipProfile* ProfileSet::find(std::uint32_t tag) const {
    const auto it = profiles_.find(tag);
    return it == profiles_.end() ? nullptr : &it->second;
}

const SipProfile* ProfileSet::outbound(const config::Config& config,
                                       const config::DialPeer& peer) const {
    if (profiles_.empty()) return nullptr;
    return find(config::resolve_profile(config, peer, &config::SipProfileChoice::outbound).value);
}

const SipProfile* ProfileSet::inbound(const config::Config& config,
                                      const config::DialPeer& peer) const {
    if (profiles_.empty() || !config.voice.inbound_profiles) return nullptr;
    return find(config::resolve_profile(config, peer, &config::SipProfileChoice::inbound).value);
}

void apply_profile(SipMessage& message, const config::Config& config, std::uint32_t tag,
                   std::vector<Header> copied) {
    const auto found = config.sip_profiles.find(tag);
    if (found == config.sip_profiles.end()) return;
    const auto profile = SipProfile::compile(found->second);
    if (!profile) return;  // said when the configuration was taken over
    PeerMessage peer;
    peer.headers = std::move(copied);
    ProfileSubject subject;
    subject.peer = &peer;
    profile->apply(message, subject);
}

void apply_recorder_profile(SipMessage& invite, const config::Config& config,
                            const config::DialPeer& recorder, std::vector<Header> copied) {
    apply_profile(invite, config, recorder.sip.profiles.outbound.value_or(0), std::move(copied));
}

std::optional<PeerMessage> peer_message(const SipMessage& message, const config::Config& config,
                                        const config::DialPeer& peer) {
    const auto list =
        config.copy_lists.find(resolve(config, peer, &config::SipOptions::copy_list).value);
    const bool custom = resolve(config, peer, &config::SipOptions::pass_custom_sdp).value;
    if (list == config.copy_lists.end() && !custom) return std::nullopt;
    PeerMessage kept;
    std::size_t bytes = 0;
    const auto keep = [&](std::string_view name, std::string_view value) {
        bytes += name.size() + value.size();
        if (kept.headers.size() < kKeptPeerHeaders && bytes <= kKeptPeerBytes)
            kept.headers.push_back({std::string(name), std::string(value)});
    };
    if (list != config.copy_lists.end()) {
        for (const auto& name : list->second.headers) {
            if (text::iequals(name, "SIP-Req-URI") && message.is_request)
                keep("SIP-Req-URI", request_line(message));
            const std::string spelled = name_in_messages(config::canonical_header(name));
            for (const auto value : message.all(spelled))
                keep(spelled, value);
        }
    }
    const std::string* type = message.find("Content-Type");
    if (custom && type != nullptr && message.body.size() <= kKeptPeerBytes) {
        kept.description.add("Content-Type", *type);
        kept.description.body = message.body;
    }
    return kept;
}

}  // namespace weir::signaling

// SPDX-License-Identifier: Apache-2.0
// Asks the door, then the dial plan, then the policy of recording: the functions that handle calls.
#include "deploy/apps/explain_call.hpp"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "config/base/text.hpp"
#include "dialplan/uri_text.hpp"
#include "forking/policy/policy.hpp"
#include "signaling/call/routing.hpp"
#include "signaling/edge/admission.hpp"
#include "signaling/sip/guard_reason.hpp"
#include "signaling/sip/wire_parser.hpp"

namespace weir::apps {
namespace {

using config::Config;

// Where the INVITE would be sent to: an address of ours, so that URI classes have a host to look
// at; the first interface in the net of the source, else the first.
std::string own_host(const Config& config, const std::optional<Endpoint>& source) {
    const IpAddress* first = nullptr;
    for (const auto& [name, interface] : config.interfaces) {
        for (const Prefix& held : interface.addresses) {
            if (source && held.contains(source->address)) return uri_host(held.address);
            if (first == nullptr) first = &held.address;
        }
    }
    return first == nullptr ? "weir.invalid" : uri_host(*first);
}

// RFC 3261 25.1 user: what else stands there is escaped.
std::string escaped(std::string_view user) {
    static constexpr std::string_view kPlain = "-_.!~*'()&=+$,;?/";
    std::string out;
    for (const char character : user) {
        const auto byte = static_cast<unsigned char>(character);
        const bool letter = (byte >= '0' && byte <= '9') || (byte >= 'A' && byte <= 'Z') ||
                            (byte >= 'a' && byte <= 'z');
        if (letter || kPlain.find(character) != std::string_view::npos)
            out += character;
        else
            out += fmt::format("%{:02X}", byte);
    }
    return out;
}

std::string uri_of(std::string_view user, const std::string& host) {
    return "sip:" + (user.empty() ? "" : escaped(user) + "@") + host;
}

// Which line of the configuration trusts the source; "" if none does.
std::string trust_of(const Config& config, const IpAddress& source) {
    if (!config.voice.trusted.authenticate) return "no ip address trusted authenticate";
    for (const Prefix& prefix : config.voice.trusted.prefixes)
        if (prefix.contains(source)) return "ip address trusted list " + prefix.to_string();
    for (const auto& [tag, peer] : config.dial_peers) {
        if (peer.target.kind == config::SessionTarget::Kind::address &&
            peer.target.address == source)
            return fmt::format("the session target of dial-peer {}", tag.value());
        const auto group = peer.server_group ? config.server_groups.find(*peer.server_group)
                                             : config.server_groups.end();
        if (group == config.server_groups.end()) continue;
        for (const auto& server : group->second.servers)
            if (server.address == source)
                return fmt::format("server-group {} of dial-peer {}", group->first, tag.value());
    }
    return "the configuration";
}

std::string why_refused(const Config& config, const signaling::Admission& door,
                        const IpAddress& source) {
    if (door.trusted)
        return fmt::format("voice service voip is shut down: no call comes in from {}",
                           source.to_string());
    return fmt::format(
        "{} is neither in ip address trusted list nor a session target of a dial-peer that is up"
        "{}: add it with 'ip address trusted list' if its calls are wanted",
        source.to_string(),
        config.voice.silent_discard_untrusted ? " (silent-discard untrusted)" : "");
}

// Asked for INVITE only, as a call begins (spec B.3).
dialplan::ExplainedSource door_of(const Config& config, const ExplainedCall& call) {
    dialplan::ExplainedSource source;
    source.transport = call.transport;
    if (!call.source) return source;
    source.address = call.source->to_string();
    const auto door = signaling::admit(config.voice, signaling::TrustedSources(config),
                                       {.source = *call.source, .method = "INVITE"});
    if (door.trusted) source.trust = trust_of(config, *call.source);
    if (door.verdict == signaling::Admission::Verdict::admit) return source;
    // What is discarded without a word is booked with the cause that would have been sent.
    const int cause =
        door.q850_cause == 0 ? config.voice.trusted.call_block_cause : door.q850_cause;
    source.refused = dialplan::RouteRefusal{static_cast<std::uint8_t>(cause),
                                            static_cast<std::uint16_t>(door.status),
                                            why_refused(config, door, *call.source)};
    return source;
}

dialplan::ExplainedRecording recording_of(const Config& config, const forking::RecordingPlan& plan,
                                          config::DialPeerTag inbound,
                                          config::DialPeerTag outbound) {
    dialplan::ExplainedRecording recording;
    recording.outbound = outbound;
    recording.media_class = plan.media_class;
    recording.anchor = plan.anchor == dataplane::Side::a ? inbound : outbound;
    for (const auto& target : plan.recorders)
        recording.recorders.push_back(target.peer);
    // What the class names is shown also where `skipped` says why none of it is used.
    if (recording.recorders.empty()) recording.recorders = config.recorders_of(plan.media_class);
    recording.skipped = plan.skipped;
    recording.warning = plan.warning;
    return recording;
}

// VRF and listen-port (spec A.7); not said: neither is looked at.
dialplan::Arrival arrival_of(const CallWords& words) {
    return {words.local.value_or(Endpoint{}), words.transport == "tls"};
}

}  // namespace

ExplainedCall call_of_words(const Config& config, const CallWords& words) {
    ExplainedCall call;
    call.transport = words.transport;
    call.query.arrival = arrival_of(words);
    const std::string own = own_host(config, words.source);
    call.query.calling.digits = words.calling;
    call.query.called.digits = words.called;
    call.query.carrier = words.carrier;
    call.query.voice_port = words.voice_port;
    call.query.request_uri = uri_of(words.called, own);
    call.query.to_uri = call.query.request_uri;
    call.query.from_uri = uri_of(words.calling, own);
    if (words.source) {
        call.source = words.source->address;
        const std::string host = uri_host(words.source->address);
        call.query.via_host = host;
        call.query.from_uri = uri_of(words.calling, host);
    }
    return call;
}

Result<ExplainedCall> call_of_invite(std::string_view text, const CallWords& words) {
    std::string whole(text);
    // A text file has lines of its own system, and no empty one at its end; of a fragmented
    // datagram only the first piece is there. The headers are all that is wanted.
    if (whole.find("\r\n\r\n") == std::string::npos) {
        if (whole.find("\r\n") == std::string::npos) {
            std::string lines;
            for (const char character : whole)
                lines += character == '\n' ? std::string("\r\n") : std::string(1, character);
            whole = std::move(lines);
        }
        if (const auto end = whole.find("\r\n\r\n"); end == std::string::npos)
            whole = whole.substr(0, whole.rfind("\r\n")) + "\r\n\r\n";
    }
    const signaling::WireMessage wire = signaling::parse_wire(whole);
    const signaling::SipMessage& invite = wire.message;
    if (wire.fault)
        return fail(ErrorCode::invalid, fmt::format("the message is not SIP as Weir reads it: {}",
                                                    signaling::to_string(*wire.fault)));
    if (!invite.is_request || invite.method != "INVITE")
        return fail(ErrorCode::invalid,
                    fmt::format("the message is no INVITE but {}",
                                invite.is_request ? text::printable(invite.method) : "a response"));
    if (invite.find("From") == nullptr || invite.find("To") == nullptr ||
        invite.find("Via") == nullptr)
        return fail(ErrorCode::invalid, "the INVITE has no From, To or Via");
    ExplainedCall call;
    call.query = signaling::route_query(invite);
    call.query.arrival = arrival_of(words);
    call.transport = words.transport;
    if (words.source) {
        call.source = words.source->address;
    } else if (const auto via = IpAddress::parse(dialplan::host_of(call.query.via_host))) {
        call.source = *via;
    }
    return call;
}

dialplan::Explanation explain_call(const dialplan::DialPlan& plan, const ExplainedCall& call,
                                   Random& random, const dialplan::UsageMap& usage) {
    const Config& config = *plan.config();
    // Also a call that the door refuses is routed here: the operator wants to know what trust would
    // bring.
    auto explanation = dialplan::explain(plan, call.query, random, usage);
    explanation.source = door_of(config, call);
    const auto inbound = explanation.decision.inbound.peer;
    config::DialPeerTag last{0};
    for (const auto& candidate : explanation.decision.candidates) {
        if (std::exchange(last, candidate.match.peer) == candidate.match.peer) continue;
        if (const auto recording = forking::plan_recording(config, inbound, candidate.match.peer))
            explanation.recordings.push_back(
                recording_of(config, *recording, inbound, candidate.match.peer));
    }
    return explanation;
}

}  // namespace weir::apps

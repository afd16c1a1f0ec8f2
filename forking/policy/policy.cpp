// SPDX-License-Identifier: Apache-2.0
// Reading a call's recording out of the configuration.
#include "forking/policy/policy.hpp"

#include <fmt/format.h>

#include "config/model/number_pattern.hpp"
#include "config/model/resolve.hpp"
#include "config/model/voice_ports.hpp"

namespace weir::forking {
namespace {

using config::Config;
using config::DialPeer;
using config::DialPeerTag;

const config::MediaClass* class_of(const Config& config, DialPeerTag tag) {
    if (tag == DialPeerTag{0}) return nullptr;  // spec F.1: peer 0 is never recorded
    const DialPeer* peer = config.find_peer(tag);
    if (peer == nullptr || !peer->media_class) return nullptr;
    const auto found = config.media_classes.find(*peer->media_class);
    return found == config.media_classes.end() ? nullptr : &found->second;
}

bool is_pots(const Config& config, DialPeerTag tag) {
    const DialPeer* peer = config.find_peer(tag);
    return peer != nullptr && peer->type == DialPeer::Type::pots;
}

const config::RecorderProfile* profile_of(const Config& config, const config::MediaClass& media) {
    if (media.recorder_parameter) return &*media.recorder_parameter;
    if (!media.recorder_profile) return nullptr;
    const auto found = config.recorder_profiles.find(*media.recorder_profile);
    return found == config.recorder_profiles.end() ? nullptr : &found->second;
}

// Why a recorder peer cannot be used; "" if it can.
std::string fault_of(const DialPeer* peer) {
    if (peer == nullptr) return "no such dial-peer";
    if (peer->shutdown) return "is shut down";
    if (peer->type != DialPeer::Type::voip) return "is a pots dial-peer";
    if (!config::is_plain_number(peer->destination_pattern))
        return "its destination-pattern is no plain number";
    if (!peer->usable_outbound()) return "is not operational";
    return {};
}

RecorderTarget target_of(const Config& config, const DialPeer& peer) {
    RecorderTarget target;
    target.peer = peer.tag;
    target.number = peer.destination_pattern;
    target.address = peer.target.address;
    target.host = peer.target.host;
    target.port = peer.target.port;
    const auto transport = config::resolve_transport(config, peer).value;
    target.transport = transport.transport;
    target.tls = transport.tls;
    return target;
}

}  // namespace

std::optional<RecordingPlan> plan_recording(const Config& config, DialPeerTag inbound,
                                            DialPeerTag outbound) {
    const config::MediaClass* in = class_of(config, inbound);
    const config::MediaClass* out = class_of(config, outbound);
    const config::MediaClass* media = in != nullptr ? in : out;
    if (media == nullptr) return std::nullopt;
    // Spec G.5: a call that comes from a TDM port is a gateway call, which is recorded through its
    // loop.
    if (is_pots(config, inbound) && !config::tdm_forking_direct(config)) return std::nullopt;
    RecordingPlan plan;
    plan.media_class = media->tag;
    plan.anchor = in != nullptr ? dataplane::Side::a : dataplane::Side::b;
    if (in != nullptr && out != nullptr)
        plan.warning = fmt::format(
            "dial-peers {} and {} both have a media-class: one recording only, by class {} of the "
            "inbound one",
            inbound.value(), outbound.value(), in->tag);
    const config::RecorderProfile* profile = profile_of(config, *media);
    if (profile == nullptr) {
        plan.skipped.push_back(fmt::format("media class {} names no recorder", media->tag));
        return plan;
    }
    plan.audio_only = profile->audio_only;
    if (media->siprec) {
        // Sending the other form to a SIPREC recorder would be refused at best.
        plan.skipped.push_back(
            fmt::format("media class {} asks for SIPREC, which is not there yet", media->tag));
        return plan;
    }
    for (const DialPeerTag tag : profile->recorders) {
        const DialPeer* peer = config.find_peer(tag);
        if (std::string fault = fault_of(peer); !fault.empty())
            plan.skipped.push_back(fmt::format("{}: {}", tag.value(), fault));
        else
            plan.recorders.push_back(target_of(config, *peer));
    }
    return plan;
}

}  // namespace weir::forking

// SPDX-License-Identifier: Apache-2.0
// From a call's view, its snapshot and the counters of its media to its legs.
#include "signaling/show/call_leg.hpp"

#include "config/base/limits.hpp"
#include "config/base/text.hpp"
#include "config/model/config.hpp"

namespace weir::signaling {
namespace {

constexpr unsigned kLegsPerCall = 10;
constexpr unsigned kFirstForkLeg = 3;
static_assert(kFirstForkLeg + kMaxForks - 1 <= kLegsPerCall);

constexpr std::uint32_t kDefaultPtime = 20;  // ms; what codec_info's bytes are for
constexpr std::uint32_t kVoiceClock = 8;     // timestamp units in a ms of narrow-band audio

const NegotiatedStream* stream_of(const CallView& view, LegMedia media) {
    for (const NegotiatedStream& stream : view.streams)
        if ((stream.media == "video") == (media == LegMedia::video)) return &stream;
    return nullptr;
}

bool is_named(const std::string& rtpmap, std::string_view encoding) {
    return text::iequals(std::string_view(rtpmap).substr(0, rtpmap.find('/')), encoding);
}

void add_stream(CallLeg& leg, const NegotiatedStream& stream) {
    leg.has_media = true;
    leg.video = stream.media == "video";
    leg.codec = codec_word(stream);
    for (const config::CodecInfo& info : config::all_codecs())
        if (leg.codec == info.keyword)
            leg.codec_bytes = info.default_bytes * stream.ptime_ms / kDefaultPtime;
    if (!stream.formats.empty()) leg.payload_type = stream.formats.front().payload_type;
    for (const NegotiatedFormat& format : stream.formats)
        if (is_named(format.rtpmap, "telephone-event")) leg.nte = format.payload_type;
}

void add_media(CallLeg& leg, const dataplane::SessionState& state, std::size_t stream) {
    if (stream >= kMaxStreams) return;
    const auto own = static_cast<std::size_t>(leg.side);
    const dataplane::StreamAccount& in = state.streams[stream][own];
    const dataplane::StreamAccount& out = state.streams[stream][1 - own];
    leg.counted = true;
    leg.received = {in.received, in.received_octets};
    leg.sent = {out.relayed, out.received_octets};
    leg.lost = in.lost_before_us;
    leg.lost_ours = in.lost_ours;
    leg.reordered = in.reordered;
    leg.duplicates = in.duplicates;
    leg.rtcp = in.rtcp_received;
    leg.ssrc = in.ssrc;
    leg.ssrc_changes = in.ssrc_changes;
    leg.jitter_ms = leg.video ? 0 : in.jitter / kVoiceClock;
    if (!leg.local_rtp.is_set()) leg.local_rtp = state.local[stream].local_rtp[own];
    if (!leg.remote_rtp.is_set()) leg.remote_rtp = state.remote_rtp[stream][own];
}

void add_party(CallLeg& leg, const CallView& view) {
    const CallParty& party = view.parties[static_cast<std::size_t>(leg.side)];
    leg.peer = party.dial_peer;
    leg.number = party.number;
    leg.display = party.display;
    leg.signalling = party.peer;
    leg.sip_call_id = party.sip_call_id;
    const config::DialPeer* peer =
        view.config == nullptr ? nullptr : view.config->find_peer(party.dial_peer);
    if (peer != nullptr) leg.target = to_words(peer->target);
}

void add_times(CallLeg& leg, const LegFacts& facts, MonoTime now) {
    leg.setup = facts.view.invited_at;
    leg.connect = facts.view.connected_at;
    leg.setup_wall = facts.view.invited_wall;
    leg.connect_wall = facts.view.connected_wall;
    leg.until = now;
    if (facts.end == nullptr) return;
    leg.until = facts.end->at;
    leg.end = LegEnd{facts.end->q850_cause, facts.end->released_by, facts.end->at, facts.end->wall};
}

}  // namespace

std::uint64_t leg_id(CallId call, unsigned leg) {
    return call.value() * kLegsPerCall + leg;
}

std::string codec_word(const NegotiatedStream& stream) {
    if (stream.formats.empty()) return "";
    const std::string& rtpmap = stream.formats.front().rtpmap;
    for (const config::CodecInfo& info : config::all_codecs())
        if (is_named(rtpmap, info.encoding)) return info.keyword;
    return rtpmap.substr(0, rtpmap.find('/'));
}

std::vector<CallLeg> legs_of(const LegFacts& facts, MonoTime now, LegMedia media) {
    std::vector<CallLeg> legs;
    const CallView& view = facts.view;
    const NegotiatedStream* stream = stream_of(view, media);
    if (stream == nullptr && (media == LegMedia::video || !view.streams.empty())) return legs;
    for (const Side side : {Side::a, Side::b}) {
        const auto index = static_cast<std::size_t>(side);
        if (side == Side::b && view.parties[index].number.empty()) continue;
        CallLeg leg;
        leg.call = view.id;
        leg.id = leg_id(view.id, static_cast<unsigned>(index) + 1);
        leg.guid = view.guid;
        leg.side = side;
        leg.state = facts.state;
        add_party(leg, view);
        leg.numbers = {view.calling, view.called};
        leg.translated = {view.parties[0].number, view.parties[1].number};
        add_times(leg, facts, now);
        leg.streams = static_cast<std::uint32_t>(view.streams.size());
        for (const NegotiatedStream& each : view.streams)
            if (each.active) ++leg.active_streams;
        const std::size_t number = stream == nullptr ? 0 : stream->stream;
        if (stream != nullptr) add_stream(leg, *stream);
        if (facts.active != nullptr && number < kMaxStreams) {
            leg.local_rtp = facts.active->local_rtp[number][index];
            leg.remote_rtp = facts.active->remote_rtp[number][index];
            leg.path = facts.active->paths[index];
            leg.uuids = {facts.active->uuids[1 - index], facts.active->uuids[index]};
        }
        if (facts.media != nullptr) add_media(leg, *facts.media, number);
        legs.push_back(std::move(leg));
    }
    return legs;
}

const char* leg_state_word(const CallLeg& leg) {
    if (leg.state >= CallState::releasing) return "disconnecting";
    if (leg.connect) return "active";
    return leg.state == CallState::inviting ? "alerting" : "connecting";
}

unsigned release_source(const LegEnd& end) {
    if (!end.released_by) return 5;
    return *end.released_by == Side::a ? 3 : 4;
}

}  // namespace weir::signaling

// SPDX-License-Identifier: Apache-2.0
// Call legs for programs. What a peer sends need not be UTF-8: other bytes than printable ASCII
// stand as \\xNN.
#include <boost/json.hpp>

#include "config/base/text.hpp"
#include "signaling/show/cause_text.hpp"
#include "signaling/show/show_legs.hpp"

namespace weir::signaling {
namespace {

namespace json = boost::json;

json::string safe(const std::string& text) {
    return json::string(text::printable(text, text.size()));
}

json::value endpoint(const Endpoint& endpoint) {
    if (!endpoint.address.is_set()) return nullptr;
    return json::string(endpoint.port == 0 ? endpoint.address.to_string() : endpoint.to_string());
}

json::object traffic(const LegTraffic& traffic) {
    return {{"packets", traffic.packets}, {"octets", traffic.octets}};
}

void add_media(json::object& object, const CallLeg& leg) {
    object["codec"] = leg.codec;
    object["codec_bytes"] = leg.codec_bytes;
    object["payload_type"] = leg.payload_type;
    object["dtmf_relay"] = leg.nte ? "rtp-nte" : "inband-voice";
    object["type"] = leg.video ? "video" : "voice";
    object["streams"] = leg.streams;
    object["active_streams"] = leg.active_streams;
    object["local"] = endpoint(leg.local_rtp);
    object["remote"] = endpoint(leg.remote_rtp);
    if (!leg.counted) return;
    object["sent"] = traffic(leg.sent);
    object["received"] = traffic(leg.received);
    object["lost"] = leg.lost;
    object["lost_ours"] = leg.lost_ours;
    object["reordered"] = leg.reordered;
    object["duplicates"] = leg.duplicates;
    object["rtcp"] = leg.rtcp;
    object["ssrc"] = leg.ssrc;
    object["ssrc_changes"] = leg.ssrc_changes;
    object["jitter_ms"] = leg.jitter_ms;
}

void add_times(json::object& object, const CallLeg& leg) {
    object["setup"] = iso8601(leg.setup_wall);
    object["connect"] = leg.connect ? json::value(iso8601(leg.connect_wall)) : json::value(nullptr);
    object["duration_ms"] =
        std::chrono::duration_cast<std::chrono::milliseconds>(leg.duration()).count();
    if (!leg.end) return;
    object["disconnect"] = iso8601(leg.end->wall);
    object["cause"] = leg.end->q850_cause;
    object["cause_text"] = std::string(cause_name(leg.end->q850_cause));
    object["release_source"] = release_source(*leg.end);
}

}  // namespace

std::string legs_json(const LegTable& table) {
    json::array legs;
    for (const CallLeg& leg : table.legs) {
        json::object object{
            {"call", leg.call.value()},
            {"id", leg.id},
            {"guid", leg.guid.to_string()},
            {"origin", leg.side == Side::a && !leg.is_fork ? "answer" : "originate"},
            {"fork", leg.is_fork},
            {"state", leg.end ? "ended" : leg_state_word(leg)},
            {"dial_peer", leg.peer.value()},
            {"number", safe(leg.number)},
            {"calling", safe(leg.numbers[0])},
            {"called", safe(leg.numbers[1])},
            {"sip_call_id", safe(leg.sip_call_id)},
            {"signalling",
             endpoint(leg.path.remote.is_set() ? leg.path.remote : Endpoint{leg.signalling, 0})}};
        add_media(object, leg);
        add_times(object, leg);
        legs.push_back(std::move(object));
    }
    return json::serialize(legs) + "\n";
}

}  // namespace weir::signaling

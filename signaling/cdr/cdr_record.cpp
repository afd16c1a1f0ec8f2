// SPDX-License-Identifier: Apache-2.0
// CdrRecord as JSON: one object per call, keys in a fixed order.
#include "signaling/cdr/cdr_record.hpp"

#include <boost/json.hpp>

#include "dataplane/api/verdict.hpp"

namespace weir::signaling {
namespace {

namespace json = boost::json;
using dataplane::Side;

constexpr std::array kSides{Side::a, Side::b};

const char* side_name(Side side) {
    return side == Side::a ? "caller" : "callee";
}

std::int64_t milliseconds_between(MonoTime from, MonoTime to) {
    return (to - from).count() / 1'000'000;
}

json::object party_object(const CdrRecord& record, Side side) {
    const auto index = static_cast<std::size_t>(side);
    const CallParty& party = record.call.parties[index];
    json::object object{{"number", party.number},
                        {"display", party.display},
                        {"address", party.peer.to_string()},
                        {"dial_peer", party.dial_peer.value()},
                        {"sip_call_id", party.sip_call_id}};
    if (record.rtp[index].is_set()) object["rtp"] = record.rtp[index].to_string();
    return object;
}

json::array attempts_array(const CdrRecord& record) {
    json::array attempts;
    for (const auto& attempt : record.attempts)
        attempts.push_back(json::object{{"dial_peer", attempt.dial_peer.value()},
                                        {"sip_status", attempt.sip_status},
                                        {"cause", attempt.q850_cause}});
    return attempts;
}

json::array streams_array(const CdrRecord& record) {
    json::array streams;
    for (const auto& stream : record.call.streams) {
        json::object object{
            {"stream", stream.stream}, {"media", stream.media}, {"active", stream.active}};
        if (!stream.formats.empty()) {
            object["codec"] = stream.formats.front().rtpmap;
            object["payload_type"] = stream.formats.front().payload_type;
            object["ptime_ms"] = stream.ptime_ms;
        }
        streams.push_back(std::move(object));
    }
    return streams;
}

json::object account_object(const dataplane::StreamAccount& account) {
    json::object drops;
    for (std::size_t i = 0; i < dataplane::kVerdictCount; ++i)
        if (account.drops[i] != 0)
            drops[dataplane::text_of(static_cast<dataplane::Verdict>(i)).name] = account.drops[i];
    return json::object{{"received", account.received},
                        {"octets", account.received_octets},
                        {"relayed", account.relayed},
                        {"dropped", account.dropped()},
                        {"drops", std::move(drops)},
                        {"rtcp_received", account.rtcp_received},
                        {"expected", account.expected},
                        {"lost_before_us", account.lost_before_us},
                        {"lost_ours", account.lost_ours},
                        {"duplicates", account.duplicates},
                        {"reordered", account.reordered},
                        {"jitter", account.jitter},
                        {"ssrc", account.ssrc}};
}

json::array media_array(const CdrRecord& record) {
    json::array media;
    const std::size_t count = std::min<std::size_t>(record.accounts.stream_count, kMaxStreams);
    for (std::size_t stream = 0; stream < count; ++stream) {
        for (const Side side : kSides) {
            json::object object{{"stream", stream}, {"from", side_name(side)}};
            for (auto& [key, value] :
                 account_object(record.accounts.streams[stream][static_cast<std::size_t>(side)]))
                object[key] = value;
            media.push_back(std::move(object));
        }
    }
    return media;
}

json::array recordings_array(const std::vector<RecordingSummary>& recordings,
                             const RecordingRenderer& render) {
    json::array array;
    for (const auto& recording : recordings) {
        boost::system::error_code error;
        json::value value = json::parse(render(recording), error);
        array.push_back(error ? json::value(to_string(recording.verdict)) : std::move(value));
    }
    return array;
}

void add_times(json::object& object, const CdrRecord& record) {
    const CallView& call = record.call;
    object["setup"] = iso8601(call.invited_wall);
    object["connect"] =
        call.connected_at ? json::value(iso8601(call.connected_wall)) : json::value(nullptr);
    object["disconnect"] = iso8601(record.end.wall);
    const MonoTime answered = call.connected_at.value_or(record.end.at);
    object["setup_ms"] = milliseconds_between(call.invited_at, answered);
    object["duration_ms"] = milliseconds_between(answered, record.end.at);
}

}  // namespace

std::string to_json(const CdrRecord& record, const std::vector<RecordingSummary>& recordings,
                    const RecordingRenderer& render) {
    json::object object{{"call", record.call.id.value()},
                        {"guid", record.call.guid.to_string()},
                        {"conf_id", record.call.guid.to_conf_id()},
                        {"config_commit", record.call.config_commit},
                        {"calling", record.call.calling},
                        {"called", record.call.called},
                        {"caller", party_object(record, Side::a)}};
    object["callee"] =
        record.has_callee ? json::value(party_object(record, Side::b)) : json::value(nullptr);
    object["emergency"] = record.emergency;
    object["attempts"] = attempts_array(record);
    add_times(object, record);
    object["cause"] = record.end.q850_cause;
    object["sip_status"] = record.end.sip_status;
    object["released_by"] = record.end.released_by ? side_name(*record.end.released_by) : "weir";
    object["streams"] = streams_array(record);
    object["media"] = media_array(record);
    if (record.call.shares_media) object["shares_media"] = true;
    object["recordings"] = recordings_array(recordings, render);
    return json::serialize(object);
}

}  // namespace weir::signaling

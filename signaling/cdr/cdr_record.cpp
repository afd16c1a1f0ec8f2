// SPDX-License-Identifier: Apache-2.0
// CdrRecord as JSON: one object per call, keys in a fixed order.
#include "signaling/cdr/cdr_record.hpp"

#include <boost/json.hpp>

#include "dataplane/api/verdict.hpp"
#include "signaling/cdr/json_text.hpp"

namespace weir::signaling {
namespace {

namespace json = boost::json;
using dataplane::Side;

// Bytes of a line with one stream and no recording.
constexpr std::size_t kUsualLine = 1536;
constexpr std::array kSides{Side::a, Side::b};

const char* side_name(Side side) {
    return side == Side::a ? "caller" : "callee";
}

std::int64_t milliseconds_between(MonoTime from, MonoTime to) {
    return (to - from).count() / 1'000'000;
}

void put_party(JsonText& text, const CdrRecord& record, Side side) {
    const auto index = static_cast<std::size_t>(side);
    const CallParty& party = record.call.parties[index];
    text.begin_object();
    text.member("number", party.number);
    text.member("display", party.display);
    text.member("address", party.peer.to_string());
    text.member("dial_peer", party.dial_peer.value());
    text.member("sip_call_id", party.sip_call_id);
    if (record.rtp[index].is_set()) text.member("rtp", record.rtp[index].to_string());
    text.end_object();
}

void put_attempts(JsonText& text, const CdrRecord& record) {
    text.begin_array();
    for (const auto& attempt : record.attempts) {
        text.begin_object();
        text.member("dial_peer", attempt.dial_peer.value());
        text.member("sip_status", attempt.sip_status);
        text.member("cause", attempt.q850_cause);
        text.end_object();
    }
    text.end_array();
}

void put_streams(JsonText& text, const CdrRecord& record) {
    text.begin_array();
    for (const auto& stream : record.call.streams) {
        text.begin_object();
        text.member("stream", stream.stream);
        text.member("media", stream.media);
        text.member("active", stream.active);
        if (!stream.formats.empty()) {
            text.member("codec", stream.formats.front().rtpmap);
            text.member("payload_type", stream.formats.front().payload_type);
            text.member("ptime_ms", stream.ptime_ms);
        }
        text.end_object();
    }
    text.end_array();
}

void put_account(JsonText& text, const dataplane::StreamAccount& account) {
    text.member("received", account.received);
    text.member("octets", account.received_octets);
    text.member("relayed", account.relayed);
    text.member("dropped", account.dropped());
    text.key("drops");
    text.begin_object();
    for (std::size_t i = 0; i < dataplane::kVerdictCount; ++i)
        if (account.drops[i] != 0)
            text.member(dataplane::text_of(static_cast<dataplane::Verdict>(i)).name,
                        account.drops[i]);
    text.end_object();
    text.member("rtcp_received", account.rtcp_received);
    text.member("expected", account.expected);
    text.member("lost_before_us", account.lost_before_us);
    text.member("lost_ours", account.lost_ours);
    text.member("duplicates", account.duplicates);
    text.member("reordered", account.reordered);
    text.member("jitter", account.jitter);
    text.member("ssrc", account.ssrc);
}

void put_media(JsonText& text, const CdrRecord& record) {
    text.begin_array();
    const std::size_t count = std::min<std::size_t>(record.accounts.stream_count, kMaxStreams);
    for (std::size_t stream = 0; stream < count; ++stream) {
        for (const Side side : kSides) {
            text.begin_object();
            text.member("stream", stream);
            text.member("from", side_name(side));
            put_account(text, record.accounts.streams[stream][static_cast<std::size_t>(side)]);
            text.end_object();
        }
    }
    text.end_array();
}

void put_recordings(JsonText& text, const std::vector<RecordingSummary>& recordings,
                    const RecordingRenderer& render) {
    text.begin_array();
    for (const auto& recording : recordings) {
        boost::system::error_code error;
        const json::value value = json::parse(render(recording), error);
        if (error)
            text.value(to_string(recording.verdict));
        else
            text.raw(json::serialize(value));
    }
    text.end_array();
}

void put_times(JsonText& text, const CdrRecord& record) {
    const CallView& call = record.call;
    text.member("setup", iso8601(call.invited_wall));
    text.key("connect");
    if (call.connected_at)
        text.value(iso8601(call.connected_wall));
    else
        text.null();
    text.member("disconnect", iso8601(record.end.wall));
    const MonoTime answered = call.connected_at.value_or(record.end.at);
    text.member("setup_ms", milliseconds_between(call.invited_at, answered));
    text.member("duration_ms", milliseconds_between(answered, record.end.at));
}

}  // namespace

std::string to_json(const CdrRecord& record, const std::vector<RecordingSummary>& recordings,
                    const RecordingRenderer& render) {
    std::string line;
    line.reserve(kUsualLine);
    JsonText text(line);
    text.begin_object();
    text.member("call", record.call.id.value());
    text.member("guid", record.call.guid.to_string());
    text.member("conf_id", record.call.guid.to_conf_id());
    text.member("config_commit", record.call.config_commit);
    text.member("calling", record.call.calling);
    text.member("called", record.call.called);
    text.key("caller");
    put_party(text, record, Side::a);
    text.key("callee");
    if (record.has_callee)
        put_party(text, record, Side::b);
    else
        text.null();
    text.member("emergency", record.emergency);
    text.key("attempts");
    put_attempts(text, record);
    put_times(text, record);
    text.member("cause", record.end.q850_cause);
    text.member("sip_status", record.end.sip_status);
    text.member("released_by",
                record.end.released_by ? side_name(*record.end.released_by) : "weir");
    text.key("streams");
    put_streams(text, record);
    text.key("media");
    put_media(text, record);
    if (record.call.shares_media) text.member("shares_media", true);
    text.key("recordings");
    put_recordings(text, recordings, render);
    text.end_object();
    return line;
}

}  // namespace weir::signaling

// SPDX-License-Identifier: Apache-2.0
// CallRecorder: setups, inputs and actions to records, and what a call is found by to the index.
#include "signaling/trace/call_recorder.hpp"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "config/base/digits.hpp"
#include "config/base/shrink.hpp"
#include "config/model/trace_settings.hpp"
#include "signaling/call/ids.hpp"
#include "signaling/trace/value_codec.hpp"
#include "signaling/trace/ways.hpp"

namespace weir::signaling {
namespace {

// A value of the index stands in one line between blanks.
void append_index_word(std::string& line, std::string_view value) {
    const std::size_t start = line.size();
    line += value;
    std::replace_if(
        line.begin() + static_cast<std::ptrdiff_t>(start), line.end(),
        [](char c) { return static_cast<unsigned char>(c) <= ' '; }, '_');
}

}  // namespace

CallRecorder::CallRecorder(TraceStore& store, std::uint64_t boot, std::uint64_t salt,
                           ConfigPrinter print)
    : store_(store), boot_(boot), redactor_(salt), print_(std::move(print)) {}

void CallRecorder::keep_config(const config::ConfigPtr& config) {
    if (config == printed_) return;
    printed_ = config;
    const config::TraceSettings settings = config::trace_settings(*config);
    enabled_ = settings.enabled;
    store_.set_megabytes(settings.megabytes);
    config_name_ = fmt::format("{:012x}{:04x}", boot_ & 0xffffffffffffU, ++configs_ & 0xffffU);
    store_.keep_config(config_name_, [print = print_, config] { return print(*config); });
}

void CallRecorder::on_begin(const CallSetup& setup, Moment now) {
    keep_config(setup.config);
    if (!enabled_) return;  // its later records find no count and are not kept either
    ++calls_;
    counts_[setup.id] = 0;
    record_.payload.clear();
    append_values(record_.payload, redactor_, config_name_, setup);
    index(setup.id, "begin", std::to_string(now.wall.ns));
    index(setup.id, "calling", setup.calling);
    index(setup.id, "called", setup.called);
    index(setup.id, "guid", setup.guid.to_string());
    index(setup.id, "peer", std::to_string(setup.caller.dial_peer.value()));
    for (const OutboundRoute& route : setup.routes) {
        index(setup.id, "peer", std::to_string(route.party.dial_peer.value()));
        index(setup.id, "called", route.party.number);
    }
    index_message(setup.id, setup.invite.message);
    append(RecordKind::begin, setup.id, now);
}

void CallRecorder::on_input(CallId call, const CallInput& input, Moment now) {
    record_.payload.clear();
    append_values(record_.payload, redactor_, input);
    append(RecordKind::input, call, now);
}

void CallRecorder::on_actions(CallId call, CallState state, const std::vector<CallAction>& actions,
                              Moment now) {
    record_.payload.clear();
    append_values(record_.payload, redactor_, state, actions);
    for (const CallAction& action : actions)
        if (const auto* sent = std::get_if<SendRequest>(&action);
            sent != nullptr && sent->request.message.method == "INVITE")
            index_message(call, sent->request.message);
    append(RecordKind::actions, call, now);
}

// The call stands in our tag: the stack below knows none.
void CallRecorder::on_way(const SipMessage& request, const SipPath& way, Moment now) {
    const std::string* from = request.find("From");
    const auto address = from == nullptr ? Result<NameAddr>() : NameAddr::parse(*from);
    const auto tag = from != nullptr && address ? address->parameter("tag") : std::nullopt;
    const auto owner = tag ? owner_of_tag(*tag) : std::nullopt;
    const auto sent = sent_way(request, way);
    if (!owner || !sent) return;
    record_.payload.clear();
    append_values(record_.payload, redactor_, *sent);
    append(RecordKind::way, owner->call, now);
}

void CallRecorder::on_finish(CallId call, Moment now) {
    record_.payload.clear();
    append(RecordKind::finish, call, now);
    counts_.erase(call);
    shrink_buckets(counts_);
}

void CallRecorder::append(RecordKind kind, CallId call, Moment now) {
    const auto count = counts_.find(call);
    if (count == counts_.end()) return;
    if (++count->second > kTraceMaxRecords || record_.payload.size() > kTraceMaxRecord / 2) {
        ++cut_;
        lines_.clear();
        return;
    }
    record_.kind = kind;
    record_.call = {boot_, call};
    record_.mono = now.mono;
    record_.wall = now.wall;
    bytes_.clear();
    append_record(bytes_, record_);
    store_.append(bytes_, lines_);
    lines_.clear();
}

// "boot call key value"
void CallRecorder::index(CallId call, std::string_view key, std::string_view value) {
    if (value.empty()) return;
    text::append_number(lines_, boot_);
    lines_.push_back(' ');
    text::append_number(lines_, call.value());
    lines_.append(" ").append(key).append(" ");
    append_index_word(lines_, value);
    lines_.push_back('\n');
}

void CallRecorder::index_message(CallId call, const SipMessage& message) {
    if (const std::string* id = message.find("Call-ID")) index(call, "sip-call-id", *id);
    if (const std::string* id = message.find("Session-ID"))
        index(call, "session-id", std::string_view(*id).substr(0, id->find(';')));
}

std::vector<Metric> CallRecorder::metrics() const {
    return {Metric{"weir_signaling_traced_calls_total", "Calls in the flight recorder",
                   MetricKind::counter, static_cast<double>(calls_)},
            Metric{"weir_signaling_trace_records_cut_total",
                   "Records of calls that have too many, or that are too long: not kept",
                   MetricKind::counter, static_cast<double>(cut_)}};
}

}  // namespace weir::signaling

// SPDX-License-Identifier: Apache-2.0
// Reads indexes and segments; what is damaged ends the reading of its file and of nothing else.
#include "signaling/trace/trace_reader.hpp"

#include <algorithm>
#include <array>
#include <fstream>
#include <map>
#include <sstream>

#include <fmt/format.h>

#include "config/base/text.hpp"
#include "signaling/trace/trace_store.hpp"
#include "signaling/trace/value_codec.hpp"

namespace weir::signaling {
namespace {

constexpr std::string_view kExportStart = "weir-call 1\n";

Result<std::string> read_file(const std::string& path) {
    std::ifstream file(path, std::ios::binary);
    if (!file) return fail(ErrorCode::unavailable, fmt::format("{} cannot be read", path));
    std::ostringstream text;
    text << file.rdbuf();
    return std::move(text).str();
}

// "boot call key value"
struct IndexLine {
    TracedCall call;
    std::string_view key;
    std::string_view value;
};

std::optional<IndexLine> index_line(std::string_view line) {
    const auto words = text::words(line);
    if (words.size() != 4) return std::nullopt;
    const auto boot = text::number(words[0]);
    const auto call = text::number(words[1]);
    if (!boot || !call) return std::nullopt;
    return IndexLine{{*boot, CallId{*call}}, words[2], words[3]};
}

bool matches(const IndexLine& line, const TraceQuery& query) {
    if (query.key.empty()) return true;
    if (query.key == "call-id") {
        const std::string number = std::to_string(line.call.call.value());
        return query.value == number || query.value == fmt::format("{}.{}", line.call.boot, number);
    }
    const bool is_key = query.key == line.key ||
                        (query.key == "number" && (line.key == "calling" || line.key == "called"));
    return is_key && (query.value.empty() || text::iequals(query.value, line.value));
}

void learn(FoundCall& found, const IndexLine& line) {
    if (line.key == "begin")
        found.began.ns = static_cast<std::int64_t>(text::number(line.value).value_or(0));
    if (line.key == "calling") found.calling = line.value;
    if (line.key == "guid") found.guid = line.value;
    // The first ones are the caller's.
    if (line.key == "called" && found.called.empty()) found.called = line.value;
    if (line.key == "sip-call-id" && found.sip_call_id.empty()) found.sip_call_id = line.value;
}

bool decode(const TraceRecord& record, RecordedCall& call) {
    ValueReader reader(record.payload);
    const Moment now{record.mono, record.wall};
    switch (record.kind) {
        case RecordKind::begin:
            call.steps.push_back({now, std::nullopt, {}, {}, {}, {}, false});
            return reader.get(call.config_name) && reader.get(call.setup) && reader.at_end();
        case RecordKind::input:
            call.steps.push_back({now, CallInput{}, {}, {}, {}, {}, false});
            return reader.get(*call.steps.back().input) && reader.at_end();
        case RecordKind::actions: {
            if (call.steps.empty()) return false;
            RecordedStep& step = call.steps.back();
            step.action_bytes = record.payload;
            step.has_actions = true;
            return reader.get(step.state) && reader.get(step.actions) && reader.at_end();
        }
        case RecordKind::way: {
            SentWay way;
            if (call.steps.empty() || !reader.get(way) || !reader.at_end()) return false;
            call.steps.back().ways.emplace_back(now, std::move(way));
            return true;
        }
        case RecordKind::finish:
            call.is_finished = true;
            return true;
    }
    return false;
}

Result<RecordedCall> decode_all(const std::vector<TraceRecord>& records) {
    RecordedCall call;
    for (const TraceRecord& record : records) {
        const bool is_first = call.steps.empty();
        if (is_first != (record.kind == RecordKind::begin))
            return fail(ErrorCode::unavailable,
                        "the beginning of the call is not in the store any more");
        call.id = record.call;
        if (!decode(record, call))
            return fail(ErrorCode::invalid,
                        fmt::format("record {} of the call cannot be read: another version of Weir "
                                    "has written it",
                                    call.steps.size()));
    }
    if (call.steps.empty()) return fail(ErrorCode::unavailable, "no such call is in the store");
    return call;
}

std::vector<TraceRecord> records_of(const std::string& directory, TracedCall call) {
    std::vector<TraceRecord> found;
    for (const std::uint64_t segment : trace_segments(directory)) {
        const auto file = read_file(directory + "/" + trace_file_name(segment, "trace"));
        if (!file) continue;  // it has made room meanwhile
        std::string_view rest = *file;
        while (auto record = take_record(rest)) {
            if (record->call != call || found.size() > 2 * std::size_t{kTraceMaxRecords}) continue;
            found.push_back(std::move(*record));
        }
        if (!found.empty() && found.back().kind == RecordKind::finish) break;
    }
    return found;
}

}  // namespace

std::vector<FoundCall> find_calls(const std::string& directory, const TraceQuery& query) {
    std::vector<FoundCall> calls;
    auto segments = trace_segments(directory);
    std::reverse(segments.begin(), segments.end());
    for (const std::uint64_t segment : segments) {
        const auto file = read_file(directory + "/" + trace_file_name(segment, "index"));
        if (!file) continue;
        std::map<TracedCall, std::pair<FoundCall, bool>> here;  // and whether it is looked for
        for (const std::string_view text : text::split(*file, '\n')) {
            const auto line = index_line(text);
            if (!line) continue;
            auto& [found, is_wanted] = here[line->call];
            found.call = line->call;
            learn(found, *line);
            is_wanted = is_wanted || matches(*line, query);
        }
        for (auto entry = here.rbegin(); entry != here.rend(); ++entry) {
            if (!entry->second.second || entry->second.first.began.ns == 0) continue;
            if (calls.size() == kTraceMaxFound) return calls;
            calls.push_back(std::move(entry->second.first));
        }
    }
    return calls;
}

Result<RecordedCall> read_call(const std::string& directory, TracedCall call) {
    return decode_all(records_of(directory, call));
}

Result<std::string> read_trace_config(const std::string& directory, const std::string& name) {
    const bool is_name =
        name.size() == 16 && name.find_first_not_of("0123456789abcdef") == std::string::npos;
    if (!is_name) return fail(ErrorCode::invalid, "the call names no configuration");
    auto text = read_file(directory + "/" + name + ".cfg");
    if (text) return text;
    return fail(ErrorCode::unavailable,
                fmt::format("the configuration {} of the call is not in the store any more", name));
}

// The start line, the configuration's size and text, the records.
Result<std::string> export_call(const std::string& directory, TracedCall call) {
    const auto records = records_of(directory, call);
    const auto decoded = decode_all(records);
    if (!decoded) return fail(decoded.error());
    const auto config = read_trace_config(directory, decoded->config_name);
    if (!config) return fail(config.error());
    std::string bytes(kExportStart);
    bytes += fmt::format("{}\n", config->size());
    bytes += *config;
    for (const TraceRecord& record : records)
        append_record(bytes, record);
    return bytes;
}

Result<ExportedCall> import_call(std::string_view bytes) {
    const auto refuse = [](const char* what) {
        return fail(ErrorCode::invalid,
                    fmt::format("this is no call of `weir trace CALL --save FILE`: {}", what));
    };
    if (!bytes.starts_with(kExportStart)) return refuse("it begins otherwise");
    bytes.remove_prefix(kExportStart.size());
    const auto end = bytes.find('\n');
    const auto size = text::number(bytes.substr(0, end));
    if (end == std::string_view::npos || !size || *size > bytes.size() - end - 1)
        return refuse("its configuration is cut off");
    ExportedCall exported;
    exported.config_text = bytes.substr(end + 1, *size);
    bytes.remove_prefix(end + 1 + *size);
    std::vector<TraceRecord> records;
    while (auto record = take_record(bytes))
        records.push_back(std::move(*record));
    if (!bytes.empty()) return refuse("a record is damaged");
    auto call = decode_all(records);
    if (!call) return fail(call.error());
    exported.call = std::move(*call);
    return exported;
}

}  // namespace weir::signaling

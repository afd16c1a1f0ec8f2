// SPDX-License-Identifier: Apache-2.0
// Framing of records: sizes, checksums, fixed fields.
#include "signaling/trace/record.hpp"

#include <array>
#include <cstring>

#include <libdeflate.h>

#include "signaling/trace/trace_limits.hpp"

namespace weir::signaling {
namespace {

constexpr std::size_t kFrame = 8;          // size and checksum
constexpr std::size_t kFixed = 1 + 4 * 8;  // kind, boot, call, mono, wall

// Segments stay on the machine that wrote them, whose byte order is little endian (x86-64, arm64).
template <typename Number>
char* put(char* at, Number number) {
    std::memcpy(at, &number, sizeof number);
    return at + sizeof number;
}

template <typename Number>
Number get(std::string_view bytes, std::size_t at) {
    Number number{};
    std::memcpy(&number, bytes.data() + at, sizeof number);
    return number;
}

std::uint32_t checksum(std::string_view bytes) {
    return ::libdeflate_crc32(0, bytes.data(), bytes.size());
}

}  // namespace

void append_record(std::string& out, const TraceRecord& record) {
    const std::size_t start = out.size();
    std::array<char, kFrame + kFixed> head{};
    char* at = put(head.data(), static_cast<std::uint32_t>(kFixed + record.payload.size()));
    at = put(at, std::uint32_t{0});  // the checksum comes last
    at = put(at, static_cast<char>(record.kind));
    at = put(at, record.call.boot);
    at = put(at, record.call.call.value());
    at = put(at, record.mono.ns);
    put(at, record.wall.ns);
    out.append(head.data(), head.size());
    out += record.payload;
    put(out.data() + start + 4, checksum(std::string_view(out).substr(start + kFrame)));
}

std::optional<TraceRecord> take_record(std::string_view& bytes) {
    if (bytes.size() < kFrame + kFixed) return std::nullopt;
    const auto size = get<std::uint32_t>(bytes, 0);
    if (size < kFixed || size > kTraceMaxRecord || bytes.size() - kFrame < size)
        return std::nullopt;
    const std::string_view rest = bytes.substr(kFrame, size);
    if (checksum(rest) != get<std::uint32_t>(bytes, 4)) return std::nullopt;
    TraceRecord record;
    record.kind = static_cast<RecordKind>(rest[0]);
    record.call = {get<std::uint64_t>(rest, 1), CallId{get<std::uint64_t>(rest, 9)}};
    record.mono = {get<std::int64_t>(rest, 17)};
    record.wall = {get<std::int64_t>(rest, 25)};
    record.payload = rest.substr(kFixed);
    bytes.remove_prefix(kFrame + size);
    return record;
}

}  // namespace weir::signaling

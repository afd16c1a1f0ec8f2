// SPDX-License-Identifier: Apache-2.0
// Fuzzes the reader of an exported call and of the flight recorder's records: any bytes; and any
// payloads in records that are whole, whose sums no input would hit by chance. What can be
// read is printed and replayed.
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "config/base/result.hpp"
#include "signaling/trace/render.hpp"
#include "signaling/trace/replay.hpp"
#include "signaling/trace/trace_reader.hpp"

using namespace weir::signaling;

namespace {

void read_records(std::string_view bytes) {
    const std::size_t all = bytes.size();
    std::string written;
    while (const auto record = take_record(bytes))
        append_record(written, *record);
    WEIR_ASSERT(written.size() == all - bytes.size());
}

// Payloads of the input: a byte for the kind, two for the size; the first one begins the call.
std::string made_of_payloads(std::string_view input) {
    std::string bytes = "weir-call 1\n0\n";
    for (unsigned n = 0; input.size() >= 3; ++n) {
        const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(input[i]); };
        TraceRecord record;
        record.kind = n == 0 ? RecordKind::begin : static_cast<RecordKind>(1 + byte(0) % 4);
        const std::size_t size = (std::size_t{byte(1)} << 8U) | byte(2);
        record.payload = input.substr(3, size);
        input.remove_prefix(3 + record.payload.size());
        append_record(bytes, record);
    }
    return bytes;
}

void read_call_of(std::string_view bytes) {
    const auto found = import_call(bytes);
    if (!found) return;
    static_cast<void>(ladder(found->call, true));
    static_cast<void>(trace_json(found->call));
    static_cast<void>(trace_pcap(found->call));
    // A file of a customer's machine: inputs that no stack has sent must not end the machine.
    static const auto config = std::make_shared<const weir::config::Config>();
    const auto result = replay(found->call, config);
    if (result) WEIR_ASSERT(result->steps <= found->call.steps.size());
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string bytes(data, data + size);
    read_records(bytes);
    read_call_of(bytes);
    read_call_of(made_of_payloads(bytes));
    return 0;
}

// SPDX-License-Identifier: Apache-2.0
// Where a SIP message ends in a byte stream; see stream_framer.hpp.
#include "signaling/sip/stream_framer.hpp"

#include <algorithm>

#include "config/base/limits.hpp"
#include "signaling/sip/wire_parser.hpp"

namespace weir::signaling {
namespace {

// The length of the head with its empty line; 0 if it does not end.
std::size_t head_length(std::string_view bytes) {
    std::size_t at = 0;
    while ((at = bytes.find('\n', at)) != std::string_view::npos) {
        ++at;
        if (bytes.substr(at, 1) == "\n") return at + 1;
        if (bytes.substr(at, 2) == "\r\n") return at + 2;
    }
    return 0;
}

// A stream that does not begin like SIP is not worth waiting for the end of its head.
bool may_be_sip(std::string_view bytes) {
    const std::string_view line = bytes.substr(0, bytes.find('\n'));
    return std::none_of(line.begin(), line.end(), [](char c) {
        const auto byte = static_cast<unsigned char>(c);
        return byte < 0x20 && c != '\r' && c != '\t';
    });
}

}  // namespace

Frame frame_message(std::string_view bytes) {
    Frame frame;
    const std::size_t begin = bytes.find_first_not_of("\r\n");
    frame.skip = std::min(begin, bytes.size());
    if (begin == std::string_view::npos) return frame;
    const std::string_view rest = bytes.substr(begin, kSipMaxStreamMessage);
    // First, so that it does not matter how much of the head has come.
    if (!may_be_sip(rest)) {
        frame.fault = GuardReason::not_sip;
        return frame;
    }
    const std::size_t head = head_length(rest);
    if (head == 0) {
        frame.wanted = bytes.size() + 1;
        if (rest.size() >= kSipMaxDatagram) frame.fault = GuardReason::too_big;
        return frame;
    }
    const WireMessage wire = parse_wire(rest.substr(0, head));
    // Whatever length it claims: who speaks another language has nothing to say here.
    if (wire.fault == GuardReason::not_sip) {
        frame.fault = wire.fault;
        frame.message = head;
        return frame;
    }
    const BodyLength length = body_length(wire.message);
    // RFC 3261 20.14: over a stream the header is needed; without it the next message is not found.
    if (!length.is_valid || !length.bytes) {
        frame.fault = GuardReason::content_length;
        frame.message = head;
    } else if (*length.bytes > kSipMaxStreamMessage - head) {
        frame.fault = GuardReason::too_big;
        frame.message = head;
    } else if (head + *length.bytes <= rest.size()) {
        frame.message = head + *length.bytes;
    } else {
        frame.wanted = begin + head + *length.bytes;
    }
    return frame;
}

}  // namespace weir::signaling

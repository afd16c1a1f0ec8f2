// SPDX-License-Identifier: Apache-2.0
// Bytes of a SIP peer: guard, stream framer and addresses.
#include <cstdint>
#include <string_view>

#include "config/base/result.hpp"
#include "signaling/api/parameter_list.hpp"
#include "signaling/api/request_check.hpp"
#include "signaling/sip/guard.hpp"
#include "signaling/sip/stream_framer.hpp"
#include "signaling/sip/syntax.hpp"

namespace {

using namespace weir::signaling;

void check_message(std::string_view bytes, SipTransport transport) {
    Inspection inspection = inspect(bytes, transport);
    if (inspection.fault) {
        // An answer is one that its peer's guard would not take for garbage.
        if (inspection.answer) WEIR_ASSERT(to_wire(*inspection.answer).starts_with("SIP/2.0 "));
        return;
    }
    SipMessage& message = inspection.message;
    WEIR_ASSERT(message.cseq().has_value());
    WEIR_ASSERT(message.find("Call-ID") != nullptr);
    // What passed passes again after printing, with the same meaning.
    const Inspection again = inspect(to_wire(message), transport);
    if (again.fault) {
        // The long names of compact headers may push a message over a bound, nothing else.
        WEIR_ASSERT(*again.fault == GuardReason::too_big);
        return;
    }
    WEIR_ASSERT(again.message.cseq() == message.cseq());
    WEIR_ASSERT(again.message.body == message.body);
    if (!message.is_request) return;
    (void)refuse(message, RequestRules{}, "tag");
    stamp_via(message, {.address = weir::IpAddress::v4(192, 0, 2, 1), .port = 5060});
    WEIR_ASSERT(!inspect(to_wire(message), transport).fault ||
                to_wire(message).size() > bytes.size());
}

void check_values(std::string_view text) {
    if (const auto uri = SipUri::parse(text)) {
        const auto again = SipUri::parse(uri->to_string());
        WEIR_ASSERT(again && *again == *uri);
        (void)uri->user_unescaped();
    }
    if (const auto address = NameAddr::parse(text)) {
        const auto again = NameAddr::parse(address->to_string());
        WEIR_ASSERT(again && again->uri == address->uri && again->display == address->display);
        (void)address->tag();
    }
    if (const auto via = Via::parse(text)) WEIR_ASSERT(Via::parse(via->to_string()).has_value());
    (void)split_list(text);
    (void)find_parameter(text, "tag");
}

// However the stream comes in pieces, it is cut at the same places.
void check_stream(std::string_view text) {
    const Frame frame = frame_message(text);
    WEIR_ASSERT(frame.skip + frame.message <= text.size());
    if (frame.fault || frame.message == 0) return;
    const std::size_t end = frame.skip + frame.message;
    const Inspection whole = inspect(text.substr(frame.skip, frame.message), SipTransport::tcp);
    WEIR_ASSERT(whole.fault != GuardReason::content_length &&
                whole.fault != GuardReason::truncated);
    for (const std::size_t cut : {end / 2, end - 1, end}) {
        const Frame part = frame_message(text.substr(0, cut));
        WEIR_ASSERT(!part.fault && part.skip <= frame.skip);
        WEIR_ASSERT(part.message == (cut == end ? frame.message : 0));
        if (cut < end && part.skip < cut) WEIR_ASSERT(part.wanted > cut && part.wanted <= end);
    }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string text(data, data + size);
    check_message(text, SipTransport::udp);
    check_message(text, SipTransport::tcp);
    check_stream(text);
    check_values(text);
    return 0;
}

// SPDX-License-Identifier: Apache-2.0
// What we write over TCP, read by sofia with the slim message class on its way out: answers to
// whatever the guard lets pass, and such a request itself.
#include <cstdint>
#include <cstdlib>
#include <string>

#include "config/base/result.hpp"
#include "signaling/sip/guard.hpp"
#include "signaling/sip/sofia_handles.hpp"

using namespace weir::signaling;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    static const ClassPtr slim = make_slim_class();
    WEIR_ASSERT(slim != nullptr);
    const std::string text(data, data + size);
    const Inspection inspection = inspect(text, SipTransport::udp);
    if (inspection.fault || !inspection.message.is_request) return 0;
    // Else nobody would be answered over TCP: what a peer wrote is in the answer, too.
    SipMessage answer = make_response(inspection.message, 200, "", "tag");
    answer.body = inspection.message.body;
    WEIR_ASSERT(make_message(*slim, to_wire(answer)) != nullptr);
    WEIR_ASSERT(make_message(*slim, to_wire(inspection.message)) != nullptr);
    return 0;
}

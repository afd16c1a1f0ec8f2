// SPDX-License-Identifier: Apache-2.0
// What the guard lets pass, and the bytes themselves, read by sofia's parser with the slim message
// class: both agree on what a request is.
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
    if (!inspection.fault && inspection.message.is_request) {
        const std::string reduced = transaction_text(inspection.message, SipTransport::udp);
        // What the guard lets pass, sofia can read: else nobody would ever be answered. The one
        // exception is longer than what came, and is dropped with its own count.
        WEIR_ASSERT(reduced.size() > text.size() || make_message(*slim, reduced) != nullptr);
    }
    (void)make_message(*slim, text);  // our own composed text holds bytes of peers, too
    return 0;
}

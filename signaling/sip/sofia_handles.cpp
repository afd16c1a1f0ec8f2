// SPDX-License-Identifier: Apache-2.0
// Owners of sofia's C handles; see sofia_handles.hpp.
#include "signaling/sip/sofia_handles.hpp"

#include <array>

namespace weir::signaling {

ClassPtr make_slim_class() {
    const msg_mclass_t* full = sip_default_mclass();
    constexpr int kKeepSize = 0;
    ClassPtr slim(msg_mclass_clone(full, kKeepSize, msg_mclass_empty));
    if (!slim) return nullptr;
    constexpr std::array kTyped{"Via",  "Max-Forwards", "From",           "To",
                                "CSeq", "Call-ID",      "Content-Length", "Timestamp"};
    for (const char* name : kTyped) {
        isize_t length = 0;
        // The look-up wants the name with its colon, as it stands in a message.
        const std::string line = std::string(name) + ":";
        const msg_href_t* reference = msg_find_hclass(full, line.c_str(), &length);
        if (reference == nullptr || reference->hr_class == nullptr) return nullptr;
        msg_mclass_insert(slim.get(), reference);
    }
    return slim;
}

MessagePtr make_message(const msg_mclass_t& message_class, const std::string& text) {
    MessagePtr message(msg_make(&message_class, 0, text.data(), static_cast<ssize_t>(text.size())));
    if (!message) return nullptr;
    sip_t* sip = sip_object(message.get());
    if (sip == nullptr || msg_has_error(message.get()) != 0) return nullptr;
    if (sip->sip_via == nullptr || sip->sip_cseq == nullptr || sip->sip_from == nullptr ||
        sip->sip_to == nullptr || sip->sip_call_id == nullptr)
        return nullptr;
    if (msg_serialize(message.get(), msg_object(message.get())) < 0) return nullptr;
    return message;
}

}  // namespace weir::signaling

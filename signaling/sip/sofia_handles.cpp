// SPDX-License-Identifier: Apache-2.0
// Owners of sofia's C handles; see sofia_handles.hpp.
#include "signaling/sip/sofia_handles.hpp"

namespace weir::signaling {

ClassPtr make_slim_class() {
    const msg_mclass_t* full = sip_default_mclass();
    constexpr int kKeepSize = 0;
    ClassPtr slim(msg_mclass_clone(full, kKeepSize, msg_mclass_empty));
    if (!slim) return nullptr;
    isize_t length = 0;
    // The look-up wants the name with its colon, as it stands in a message.
    const msg_href_t* reference = msg_find_hclass(full, "Content-Length:", &length);
    if (reference == nullptr || reference->hr_class == nullptr) return nullptr;
    msg_mclass_insert(slim.get(), reference);
    return slim;
}

MessagePtr make_message(const msg_mclass_t& message_class, const std::string& text) {
    MessagePtr message(msg_make(&message_class, 0, text.data(), static_cast<ssize_t>(text.size())));
    if (!message) return nullptr;
    if (sip_object(message.get()) == nullptr || msg_has_error(message.get()) != 0) return nullptr;
    if (msg_serialize(message.get(), msg_object(message.get())) < 0) return nullptr;
    return message;
}

}  // namespace weir::signaling

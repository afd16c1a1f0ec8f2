// SPDX-License-Identifier: Apache-2.0
// Owners of sofia's C handles; see sofia_handles.hpp.
#include "signaling/sip/sofia_handles.hpp"

#include <cstring>

namespace weir::signaling {

MessagePtr make_message(std::string_view text) {
    constexpr int kNoFlags = 0;
    MessagePtr message(msg_create(sip_default_mclass(), kNoFlags));
    if (!message) return nullptr;
    su_home_t* home = msg_home(message.get());
    void* whole = su_alloc(home, static_cast<isize_t>(text.size()));
    msg_header_t* line = msg_header_alloc(home, sip_request_class, 0);
    if (whole == nullptr || line == nullptr) return nullptr;
    std::memcpy(whole, text.data(), text.size());
    // What has its text already is not printed, and so neither are fields that nobody has set.
    line->sh_data = whole;
    line->sh_len = static_cast<usize_t>(text.size());
    msg_object(message.get())->msg_request = line;
    if (msg_serialize(message.get(), msg_object(message.get())) < 0) return nullptr;
    return message;
}

}  // namespace weir::signaling

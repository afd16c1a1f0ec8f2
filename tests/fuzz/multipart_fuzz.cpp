// SPDX-License-Identifier: Apache-2.0
// Fuzzes the finding of a description in a body of any kind: what is not edited stays as it was,
// and an edit changes the description alone.
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "config/base/limits.hpp"
#include "config/base/result.hpp"
#include "signaling/header/sdp_body.hpp"

using namespace weir::signaling;

namespace {

// `after` is `before` with something else in place of one run of bytes, and `text` stands there.
bool differs_only_by(std::string_view text, std::string_view before, std::string_view after) {
    for (std::size_t at = after.find(text); at != std::string_view::npos;
         at = after.find(text, at + 1)) {
        const std::string_view head = after.substr(0, at);
        const std::string_view tail = after.substr(at + text.size());
        if (head.size() + tail.size() <= before.size() && before.starts_with(head) &&
            before.ends_with(tail))
            return true;
    }
    return false;
}

}  // namespace

// The input: the value of Content-Type, a line end, the body.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string input(data, data + size);
    const std::size_t end = input.find('\n');
    if (end == std::string::npos) return 0;
    SipMessage message;
    message.method = "INVITE";
    message.add("Content-Type", input.substr(0, end));
    message.body = input.substr(end + 1);
    auto found = SdpBody::find(message);
    if (!found) return 0;
    SipMessage stored = message;
    found->store(stored);
    WEIR_ASSERT(differs_only_by(found->text(), message.body, stored.body));
    WEIR_ASSERT(found->lines().size() <= weir::kSdpMaxLines);
    const auto again = SdpBody::find(stored);
    WEIR_ASSERT(again && again->text() == found->text());
    WEIR_ASSERT(again->sections() == found->sections());
    // Storing what was stored changes nothing more.
    SipMessage twice = stored;
    again->store(twice);
    WEIR_ASSERT(twice.body == stored.body);
    // A line more is a line more, and the parts around stay.
    const std::size_t lines = found->lines().size();
    found->add("a=x-weir:1", static_cast<std::uint16_t>(found->sections()));
    WEIR_ASSERT(found->lines().size() == lines + 1);
    SipMessage longer = message;
    found->store(longer);
    WEIR_ASSERT(longer.body.size() == stored.body.size() + 12);
    return 0;
}

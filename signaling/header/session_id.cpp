// SPDX-License-Identifier: Apache-2.0
// SessionIds: reading and writing of the header.
#include "signaling/header/session_id.hpp"

#include <algorithm>

#include "config/base/text.hpp"

namespace weir::signaling {

std::optional<std::string> session_uuid(std::string_view value) {
    std::string uuid = text::lower(text::trim(value.substr(0, value.find(';'))));
    const bool hexadecimal = std::all_of(uuid.begin(), uuid.end(), [](char c) {
        return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f');
    });
    if (uuid.size() != kNilSessionUuid.size() || !hexadecimal || uuid == kNilSessionUuid)
        return std::nullopt;
    return uuid;
}

std::string make_session_uuid(std::uint64_t high, std::uint64_t low) {
    constexpr std::uint64_t kVersion = 0x4000;  // RFC 4122 4.1.3: version 4
    constexpr std::uint64_t kVariant = 1ULL << 63U;
    high = (high & ~std::uint64_t{0xF000}) | kVersion;
    low = (low & ~(3ULL << 62U)) | kVariant;
    constexpr std::string_view kHex = "0123456789abcdef";
    std::string uuid;
    for (const std::uint64_t half : {high, low})
        for (unsigned shift = 64; shift > 0; shift -= 4)
            uuid += kHex[(half >> (shift - 4)) & 15U];
    return uuid;
}

bool SessionIds::learn(std::size_t end, const SipMessage& message) {
    const std::string* value = message.find("Session-ID");
    if (value != nullptr)
        if (auto uuid = session_uuid(*value)) uuids_[end] = *std::move(uuid);
    return !uuids_[end].empty();
}

std::string SessionIds::toward(std::size_t end) const {
    const auto text = [](const std::string& uuid) {
        return uuid.empty() ? std::string(kNilSessionUuid) : uuid;
    };
    return text(uuids_[1 - end]) + ";remote=" + text(uuids_[end]);
}

}  // namespace weir::signaling

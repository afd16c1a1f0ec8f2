// SPDX-License-Identifier: Apache-2.0
// Tags and Call-IDs: written and read.
#include "signaling/call/ids.hpp"

#include <charconv>

#include "config/base/text.hpp"

namespace weir::signaling {
namespace {

constexpr std::size_t kRandomDigits = 16;  // 64 bits: RFC 3261 19.3 asks for 32

std::string hexadecimal(std::uint64_t value) {
    char digits[17] = {};
    const auto end = std::to_chars(digits, digits + sizeof digits, value, 16).ptr;
    return {digits, end};
}

std::optional<std::uint64_t> from_hexadecimal(std::string_view text) {
    std::uint64_t value = 0;
    const auto result = std::from_chars(text.data(), text.data() + text.size(), value, 16);
    if (text.empty() || result.ec != std::errc() || result.ptr != text.data() + text.size())
        return std::nullopt;
    return value;
}

std::string owner_text(const TagOwner& owner) {
    return "w" + hexadecimal(owner.shard) + "-" + hexadecimal(owner.call.value());
}

}  // namespace

std::string make_tag(const TagOwner& owner, unsigned leg, Random& random) {
    return owner_text(owner) + "-" + hexadecimal(leg) + "-" + random.hex(kRandomDigits);
}

std::string make_call_id(const TagOwner& owner, const IpAddress& host, Random& random) {
    return make_call_id(owner, std::string_view(uri_host(host)), random);
}

std::string make_call_id(const TagOwner& owner, std::string_view host, Random& random) {
    return random.hex(kRandomDigits) + "-" + owner_text(owner) + "@" + std::string(host);
}

std::optional<TagOwner> owner_of_tag(std::string_view tag) {
    const auto pieces = text::split(tag, '-');
    if (pieces.size() != 4 || !pieces[0].starts_with('w')) return std::nullopt;
    const auto shard = from_hexadecimal(pieces[0].substr(1));
    const auto call = from_hexadecimal(pieces[1]);
    if (!shard || *shard > UINT16_MAX || !call) return std::nullopt;
    return TagOwner{static_cast<ShardId>(*shard), CallId{*call}};
}

}  // namespace weir::signaling

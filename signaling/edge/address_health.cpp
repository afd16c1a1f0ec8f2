// SPDX-License-Identifier: Apache-2.0
// AddressHealth; see address_health.hpp.
#include "signaling/edge/address_health.hpp"

#include <algorithm>

#include "config/base/text.hpp"

namespace weir::signaling {

std::optional<std::chrono::seconds> retry_after_of(const SipMessage& response) {
    const std::string* value = response.find("Retry-After");
    if (value == nullptr) return std::nullopt;
    const std::string_view text(*value);
    const auto number = text::number(text::trim(text.substr(0, text.find_first_of(";("))));
    if (!number) return std::nullopt;
    constexpr std::uint64_t kAnyLongTime = 1'000'000;
    return std::chrono::seconds(std::min(*number, kAnyLongTime));
}

void AddressHealth::answered(const Address& address, const SipMessage& response, MonoTime now) {
    const auto pause = response.status == 503 ? retry_after_of(response) : std::nullopt;
    if (pause && pause->count() > 0)
        rest(address, now + std::min<std::chrono::seconds>(*pause, kLongestRest));
    else
        resting_.erase(address);
}

bool AddressHealth::is_resting(const IpAddress& address, MonoTime now) const {
    return std::any_of(resting_.begin(), resting_.end(), [&](const auto& each) {
        return each.first.second.address == address && now < each.second;
    });
}

bool AddressHealth::is_down(const Address& address, MonoTime now) const {
    if (busy_.contains(address)) return true;
    const auto found = resting_.find(address);
    return found != resting_.end() && now < found->second;
}

void AddressHealth::rest(const Address& address, MonoTime until) {
    if (resting_.size() >= kRestingAddresses && !resting_.contains(address))
        resting_.erase(
            std::min_element(resting_.begin(), resting_.end(),
                             [](const auto& a, const auto& b) { return a.second < b.second; }));
    resting_[address] = until;
}

}  // namespace weir::signaling

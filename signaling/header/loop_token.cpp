// SPDX-License-Identifier: Apache-2.0
// LoopTokens: reading and writing of X-Loop.
#include "signaling/header/loop_token.hpp"

#include <algorithm>

#include "config/base/text.hpp"
#include "signaling/header/header_limits.hpp"

namespace weir::signaling {
namespace {

constexpr std::size_t kTokenBytes = 64;      // of another box: ours are shorter
constexpr std::uint64_t kCountLimit = 1000;  // what is beyond is a loop whatever it says

}  // namespace

LoopTokens::LoopTokens(std::string box, const SipMessage& invite) : box_(std::move(box)) {
    for (const auto value : invite.all("X-Loop")) {
        for (const auto element : split_list(value)) {
            const std::size_t end = element.find(';');
            const bool ours = text::trim(element.substr(0, end)) == box_;
            if (!ours) {
                if (others_.size() < kForeignLoopTokens && element.size() <= kTokenBytes)
                    others_.emplace_back(element);
                continue;
            }
            const std::string_view rest =
                end == std::string_view::npos ? "" : text::trim(element.substr(end + 1));
            const auto count =
                text::istarts_with(rest, "n=") ? text::number(rest.substr(2)) : std::nullopt;
            // Our name without a count that can be read has been here at least once.
            const auto read = static_cast<std::uint32_t>(std::min(count.value_or(1), kCountLimit));
            passes_ = std::max(passes_, read);
        }
    }
}

std::string LoopTokens::next() const {
    std::string value = box_ + ";n=" + std::to_string(passes_ + 1);
    for (const auto& other : others_)
        value += ", " + other;
    return value;
}

}  // namespace weir::signaling

// SPDX-License-Identifier: Apache-2.0
// The Cisco-Guid: 128 bits that name a call on every leg, at the recorder and in the CDR.
#pragma once

#include <array>
#include <compare>
#include <cstdint>
#include <string>
#include <string_view>

#include "config/base/result.hpp"

namespace weir {

struct Guid {
    std::array<std::uint32_t, 4> words{};

    // "1334370502-1348997600-2396699092-3395863316": four decimal words (spec I.3).
    [[nodiscard]] static Result<Guid> parse(std::string_view text);
    // The header form, each word padded with zeros to ten digits.
    [[nodiscard]] std::string to_string() const;
    // "4F88E0C6 506811E0 8EDAB9D4 CA681ED4": the form of h323-conf-id in CDRs.
    [[nodiscard]] std::string to_conf_id() const;
    [[nodiscard]] bool is_set() const { return words != std::array<std::uint32_t, 4>{}; }
    auto operator<=>(const Guid&) const = default;
};

}  // namespace weir

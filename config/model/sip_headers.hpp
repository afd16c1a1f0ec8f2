// SPDX-License-Identifier: Apache-2.0
// The methods, response codes and header names of SIP profiles and header lists (spec D.1, D.2).
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace weir::config {

// ACK, ANY, BYE, ...: in alphabetical order. Thread: any, like all of these.
[[nodiscard]] std::span<const std::string_view> profile_methods();
// Whether rules can name the response code (spec D.1).
[[nodiscard]] bool is_profile_code(std::uint64_t code);

// A header in its own spelling ("user-agent" is User-Agent); an unknown one as it is written.
[[nodiscard]] std::string canonical_header(std::string_view name);
// Whether the header is in the vocabulary of rules (spec D.2), in any case of its letters.
[[nodiscard]] bool is_known_header(std::string_view name);
// A token of RFC 3261 25.1, at most 64 characters.
[[nodiscard]] bool is_header_name(std::string_view name);
// To, From, Via, ...: may be modified, but neither added nor removed. `header` is canonical.
[[nodiscard]] bool is_mandatory_header(std::string_view header);

// A name of SDP lines ("audio-attribute" is Audio-Attribute); nothing for an unknown one.
[[nodiscard]] std::optional<std::string> canonical_sdp_header(std::string_view name);
[[nodiscard]] std::span<const std::string_view> sdp_headers();
// The lines that an SDP body cannot do without: v, o, s, t, c, m. By name or by "m=".
[[nodiscard]] bool is_mandatory_sdp_header(std::string_view header);

}  // namespace weir::config

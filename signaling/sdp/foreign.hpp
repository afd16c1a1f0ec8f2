// SPDX-License-Identifier: Apache-2.0
// Which SDP lines would tell one side an address of the other (spec N21). Thread: any; pure.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "signaling/sdp/description.hpp"

namespace weir::signaling::sdp {

// Host names of the described side: those of its o= and a=rtcp lines, and `known` ones (from its
// SIP headers). Lower case. IP addresses need no list: any address counts.
[[nodiscard]] std::vector<std::string> foreign_names(const Description& description,
                                                     const std::vector<std::string>& known);

// One of `names` stands somewhere in the text.
[[nodiscard]] bool holds_name(std::string_view text, const std::vector<std::string>& names);
// Any IP address, or one of `names`, stands somewhere in the text.
[[nodiscard]] bool holds_address(std::string_view text, const std::vector<std::string>& names);

// The line may go to the other leg as it is. What only concerns one hop (candidates, keys, RTCP
// addresses, port multiplexing) may not, nor any line with an address.
[[nodiscard]] bool may_pass(const Line& line, const std::vector<std::string>& names);

}  // namespace weir::signaling::sdp

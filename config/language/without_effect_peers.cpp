// SPDX-License-Identifier: Apache-2.0
// The closed list of commands without effect: dial-peers and tenants (and the SIP settings of the
// three levels).
#include <array>

#include "config/language/without_effect.hpp"

namespace weir::config::language {
namespace {

constexpr std::array<WithoutEffect, 0> kList{};

}  // namespace

std::span<const WithoutEffect> peer_without_effect() {
    return kList;
}

}  // namespace weir::config::language

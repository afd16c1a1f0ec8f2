// SPDX-License-Identifier: Apache-2.0
// The closed list of commands without effect: everything global.
#include <array>

#include "config/language/without_effect.hpp"

namespace weir::config::language {
namespace {

constexpr std::array<WithoutEffect, 1> kList{{
    {ModeId::global, "version", NoEffect::inert, "names the release that wrote the file"},
}};

}  // namespace

std::span<const WithoutEffect> global_without_effect() {
    return kList;
}

}  // namespace weir::config::language

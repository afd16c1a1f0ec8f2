// SPDX-License-Identifier: Apache-2.0
// authentication username ...: shared by sip-ua, tenants and dial-peers (spec B.11).
#pragma once

#include <string>

#include "config/base/result.hpp"
#include "config/language/words.hpp"
#include "config/model/sip_options.hpp"

namespace weir::config::language {

[[nodiscard]] std::string authentication_syntax();
// One line for each realm; a second one takes its place. Errors: invalid password, exhausted.
[[nodiscard]] Result<void> read_authentication(const Words& words, SipOptions& options);
// By realm, by user, or all.
void remove_authentication(const Words& words, SipOptions& options);
[[nodiscard]] std::string authentication_text(const Authentication& entry);

}  // namespace weir::config::language

// SPDX-License-Identifier: Apache-2.0
// The REGISTER that goes to the registrar for an endpoint behind us, and the answer that the
// endpoint gets (RFC 3261 10, RFC 3327). Pure; thread: any.
#pragma once

#include <string>
#include <vector>

#include "config/model/registration.hpp"
#include "signaling/edge/passthrough.hpp"

namespace weir::signaling {

// With a Contact of ours for each of the endpoint's, and its answer to a challenge as it came: the
// password is between it and the registrar. Its Path stays here (the registrar reaches us, and we
// know the way on). `received` has been read by read_register.
[[nodiscard]] SipMessage register_for(const SipMessage& received, const RegisterRequest& request,
                                      const config::Registrar& registrar, const SipPath& path,
                                      const Passthrough::Ask& ask);

// `from` null: an answer of our own. `bound`: the bindings of the address of record, for a 2xx.
[[nodiscard]] SipMessage answer_to_register(const SipMessage& received,
                                            const Passthrough::Answer& answer,
                                            const SipMessage* from,
                                            const std::vector<const Binding*>& bound, MonoTime now);

// "1.5" s are 2: what is left of a time, in whole seconds and never 0 while it lasts.
[[nodiscard]] std::chrono::seconds left_until(MonoTime until, MonoTime now);

}  // namespace weir::signaling

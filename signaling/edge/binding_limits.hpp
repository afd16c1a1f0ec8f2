// SPDX-License-Identifier: Apache-2.0
// Bounds of registration pass-through.
#pragma once

#include <chrono>
#include <cstddef>

namespace weir::signaling {

// Contacts of all endpoints behind us: about 1 KiB each.
inline constexpr std::size_t kMaxBindings = 20'000;
// Contacts of one address of record: telephones of one person; what registrars usually allow.
inline constexpr std::size_t kMaxBindingsPerAor = 10;
// Contacts in one REGISTER.
inline constexpr std::size_t kMaxContacts = 5;
// Path headers that are kept with a binding: proxies between us and the endpoint.
inline constexpr std::size_t kMaxPathHops = 4;
// REGISTERs that wait for the registrar, in all and of one source address: what a site registers
// at once when its power comes back.
inline constexpr std::size_t kMaxAskedRegisters = 2'000;
inline constexpr std::size_t kMaxAskedPerSource = 100;
// A contact longer than this is no telephone's.
inline constexpr std::size_t kMaxContactLength = 512;

}  // namespace weir::signaling

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
// A line of the file that bindings outlive weir-sip in: contact and Path at their bounds, twice
// what telephones have. A binding with a longer line is not kept.
inline constexpr std::size_t kMaxBindingLine = 4'096;
// Bytes of that file: it is made anew when more than this has been added beyond twice what is valid
// in it, so that 20,000 bindings of an ordinary 400 bytes have 17 MB at most.
inline constexpr std::size_t kBindingFileSlack = 1'048'576;
// A file beyond this is not ours: kMaxBindings of the longest lines, twice, and the slack.
inline constexpr std::size_t kMaxBindingFile =
    2 * kMaxBindings * kMaxBindingLine + 2 * kBindingFileSlack;
// Changes that wait for the disk, one for each binding: what changes while a disk is full for long.
inline constexpr std::size_t kMaxBindingChanges = 2 * kMaxBindings;

}  // namespace weir::signaling

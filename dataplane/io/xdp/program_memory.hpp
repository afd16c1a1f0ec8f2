// SPDX-License-Identifier: Apache-2.0
// Remembers in the runtime directory which attached XDP program is ours, for a successor that may
// not ask the kernel for its name.
//
// Thread: control.
#pragma once

#include <cstdint>
#include <string>

namespace weir::dataplane {

// Files af_xdp.DEVICE in `directory`; with an empty directory all three do nothing. The number
// counts only until the next boot and, since the kernel counts programs up, is never another's.
void remember_program(const std::string& directory, unsigned device, std::uint32_t program);
void forget_program(const std::string& directory, unsigned device);
// 0: none is known.
[[nodiscard]] std::uint32_t remembered_program(const std::string& directory, unsigned device);

}  // namespace weir::dataplane

// SPDX-License-Identifier: Apache-2.0
// Fuzzes the reader of captures: any bytes as a file, and what it finds as an INVITE.
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "deploy/apps/offline/capture_invites.hpp"
#include "deploy/apps/offline/capture_limits.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view bytes(reinterpret_cast<const char*>(data), size);
    const auto found = weir::apps::find_invite(bytes, 1);
    if (found) WEIR_ASSERT(found->text.size() <= weir::apps::kInviteMaxBytes);
    return 0;
}

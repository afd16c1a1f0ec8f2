// SPDX-License-Identifier: Apache-2.0
// What becomes of a provisional response of the callee on the caller's leg (spec E.5), pure.
//
// clang-format off
// | received                      | by default             | changed by                                   |
// |-------------------------------|------------------------|----------------------------------------------|
// | 180 without SDP               | 180                    |                                              |
// | 180 with SDP                  | 183 with SDP           | send 180 sdp: 180 with SDP                   |
// |                               |                        | disable-early-media 180: 180 without         |
// | 181                           | 181                    | map resp-code 181 to 183: 183                |
// | 182                           | 182                    |                                              |
// | 183 with SDP, 183 without SDP | 183 as it is           |                                              |
// | 199                           | nothing                | the caller supports 199: 199 (RFC 6228)      |
// | 180, 181, 183                 |                        | block [sdp absent, present]: nothing         |
// clang-format on
//
// block looks at the code and the body as they were received, so before the mapping; it is asked of
// the outbound peer, as is the mapping; send 180 sdp of the inbound one.
#pragma once

#include <cstdint>

#include "config/model/sip_options.hpp"

namespace weir::signaling {

struct ProgressSettings {
    config::BlockWhen block = config::BlockWhen::never;  // of the received code
    bool map_181_to_183 = false;
    bool send_180_sdp = false;
    bool disable_early_media_180 = false;
    bool caller_supports_199 = false;
};

struct ProgressDecision {
    bool forward = true;  // false: consumed here; a PRACK is sent all the same
    int status = 180;     // on the caller's leg
    // The body is used: it goes to the caller, and the media of the callee are cut through.
    bool use_sdp = false;
    bool operator==(const ProgressDecision&) const = default;
};

// `status` is 101..199. Thread: any.
[[nodiscard]] ProgressDecision decide_progress(int status, bool has_sdp,
                                               const ProgressSettings& settings);

// P-Early-Media (RFC 5009 8): whether the callee's network lets backward media through. The last
// direction of the value counts; a value without one says nothing and leaves `before`.
[[nodiscard]] bool early_media_is_open(std::string_view value, bool before);

}  // namespace weir::signaling

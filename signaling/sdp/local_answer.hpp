// SPDX-License-Identifier: Apache-2.0
// The answer that we give ourselves to a mid-call offer that does not reach the other side (spec
// B.6: block, media-change). Thread: any; pure.
#pragma once

#include "config/base/result.hpp"
#include "signaling/sdp/description.hpp"

namespace weir::signaling::sdp {

// `current` is what this party was told last. The answer keeps its media: each m-line of the offer
// that is active in both is taken with the formats that both have and the mirror of the offered
// direction; every other one (video, T.38) gets port 0. Errors: no m-line is left (denied: 488).
[[nodiscard]] Result<Description> answer_locally(const Description& offer,
                                                 const Description& current);

}  // namespace weir::signaling::sdp

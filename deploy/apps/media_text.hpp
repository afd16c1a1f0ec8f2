// SPDX-License-Identifier: Apache-2.0
// What weir-media counts, for people and for programs: `show media`, `show voip rtp stats`, `show
// voip fpi calls`.
//
// Thread: any; pure.
#pragma once

#include <string>

#include "dataplane/api/media_plane.hpp"

namespace weir::apps {

[[nodiscard]] std::string media_text(const dataplane::PlaneReport& report);
// The part of it that is RTP: sessions, ports, packets, and why some were not relayed or copied.
[[nodiscard]] std::string rtp_stats_text(const dataplane::PlaneReport& report);
// One object with all of it; ends in \n.
[[nodiscard]] std::string media_json(const dataplane::PlaneReport& report);

}  // namespace weir::apps

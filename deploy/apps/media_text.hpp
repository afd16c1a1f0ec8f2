// SPDX-License-Identifier: Apache-2.0
// `show media`: weir-media's totals, its I/O mode and its devices, for people.
//
// Thread: any; pure.
#pragma once

#include <string>

#include "dataplane/api/media_plane.hpp"

namespace weir::apps {

[[nodiscard]] std::string media_text(const dataplane::PlaneReport& report);

}  // namespace weir::apps

// SPDX-License-Identifier: Apache-2.0
// The JSON file beside the WAV files of a session, and what a crash leaves to be put right.
//
// Thread: the recorder's disk thread; repair_directory before it starts. `ID.partial.json` stands
// from the first moment of a session and names its files; `ID.json` replaces it in one step at the
// end.
#pragma once

#include <cstddef>
#include <string>

#include "config/base/clock.hpp"
#include "config/base/log.hpp"
#include "config/base/result.hpp"
#include "forking/recorder/session_record.hpp"

namespace weir::forking {

// "ID-track0.wav"; the second file of a track (another codec) is "ID-track0-2.wav".
[[nodiscard]] std::string wav_name(const std::string& id, std::uint8_t media_index,
                                   std::size_t file);

[[nodiscard]] std::string sidecar_json(const SessionRecord& record);

// An active record becomes the partial sidecar, an ended one the final one. Errors: io.
[[nodiscard]] Result<void> write_sidecar(const std::string& directory, const SessionRecord& record);

// Sessions that a crash of the recorder ended: every WAV header is brought up to the file's length
// and the partial sidecar becomes a final one with state CLOSED_ERROR. What cannot be repaired is
// logged and left alone. Gives the number of sessions. Errors: io (the directory).
[[nodiscard]] Result<std::size_t> repair_directory(const std::string& directory, WallTime now,
                                                   Logger& log);

}  // namespace weir::forking

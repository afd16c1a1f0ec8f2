// SPDX-License-Identifier: Apache-2.0
// FuzzTally: what sequences have reached, so that dice which no longer reach the deep states are
// noticed.
#pragma once

#include <map>
#include <string>

#include "tests/sim/call_fuzz_run.hpp"

namespace weir::signaling {

class FuzzTally {
public:
    void note(FuzzRun& run);
    [[nodiscard]] unsigned count(const std::string& what) const;
    // "connected 812, PRACK sent 344, ..."
    [[nodiscard]] std::string text() const;

private:
    void note_sent(const SipMessage& request);
    std::map<std::string, unsigned> seen_;
};

}  // namespace weir::signaling

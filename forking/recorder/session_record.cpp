// SPDX-License-Identifier: Apache-2.0
// The names of session states, as MediaSense calls them (spec F.9).
#include "forking/recorder/session_record.hpp"

namespace weir::forking {

const char* to_string(SessionState state) {
    switch (state) {
        case SessionState::active:
            return "ACTIVE";
        case SessionState::closed_normal:
            return "CLOSED_NORMAL";
        case SessionState::closed_error:
            return "CLOSED_ERROR";
    }
    return "?";
}

}  // namespace weir::forking

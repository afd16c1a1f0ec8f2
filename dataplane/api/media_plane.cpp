// SPDX-License-Identifier: Apache-2.0
// The texts of refusals.
#include "dataplane/api/media_plane.hpp"

namespace weir::dataplane {

const char* to_string(Refusal refusal) {
    switch (refusal) {
        case Refusal::no_slot:
            return "every media session slot is in use (media.sessions in platform.yaml)";
        case Refusal::no_port:
            return "no RTP port pair is free (rtp-port range)";
        case Refusal::no_descriptor:
            return "the limit of open descriptors is reached (ulimit -n)";
        case Refusal::no_fork:
            return "the session has kMaxForks forks already";
        case Refusal::no_pre_roll:
            return "the pre-roll memory is full (media.pre_roll in platform.yaml)";
        case Refusal::unknown_session:
            return "the media session is gone";
        case Refusal::unknown_realm:
            return "the realm does not exist in platform.yaml";
        case Refusal::ring_full:
            return "the media worker does not keep up with its commands";
    }
    return "?";
}

}  // namespace weir::dataplane

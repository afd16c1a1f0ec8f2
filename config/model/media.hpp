// SPDX-License-Identifier: Apache-2.0
// media profile, media class and voice class media: recording and the way of media (spec F.1, B.4,
// B.17).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "config/model/vocabulary.hpp"

namespace weir::config {

// One line `media-recording proxy [secure] TAG ...` of a Media Proxy (spec F.7).
struct ProxyRecorders {
    std::vector<DialPeerTag> optional;     // media-recording proxy
    std::vector<DialPeerTag> secure;       // media-recording proxy secure
    std::optional<DialPeerTag> mandatory;  // proxy policy mandatory
    [[nodiscard]] bool empty() const { return optional.empty() && secure.empty() && !mandatory; }
};

// media profile recorder N (spec F.1)
struct RecorderProfile {
    std::uint32_t tag = 0;    // 1..10000
    bool audio_only = false;  // media-type audio
    std::vector<DialPeerTag>
        recorders;  // media-recording, failover order, at most kMaxRecorderPeers
    ProxyRecorders proxy;
    KeptLines kept;
    Place place;
};

// media class N
struct MediaClass {
    std::uint32_t tag = 0;                              // 1..10000
    std::optional<std::uint32_t> recorder_profile;      // recorder profile N
    std::optional<RecorderProfile> recorder_parameter;  // recorder parameter ... (tag 0)
    bool siprec = false;
    KeptLines kept;
    Place place;
};

// voice class media N (spec B.17)
enum class MediaFlow : std::uint8_t { flow_through, flow_around };
struct MediaSettingsClass {
    std::uint32_t tag = 0;  // 1..10000
    std::optional<MediaFlow> flow;
    KeptLines kept;
    Place place;
};

}  // namespace weir::config

// SPDX-License-Identifier: Apache-2.0
// rtp payload-type and video codec of a dial-peer (spec A.10): how its codecs are numbered, and
// which video our own offers to it have.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "config/model/dial_peer.hpp"

namespace weir::config {

struct PayloadType {
    std::string_view encoding;  // of an rtpmap: "telephone-event"
    std::uint8_t number = 0;    // 96..127; of comfort noise 13 or 19
};

struct VideoCodec {
    std::string_view encoding;      // "H264"
    std::uint8_t payload_type = 0;  // static, or Cisco's default number
};

// What the peer's lines say, the later line of a kind in place of the earlier. A kind that stands
// for no codec of ours (fax, tones) says nothing here. Thread: any; for the moment of a call's
// routing: the kept lines are read through.
[[nodiscard]] std::vector<PayloadType> payload_types(const DialPeer& peer);
[[nodiscard]] std::vector<VideoCodec> video_codecs(const DialPeer& peer);

}  // namespace weir::config

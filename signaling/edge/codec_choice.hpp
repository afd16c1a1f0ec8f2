// SPDX-License-Identifier: Apache-2.0
// Which codecs a leg may use: dial-peer configuration against offers (spec A.10, N22).
#pragma once

#include <vector>

#include "config/model/config.hpp"

namespace weir::signaling {

using CodecList = std::vector<config::Codec>;  // best first, each at most once

// What a peer is configured for, in its order: its class, or its codec, or G.729 alone when it says
// nothing (N22); dial-peer 0 takes every voice codec (spec A.7).
[[nodiscard]] CodecList configured_codecs(const config::Config& config,
                                          const config::DialPeer& peer);

// The codecs of `offer`, in the order of the offer, that the peer is configured for: the first is
// the answer. A transparent peer takes the offer as it is.
[[nodiscard]] CodecList acceptable_codecs(const config::Config& config,
                                          const config::DialPeer& peer, const CodecList& offer);

// The two peers of a call.
struct LegPeers {
    const config::DialPeer& inbound;
    const config::DialPeer& outbound;
};

// The offer to the called side: the codecs of the outbound peer, in its order, that the inbound
// offer has and the inbound peer permits (nothing is transcoded, so both legs must agree);
// with offer-all every codec of the outbound peer; with transparent on both legs the offer as it
// came. Empty: no common codec, 488 and cause 65 to the caller.
[[nodiscard]] CodecList outbound_offer(const config::Config& config, const LegPeers& peers,
                                       const CodecList& inbound_offer);

}  // namespace weir::signaling

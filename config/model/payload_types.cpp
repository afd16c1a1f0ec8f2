// SPDX-License-Identifier: Apache-2.0
// Reads the kept lines `rtp payload-type KIND N` and `video codec NAME`.
#include "config/model/payload_types.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "config/base/text.hpp"

namespace weir::config {
namespace {

constexpr std::array<std::pair<std::string_view, std::string_view>, 11> kKinds{{
    {"nte", "telephone-event"},
    {"comfort-noise", "CN"},
    {"cisco-codec-ilbc", "iLBC"},
    {"cisco-codec-isac", "iSAC"},
    {"cisco-codec-gsmamrnb", "AMR"},
    {"cisco-codec-gsmamr-nb", "AMR"},
    {"cisco-codec-opus", "opus"},
    {"opus", "opus"},
    {"cisco-codec-aacld", "MP4A-LATM"},
    {"cisco-codec-video-h263+", "H263-1998"},
    {"cisco-codec-video-h264", "H264"},
}};

constexpr std::array<std::pair<std::string_view, VideoCodec>, 4> kVideo{{
    {"h261", {"H261", 31}},
    {"h263", {"H263", 34}},
    {"h263+", {"H263-1998", 118}},
    {"h264", {"H264", 119}},
}};

bool is_usable(std::string_view encoding, std::uint64_t number) {
    if (encoding == "CN") return number == 13 || number == 19;
    return number >= 96 && number <= 127;  // RFC 3551 6: dynamic
}

}  // namespace

std::vector<PayloadType> payload_types(const DialPeer& peer) {
    std::vector<PayloadType> types;
    for (const KeptLine& kept : peer.kept) {
        if (!kept.text.starts_with("rtp payload-type ")) continue;
        const auto words = text::words(kept.text);
        // A line may name two: "rtp payload-type nte 96 comfort-noise 13".
        for (std::size_t at = 2; at + 1 < words.size(); at += 2) {
            const auto kind = std::find_if(kKinds.begin(), kKinds.end(),
                                           [&](const auto& one) { return one.first == words[at]; });
            const auto number = text::number(words[at + 1]);
            if (kind == kKinds.end() || !number || !is_usable(kind->second, *number)) continue;
            std::erase_if(types, [&](const auto& one) { return one.encoding == kind->second; });
            types.push_back({kind->second, static_cast<std::uint8_t>(*number)});
        }
    }
    return types;
}

std::vector<VideoCodec> video_codecs(const DialPeer& peer) {
    std::vector<VideoCodec> codecs;
    for (const KeptLine& kept : peer.kept) {
        if (!kept.text.starts_with("video codec ")) continue;
        const auto words = text::words(kept.text);
        for (const auto& [name, codec] : kVideo)
            if (words.size() > 2 && words[2] == name) codecs.push_back(codec);
    }
    return codecs;
}

}  // namespace weir::config

// SPDX-License-Identifier: Apache-2.0
// The words that all objects of a configuration share.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "config/base/strong.hpp"

namespace weir::config {

using DialPeerTag = Strong<struct DialPeerTagName,
                           std::uint32_t>;  // 1..1073741823 (spec A.2); 0 = the default peer

// Where a value was written, for messages that come later than reading.
struct Place {
    std::string file;
    std::uint32_t line = 0;  // 1-based; 0 = a default
    bool operator==(const Place&) const = default;
};

enum class Transport : std::uint8_t { system, udp, tcp };  // system = ask the next level up
enum class UriHeader : std::uint8_t { via, request, to, from };

// Codec keywords of spec A.10 that carry audio over RTP.
enum class Codec : std::uint8_t {
    g711ulaw,
    g711alaw,
    g729r8,
    g729br8,
    g722_64,
    g726r16,
    g726r24,
    g726r32,
    g723r53,
    g723r63,
    g728,
    ilbc,
    isac,
    opus,
    gsmamr_nb,
    gsmfr,
    aacld,
    mp4a_latm,
    transparent,
};

enum class DtmfRelay : std::uint8_t {  // in order of configuration
    cisco_rtp,
    h245_alphanumeric,
    h245_signal,
    rtp_nte,
    rtp_nte_digit_drop,
    sip_notify,
    sip_info,
    sip_kpml,
};

struct CodecPreference {
    std::uint8_t preference = 1;  // 1..24, 1 first
    Codec codec = Codec::g711ulaw;
    std::optional<std::uint16_t> bytes;  // payload per packet
    std::string options{};               // "mode adaptive", "profile 1": kept, without effect
    bool operator==(const CodecPreference&) const = default;
};

// The words behind a command that is understood, kept and printed, but changes nothing (yet): see
// config/language/without_effect.cpp for the closed list with reasons.
struct KeptLine {
    std::string key;    // what a second line of the same key replaces: "ip dscp", "track 11"
    std::string text;   // the canonical line; begins with "no " where that is what was said
    std::string row{};  // the syntax of the command: where the line is printed
    bool operator==(const KeptLine&) const = default;
};
using KeptLines = std::vector<KeptLine>;  // in the order of writing

// The keyword of the language ("g711ulaw") and what RTP calls it ("PCMU", 8000 Hz, static payload
// type).
struct CodecInfo {
    Codec codec;
    const char* keyword;
    const char* encoding;      // rtpmap name
    std::uint32_t clock_rate;  // Hz
    std::optional<std::uint8_t>
        payload_type;             // static (RFC 3551) or Cisco's default dynamic number
    std::uint16_t default_bytes;  // payload per packet
};
[[nodiscard]] const CodecInfo& codec_info(Codec codec);
[[nodiscard]] const std::vector<CodecInfo>& all_codecs();

}  // namespace weir::config

// SPDX-License-Identifier: Apache-2.0
// The closed list of what the language understands and Weir does not act on, each with its reason.
//
// `weir check --effects` shows the lines of a configuration that stand in the list. An entry names
// the first words of a line as it is printed; the longest entry that fits is the one that counts.
// A row of kept.hpp without an entry, and an entry without a row, fail a test.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "config/language/mode_id.hpp"

namespace weir::config::language {

enum class NoEffect : std::uint8_t {
    hardware,      // a piece of the router that a server does not have
    platform,      // the operating system or platform.yaml decides it here
    h323,          // H.323, MGCP and SCCP are not spoken
    tdm_hardware,  // ISDN, analogue and DSP hardware
    always_so,     // Weir behaves as the command asks, and has no other way
    inert,         // it changes nothing on a CUBE either: a name, a text, a password of people
    acts,          // it has effect, in a mode whose other lines have none: no entry of the list
    later,         // a work that is planned gives it effect; `work` names it
};

struct WithoutEffect {
    ModeId mode = ModeId::global;
    std::string_view command;  // "voice-class sip history-info": whole words from the front; none =
                               // every line of the mode; "recorder profile * siprec": any one word
    NoEffect reason = NoEffect::later;
    std::string_view work{};  // of `later`: "SIP profiles", "SRTP and TLS"; else a remark or empty
};

// The remark on every command about certificates.
inline constexpr std::string_view kPki = "certificates are files in pki.directory of platform.yaml";

// The list, by owner of the rows. Thread: any, constant.
[[nodiscard]] std::span<const WithoutEffect> global_without_effect();
[[nodiscard]] std::span<const WithoutEffect> service_without_effect();
[[nodiscard]] std::span<const WithoutEffect> block_without_effect();
[[nodiscard]] std::span<const WithoutEffect> peer_without_effect();
[[nodiscard]] std::span<const WithoutEffect> class_without_effect();

// The entry for a line of a mode in its canonical form, also with `no ` in front; null if the line
// has effect.
[[nodiscard]] const WithoutEffect* without_effect(ModeId mode, std::string_view line);

// "later", "tdm_hardware": for programs.
[[nodiscard]] std::string_view reason_word(NoEffect reason);
// "not yet: SRTP and TLS", "hardware that a server does not have".
[[nodiscard]] std::string reason_text(const WithoutEffect& entry);

}  // namespace weir::config::language

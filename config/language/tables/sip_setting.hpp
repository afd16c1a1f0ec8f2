// SPDX-License-Identifier: Apache-2.0
// One description of a SIP setting, from which its rows at every level are made: voice service voip
// / sip and sip-ua (both the global level), voice class tenant, dial-peer (`voice-class sip ...`).
//
// The syntax is written as the global level has it; below it `system` is added, which asks the next
// level up, as not writing the command does. `no` below the global level switches a flag off
// against the levels above it and is printed; for other settings it is as `system`, unless the
// setting has words for off.
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "config/language/command.hpp"
#include "config/language/kept.hpp"
#include "config/model/resolve.hpp"
#include "config/model/sip_words.hpp"

namespace weir::config::language {

enum class SipPlace : std::uint8_t { sip, sip_ua, tenant, peer };

// In which modes a setting stands.
struct SipPlaces {
    bool sip = false;
    bool sip_ua = false;
    bool tenant = false;
    bool peer = false;
};
inline constexpr SipPlaces kEverywhere{true, false, true, true};  // sip, tenant, dial-peer
inline constexpr SipPlaces kSipAndTenant{true, false, true, false};
inline constexpr SipPlaces kUaAndTenant{false, true, true, false};
inline constexpr SipPlaces kUaTenantPeer{false, true, true, true};
inline constexpr SipPlaces kGlobalAndTenant{true, true, true, false};
inline constexpr SipPlaces kTenantOnly{false, false, true, false};
inline constexpr SipPlaces kPeerOnly{false, false, false, true};
[[nodiscard]] bool stands_in(const SipPlaces& places, SipPlace place);

// What a print function writes to: puts the level's prefix in front.
class SipLines {
public:
    SipLines(Printer& out, SipPlace place) : out_(out), place_(place) {}
    void line(const std::string& words);
    void no(const std::string& words);
    [[nodiscard]] bool is_global() const {
        return place_ == SipPlace::sip || place_ == SipPlace::sip_ua;
    }

private:
    Printer& out_;
    SipPlace place_;
};

struct SipSetting {
    std::string syntax;
    std::string help;
    SipPlaces places;
    // `words` of the line; for `read` the line did not say `system`.
    std::function<Result<void>(const Words&, SipOptions&)> read = nullptr;
    // `no`; the second is `system` and `default`, and `no` where the first is empty.
    std::function<void(const Words&, SipOptions&)> no = nullptr;
    std::function<void(const Words&, SipOptions&)> ask_above = nullptr;
    std::function<void(const SipOptions&, SipLines&)> print = nullptr;
    std::size_t key_words = 0;  // of `no`, of the syntax without the level's prefix; 0 = the fixed
    bool has_system = true;
    std::size_t kept_key_words = 0;  // of a setting that is only kept
    bool kept = false;
    bool acts = false;  // of one that is kept: see acting() in kept.hpp
};

// The row of a setting at one level.
[[nodiscard]] Command<SipOptions> row_of(const SipSetting& setting, SipPlace place);
// What the line says behind these words and the level's prefix: "require 100rel".
[[nodiscard]] std::string words_behind(const Words& words, std::string_view fixed);

// ---- settings made from one field --------------------------------------------------------------

// "error-passthru".
[[nodiscard]] SipSetting sip_flag(const std::string& syntax, const std::string& help,
                                  const SipPlaces& places, std::optional<bool> SipOptions::*field);

// "options-ping <60-1200>".
template <typename Number>
SipSetting sip_number(const std::string& syntax, const std::string& help, const SipPlaces& places,
                      std::optional<Number> SipOptions::*field) {
    SipSetting setting{.syntax = syntax, .help = help, .places = places};
    setting.read = [field](const Words& words, SipOptions& options) -> Result<void> {
        options.*field = static_cast<Number>(words.number());
        return {};
    };
    setting.ask_above = [field](const Words&, SipOptions& options) { (options.*field).reset(); };
    setting.print = [field, fixed = grammar_of_row(syntax).fixed_text()](const SipOptions& options,
                                                                         SipLines& out) {
        if (options.*field) out.line(fixed + " " + std::to_string(*(options.*field)));
    };
    return setting;
}

// What `no` means below the global level, and the words it is printed with behind `no`.
template <typename Value>
struct SipOff {
    Value value;
    std::string words;
};

// "asserted-id {pai | ppi}": one of the choices.
template <typename Value, std::size_t count>
SipSetting sip_choice(const std::string& fixed, const std::string& help, const SipPlaces& places,
                      const std::array<Choice<Value>, count>& choices,
                      std::optional<Value> SipOptions::*field,
                      const std::optional<SipOff<Value>>& off = std::nullopt) {
    std::string alternatives;
    for (const auto& choice : choices)
        alternatives += (alternatives.empty() ? "" : " | ") + std::string(choice.words);
    SipSetting setting{.syntax = fixed + " {" + alternatives + "}", .help = help, .places = places};
    setting.read = [field, fixed, choices](const Words& words,
                                           SipOptions& options) -> Result<void> {
        const std::string said = words_behind(words, fixed);
        for (const auto& choice : choices)
            if (choice.words == said) options.*field = choice.value;
        return {};
    };
    if (off)
        setting.no = [field, off](const Words&, SipOptions& options) {
            options.*field = off->value;
        };
    setting.ask_above = [field](const Words&, SipOptions& options) { (options.*field).reset(); };
    setting.print = [field, fixed, choices, off](const SipOptions& options, SipLines& out) {
        if (!(options.*field)) return;
        if (!off || *(options.*field) != off->value)
            out.line(fixed + " " + words_of(choices, *(options.*field)));
        else if (!out.is_global())
            out.no(off->words);
    };
    return setting;
}

// A setting that is understood and kept at each level: see kept.hpp.
[[nodiscard]] SipSetting sip_kept(const std::string& syntax, const std::string& help,
                                  const SipPlaces& places, std::size_t key_words = 0);

// The same for one that is read where it acts.
[[nodiscard]] SipSetting sip_acting(SipSetting kept);

// ---- the settings, by subject, in the order of printing ----------------------------------------

[[nodiscard]] std::vector<SipSetting> sip_response_settings();      // rel1xx, block, early media
[[nodiscard]] std::vector<SipSetting> sip_offer_settings();         // offer, mid-call, transfer
[[nodiscard]] std::vector<SipSetting> sip_header_settings();        // identity, pass-through
[[nodiscard]] std::vector<SipSetting> sip_routing_settings();       // call-route, proxies, errors
[[nodiscard]] std::vector<SipSetting> sip_transport_settings();     // bind, ports, security, NAT
[[nodiscard]] std::vector<SipSetting> sip_registration_settings();  // registrar, digest
[[nodiscard]] std::vector<SipSetting> sip_kept_settings();          // what changes nothing yet

// All of a place.
[[nodiscard]] std::vector<Command<SipOptions>> sip_rows(SipPlace place);

// {ipv4: | ipv6: | dns:}X[:port] [| dhcp], read from the words of a line.
[[nodiscard]] SipHop sip_hop_of(const Words& words);

}  // namespace weir::config::language

// SPDX-License-Identifier: Apache-2.0
// SIP settings about provisional responses and early media (spec E).
#include <string>

#include "config/language/tables/sip_setting.hpp"

namespace weir::config::language {
namespace {

SipSetting rel1xx() {
    SipSetting setting{
        .syntax = "rel1xx {supported <tag=word> | require <tag=word> [strict] | disable}",
        .help = "Reliable provisional responses, RFC 3262",
        .places = kEverywhere};
    setting.read = [](const Words& words, SipOptions& options) -> Result<void> {
        Rel1xx value;
        for (const auto& choice : kRel1xxModes)
            if (words.has(choice.words)) value.mode = choice.value;
        value.option_tag = words.text("tag");
        value.strict = words.has("strict");
        options.rel1xx = value;
        return {};
    };
    setting.ask_above = [](const Words&, SipOptions& options) { options.rel1xx.reset(); };
    setting.print = [](const SipOptions& options, SipLines& out) {
        if (options.rel1xx && !(out.is_global() && *options.rel1xx == Rel1xx{}))
            out.line("rel1xx " + to_words(*options.rel1xx));
    };
    return setting;
}

// One line for each code; a second one for the same code takes its place (spec E.5).
SipSetting block() {
    SipSetting setting{.syntax = "block {180 | 181 | 183} [sdp {absent | present}]",
                       .help = "Keep a provisional response of the called side from the caller",
                       .places = kEverywhere};
    const auto code_of = [](const Words& words) {
        std::uint16_t named = 0;
        for (const auto code : kBlockableCodes)
            if (words.has(std::to_string(code))) named = code;
        return named;
    };
    setting.read = [code_of](const Words& words, SipOptions& options) -> Result<void> {
        options.block[code_of(words)] = words.has("absent")    ? BlockWhen::sdp_absent
                                        : words.has("present") ? BlockWhen::sdp_present
                                                               : BlockWhen::always;
        return {};
    };
    setting.no = [code_of](const Words& words, SipOptions& options) {
        // `no block` without a status takes back what was said of each.
        if (code_of(words) == 0)
            options.block.clear();
        else
            options.block[code_of(words)] = BlockWhen::never;
    };
    setting.ask_above = [code_of](const Words& words, SipOptions& options) {
        if (code_of(words) == 0)
            options.block.clear();
        else
            options.block.erase(code_of(words));
    };
    setting.print = [](const SipOptions& options, SipLines& out) {
        for (const auto& [code, when] : options.block) {
            const std::string words = "block " + std::to_string(code);
            if (when != BlockWhen::never)
                out.line(words + (when == BlockWhen::always ? "" : " ") +
                         words_of(kBlockWhens, when));
            else if (!out.is_global())
                out.no(words);
        }
    };
    setting.key_words = 2;
    return setting;
}

}  // namespace

std::vector<SipSetting> sip_response_settings() {
    return {
        rel1xx(),
        sip_flag("send 180 sdp", "Pass a 180 with SDP on as it is", kEverywhere,
                 &SipOptions::send_180_sdp),
        block(),
        sip_flag("map resp-code 181 to 183", "Send a 181 of the called side on as 183", kEverywhere,
                 &SipOptions::map_181_to_183),
        sip_choice("early-media update", "UPDATE with SDP before the answer", kEverywhere,
                   kEarlyMediaUpdates, &SipOptions::early_media_update,
                   std::optional(SipOff<EarlyMediaUpdate>{EarlyMediaUpdate::pass,
                                                          "early-media update block"})),
        sip_flag("disable-early-media 180", "Take the SDP of a 180 for none", kUaAndTenant,
                 &SipOptions::disable_early_media_180),
        sip_flag("reset timer expires 183", "Start the expires timer again at a 183", kEverywhere,
                 &SipOptions::reset_timer_183),
        sip_flag("p-early-media gate", "Let early media pass as P-Early-Media says, RFC 5009",
                 kEverywhere, &SipOptions::early_media_gate),
    };
}

}  // namespace weir::config::language

// SPDX-License-Identifier: Apache-2.0
// The tables of all modes in one place.
#include <cstdio>
#include <cstdlib>

#include "config/language/command.hpp"
#include "config/language/tables.hpp"

namespace weir::config::language {

const std::vector<Mode>& all_modes() {
    // In the order of ModeId; a unit test holds both together.
    static const std::vector<Mode> modes{
        global_mode(),         voice_service_mode(),
        trusted_list_mode(),   voice_service_sip_mode(),
        codec_class_mode(),    uri_class_sip_mode(),
        uri_class_tel_mode(),  recorder_profile_mode(),
        media_class_mode(),    recorder_parameter_mode(),
        interface_mode(),      dial_peer_voip_mode(),
        dial_peer_pots_mode(), sip_ua_mode(),
    };
    return modes;
}

const Mode& mode_of(ModeId id) {
    return all_modes()[static_cast<std::size_t>(id)];
}

std::string_view prompt_of(ModeId mode) {
    return mode_of(mode).prompt;
}

Grammar grammar_of_row(const std::string& syntax) {
    auto grammar = Grammar::parse(syntax);
    if (!grammar) std::fprintf(stderr, "%s\n", grammar.error().context.c_str());
    WEIR_ASSERT(grammar.has_value());
    return *std::move(grammar);
}

}  // namespace weir::config::language

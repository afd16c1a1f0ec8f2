// SPDX-License-Identifier: Apache-2.0
// Rows of the three levels from one description.
#include "config/language/tables/sip_setting.hpp"

#include <iterator>
#include <utility>

#include "config/language/argument.hpp"

namespace weir::config::language {
namespace {

std::string prefix_of(SipPlace place) {
    return place == SipPlace::peer ? "voice-class sip " : "";
}

bool is_below_global(SipPlace place) {
    return place == SipPlace::tenant || place == SipPlace::peer;
}

// "asserted-id {pai | ppi}" with the word that asks the next level up.
std::string with_system(const std::string& syntax) {
    const std::string fixed = grammar_of_row(syntax).fixed_text();
    if (fixed.size() == syntax.size()) return syntax + " [system]";
    const std::string rest = syntax.substr(fixed.size() + 1);
    if (rest.front() == '{' && rest.find('}') == rest.size() - 1)
        return fixed + " " + rest.substr(0, rest.size() - 1) + " | system}";
    if (rest.front() == '[' && rest.find(']') == rest.size() - 1)
        return fixed + " " + rest.substr(0, rest.size() - 1) + " | system]";
    return fixed + " {" + rest + " | system}";
}

SipOptions& global_sip_options(Config& config, const Scope&) {
    return config.voice.sip;
}

}  // namespace

bool stands_in(const SipPlaces& places, SipPlace place) {
    switch (place) {
        case SipPlace::sip:
            return places.sip;
        case SipPlace::sip_ua:
            return places.sip_ua;
        case SipPlace::tenant:
            return places.tenant;
        case SipPlace::peer:
            return places.peer;
    }
    return false;
}

void SipLines::line(const std::string& words) {
    out_.line(prefix_of(place_) + words);
}

void SipLines::no(const std::string& words) {
    out_.line("no " + prefix_of(place_) + words);
}

std::string words_behind(const Words& words, std::string_view fixed) {
    const std::string line = words.canonical();
    const auto at = line.find(fixed);
    if (at == std::string::npos || line.size() <= at + fixed.size()) return "";
    return line.substr(at + fixed.size() + 1);
}

Command<SipOptions> row_of(const SipSetting& setting, SipPlace place) {
    const std::string prefix = prefix_of(place);
    const bool below = is_below_global(place);
    const std::string syntax =
        prefix + (below && setting.has_system ? with_system(setting.syntax) : setting.syntax);
    if (setting.kept) {
        const std::size_t own = setting.kept_key_words;
        const bool whole = own == 0 || own == kWholeLine;
        auto row =
            kept_line<SipOptions>(syntax, setting.help, whole || prefix.empty() ? own : own + 2);
        row.kept = !setting.acts;
        return row;
    }
    Command<SipOptions> row;
    row.syntax = syntax;
    row.help = setting.help;
    row.read = [setting](const Words& words, SipOptions& options) -> Result<void> {
        if (words.has("system") && setting.has_system) {
            setting.ask_above(words, options);
            return {};
        }
        return setting.read(words, options);
    };
    // At the global level nothing is above: `no` brings the default back.
    row.no = setting.no ? setting.no : setting.ask_above;
    row.restore = setting.ask_above;
    row.print = [setting, place](const SipOptions& options, Printer& out) {
        SipLines lines(out, place);
        setting.print(options, lines);
    };
    if (setting.key_words != 0) row.key_words = setting.key_words + (prefix.empty() ? 0 : 2);
    return row;
}

SipSetting sip_flag(const std::string& syntax, const std::string& help, const SipPlaces& places,
                    std::optional<bool> SipOptions::*field) {
    SipSetting setting{.syntax = syntax, .help = help, .places = places};
    setting.read = [field](const Words&, SipOptions& options) -> Result<void> {
        options.*field = true;
        return {};
    };
    setting.no = [field](const Words&, SipOptions& options) { options.*field = false; };
    setting.ask_above = [field](const Words&, SipOptions& options) { (options.*field).reset(); };
    setting.print = [field, syntax](const SipOptions& options, SipLines& out) {
        const auto& value = options.*field;
        // The global level prints what differs from the built-in value, as all other commands do.
        const bool built_in = (built_in_sip_options().*field).value_or(false);
        if (!value || (out.is_global() && *value == built_in)) return;
        if (*value)
            out.line(syntax);
        else
            out.no(syntax);
    };
    return setting;
}

SipSetting sip_kept(const std::string& syntax, const std::string& help, const SipPlaces& places,
                    std::size_t key_words) {
    SipSetting setting{.syntax = syntax, .help = help, .places = places};
    setting.kept = true;
    setting.kept_key_words = key_words;
    setting.has_system = false;
    return setting;
}

SipSetting sip_acting(SipSetting kept) {
    kept.acts = true;
    return kept;
}

std::vector<Command<SipOptions>> sip_rows(SipPlace place) {
    std::vector<Command<SipOptions>> rows;
    for (auto* const part :
         {sip_response_settings, sip_offer_settings, sip_header_settings, sip_routing_settings,
          sip_registration_settings, sip_kept_settings, sip_transport_settings})
        for (const SipSetting& setting : part())
            if (stands_in(setting.places, place)) rows.push_back(row_of(setting, place));
    return rows;
}

SipHop sip_hop_of(const Words& words) {
    SipHop hop;
    if (words.has("dhcp")) {
        hop.kind = SipHop::Kind::dhcp;
    } else if (words.given("dns")) {
        const std::string text = words.text("dns");
        const auto colon = text.rfind(':');
        hop.kind = SipHop::Kind::dns;
        hop.host = text.substr(0, colon);
        if (colon != std::string::npos)
            hop.port = static_cast<std::uint16_t>(std::stoul(text.substr(colon + 1)));
    } else {
        const Endpoint endpoint = words.endpoint(words.given("v4") ? "v4" : "v6");
        hop.kind = SipHop::Kind::address;
        hop.address = endpoint.address;
        hop.port = endpoint.port;
    }
    return hop;
}

std::vector<CommandRow> sip_option_rows() {
    return make_rows(sip_rows(SipPlace::sip), global_sip_options);
}

std::vector<CommandRow> sip_ua_option_rows() {
    return make_rows(sip_rows(SipPlace::sip_ua), global_sip_options);
}

}  // namespace weir::config::language

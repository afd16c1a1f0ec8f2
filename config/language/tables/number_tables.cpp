// SPDX-License-Identifier: Apache-2.0
// The tables of voice dnis-map and voice enum-match-table (spec A.5, A.6), and numbering-type.
#include <algorithm>
#include <array>
#include <utility>

#include "config/language/class_limits.hpp"
#include "config/language/classes.hpp"
#include "config/language/fields.hpp"
#include "config/language/tables/class_tables.hpp"
#include "config/language/tables/dial_peer_rows.hpp"
#include "config/language/text_argument.hpp"
#include "config/model/expression.hpp"

namespace weir::config::language {
namespace {

// ---- voice dnis-map

DnisMap& dnis_map(Config& config, const Scope& scope) {
    return config.dnis_maps.at(scope.name);
}

// A second line of a number replaces the first.
Result<void> read_dnis(const Words& words, DnisMap& map) {
    DnisMap::Entry entry{words.text("number"), words.text("url")};
    if (entry.url.size() > kUrlBytes)
        return fail(ErrorCode::invalid,
                    "the url is longer than " + std::to_string(kUrlBytes) + " characters");
    const auto known = std::find_if(map.entries.begin(), map.entries.end(), [&](const auto& other) {
        return other.number == entry.number;
    });
    if (known != map.entries.end()) {
        *known = std::move(entry);
        return {};
    }
    if (map.entries.size() >= kMaxDnisNumbers)
        return fail(ErrorCode::exhausted,
                    "there are " + std::to_string(kMaxDnisNumbers) + " numbers here already");
    map.entries.push_back(std::move(entry));
    return {};
}

Mode dnis_map_mode() {
    Command<DnisMap> row{
        "dnis <number=pattern> [url <url=word>]",
        "A called number, and the script of a router that answers it", read_dnis,
        [](const Words& words, DnisMap& map) {
            std::erase_if(map.entries,
                          [&](const auto& entry) { return entry.number == words.text("number"); });
        },
        [](const DnisMap& map, Printer& out) {
            for (const auto& entry : map.entries)
                out.line("dnis " + entry.number + (entry.url.empty() ? "" : " url " + entry.url));
        }};
    row.key_words = 2;
    return {ModeId::dnis_map, ModeId::global, "voice dnis-map", "config-dnis-map",
            make_rows(std::vector<Command<DnisMap>>{row}, dnis_map)};
}

Result<Scope> open_dnis_map(const Words& words, Config& config, const Place& place) {
    const std::string name = words.text("map");
    if (!config.dnis_maps.contains(name) && config.dnis_maps.size() >= kMaxDnisMaps)
        return fail(ErrorCode::exhausted,
                    "there are " + std::to_string(kMaxDnisMaps) + " dnis maps already");
    const auto [entry, made] = config.dnis_maps.try_emplace(name);
    entry->second.name = name;
    if (made) entry->second.place = place;
    if (words.given("url")) entry->second.url = words.text("url");
    return Scope{ModeId::dnis_map, 0, name, "voice dnis-map " + name};
}

Command<Config> dnis_map_opener() {
    Command<Config> command{
        "voice dnis-map <map=name> [<url=word>]", "A list of called numbers", nullptr,
        [](const Words& words, Config& config) { config.dnis_maps.erase(words.text("map")); },
        [](const Config& config, Printer& out) {
            for (const auto& [name, map] : config.dnis_maps) {
                const std::string title = "voice dnis-map " + name;
                out.block(title + (map.url.empty() ? "" : " " + map.url),
                          {ModeId::dnis_map, 0, name, title});
            }
        }};
    command.open = open_dnis_map;
    command.key_words = 3;
    return command;
}

// ---- voice enum-match-table

Result<void> read_enum_rule(const Words& words, EnumTable& table) {
    EnumTable::Rule rule{static_cast<std::uint32_t>(words.number("preference")),
                         between_slashes(words.text("match")),
                         between_slashes(words.text("replace")), words.text("domain")};
    WEIR_TRY(check_slashed(words, "match", check_rule_match(rule.match)));
    WEIR_TRY(check_slashed(words, "replace", check_rule_replacement(rule.replace)));
    const auto number = static_cast<std::uint32_t>(words.number("rule"));
    if (table.rules.size() >= kMaxEnumRules && !table.rules.contains(number))
        return fail(ErrorCode::exhausted,
                    "there are " + std::to_string(kMaxEnumRules) + " rules here already");
    table.rules[number] = std::move(rule);
    return {};
}

Mode enum_table_mode() {
    Command<EnumTable> row{
        "rule <rule=1-2147483647> <preference=1-2147483647> <match=slashed> <replace=slashed> "
        "<domain=name>",
        "Which name is asked for a number, 1 the most preferred", read_enum_rule,
        [](const Words& words, EnumTable& table) {
            table.rules.erase(static_cast<std::uint32_t>(words.number("rule")));
        },
        [](const EnumTable& table, Printer& out) {
            for (const auto& [number, rule] : table.rules)
                out.line("rule " + std::to_string(number) + " " + std::to_string(rule.preference) +
                         " /" + rule.match + "/ /" + rule.replace + "/ " + rule.domain);
        }};
    row.key_words = 2;
    return {ModeId::enum_table, ModeId::global, "voice enum-match-table", "config-enum",
            make_rows(std::vector<Command<EnumTable>>{row}, tagged<&Config::enum_tables>)};
}

// ---- numbering-type

constexpr std::array<std::pair<NumberType, const char*>, 7> kPeerTypes{{
    {NumberType::abbreviated, "abbreviated"},
    {NumberType::international, "international"},
    {NumberType::national, "national"},
    {NumberType::network, "network"},
    {NumberType::reserved, "reserved"},
    {NumberType::subscriber, "subscriber"},
    {NumberType::unknown, "unknown"},
}};

}  // namespace

PeerRows peer_number_type_rows() {
    std::string words;
    for (const auto& [type, word] : kPeerTypes)
        words += (words.empty() ? "" : " | ") + std::string(word);
    Command<DialPeer> row{"numbering-type {" + words + "}", "Type of the numbers that match",
                          [](const Words& given, DialPeer& peer) -> Result<void> {
                              for (const auto& [type, word] : kPeerTypes)
                                  if (given.has(word)) peer.numbering_type = type;
                              return {};
                          },
                          [](const Words&, DialPeer& peer) { peer.numbering_type.reset(); },
                          [](const DialPeer& peer, Printer& out) {
                              for (const auto& [type, word] : kPeerTypes)
                                  if (peer.numbering_type == type)
                                      out.line(std::string("numbering-type ") + word);
                          }};
    row.key_words = 1;
    return {row};
}

std::vector<Command<Config>> number_table_openers() {
    return {dnis_map_opener(), class_opener("voice enum-match-table <1-15>",
                                            "Names that ENUM is asked for (session target enum:)",
                                            &Config::enum_tables, ModeId::enum_table)};
}

std::vector<Mode> number_table_modes() {
    return {dnis_map_mode(), enum_table_mode()};
}

}  // namespace weir::config::language

// SPDX-License-Identifier: Apache-2.0
// The tables of classes that routing asks: voice class e164-pattern-map, e164-translation, dpg,
// dial-peer provision-policy, route-string (spec A.5, A.8).
#include <algorithm>

#include "config/language/class_limits.hpp"
#include "config/language/classes.hpp"
#include "config/language/fields.hpp"
#include "config/language/tables/class_tables.hpp"

namespace weir::config::language {
namespace {

Result<void> too_many(std::size_t limit, const std::string& what) {
    return fail(ErrorCode::exhausted,
                "there are " + std::to_string(limit) + " " + what + " here already");
}

// ---- voice class e164-pattern-map

Result<void> read_pattern(const Words& words, PatternMap& map) {
    std::string pattern = words.text("pattern");
    if (map.known.size() != map.entries.size())
        map.known = {map.entries.begin(), map.entries.end()};
    // Spec A.5: duplicate patterns are refused.
    if (map.known.contains(pattern))
        return fail(ErrorCode::exists, "the pattern " + pattern + " is in this map already");
    if (map.entries.size() >= kMaxPatternsInMap) return too_many(kMaxPatternsInMap, "patterns");
    map.known.insert(pattern);
    map.entries.push_back(std::move(pattern));
    return {};
}

void no_pattern(const Words& words, PatternMap& map) {
    std::erase(map.entries, words.text("pattern"));
    map.known.erase(words.text("pattern"));
}

Command<PatternMap> pattern_row() {
    Command<PatternMap> row{"e164 <pattern>", "A number pattern of this map", read_pattern,
                            no_pattern, [](const PatternMap& map, Printer& out) {
                                for (const auto& pattern : map.entries)
                                    out.line("e164 " + pattern);
                            }};
    row.key_words = 2;
    return row;
}

// "url flash:areas.cfg", for both classes that read a file.
template <typename Object>
Command<Object> url_row(const std::string& help) {
    auto row = text_field("url <url=word>", help, &Object::url);
    row.read = [](const Words& words, Object& object) -> Result<void> {
        if (words.text("url").size() > kUrlBytes)
            return fail(ErrorCode::invalid,
                        "the url is longer than " + std::to_string(kUrlBytes) + " characters");
        object.url = words.text("url");
        return {};
    };
    return row;
}

Mode pattern_map_mode() {
    const std::vector<Command<PatternMap>> commands{
        text_field("description <line>", "Text for people", &PatternMap::description),
        pattern_row(),
        url_row<PatternMap>("File with one pattern on each line, read beside the lines of the map"),
        flag("shutdown", "The map matches nothing", &PatternMap::shutdown),
    };
    return {ModeId::pattern_map, ModeId::global, "voice class e164-pattern-map", "config-class",
            make_rows(commands, tagged<&Config::pattern_maps>)};
}

Mode number_file_mode() {
    const std::vector<Command<NumberTranslationFile>> commands{
        url_row<NumberTranslationFile>("File with a pattern, a tab and its number on each line")};
    return {ModeId::number_file, ModeId::global, "voice class e164-translation", "config-class",
            make_rows(commands, tagged<&Config::number_files>)};
}

// ---- voice class dpg

Result<void> read_member(const Words& words, DialPeerGroup& group) {
    const DialPeerGroup::Member member{DialPeerTag{static_cast<std::uint32_t>(words.number("tag"))},
                                       static_cast<std::uint8_t>(words.number("preference"))};
    const auto known = std::find_if(group.members.begin(), group.members.end(),
                                    [&](const auto& other) { return other.peer == member.peer; });
    if (known != group.members.end()) {
        *known = member;
        return {};
    }
    if (group.members.size() >= kMaxGroupMembers) return too_many(kMaxGroupMembers, "dial-peers");
    group.members.push_back(member);
    return {};
}

void print_members(const DialPeerGroup& group, Printer& out) {
    for (const auto& member : group.members)
        out.line("dial-peer " + std::to_string(member.peer.value()) +
                 (member.preference > 0 ? " preference " + std::to_string(member.preference) : ""));
}

Mode group_mode() {
    Command<DialPeerGroup> member{"dial-peer <tag=1-1073741823> [preference <preference=0-10>]",
                                  "A member, 0 the most preferred", read_member,
                                  [](const Words& words, DialPeerGroup& group) {
                                      std::erase_if(group.members, [&](const auto& other) {
                                          return other.peer.value() == words.number("tag");
                                      });
                                  },
                                  print_members};
    member.key_words = 2;
    const std::vector<Command<DialPeerGroup>> commands{
        text_field("description <line>", "Text for people", &DialPeerGroup::description),
        member,
        flag("shutdown", "Peers that refer to the group look up their calls as usual",
             &DialPeerGroup::shutdown),
    };
    return {ModeId::dial_peer_group, ModeId::global, "voice class dpg", "config-class",
            make_rows(commands, tagged<&Config::dial_peer_groups>)};
}

// ---- voice class dial-peer provision-policy

struct AttributeRow {
    PolicyAttribute attribute;
    const char* word;
    const char* partners;  // what may stand behind it (spec A.8)
};
constexpr AttributeRow kAttributes[] = {
    {PolicyAttribute::called, "called", "calling | carrier-id"},
    {PolicyAttribute::calling, "calling", "called"},
    {PolicyAttribute::uri, "uri", "diversion | referred-by | to | from | via | carrier-id"},
    {PolicyAttribute::from, "from", "diversion | to | uri | via | referred-by"},
    {PolicyAttribute::to, "to", "diversion | from | uri | via | referred-by"},
    {PolicyAttribute::via, "via", "diversion | from | to | uri | referred-by"},
    {PolicyAttribute::diversion, "diversion", "from | to | uri | via | referred-by"},
    {PolicyAttribute::referred_by, "referred-by", "diversion | from | to | uri | via"},
    {PolicyAttribute::carrier_id, "carrier-id", "called | uri"},
};

PolicyAttribute attribute_of(std::string_view word) {
    return std::find_if(std::begin(kAttributes), std::end(kAttributes),
                        [&](const auto& row) { return word == row.word; })
        ->attribute;
}

const char* word_of(PolicyAttribute attribute) {
    return std::find_if(std::begin(kAttributes), std::end(kAttributes),
                        [&](const auto& row) { return attribute == row.attribute; })
        ->word;
}

std::string policy_syntax() {
    std::string choices;
    for (const auto& row : kAttributes)
        choices +=
            (choices.empty() ? "" : " | ") + std::string(row.word) + " [" + row.partners + "]";
    return "preference <preference=1-2> {" + choices + "}";
}

Result<void> read_policy(const Words& words, ProvisionPolicy& policy) {
    const auto& all = words.all();  // preference P ATTR1 [ATTR2]
    ProvisionPolicy::Line line{static_cast<std::uint8_t>(words.number("preference")),
                               attribute_of(all[2].value), std::nullopt};
    if (all.size() > 3) line.second = attribute_of(all[3].value);
    std::erase_if(policy.lines,
                  [&](const auto& other) { return other.preference == line.preference; });
    policy.lines.push_back(line);
    std::sort(policy.lines.begin(), policy.lines.end(),
              [](const auto& a, const auto& b) { return a.preference < b.preference; });
    return {};
}

void print_policy(const ProvisionPolicy& policy, Printer& out) {
    for (const auto& line : policy.lines)
        out.line("preference " + std::to_string(line.preference) + " " + word_of(line.first) +
                 (line.second ? std::string(" ") + word_of(*line.second) : ""));
}

Mode policy_mode() {
    Command<ProvisionPolicy> line{policy_syntax(),
                                  "What an outbound dial-peer must match; the second line counts "
                                  "where the first finds none",
                                  read_policy,
                                  [](const Words& words, ProvisionPolicy& policy) {
                                      std::erase_if(policy.lines, [&](const auto& other) {
                                          return other.preference == words.number("preference");
                                      });
                                  },
                                  print_policy};
    line.key_words = 2;
    const std::vector<Command<ProvisionPolicy>> commands{
        text_field("description <line>", "Text for people", &ProvisionPolicy::description),
        line,
        flag("shutdown", "Peers that refer to the policy look up their calls as usual",
             &ProvisionPolicy::shutdown),
    };
    return {ModeId::provision_policy, ModeId::global, "voice class dial-peer provision-policy",
            "config-class", make_rows(commands, tagged<&Config::provision_policies>)};
}

// ---- voice class route-string

Mode route_string_mode() {
    const std::vector<Command<RouteString>> commands{
        text_field("pattern <pattern=word>", "Text of the route string; * stands for any part",
                   &RouteString::pattern)};
    return {ModeId::route_string, ModeId::global, "voice class route-string", "config-class",
            make_rows(commands, tagged<&Config::route_strings>)};
}

}  // namespace

std::vector<Command<Config>> routing_class_openers() {
    return {
        class_opener("voice class e164-pattern-map <1-10000>", "A list of number patterns",
                     &Config::pattern_maps, ModeId::pattern_map),
        class_opener("voice class e164-translation <1-10000>", "A file of numbers to translate",
                     &Config::number_files, ModeId::number_file),
        class_opener("voice class route-string <1-10000>", "A pattern of route strings",
                     &Config::route_strings, ModeId::route_string),
        class_opener("voice class dpg <1-10000>", "A group of outbound dial-peers",
                     &Config::dial_peer_groups, ModeId::dial_peer_group),
        class_opener("voice class dial-peer provision-policy <1-10000>",
                     "What outbound dial-peers are chosen by", &Config::provision_policies,
                     ModeId::provision_policy),
    };
}

std::vector<Mode> routing_class_modes() {
    return {pattern_map_mode(), number_file_mode(), group_mode(), policy_mode(),
            route_string_mode()};
}

}  // namespace weir::config::language

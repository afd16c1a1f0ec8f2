// SPDX-License-Identifier: Apache-2.0
// Compiles classes, translations and peers; compiler_index.cpp makes the indexes over them.
#include "dialplan/compiler.hpp"

#include <algorithm>
#include <set>
#include <utility>

#include "config/base/limits.hpp"
#include "dialplan/dialplan_limits.hpp"

namespace weir::dialplan {

namespace {

// A pattern that stands for all digits of a number.
std::string whole_number(std::string text) {
    if (!text.ends_with('$') && !text.ends_with('T')) text += '$';
    return text;
}

}  // namespace

Compiler::Compiler(config::ConfigPtr config, MapFiles files)
    : config_(std::move(config)), made_(std::make_shared<Compiled>()) {
    made_->config = config_;
    made_->files = std::move(files);
    made_->arrivals = Arrivals(*config_);
}

std::shared_ptr<const Compiled> Compiler::run() {
    maps();
    classes();
    translations();
    enum_tables();
    profiles();
    expansions();
    peers();
    inbound();
    outbound();
    return made_;
}

// Spec A.5: a map that could not be read disables those who have nothing else; all are named.
void Compiler::maps() {
    for (const auto& [name, map] : config_->dnis_maps) {
        for (const auto& entry : map.entries)
            static_cast<void>(pattern("voice dnis-map " + name + ": dnis", entry.number));
        if (map.url.empty()) continue;
        const auto file = made_->files.dnis.find(name);
        const bool known = file != made_->files.dnis.end();
        if (!known || !file->second.error.empty())
            add_notice("voice dnis-map " + name + ": only the numbers written here match: " +
                       (known ? file->second.error : "Loading failed on url " + map.url));
    }
    for (const auto& [tag, map] : config_->pattern_maps) {
        const std::string where = map.place.file + ":" + std::to_string(map.place.line) +
                                  ": voice class e164-pattern-map " + std::to_string(tag) + ": ";
        for (const auto& entry : map.entries)
            static_cast<void>(pattern(where + "e164", entry));
        if (map.url.empty()) continue;
        const auto found = made_->files.maps.find(tag);
        if (found == made_->files.maps.end())
            made_->files.maps[tag] = MapFile{{}, "Loading failed on url " + map.url};
        const MapFile& file = made_->files.maps[tag];
        if (!file.error.empty())
            add_notice(where + "the map is invalid and matches nothing: " + file.error);
    }
}

void Compiler::classes() {
    for (const auto& [tag, source] : config_->uri_classes) {
        auto compiled = CompiledUriClass::compile(source);
        if (compiled)
            made_->classes.emplace(tag, std::move(*compiled));
        else
            add_error(compiled.error().context);
    }
}

void Compiler::translations() {
    for (const auto& [tag, source] : config_->translation_rules) {
        auto compiled = CompiledRuleSet::compile(source);
        if (!compiled) {
            add_error(compiled.error().context);
            continue;
        }
        for (const auto& notice : compiled->notices())
            add_notice(notice);
        made_->rule_sets.emplace(tag, std::move(*compiled));
    }
    for (const auto& [tag, source] : config_->number_files) {
        const std::string where = source.place.file + ":" + std::to_string(source.place.line) +
                                  ": voice class e164-translation " + std::to_string(tag) + ": ";
        const auto found = made_->files.number_files.find(tag);
        if (found == made_->files.number_files.end() || !found->second.error.empty()) {
            add_notice(where + "it translates nothing: " +
                       (found == made_->files.number_files.end()
                            ? "Loading failed on url " + source.url
                            : found->second.error));
            continue;
        }
        auto& lines = made_->number_files[tag];
        for (const auto& line : found->second.lines)
            if (const auto* compiled = pattern(where, line.pattern))
                lines.push_back({*compiled, line.replacement, line.line});
    }
}

void Compiler::enum_tables() {
    for (const auto& [tag, source] : config_->enum_tables) {
        auto compiled = CompiledEnumTable::compile(source);
        if (compiled)
            made_->enum_tables.emplace(tag, std::move(*compiled));
        else
            add_error(compiled.error().context);
    }
}

CompiledStep Compiler::step(const config::TranslationProfile::Step& source) {
    CompiledStep made;
    if (source.rule_set) {
        made.tag = *source.rule_set;
        const auto found = made_->rule_sets.find(made.tag);
        if (found != made_->rule_sets.end()) made.rules = &found->second;
    } else if (source.number_file) {
        made.tag = *source.number_file;
        const auto found = made_->number_files.find(made.tag);
        if (found != made_->number_files.end()) made.lines = &found->second;
    }
    return made;
}

void Compiler::profiles() {
    for (const auto& [name, source] : config_->translation_profiles) {
        CompiledProfile& made = made_->profiles[name];
        made.name = name;
        for (std::size_t i = 0; i < source.steps.size(); ++i)
            made.steps[i] = step(source.steps[i]);
    }
    made_->voip_incoming = made_->profile(config_->voip_incoming_profile);
}

// num-exp stands for the whole dialled string (spec A.3).
void Compiler::expansions() {
    for (const auto& source : config_->number_expansions) {
        if (const auto* compiled = pattern("num-exp", whole_number(source.pattern)))
            made_->expansions.push_back({*compiled, &source});
    }
}

void Compiler::peers() {
    made_->peers.reserve(config_->dial_peers.size());
    for (const auto& [tag, source] : config_->dial_peers)
        made_->peers.push_back(peer(source));
    made_->has_numbering_types = std::any_of(
        made_->peers.begin(), made_->peers.end(),
        [](const CompiledPeer& peer) { return peer.source->numbering_type.has_value(); });
}

CompiledPeer Compiler::peer(const config::DialPeer& source) {
    using config::Permission;
    CompiledPeer made;
    made.source = &source;
    // Spec A.7, the filter: admin up, oper up, protocol sipv2, permission.
    made.inbound = !source.shutdown && source.permission != Permission::orig &&
                   source.permission != Permission::none &&
                   (source.type == config::DialPeer::Type::pots ||
                    (source.session_protocol_sip && source.oper_up()));
    made.outbound = source.usable_outbound() && source.permission != Permission::term &&
                    source.permission != Permission::none && can_dial(source);
    made.incoming = made_->profile(source.translation_incoming);
    made.outgoing = made_->profile(source.translation_outgoing);
    made.call_block = made_->profile(source.call_block_profile);
    if (made.outgoing == nullptr &&
        (source.translate_outgoing_called || source.translate_outgoing_calling)) {
        using config::TranslatedNumber;
        CompiledProfile& old = made_->translate_outgoing[source.tag];
        old.steps[static_cast<std::size_t>(TranslatedNumber::called)] =
            step({source.translate_outgoing_called, std::nullopt});
        old.steps[static_cast<std::size_t>(TranslatedNumber::calling)] =
            step({source.translate_outgoing_calling, std::nullopt});
        made.outgoing = &old;
    }
    if (!made_->arrivals.vrfs().empty()) made.vrf = vrf_of_peer(*config_, source);
    if (source.server_group) {
        const auto group = config_->server_groups.find(*source.server_group);
        if (group != config_->server_groups.end()) made.servers = &group->second;
    }
    return made;
}

// Beyond the peer's own state: its server group is in service (spec A.9), and if nothing but a map
// selects it, that map is valid (spec A.5).
bool Compiler::can_dial(const config::DialPeer& source) const {
    if (source.server_group) {
        const auto group = config_->server_groups.find(*source.server_group);
        if (group == config_->server_groups.end() || group->second.shutdown ||
            group->second.servers.empty())
            return false;
    }
    const bool other = !source.destination_pattern.empty() || !source.destination_uri.empty() ||
                       !source.destination_uri_of.empty() || source.route_string ||
                       !source.dnis_map.empty();
    const auto usable = [&](const std::optional<std::uint32_t>& map) {
        return map && made_->map_is_valid(*map);
    };
    return other || usable(source.destination_map) || usable(source.destination_calling_map);
}

const NumberPattern* Compiler::pattern(const std::string& where, std::string_view text) {
    auto compiled = NumberPattern::compile(text);
    if (!compiled) {
        add_error(where + ": " + compiled.error().context);
        return nullptr;
    }
    scratch_ = std::move(*compiled);
    return &*scratch_;
}

void Compiler::add_error(const std::string& text) {
    if (++error_count_ > kConfigMaxErrors) return;
    if (!errors_.empty()) errors_ += '\n';
    errors_ += text;
}

void Compiler::add_notice(const std::string& text) {
    if (++notice_count_ <= kNoticesMax) made_->notices.push_back(text);
}

const CompiledPeer* Compiled::find(config::DialPeerTag tag) const {
    const auto index = index_of(tag);
    return index ? &peers[*index] : nullptr;
}

std::optional<PeerIndex> Compiled::index_of(config::DialPeerTag tag) const {
    const auto found = std::lower_bound(
        peers.begin(), peers.end(), tag,
        [](const CompiledPeer& peer, config::DialPeerTag one) { return peer.source->tag < one; });
    if (found == peers.end() || found->source->tag != tag) return std::nullopt;
    return static_cast<PeerIndex>(found - peers.begin());
}

const CompiledProfile* Compiled::profile(const std::string& name) const {
    if (name.empty()) return nullptr;
    const auto found = profiles.find(name);
    return found == profiles.end() ? nullptr : &found->second;
}

bool Compiled::map_is_valid(std::uint32_t tag) const {
    const auto map = config->pattern_maps.find(tag);
    if (map == config->pattern_maps.end() || map->second.shutdown) return false;
    const auto file = files.maps.find(tag);
    return file == files.maps.end() || file->second.error.empty();
}

std::vector<NumberPattern> Compiled::dnis_numbers(const std::string& map) const {
    std::vector<NumberPattern> numbers;
    const auto source = config->dnis_maps.find(map);
    if (source == config->dnis_maps.end()) return numbers;
    const auto add = [&](const std::string& number) {
        if (auto compiled = NumberPattern::compile(whole_number(number)))
            numbers.push_back(std::move(*compiled));
    };
    for (const auto& entry : source->second.entries)
        add(entry.number);
    if (const auto file = files.dnis.find(map); file != files.dnis.end())
        for (const std::string& number : file->second.patterns)
            add(number);
    return numbers;
}

std::vector<std::string_view> Compiled::entries_of(std::uint32_t map) const {
    std::vector<std::string_view> entries;
    const auto source = config->pattern_maps.find(map);
    if (source == config->pattern_maps.end()) return entries;
    entries.assign(source->second.entries.begin(), source->second.entries.end());
    if (const auto file = files.maps.find(map); file != files.maps.end()) {
        // Spec A.5, our choice: the union, without what stands in both.
        const std::set<std::string_view> inline_ones(entries.begin(), entries.end());
        for (const auto& pattern : file->second.patterns)
            if (!inline_ones.contains(pattern)) entries.push_back(pattern);
    }
    return entries;
}

}  // namespace weir::dialplan

// SPDX-License-Identifier: Apache-2.0
// The tables of voice class codec and voice class uri (spec A.10, A.4).
#include <algorithm>

#include "config/base/limits.hpp"
#include "config/language/classes.hpp"
#include "config/language/fields.hpp"
#include "config/language/tables.hpp"
#include "config/language/tables/class_tables.hpp"
#include "config/model/uri_pattern.hpp"

namespace weir::config::language {
namespace {

UriClass& uri_class(Config& config, const Scope& scope) {
    return config.uri_classes.at(scope.name);
}

// ---- voice class codec
// -----------------------------------------------------------------------------

Result<void> read_preference(const Words& words, CodecClass& codecs) {
    CodecPreference entry = codec_preference_of(words);
    entry.preference = static_cast<std::uint8_t>(words.number("preference"));
    for (const auto& other : codecs.preferences)
        if (other.codec == entry.codec && other.preference != entry.preference)
            return fail(ErrorCode::exists, std::string(codec_info(entry.codec).keyword) +
                                               " has preference " +
                                               std::to_string(other.preference) + " already");
    auto& list = codecs.preferences;
    const auto place = std::find_if(list.begin(), list.end(), [&](const auto& other) {
        return other.preference >= entry.preference;
    });
    if (place != list.end() && place->preference == entry.preference)
        *place = entry;
    else
        list.insert(place, entry);
    return {};
}

void no_preference(const Words& words, CodecClass& codecs) {
    auto& list = codecs.preferences;
    list.erase(std::remove_if(list.begin(), list.end(),
                              [&](const auto& entry) {
                                  return entry.preference == words.number("preference");
                              }),
               list.end());
}

void print_preferences(const CodecClass& codecs, Printer& out) {
    for (const auto& entry : codecs.preferences)
        out.line("codec preference " + std::to_string(entry.preference) + " " + codec_text(entry));
}

// ---- voice class uri
// -------------------------------------------------------------------------------

// `pattern` excludes the other forms (spec A.4).
bool has_parts(const UriClass& uris) {
    return !uris.user_id.empty() || !uris.host_pattern.empty() || !uris.host_addresses.empty() ||
           !uris.host_names.empty() || !uris.phone_number.empty() || !uris.phone_context.empty();
}

Result<void> refuse_beside_pattern(const UriClass& uris) {
    if (uris.pattern.empty()) return {};
    return fail(ErrorCode::exists,
                "this class has a pattern, which excludes other forms: write 'no pattern' first");
}

// "user-id <expression=word>" and its kin: one expression in one field.
Command<UriClass> expression(const std::string& syntax, const std::string& help, UriPart part,
                             std::string UriClass::*field) {
    auto row = text_field(syntax, help, field);
    row.read = [part, field](const Words& words, UriClass& uris) -> Result<void> {
        WEIR_TRY(refuse_beside_pattern(uris));
        WEIR_TRY(check_uri_pattern(part, words.text("expression")));
        uris.*field = words.text("expression");
        return {};
    };
    return row;
}

Command<UriClass> whole_pattern() {
    auto row = text_field("pattern <expression=word>",
                          "Expression for the whole URI without its scheme", &UriClass::pattern);
    row.read = [](const Words& words, UriClass& uris) -> Result<void> {
        if (has_parts(uris))
            return fail(ErrorCode::exists,
                        "a pattern excludes the other forms that this class has");
        WEIR_TRY(check_uri_pattern(UriPart::pattern, words.text("expression")));
        uris.pattern = words.text("expression");
        return {};
    };
    return row;
}

Result<void> read_host(const Words& words, UriClass& uris) {
    WEIR_TRY(refuse_beside_pattern(uris));
    const std::string expression = words.text("expression");
    const bool is_instance = words.given("v4") || words.given("v6") || words.given("dns");
    if (!is_instance) {
        WEIR_TRY(check_uri_pattern(UriPart::host, expression));
        uris.host_pattern = expression;
        return {};
    }
    const IpAddress address = words.address(words.given("v4") ? "v4" : "v6");
    const bool known =
        address.is_set()
            ? std::count(uris.host_addresses.begin(), uris.host_addresses.end(), address) > 0
            : std::count(uris.host_names.begin(), uris.host_names.end(), words.text("dns")) > 0;
    if (known) return {};
    if (uris.host_addresses.size() + uris.host_names.size() >= kMaxUriHosts)
        return fail(ErrorCode::exhausted,
                    "a class has at most " + std::to_string(kMaxUriHosts) + " hosts");
    if (address.is_set())
        uris.host_addresses.push_back(address);
    else
        uris.host_names.push_back(words.text("dns"));
    return {};
}

// `no host` takes out the expression and all hosts, `no host ipv4:192.0.2.1` that one.
void no_host(const Words& words, UriClass& uris) {
    const bool all = words.all().size() == 1;
    const auto drop_address = [&](const std::string& argument) {
        auto& list = uris.host_addresses;
        if (words.given(argument))
            list.erase(std::remove(list.begin(), list.end(), words.address(argument)), list.end());
    };
    drop_address("v4");
    drop_address("v6");
    auto& names = uris.host_names;
    if (words.given("dns"))
        names.erase(std::remove(names.begin(), names.end(), words.text("dns")), names.end());
    if (all || words.given("expression")) uris.host_pattern.clear();
    if (!all) return;
    uris.host_addresses.clear();
    uris.host_names.clear();
}

void print_host(const UriClass& uris, Printer& out) {
    if (!uris.host_pattern.empty()) out.line("host " + uris.host_pattern);
    for (const auto& address : uris.host_addresses)
        out.line((address.family == Family::v4 ? "host ipv4:" : "host ipv6:") + uri_host(address));
    for (const auto& name : uris.host_names)
        out.line("host dns:" + name);
}

Command<UriClass> host() {
    return {"host {ipv4:<v4=ipv4> | ipv6:<v6=ipv6-host> | dns:<dns=host> | <expression=word>}",
            "Host of the URI: an address, a name or an expression", read_host, no_host, print_host};
}

Result<Scope> open_uri(const Words& words, Config& config, const Place& place) {
    const std::string tag = words.text("tag");
    const auto scheme = words.has("tel") ? UriClass::Scheme::tel : UriClass::Scheme::sip;
    const auto known = config.uri_classes.find(tag);
    if (known == config.uri_classes.end()) {
        if (tag.size() > kUriClassTagBytes)
            return fail(ErrorCode::invalid, "the tag of a uri class has at most " +
                                                std::to_string(kUriClassTagBytes) + " characters");
        if (config.uri_classes.size() >= kMaxUriClasses)
            return fail(ErrorCode::exhausted,
                        "there are " + std::to_string(kMaxUriClasses) + " uri classes already");
        UriClass& made = config.uri_classes[tag];
        made.tag = tag;
        made.scheme = scheme;
        made.place = place;
    } else if (known->second.scheme != scheme) {
        return fail(ErrorCode::exists, "uri class " + tag + " exists already as " +
                                           (scheme == UriClass::Scheme::sip ? "tel" : "sip") +
                                           (known->second.place.line == 0
                                                ? ""
                                                : " (line " +
                                                      std::to_string(known->second.place.line) +
                                                      ")") +
                                           ": delete it first with 'no voice class uri " + tag +
                                           "'");
    }
    const auto mode =
        scheme == UriClass::Scheme::tel ? ModeId::uri_class_tel : ModeId::uri_class_sip;
    return Scope{mode, 0, tag, "voice class uri " + tag};
}

Command<Config> uri_opener() {
    Command<Config> command{
        "voice class uri <tag=name> {sip | tel}", "A class of URIs", nullptr,
        [](const Words& words, Config& config) { config.uri_classes.erase(words.text("tag")); },
        [](const Config& config, Printer& out) {
            for (const auto& [tag, uris] : config.uri_classes) {
                const bool tel = uris.scheme == UriClass::Scheme::tel;
                const std::string title = "voice class uri " + tag;
                out.block(title + (tel ? " tel" : " sip"),
                          {tel ? ModeId::uri_class_tel : ModeId::uri_class_sip, 0, tag, title});
            }
        }};
    command.open = open_uri;
    command.key_words = 4;
    return command;
}

Command<Config> uri_preference() {
    return {"voice class uri sip preference {user-id | host}",
            "Which part of a URI counts more in a tie",
            [](const Words& words, Config& config) -> Result<void> {
                config.uri_prefer_user_id = words.has("user-id");
                return {};
            },
            [](const Words&, Config& config) { config.uri_prefer_user_id = false; },
            [](const Config& config, Printer& out) {
                if (config.uri_prefer_user_id) out.line("voice class uri sip preference user-id");
            }};
}

}  // namespace

static Mode codec_class_mode() {
    std::vector<Command<CodecClass>> commands{
        {"codec preference <preference=1-24> " + codec_syntax(),
         "A codec and its place in the list", read_preference, no_preference, print_preferences}};
    commands.front().key_words = 3;
    return {ModeId::codec_class, ModeId::global, "voice class codec", "config-class",
            make_rows(commands, tagged<&Config::codec_classes>)};
}

static Mode uri_class_sip_mode() {
    const std::vector<Command<UriClass>> commands{
        expression("user-id <expression=word>", "Expression for the user part", UriPart::user_id,
                   &UriClass::user_id),
        host(),
        expression("phone context <expression=word>", "Expression for the phone-context",
                   UriPart::user_id, &UriClass::phone_context),
        whole_pattern(),
    };
    return {ModeId::uri_class_sip, ModeId::global, "voice class uri TAG sip",
            "config-voice-uri-class", make_rows(commands, uri_class)};
}

static Mode uri_class_tel_mode() {
    const std::vector<Command<UriClass>> commands{
        expression("phone number <expression=word>", "Expression for the number", UriPart::user_id,
                   &UriClass::phone_number),
        expression("phone context <expression=word>", "Expression for the phone-context",
                   UriPart::user_id, &UriClass::phone_context),
        whole_pattern(),
    };
    return {ModeId::uri_class_tel, ModeId::global, "voice class uri TAG tel",
            "config-voice-uri-class", make_rows(commands, uri_class)};
}

namespace {

void append(std::vector<Command<Config>>& to, std::vector<Command<Config>> more) {
    std::move(more.begin(), more.end(), std::back_inserter(to));
}

}  // namespace

std::vector<Command<Config>> voice_class_openers() {
    std::vector<Command<Config>> commands{
        uri_preference(), uri_opener(),
        class_opener("voice class codec <1-10000>", "A list of codecs", &Config::codec_classes,
                     ModeId::codec_class)};
    for (auto* const part :
         {routing_class_openers, server_class_openers, sip_class_openers, sip_profile_openers})
        append(commands, part());
    return commands;
}

std::string codec_syntax() {
    std::string words;
    for (const auto& codec : all_codecs())
        words += (words.empty() ? "" : " | ") + std::string(codec.keyword);
    return "{" + words +
           "} [bytes <bytes=10-240>] [fixed-bytes] [mode <mode=name>] "
           "[bit-rate <rate=1-1000000>] [framesize <frame=20-60>] [fixed] "
           "[packetization-period <period=20-180>] [encap rfc3267] "
           "[frame-format {bandwidth-efficient | octet-aligned [crc | no-crc]}] "
           "[modes <modes=word>] [profile <profile=1-10000>]";
}

Codec codec_of(const Words& words) {
    for (const auto& codec : all_codecs())
        if (words.has(codec.keyword)) return codec.codec;
    return Codec::g711ulaw;
}

std::string codec_text(const CodecPreference& preference) {
    return codec_info(preference.codec).keyword +
           (preference.bytes ? " bytes " + std::to_string(*preference.bytes) : "") +
           (preference.options.empty() ? "" : " " + preference.options);
}

static bool is_codec(const std::string& word) {
    return std::any_of(all_codecs().begin(), all_codecs().end(),
                       [&](const CodecInfo& codec) { return word == codec.keyword; });
}

CodecPreference codec_preference_of(const Words& words) {
    CodecPreference entry;
    entry.codec = codec_of(words);
    if (words.given("bytes")) entry.bytes = static_cast<std::uint16_t>(words.number("bytes"));
    const auto& all = words.all();
    auto option = std::find_if(all.begin(), all.end(), [](const Binding& binding) {
        return binding.token->kind == ArgumentKind::keyword && is_codec(binding.value);
    });
    if (option != all.end()) ++option;
    if (words.given("bytes")) option += 2;
    for (; option != all.end(); ++option)
        entry.options += (entry.options.empty() ? "" : " ") + option->value;
    return entry;
}

std::vector<Mode> voice_class_modes() {
    std::vector<Mode> modes{codec_class_mode(), uri_class_sip_mode(), uri_class_tel_mode()};
    for (auto* const part : {routing_class_modes, server_class_modes, sip_class_modes,
                             sip_profile_modes, translation_modes, cor_modes, number_table_modes})
        for (Mode& mode : part())
            modes.push_back(std::move(mode));
    return modes;
}

}  // namespace weir::config::language

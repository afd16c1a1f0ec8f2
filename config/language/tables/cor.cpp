// SPDX-License-Identifier: Apache-2.0
// The tables of dial-peer cor and dial-peer terminator (spec A.8).
#include <algorithm>

#include "config/language/class_limits.hpp"
#include "config/language/fields.hpp"
#include "config/language/kept.hpp"
#include "config/language/tables/class_tables.hpp"

namespace weir::config::language {
namespace {

// ---- dial-peer cor

CorTables& cor_tables(Config& config, const Scope&) {
    return config.cor;
}

std::vector<std::string>& cor_list(Config& config, const Scope& scope) {
    return config.cor.lists.at(scope.name);
}

// "name X", "member X": a name in a list, once.
Result<void> add_name(std::vector<std::string>& names, const std::string& name) {
    if (std::count(names.begin(), names.end(), name) > 0) return {};
    if (names.size() >= kMaxCorNames)
        return fail(ErrorCode::exhausted,
                    "there are " + std::to_string(kMaxCorNames) + " names here already");
    names.push_back(name);
    return {};
}

Mode cor_custom_mode() {
    Command<CorTables> row{
        "name <name>", "A class of restriction",
        [](const Words& words, CorTables& cor) { return add_name(cor.names, words.text("name")); },
        [](const Words& words, CorTables& cor) { std::erase(cor.names, words.text("name")); },
        [](const CorTables& cor, Printer& out) {
            for (const auto& name : cor.names)
                out.line("name " + name);
        }};
    row.key_words = 2;
    return {ModeId::cor_custom, ModeId::global, "dial-peer cor custom", "config-dp-cor",
            make_rows(std::vector<Command<CorTables>>{row}, cor_tables)};
}

Mode cor_list_mode() {
    using Members = std::vector<std::string>;
    Command<Members> row{
        "member <name>", "A class of restriction that the list holds",
        [](const Words& words, Members& members) { return add_name(members, words.text("name")); },
        [](const Words& words, Members& members) { std::erase(members, words.text("name")); },
        [](const Members& members, Printer& out) {
            for (const auto& name : members)
                out.line("member " + name);
        }};
    row.key_words = 2;
    return {ModeId::cor_list, ModeId::global, "dial-peer cor list", "config-dp-corlist",
            make_rows(std::vector<Command<Members>>{row}, cor_list)};
}

Command<Config> cor_custom_opener() {
    const Scope scope{ModeId::cor_custom, 0, "", "dial-peer cor custom"};
    Command<Config> command{
        "dial-peer cor custom", "The names of classes of restriction", nullptr,
        [](const Words&, Config& config) { config.cor.names.clear(); },
        [scope](const Config&, Printer& out) { out.block_if_any(scope.title, scope); }};
    command.open = [scope](const Words&, Config&, const Place&) -> Result<Scope> { return scope; };
    return command;
}

Command<Config> cor_list_opener() {
    Command<Config> command{
        "dial-peer cor list <name>", "What a dial-peer's corlist names", nullptr,
        [](const Words& words, Config& config) { config.cor.lists.erase(words.text("name")); },
        [](const Config& config, Printer& out) {
            for (const auto& [name, members] : config.cor.lists) {
                const std::string title = "dial-peer cor list " + name;
                out.block(title, {ModeId::cor_list, 0, name, title});
            }
        }};
    command.open = [](const Words& words, Config& config, const Place&) -> Result<Scope> {
        const std::string name = words.text("name");
        if (config.cor.lists.size() >= kMaxCorLists && !config.cor.lists.contains(name))
            return fail(ErrorCode::exhausted,
                        "there are " + std::to_string(kMaxCorLists) + " cor lists already");
        config.cor.lists.try_emplace(name);
        return Scope{ModeId::cor_list, 0, name, "dial-peer cor list " + name};
    };
    command.key_words = 4;
    return command;
}

}  // namespace

std::vector<Command<Config>> cor_openers() {
    return {cor_custom_opener(), cor_list_opener(),
            kept_line<Config>("dial-peer terminator <character=word>",
                              "The key that ends a number that is dialled by hand")};
}

std::vector<Mode> cor_modes() {
    return {cor_custom_mode(), cor_list_mode()};
}

}  // namespace weir::config::language

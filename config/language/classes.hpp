// SPDX-License-Identifier: Apache-2.0
// Openers and finders of objects that are called by a number: "voice class dpg 100".
#pragma once

#include <cstdint>
#include <map>
#include <string>

#include "config/language/command.hpp"

namespace weir::config::language {

// The object of a scope: tagged<&Config::dial_peer_groups> is the `find` of make_rows.
template <auto Field>
auto& tagged(Config& config, const Scope& scope) {
    return (config.*Field).at(scope.number);
}

// "voice class dpg <1-10000>": makes the object or goes back into it; `no` deletes it. `limit` is
// how many there may be; 0 = as many as the range of the syntax has.
template <typename Object>
Command<Config> class_opener(const std::string& syntax, const std::string& help,
                             std::map<std::uint32_t, Object> Config::*field, ModeId mode,
                             std::size_t limit = 0) {
    const std::string head = grammar_of_row(syntax).fixed_text();
    Command<Config> command{syntax, help, nullptr,
                            [field](const Words& words, Config& config) {
                                (config.*field).erase(static_cast<std::uint32_t>(words.number()));
                            },
                            [field, mode, head](const Config& config, Printer& out) {
                                for (const auto& [tag, object] : config.*field) {
                                    const std::string title = head + " " + std::to_string(tag);
                                    out.block(title, {mode, tag, "", title});
                                }
                            }};
    command.open = [field, mode, head, limit](const Words& words, Config& config,
                                              const Place& place) -> Result<Scope> {
        const auto tag = static_cast<std::uint32_t>(words.number());
        auto& objects = config.*field;
        if (limit > 0 && objects.size() >= limit && !objects.contains(tag))
            return fail(ErrorCode::exhausted,
                        "there are " + std::to_string(limit) + " of these already");
        const auto [entry, made] = objects.try_emplace(tag);
        entry->second.tag = tag;
        if (made) entry->second.place = place;
        return Scope{mode, tag, "", head + " " + std::to_string(tag)};
    };
    command.key_words = grammar_of_row(syntax).fixed_words + 1;
    return command;
}

}  // namespace weir::config::language

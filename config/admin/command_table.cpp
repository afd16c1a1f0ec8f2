// SPDX-License-Identifier: Apache-2.0
// Word by word: which commands can still be meant, and the caret where none can.
#include "config/admin/command_table.hpp"

#include <algorithm>
#include <map>
#include <set>

#include <fmt/format.h>

#include "config/base/text.hpp"

namespace weir::config {
namespace {

constexpr std::string_view kRestOfLine = "<line>";

bool is_argument(std::string_view word) {
    return word.starts_with('<');
}

tl::unexpected<Error> invalid_at(std::string_view line, std::string_view word) {
    const auto column = static_cast<std::size_t>(word.data() - line.data());
    return fail(ErrorCode::invalid,
                fmt::format("{}\n{:>{}}\n% Invalid input detected at '^' marker.\n",
                            text::printable(line, 512), '^', column + 1));
}

}  // namespace

const std::string* CommandTable::Entry::at(std::size_t place) const {
    if (place < words.size()) return &words[place];
    return words.back() == kRestOfLine ? &words.back() : nullptr;
}

void CommandTable::add(OperatorCommand command) {
    Entry entry;
    for (const std::string_view word : text::words(command.words))
        entry.words.emplace_back(word);
    entry.command = std::move(command);
    entries_.push_back(std::move(entry));
}

void CommandTable::describe(const std::string& words, std::string help) {
    described_[words] = std::move(help);
}

Result<CommandTable::Walk> CommandTable::walk(std::string_view line,
                                              const std::vector<std::string_view>& typed) const {
    Walk state;
    for (const Entry& entry : entries_)
        state.candidates.push_back(&entry);
    for (std::size_t place = 0; place < typed.size(); ++place) {
        const std::string_view word = typed[place];
        std::set<std::string> meant;  // the keywords that the word can stand for
        bool exact = false;
        bool argument = false;
        for (const Entry* entry : state.candidates) {
            if (entry->at(place) == nullptr) continue;
            const std::string& keyword = *entry->at(place);
            if (is_argument(keyword)) argument = true;
            if (is_argument(keyword) || !text::istarts_with(keyword, word)) continue;
            exact = exact || text::iequals(keyword, word);
            meant.insert(keyword);
        }
        if (meant.empty() && !argument) return invalid_at(line, word);
        if (meant.size() > 1 && !exact)
            return fail(ErrorCode::invalid,
                        fmt::format("% Ambiguous command:  \"{}\"\n", text::printable(line, 512)));
        std::erase_if(state.candidates, [&](const Entry* entry) {
            if (entry->at(place) == nullptr) return true;
            const std::string& keyword = *entry->at(place);
            if (meant.empty()) return !is_argument(keyword);
            return exact ? !text::iequals(keyword, word) : !meant.contains(keyword);
        });
        if (meant.empty()) state.arguments.emplace_back(word);
    }
    return state;
}

Result<CommandMatch> CommandTable::find(std::string_view line) const {
    const auto typed = text::words(line);
    if (typed.empty()) return fail(ErrorCode::invalid, "% Incomplete command.\n");
    auto state = walk(line, typed);
    if (!state) return fail(state.error());
    for (const Entry* entry : state->candidates) {
        if (entry->words.size() == typed.size())
            return CommandMatch{&entry->command, std::move(state->arguments)};
        if (entry->words.back() != kRestOfLine || entry->words.size() > typed.size()) continue;
        // The rest is one argument, with its blanks as they were typed.
        const std::size_t extra = typed.size() - entry->words.size();
        state->arguments.resize(state->arguments.size() - extra - 1);
        const std::string_view first = typed[entry->words.size() - 1];
        state->arguments.emplace_back(
            text::trim(line.substr(static_cast<std::size_t>(first.data() - line.data()))));
        return CommandMatch{&entry->command, std::move(state->arguments)};
    }
    return fail(ErrorCode::invalid, "% Incomplete command.\n");
}

std::string CommandTable::help(std::string_view line) const {
    auto typed = text::words(line);
    std::string_view begun;  // "show rec?" lists what begins with rec
    if (!line.empty() && line.back() != ' ' && !typed.empty()) {
        begun = typed.back();
        typed.pop_back();
    }
    const auto state = walk(line, typed);
    if (!state) return state.error().context;
    std::map<std::string, std::string> next;
    for (const Entry* entry : state->candidates) {
        if (entry->words.size() <= typed.size()) {
            next["<cr>"] = entry->command.help;
        } else if (text::istarts_with(entry->words[typed.size()], begun)) {
            const std::string& word = entry->words[typed.size()];
            const bool last = entry->words.size() == typed.size() + 1;
            const auto place = entry->words.begin() + static_cast<std::ptrdiff_t>(typed.size()) + 1;
            const auto said = described_.find(fmt::format(
                "{}", fmt::join(std::vector<std::string>(entry->words.begin(), place), " ")));
            if (said != described_.end())
                next[word] = said->second;
            else if (last || !next.contains(word))
                next[word] = last ? entry->command.help : "";
        }
    }
    if (next.empty()) return "% Unrecognized command\n";
    std::string text;
    for (const auto& [word, words] : next)
        text +=
            words.empty() ? fmt::format("  {}\n", word) : fmt::format("  {:<20} {}\n", word, words);
    return text;
}

std::vector<std::string> CommandTable::complete(std::string_view line) const {
    auto typed = text::words(line);
    std::string_view begun;
    if (!line.empty() && line.back() != ' ' && !typed.empty()) {
        begun = typed.back();
        typed.pop_back();
    }
    const auto state = walk(line, typed);
    std::set<std::string> words;
    if (!state) return {};
    for (const Entry* entry : state->candidates)
        if (entry->words.size() > typed.size() && !is_argument(entry->words[typed.size()]) &&
            text::istarts_with(entry->words[typed.size()], begun))
            words.insert(entry->words[typed.size()]);
    return {words.begin(), words.end()};
}

}  // namespace weir::config

// SPDX-License-Identifier: Apache-2.0
// Exec mode, privileges, and the way into and out of configuration mode.
#include "config/admin/session.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include <boost/json.hpp>
#include <fmt/format.h>

#include "config/admin/admin_limits.hpp"
#include "config/admin/filter.hpp"
#include "config/admin/runner.hpp"
#include "config/base/limits.hpp"
#include "config/base/text.hpp"

namespace weir::config {
namespace {

// Exec commands that configuration mode has, too.
constexpr std::array<std::string_view, 6> kEverywhere{"do",    "show",     "commit",
                                                      "abort", "rollback", "write"};

// The one of kEverywhere that `word` abbreviates; "" if none, or if it could be two.
std::string_view exec_word(std::string_view word) {
    std::string_view found;
    for (const std::string_view each : kEverywhere) {
        if (text::iequals(each, word)) return each;
        if (word.empty() || !text::istarts_with(each, word)) continue;
        if (!found.empty()) return {};
        found = each;
    }
    return found;
}

std::string_view first_word(std::string_view line) {
    const auto words = text::words(line);
    return words.empty() ? std::string_view() : words.front();
}

bool is_json(std::string_view text) {
    boost::system::error_code failure;
    (void)boost::json::parse(text, failure);
    return !failure;
}

// `| json`, also abbreviated, as the only filter.
bool asks_for_json(std::string_view filter, std::size_t bar) {
    if (bar == std::string_view::npos) return false;
    const auto words = text::words(filter);
    return words.size() == 1 && text::istarts_with("json", words.front());
}

// The answer of a command that has no JSON of its own.
std::string wrapped(const std::string& text) {
    return boost::json::serialize(boost::json::object{{"text", text}}) + "\n";
}

}  // namespace

ExecSession::ExecSession(const CommandTable& shared, OperatorPeer peer,
                         std::unique_ptr<SessionPart> part, SessionBook* book)
    : peer_(std::move(peer)),
      part_(std::move(part)),
      table_(shared),
      book_(book),
      enabled_(peer_.privilege == Privilege::admin) {
    if (book_ != nullptr)
        book_->enter(peer_.session, peer_.name, peer_.privilege == Privilege::admin);
    add_own_commands();
    if (!part_) return;
    for (OperatorCommand& command : part_->commands())
        table_.add(std::move(command));
}

ExecSession::~ExecSession() {
    if (book_ != nullptr) book_->leave(peer_.session);
}

bool ExecSession::in_configuration() const {
    return part_ && !part_->mode().empty();
}

std::string ExecSession::prompt() const {
    const std::string name = part_ ? part_->hostname() : "Weir";
    if (in_configuration()) return fmt::format("{}({})#", name, part_->mode());
    return name + (enabled_ ? "#" : ">");
}

bool ExecSession::is_exec_line(std::string_view line) const {
    if (!in_configuration()) return true;
    const std::string_view word = first_word(line);
    const std::string_view meant = exec_word(word);
    if (meant.empty()) return false;
    // `sh run` is show, `sh` in a dial-peer is shutdown.
    return text::iequals(meant, word) || !part_->may_be_line(line);
}

// For `show history`; a secret is not shown again.
void ExecSession::remember(std::string_view line) {
    const std::string shown = text::printable(text::trim(line), kAdminMaxCommand);
    for (const std::string_view secret : {"password", "secret", "key"})
        if (text::lower(shown).find(secret) != std::string::npos) return;
    history_.push_back(shown);
    if (history_.size() > kShownHistory) history_.pop_front();
}

std::string ExecSession::denial() const {
    if (peer_.privilege == Privilege::admin)
        return "% This command needs privileged mode: type enable\n";
    return fmt::format("% This command needs an administrator, and {} is read-only here\n",
                       peer_.name);
}

void ExecSession::run(std::string_view line, Respond respond) {
    while (!line.empty() && (line.back() == '\r' || line.back() == '\n'))
        line.remove_suffix(1);
    if (line.starts_with('@')) return question(line.substr(1), std::move(respond));
    const std::string_view trimmed = text::trim(line);
    if (book_ != nullptr) book_->touch(peer_.session, in_configuration() ? part_->mode() : "exec");
    if (trimmed.empty() || trimmed.front() == '!') return respond({true, ""});
    if (trimmed.ends_with('?'))
        return respond({true, help(line.substr(0, line.find_last_of('?')))});
    remember(line);
    if (!is_exec_line(line)) return configure(line, std::move(respond));
    if (in_configuration() && text::iequals(first_word(line), "do"))
        line = trimmed.substr(std::min<std::size_t>(trimmed.size(), 3));
    command(line, false, std::move(respond));
}

void ExecSession::configure(std::string_view line, Respond respond) {
    if (!enabled_) return respond({false, denial()});
    respond(part_->line(line));
}

void ExecSession::command(std::string_view line, bool json, Respond respond) {
    if (const auto bar = line.find('|'); !json && asks_for_json(line.substr(bar + 1), bar)) {
        line = line.substr(0, bar);
        json = true;
    }
    const auto match = table_.find(line.substr(0, line.find('|')));
    if (match && match->command->access == Access::admin && !enabled_)
        return respond({false, denial()});
    if (!json) return run_line(table_, line, std::move(respond));
    if (line.find('|') != std::string_view::npos)
        return respond({false, "% JSON is not filtered line by line\n"});
    if (!match) return respond({false, match.error().context});
    if (match->command->json) return match->command->json(match->arguments, std::move(respond));
    match->command->handler(match->arguments, [respond = std::move(respond)](Answer answer) {
        if (answer.print) answer = {answer.ok, answer.take()};
        if (answer.ok && !is_json(answer.text)) answer.text = wrapped(answer.text);
        respond(std::move(answer));
    });
}

// What the shell asks beside commands.
void ExecSession::question(std::string_view line, Respond respond) {
    const auto blank = line.find(' ');
    const std::string_view what = line.substr(0, blank);
    const std::string_view rest =
        blank == std::string_view::npos ? std::string_view() : line.substr(blank + 1);
    if (what == "state")
        return respond(
            {true, fmt::format("{}\n{}\n", prompt(), length_ ? std::to_string(*length_) : "-")});
    if (what == "help") return respond({true, help(rest)});
    if (what == "complete") {
        std::string words;
        for (const std::string& word : complete(rest))
            words += word + "\n";
        return respond({true, words});
    }
    if (what == "json" && is_exec_line(rest)) return command(rest, true, std::move(respond));
    if (what == "json") return configure(rest, std::move(respond));
    respond({false, "% There is no such question\n"});
}

std::string ExecSession::help(std::string_view partial) const {
    // Behind the bar of an exec command stand filters; a bar in a line of configuration is a
    // character like any other.
    if (const auto bar = partial.find('|'); bar != std::string_view::npos && is_exec_line(partial))
        return filter_help(partial.substr(bar + 1));
    if (!in_configuration()) return table_.help(partial);
    const std::string_view word = first_word(partial);
    if (text::iequals(word, "do") && partial.find(' ') != std::string_view::npos)
        return table_.help(partial.substr(partial.find(' ') + 1));
    if (is_exec_line(partial)) return table_.help(partial);
    std::string text = part_->help(partial);
    if (partial.find_first_not_of(' ') != std::string_view::npos) return text;
    for (const std::string_view each : kEverywhere)
        text += fmt::format("  {:<22} {}\n", each, "Of exec mode");
    return text;
}

std::vector<std::string> ExecSession::complete(std::string_view partial) const {
    if (const auto bar = partial.find('|'); bar != std::string_view::npos && is_exec_line(partial))
        return filter_words(partial.substr(bar + 1));
    if (!in_configuration()) return table_.complete(partial);
    if (text::iequals(first_word(partial), "do") && partial.find(' ') != std::string_view::npos)
        return table_.complete(partial.substr(partial.find(' ') + 1));
    if (is_exec_line(partial)) return table_.complete(partial);
    return part_->complete(partial);
}

}  // namespace weir::config

// SPDX-License-Identifier: Apache-2.0
// libedit behind LineInput.
#include "config/shell/line_input.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <clocale>
#include <cstdio>
#include <cstdlib>
#include <cwchar>
#include <utility>

#include <histedit.h>
#include <poll.h>
#include <sys/stat.h>
#include <termios.h>
#include <unistd.h>

#include "config/base/text.hpp"
#include "config/shell/shell_limits.hpp"

namespace weir::config {
namespace {

struct CloseEditLine {
    void operator()(EditLine* line) const { ::el_end(line); }
};
struct CloseHistory {
    void operator()(History* history) const { ::history_end(history); }
};

// A password does not belong into a file that outlives the session.
bool is_secret(const std::string& line) {
    const std::string lower = text::lower(line);
    return lower.find("password") != std::string::npos || lower.find("secret") != std::string::npos;
}

std::string common_start(const std::vector<std::string>& words) {
    std::string start = words.empty() ? "" : words.front();
    for (const std::string& word : words)
        while (!text::istarts_with(word, start))
            start.pop_back();
    return start;
}

}  // namespace

struct LineInput::Implementation {
    explicit Implementation(LineHooks given) : hooks(std::move(given)) {}

    LineHooks hooks;
    std::string history_file;
    std::string prompt;
    bool then_end = false;
    bool is_key_end = false;  // ^C or ^Z ended the line: it may be empty, without a line end
    bool is_over = false;
    std::unique_ptr<History, CloseHistory> history;
    std::unique_ptr<EditLine, CloseEditLine> line;

    static Implementation& of(EditLine* line) {
        void* data = nullptr;
        ::el_get(line, EL_CLIENTDATA, &data);
        return *static_cast<Implementation*>(data);
    }

    [[nodiscard]] std::string before_cursor() const {
        const LineInfo* info = ::el_line(line.get());
        return {info->buffer, info->cursor};
    }

    static char* prompt_of(EditLine* line) { return of(line).prompt.data(); }

    static unsigned char on_help(EditLine* line, int) {
        Implementation& self = of(line);
        const std::string text = self.hooks.help(self.before_cursor());
        std::fputs(("?\n" + text).c_str(), stdout);
        std::fflush(stdout);
        return CC_REDISPLAY;
    }

    static unsigned char on_tab(EditLine* line, int) {
        Implementation& self = of(line);
        const std::string before = self.before_cursor();
        const auto words = self.hooks.complete(before);
        const auto blank = before.find_last_of(" \t");
        const std::string begun = blank == std::string::npos ? before : before.substr(blank + 1);
        const std::string start = common_start(words);
        if (words.size() != 1 && start.size() <= begun.size()) return CC_REFRESH_BEEP;
        ::el_deletestr(line, static_cast<int>(begun.size()));
        ::el_insertstr(line, (words.size() == 1 ? start + " " : start).c_str());
        return CC_REFRESH;
    }

    static unsigned char on_end(EditLine* line, int) {
        of(line).then_end = of(line).is_key_end = true;
        std::fputs("^Z\n", stdout);
        return CC_NEWLINE;
    }

    // The line is given up, as a router does it.
    static unsigned char on_interrupt(EditLine* line, int) {
        of(line).is_key_end = true;
        const LineInfo* info = ::el_line(line);
        ::el_cursor(line, static_cast<int>(info->lastchar - info->cursor));
        const LineInfo* all = ::el_line(line);
        ::el_deletestr(line, static_cast<int>(all->lastchar - all->buffer));
        std::fputs("^C\n", stdout);
        return CC_NEWLINE;
    }

    // A key, or what the node says meanwhile.
    static int on_key(EditLine* line, wchar_t* key) { return of(line).next_key(key); }

    int next_key(wchar_t* key) {
        std::mbstate_t state{};
        for (;;) {
            std::array<pollfd, 2> ready{{{STDIN_FILENO, POLLIN, 0}, {hooks.fd, POLLIN, 0}}};
            if (::poll(ready.data(), ready.size(), -1) < 0 && errno != EINTR) return 0;
            if (ready[1].revents != 0) {
                const auto text = hooks.event();
                if (!text) {
                    is_over = true;
                    return 0;
                }
                if (!text->empty()) show_above(*text);
            }
            if (ready[0].revents == 0) continue;
            char byte = 0;
            const auto got = ::read(STDIN_FILENO, &byte, 1);
            if (got < 0 && errno == EINTR) continue;
            if (got <= 0) return 0;
            const auto size = std::mbrtowc(key, &byte, 1, &state);
            if (size == static_cast<std::size_t>(-2)) continue;  // more bytes of it will come
            if (size == static_cast<std::size_t>(-1)) {
                state = {};
                continue;
            }
            return 1;
        }
    }

    void show_above(const std::string& text) {
        std::fputs(("\n" + text).c_str(), stdout);
        std::fflush(stdout);
        ::el_set(line.get(), EL_REFRESH);
    }
};

LineInput::LineInput(const std::string& history_file, LineHooks hooks)
    : implementation_(std::make_unique<Implementation>(std::move(hooks))) {
    std::setlocale(LC_CTYPE, "C.UTF-8");  // libedit reads wide characters
    Implementation& self = *implementation_;
    self.history_file = history_file;
    self.history.reset(::history_init());
    self.line.reset(::el_init("weir", stdin, stdout, stderr));
    EditLine* line = self.line.get();
    HistEvent event{};
    ::history(self.history.get(), &event, H_SETSIZE, kShellHistory);
    ::history(self.history.get(), &event, H_SETUNIQUE, 1);
    if (!history_file.empty()) ::history(self.history.get(), &event, H_LOAD, history_file.c_str());
    ::el_set(line, EL_CLIENTDATA, &self);
    ::el_set(line, EL_PROMPT, &Implementation::prompt_of);
    ::el_set(line, EL_EDITOR, "emacs");
    ::el_set(line, EL_SIGNAL, 0);
    ::el_set(line, EL_SETTY, "-d", "-isig", nullptr);  // ^C and ^Z are keys
    ::el_set(line, EL_HIST, &::history, self.history.get());
    // Wide, as libedit keeps them: el_set would copy the narrow ones and never free the copies.
    ::el_wset(line, EL_ADDFN, L"weir-help", L"what may follow", &Implementation::on_help);
    ::el_wset(line, EL_ADDFN, L"weir-complete", L"the whole word", &Implementation::on_tab);
    ::el_wset(line, EL_ADDFN, L"weir-end", L"out of configuration mode", &Implementation::on_end);
    ::el_wset(line, EL_ADDFN, L"weir-interrupt", L"gives up the line",
              &Implementation::on_interrupt);
    ::el_set(line, EL_BIND, "?", "weir-help", nullptr);
    ::el_set(line, EL_BIND, "\t", "weir-complete", nullptr);
    ::el_set(line, EL_BIND, "^Z", "weir-end", nullptr);
    ::el_set(line, EL_BIND, "^C", "weir-interrupt", nullptr);
    ::el_set(line, EL_GETCFN, &Implementation::on_key);
}

LineInput::~LineInput() {
    if (implementation_->history_file.empty()) return;
    const mode_t mask = ::umask(0077);
    HistEvent event{};
    ::history(implementation_->history.get(), &event, H_SAVE,
              implementation_->history_file.c_str());
    ::umask(mask);
}

std::optional<TypedLine> LineInput::read(const std::string& prompt) {
    Implementation& self = *implementation_;
    self.prompt = prompt;
    self.then_end = self.is_key_end = false;
    // Before the prompt: what is typed as soon as it stands there must not meet a terminal that
    // still echoes and turns ^C into a signal.
    ::el_set(self.line.get(), EL_PREP_TERM, 1);
    int count = 0;
    const char* typed = ::el_gets(self.line.get(), &count);
    const bool is_empty = typed == nullptr || count <= 0;
    if (self.is_over || (is_empty && !self.is_key_end)) return std::nullopt;
    TypedLine line{is_empty ? "" : std::string(typed, static_cast<std::size_t>(count)),
                   self.then_end};
    while (!line.text.empty() && (line.text.back() == '\n' || line.text.back() == '\r'))
        line.text.pop_back();
    if (!text::trim(line.text).empty() && !is_secret(line.text)) {
        HistEvent event{};
        ::history(self.history.get(), &event, H_ENTER, line.text.c_str());
    }
    return line;
}

int LineInput::read_key() {
    termios before{};
    const bool is_terminal = ::tcgetattr(STDIN_FILENO, &before) == 0;
    if (is_terminal) {
        termios raw = before;
        raw.c_lflag &= ~static_cast<tcflag_t>(ICANON | ECHO | ISIG);
        raw.c_cc[VMIN] = 1;
        raw.c_cc[VTIME] = 0;
        ::tcsetattr(STDIN_FILENO, TCSADRAIN, &raw);
    }
    unsigned char byte = 0;
    ssize_t got = 0;
    do {
        got = ::read(STDIN_FILENO, &byte, 1);
    } while (got < 0 && errno == EINTR);
    if (is_terminal) ::tcsetattr(STDIN_FILENO, TCSADRAIN, &before);
    return got == 1 ? byte : -1;
}

}  // namespace weir::config

// SPDX-License-Identifier: Apache-2.0
// The two loops of the shell.
#include "config/shell/shell.hpp"

#include <array>
#include <cstring>
#include <optional>
#include <vector>

#include <signal.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "config/base/text.hpp"
#include "config/shell/line_input.hpp"
#include "config/shell/pager.hpp"
#include "config/shell/shell_limits.hpp"

namespace weir::config {
namespace {

using Kind = ShellReply::Kind;

void put(const std::string& text) {
    std::fwrite(text.data(), 1, text.size(), stdout);
    std::fflush(stdout);
}

int gone(const Error& error) {
    std::fprintf(stderr, "\nweir shell: %s\n", error.context.c_str());
    return 1;
}

// A terminal session.
class Terminal {
public:
    Terminal(ShellLink& link, const std::string& history_file)
        : link_(link), input_(history_file, hooks()) {}

    int run() {
        for (;;) {
            if (!ask_state()) return gone(*lost_);
            const auto line = input_.read(prompt_);
            if (lost_) return gone(*lost_);
            if (!line) {
                put("\n");
                return 0;
            }
            bool over = run_line(line->text);
            if (!over && !lost_ && line->then_end && in_configuration()) over = run_line("end");
            if (lost_) return gone(*lost_);
            if (over) return 0;
        }
    }

private:
    LineHooks hooks() {
        LineHooks hooks;
        hooks.help = [this](const std::string& before) {
            auto reply = ask("@help " + before);
            return reply ? reply->text : "";
        };
        hooks.complete = [this](const std::string& before) {
            std::vector<std::string> words;
            if (const auto reply = ask("@complete " + before))
                for (const std::string_view word : text::words(reply->text))
                    words.emplace_back(word);
            return words;
        };
        hooks.fd = link_.fd();
        hooks.event = [this]() -> std::optional<std::string> {
            auto texts = link_.events();
            if (!texts) {
                lost_ = texts.error();
                return std::nullopt;
            }
            std::string all;
            for (const std::string& text : *texts)
                all += text;
            return all;
        };
        return hooks;
    }

    std::optional<ShellReply> ask(const std::string& line) {
        auto reply = link_.ask(line);
        if (reply) return *std::move(reply);
        if (reply.error().code == ErrorCode::invalid)
            return ShellReply{Kind::refused, "% " + reply.error().context + "\n"};
        lost_ = reply.error();
        return std::nullopt;
    }

    bool ask_state() {
        const auto reply = ask("@state");
        if (!reply) return false;
        const auto lines = text::split(reply->text, '\n');
        prompt_ = lines.front();
        length_ = lines.size() > 1 ? text::number(lines[1]) : std::nullopt;
        return true;
    }

    [[nodiscard]] bool in_configuration() const {
        return prompt_.find("(config") != std::string::npos;
    }

    // True when the session is over.
    bool run_line(const std::string& line) {
        if (text::trim(line).empty()) return false;
        const auto reply = ask(line);
        if (!reply) return true;
        page(reply->text);
        return reply->kind == Kind::bye;
    }

    void page(const std::string& text) {
        winsize size{};
        const bool known = ::ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_row > 0;
        const unsigned rows = known ? size.ws_row : kTerminalLength;
        Pager pager(text, length_ ? static_cast<unsigned>(*length_) : rows,
                    known ? size.ws_col : 0U);
        while (!pager.is_done()) {
            put(std::string(pager.next()));
            if (pager.is_done()) return;
            put(" --More-- ");
            PagerKey key = PagerKey::other;
            while (key == PagerKey::other)
                key = pager_key(input_.read_key());
            pager.pressed(key);
            put("\r          \r");
        }
    }

    ShellLink& link_;
    std::optional<Error> lost_;
    std::string prompt_;
    std::optional<std::uint64_t> length_;
    LineInput input_;
};

}  // namespace

int run_terminal(ShellLink& link, const std::string& history_file) {
    // They are keys while a line is typed; at other times they must not end a login shell.
    for (const int number : {SIGINT, SIGQUIT, SIGTSTP})
        (void)::signal(number, SIG_IGN);
    return Terminal(link, history_file).run();
}

int run_lines(ShellLink& link, std::FILE* in, std::FILE* out, std::FILE* err) {
    std::array<char, kShellMaxLine + 2> room{};
    int status = 0;
    for (std::size_t number = 1; std::fgets(room.data(), room.size(), in) != nullptr; ++number) {
        std::string line(room.data());
        if (line.size() > kShellMaxLine && line.back() != '\n') {
            std::fprintf(err, "line %zu: %% The line is longer than %zu bytes\n", number,
                         kShellMaxLine);
            status = 1;
            for (int c = 0; c != EOF && c != '\n';)
                c = std::fgetc(in);
            continue;
        }
        while (!line.empty() && (line.back() == '\n' || line.back() == '\r'))
            line.pop_back();
        const auto reply = link.ask(line);
        if (!reply) {
            std::fprintf(err, "weir shell: line %zu: %s\n", number, reply.error().context.c_str());
            return 1;
        }
        if (reply->kind == Kind::refused) {
            status = 1;
            std::fprintf(err, "line %zu:\n%s", number, reply->text.c_str());
            continue;
        }
        std::fwrite(reply->text.data(), 1, reply->text.size(), out);
        std::fflush(out);
        if (reply->kind == Kind::bye) break;
    }
    return status;
}

}  // namespace weir::config

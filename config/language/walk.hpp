// SPDX-License-Identifier: Apache-2.0
// Walking one line through all commands of a mode at once: the base of reading, errors, help and
// completion.
#pragma once

#include <algorithm>
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "config/language/grammar.hpp"

namespace weir::config::language {

struct Word {
    std::string_view text;
    std::size_t at = 0;  // offset in the line
};
// Runs of non-blank characters with their places; a run that begins with a quote goes on to the
// closing one, if there is one.
[[nodiscard]] std::vector<Word> words_of(std::string_view line);

// A syntax that takes part in the walk. With `may_end_after` > 0 the line may end early, after at
// least so many words: `no` and `default` do not repeat the values.
struct Contender {
    const Grammar* grammar = nullptr;
    std::size_t may_end_after = 0;
};

struct Binding {
    const Token* token = nullptr;
    std::string value;  // the whole keyword, or the argument without its prefix
    std::size_t at = 0;
};

struct Possibility {
    std::size_t contender = 0;
    const Token* token = nullptr;
};

// Thread: any, one walk per line.
class Walk {
public:
    enum class Step { taken, invalid, ambiguous };

    Walk(std::vector<Contender> contenders, std::string_view line);

    // Goes on by one word. After `invalid` or `ambiguous` the walk stays where it was, so that
    // possibilities() tells what was expected instead.
    Step advance(const Word& word);

    [[nodiscard]] std::vector<Possibility> possibilities() const;  // tokens that may come next
    [[nodiscard]] std::vector<std::size_t> finished() const;       // contenders that may end here
    [[nodiscard]] std::vector<Binding> bindings(std::size_t contender) const;  // of a finished one
    [[nodiscard]] std::vector<Binding> trail()
        const;  // of the words so far, by the first contender
    // Keywords between which the last ambiguous word could not decide; why the last argument
    // failed.
    [[nodiscard]] const std::vector<std::string>& ambiguous() const { return ambiguous_; }
    [[nodiscard]] const std::string& reason() const { return reason_; }
    [[nodiscard]] bool reason_is_telling() const {
        return reason_is_telling_;
    }  // more than what was expected

private:
    static constexpr std::size_t kNone = static_cast<std::size_t>(-1);
    struct Taken {  // one word taken, linked backwards
        std::size_t before = kNone;
        Binding binding;
    };
    struct Thread {
        std::size_t contender = 0;
        bool started = false;
        Position position = 0;
        std::size_t words = 0;
        std::size_t taken = kNone;
    };

    // What the words of a line can mean at one place.
    struct Candidates {
        const std::string* exact = nullptr;  // two that are exact differ in case only, and not in meaning
        std::vector<const std::string*> abbreviated;
        bool free_text = false;

        void add(const std::string& keyword) {
            const auto same = [&](const std::string* other) { return *other == keyword; };
            if (std::none_of(abbreviated.begin(), abbreviated.end(), same))
                abbreviated.push_back(&keyword);
        }
        [[nodiscard]] bool accepts(const std::string& keyword) const {
            if (exact != nullptr) return *exact == keyword;
            return !free_text && abbreviated.size() == 1 && *abbreviated.front() == keyword;
        }
    };

    [[nodiscard]] Candidates candidates_for(const Word& word) const;
    [[nodiscard]] const std::vector<Position>& next(const Thread& thread) const;
    [[nodiscard]] bool may_end(const Thread& thread) const;
    [[nodiscard]] std::vector<Binding> trail_of(const Thread& thread) const;
    void note_reason(const Token& token, const Word& word, const std::string& why);
    void take(std::vector<Thread>& into, const Thread& from, Position position, const Word& word);

    std::vector<Contender> contenders_;
    std::string_view line_;
    std::vector<Thread> threads_;
    std::vector<Taken> taken_;
    std::vector<std::string> ambiguous_;
    std::string reason_;
    bool reason_is_telling_ = false;
};

}  // namespace weir::config::language

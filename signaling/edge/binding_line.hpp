// SPDX-License-Identifier: Apache-2.0
// Bindings of endpoints behind us as lines of a journal, so that they outlive weir-sip. Pure;
// thread: any.
//
//   +1 TAB token TAB written TAB times left TAB ... TAB routes TAB check     bound, or bound anew
//   -1 TAB token TAB check                                                   gone
//
// Of lines with the same token the last one counts. `check` is a hash of what is before it: a line
// that a crash has cut, or that somebody has changed, is left out and takes no other with it. What
// a binding holds has been said in a REGISTER; passwords and their hashes are not among it.
#pragma once

#include <cstddef>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "config/base/result.hpp"
#include "signaling/edge/binding_table.hpp"

namespace weir::signaling {

// Both clocks at one instant: what ends by the one is written by the other.
struct BothClocks {
    MonoTime mono;
    WallTime wall;
};

// Without a line end. "" where the binding is not to be kept: its contact has a password
// (sip:user:password@host), or the line would be longer than kMaxBindingLine.
[[nodiscard]] std::string bound_line(const Binding& binding, const BothClocks& now);
[[nodiscard]] std::string gone_line(const std::string& token);

// The binding that such a line has, with what is left of its time. A wall clock that stands before
// the one of writing gives it no more than it had then. Errors: invalid: damaged, of another
// version, or a line of what is gone.
[[nodiscard]] Result<Binding> read_bound_line(std::string_view line, const BothClocks& now);

// What a journal says in the end.
struct FoldedJournal {
    std::map<std::string_view, std::string_view> lines;  // by token; views into the text
    std::size_t bytes = 0;                               // of them, with line ends
    std::size_t damaged = 0;                             // lines that were left out
};
// Without what is over by `wall`.
[[nodiscard]] FoldedJournal fold_journal(std::string_view text, WallTime wall);

// Where the endpoint is reached by a process that has none of its connections: UDP as ever; behind
// a stream at its contact, if that has the address which the REGISTER came from. False: nowhere.
[[nodiscard]] bool find_again(Binding& binding);

}  // namespace weir::signaling

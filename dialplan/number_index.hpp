// SPDX-License-Identifier: Apache-2.0
// Many number patterns in one tree: the cost of a question grows with the number, not with them.
#pragma once

#include <cstdint>
#include <memory>
#include <string_view>
#include <vector>

#include "dialplan/number_pattern.hpp"

namespace weir::dialplan {

// Every pattern is spelled out as the sequences of symbol sets that it accepts and hung into a
// trie; numbers walk down all branches that fit. A pattern with a repetition (`[2-9]+`, `5%`) is
// hung up to where the repetition begins and then held against the number as a whole.
//
// Immutable after build. Thread: any.
class NumberIndex {
public:
    struct Hit {
        std::uint32_t value = 0;  // what was given to add()
        NumberMatch match;        // as NumberPattern::match says
    };

    class Builder;

    // Every value with a pattern that matches, once per pattern, in no order. Appends to `hits`.
    void find(std::string_view number, std::vector<Hit>& hits) const;
    // The value with the longest explicit match, the smallest value among equals; false = none.
    [[nodiscard]] bool find_best(std::string_view number, Hit& best) const;
    [[nodiscard]] bool empty() const { return ends_.empty(); }
    // Patterns with repetitions, or with more optional digits than are spelled out.
    [[nodiscard]] std::size_t asked_as_a_whole() const { return whole_.size(); }

private:
    // The children of a node: one per literal symbol (found by counting bits), then the sets.
    struct Node {
        SymbolSet literals = 0;
        std::uint32_t children = 0;  // first child in edges_: literals in order of symbol
        std::uint32_t sets = 0;      // first set child in edges_
        std::uint32_t set_count = 0;
        std::uint32_t ends = 0;  // first of ends_
        std::uint32_t end_count = 0;
    };
    struct Edge {
        SymbolSet symbols = 0;
        std::uint32_t node = 0;
    };
    // A pattern that may end here.
    struct End {
        std::uint32_t value = 0;
        std::uint32_t pattern = 0;  // tells the ways of one pattern from those of another
        std::int32_t whole = -1;    // index into whole_: ask the pattern itself
        std::uint8_t length = 0;
        bool anchored = false;  // `$`
        bool variable = false;  // `T`
        bool only_t = false;    // the pattern is T alone: it matches an empty number, too
    };
    class Walk;

    std::vector<Node> nodes_;
    std::vector<Edge> edges_;
    std::vector<End> ends_;
    std::vector<NumberPattern> whole_;
};

// Thread: the one that builds; used once.
class NumberIndex::Builder {
public:
    Builder();
    ~Builder();
    Builder(const Builder&) = delete;
    Builder& operator=(const Builder&) = delete;

    void add(const NumberPattern& pattern, std::uint32_t value);
    [[nodiscard]] NumberIndex build();

private:
    struct Branch;
    struct Tree;
    std::unique_ptr<Tree> tree_;
};

}  // namespace weir::dialplan

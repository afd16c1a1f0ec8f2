// SPDX-License-Identifier: Apache-2.0
// Hangs patterns into the trie, then lays it out flat.
#include <algorithm>
#include <bit>
#include <utility>

#include "dialplan/dialplan_limits.hpp"
#include "dialplan/number_index.hpp"

namespace weir::dialplan {

struct NumberIndex::Builder::Branch {
    std::vector<Edge> edges;  // literals and sets, unsorted
    std::vector<End> ends;
};

struct NumberIndex::Builder::Tree {
    std::vector<Branch> branches{1};
    std::vector<NumberPattern> whole;
    std::uint32_t patterns = 0;

    std::uint32_t child(std::uint32_t at, SymbolSet symbols) {
        for (const Edge& edge : branches[at].edges)
            if (edge.symbols == symbols) return edge.node;
        const auto made = static_cast<std::uint32_t>(branches.size());
        branches[at].edges.push_back({symbols, made});
        branches.emplace_back();
        return made;
    }
};

// Spells one pattern out: positions ascend from left to right, and only a repetition leads back.
class PatternSpeller {
public:
    explicit PatternSpeller(const NumberPattern& pattern) : pattern_(pattern) {}

    // Ways from the start to an end; kIndexedWays + 1 stands for all that are more.
    [[nodiscard]] unsigned ways() const {
        std::array<unsigned, kNumberPatternPositions> from{};
        for (unsigned position = pattern_.count_; position-- > 0;)
            from[position] = (is_last(position) ? 1U : 0U) + sum(forward(position), from);
        return std::min((nullable() ? 1U : 0U) + sum(pattern_.first_, from), kIndexedWays + 1);
    }
    [[nodiscard]] std::uint64_t first() const { return pattern_.first_; }
    [[nodiscard]] bool is_last(unsigned position) const {
        return (pattern_.last_ >> position & 1U) != 0;
    }
    [[nodiscard]] bool nullable() const { return pattern_.nullable_; }
    [[nodiscard]] bool only_t() const { return pattern_.variable_ && pattern_.count_ == 0; }
    [[nodiscard]] bool variable() const { return pattern_.variable_; }
    [[nodiscard]] bool anchored() const { return pattern_.anchored_end_; }
    [[nodiscard]] SymbolSet symbols(unsigned position) const {
        return pattern_.positions_[position].symbols;
    }
    [[nodiscard]] unsigned weight(unsigned position) const {
        return pattern_.positions_[position].weight;
    }
    // What may follow without going back.
    [[nodiscard]] std::uint64_t forward(unsigned position) const {
        const std::uint64_t upto = (std::uint64_t{2} << position) - 1;  // wraps to all at 63
        return pattern_.positions_[position].follow & ~upto;
    }
    [[nodiscard]] bool repeats(unsigned position) const {
        return pattern_.positions_[position].follow != forward(position);
    }

private:
    static unsigned sum(std::uint64_t positions,
                        const std::array<unsigned, kNumberPatternPositions>& from) {
        unsigned total = 0;
        for (; positions != 0; positions &= positions - 1)
            total = std::min(total + from[static_cast<std::size_t>(std::countr_zero(positions))],
                             kIndexedWays + 1);
        return total;
    }

    const NumberPattern& pattern_;
};

NumberIndex::Builder::Builder() : tree_(std::make_unique<Tree>()) {}
NumberIndex::Builder::~Builder() = default;

void NumberIndex::Builder::add(const NumberPattern& pattern, std::uint32_t value) {
    Tree& tree = *tree_;
    const PatternSpeller speller(pattern);
    const bool few = speller.ways() <= kIndexedWays;
    End end;
    end.value = value;
    end.pattern = tree.patterns++;
    end.anchored = speller.anchored();
    end.variable = speller.variable();
    end.only_t = speller.only_t();
    const auto hang_whole = [&](std::uint32_t node) {
        End whole = end;
        if (end.whole < 0) {
            end.whole = static_cast<std::int32_t>(tree.whole.size());
            tree.whole.push_back(pattern);
        }
        whole.whole = end.whole;
        tree.branches[node].ends.push_back(whole);
    };
    const auto hang = [&](std::uint32_t node, unsigned length) {
        End plain = end;
        plain.whole = -1;
        plain.length = static_cast<std::uint8_t>(length);
        tree.branches[node].ends.push_back(plain);
    };
    struct Step {
        std::uint32_t node;
        std::uint64_t next;
        unsigned length;
    };
    std::vector<Step> steps{{0, speller.first(), 0}};
    if (speller.nullable()) hang(0, 0);
    while (!steps.empty()) {
        const Step step = steps.back();
        steps.pop_back();
        // Too many ways: from the first fork on, the pattern is asked as a whole.
        if (!few && std::popcount(step.next) > 1) {
            hang_whole(step.node);
            continue;
        }
        for (std::uint64_t bits = step.next; bits != 0; bits &= bits - 1) {
            const auto position = static_cast<unsigned>(std::countr_zero(bits));
            // `\x` of a character that no number has: nothing comes through here.
            if (speller.symbols(position) == 0) continue;
            const std::uint32_t node = tree.child(step.node, speller.symbols(position));
            const unsigned length = step.length + speller.weight(position);
            if (speller.repeats(position)) {
                hang_whole(node);
                continue;
            }
            if (speller.is_last(position)) hang(node, length);
            steps.push_back({node, speller.forward(position), length});
        }
    }
}

NumberIndex NumberIndex::Builder::build() {
    NumberIndex index;
    index.whole_ = std::move(tree_->whole);
    index.nodes_.resize(tree_->branches.size());
    for (std::size_t i = 0; i < tree_->branches.size(); ++i) {
        Branch& branch = tree_->branches[i];
        Node& node = index.nodes_[i];
        std::sort(branch.edges.begin(), branch.edges.end(), [](const Edge& a, const Edge& b) {
            const bool set_a = std::popcount(a.symbols) > 1;
            const bool set_b = std::popcount(b.symbols) > 1;
            return set_a != set_b ? set_b : a.symbols < b.symbols;
        });
        node.children = static_cast<std::uint32_t>(index.edges_.size());
        for (const Edge& edge : branch.edges) {
            if (std::popcount(edge.symbols) > 1)
                ++node.set_count;
            else
                node.literals |= edge.symbols;
            index.edges_.push_back(edge);
        }
        node.sets = static_cast<std::uint32_t>(index.edges_.size()) - node.set_count;
        node.ends = static_cast<std::uint32_t>(index.ends_.size());
        node.end_count = static_cast<std::uint32_t>(branch.ends.size());
        index.ends_.insert(index.ends_.end(), branch.ends.begin(), branch.ends.end());
        branch = Branch{};
    }
    tree_->branches.clear();
    return index;
}

}  // namespace weir::dialplan

// SPDX-License-Identifier: Apache-2.0
// Walks a number down the trie of patterns.
#include "dialplan/number_index.hpp"

#include <algorithm>
#include <bit>

#include "dialplan/pattern_reader.hpp"

namespace weir::dialplan {

// One question: the symbols of the number, and what was found so far.
class NumberIndex::Walk {
public:
    Walk(const NumberIndex& index, std::string_view number) : index_(index), number_(number) {
        for (std::size_t i = 0; i < number.size(); ++i)
            symbols_[i] = symbol_of(number[i]);
        // From here on everything is a digit: what T may complete (spec A.3).
        while (digits_from_ > 0 && (symbols_[digits_from_ - 1] & kAllSymbols) != 0)
            --digits_from_;
    }

    // False: a character that no number has (spec A.3.6).
    [[nodiscard]] bool is_number() const {
        return std::all_of(symbols_.begin(),
                           symbols_.begin() + static_cast<std::ptrdiff_t>(number_.size()),
                           [](SymbolSet symbol) { return symbol != 0; });
    }

    template <typename Take>
    void descend(std::uint32_t at, std::size_t depth, Take& take) {
        const Node& node = index_.nodes_[at];
        for (std::uint32_t i = 0; i < node.end_count; ++i)
            end_here(index_.ends_[node.ends + i], depth, take);
        if (depth == number_.size()) return;
        const SymbolSet symbol = symbols_[depth];
        if ((node.literals & symbol) != 0) {
            const auto child = static_cast<unsigned>(std::popcount(node.literals & (symbol - 1)));
            descend(index_.edges_[node.children + child].node, depth + 1, take);
        }
        for (std::uint32_t i = 0; i < node.set_count; ++i) {
            const Edge& edge = index_.edges_[node.sets + i];
            if ((edge.symbols & symbol) != 0) descend(edge.node, depth + 1, take);
        }
    }

private:
    template <typename Take>
    void end_here(const End& end, std::size_t depth, Take& take) {
        if (end.whole >= 0) {
            const auto match = index_.whole_[static_cast<std::size_t>(end.whole)].match(number_);
            if (match) take(end, *match);
            return;
        }
        if (end.anchored && !end.variable && depth != number_.size()) return;
        if (end.variable && (number_.size() > kNumberDigitsWithT || depth < digits_from_)) return;
        // An empty number matches the pattern T alone, which hangs at the root (spec A.3.2).
        if (number_.empty() && !end.only_t) return;
        const auto consumed = static_cast<unsigned>(end.variable ? number_.size() : depth);
        take(end, NumberMatch{end.length, consumed});
    }

    const NumberIndex& index_;
    std::string_view number_;
    std::array<SymbolSet, kNumberMaxBytes> symbols_{};
    std::size_t digits_from_ = number_.size();
};

void NumberIndex::find(std::string_view number, std::vector<Hit>& hits) const {
    if (ends_.empty() || number.size() > kNumberMaxBytes) return;
    Walk walk(*this, number);
    if (!walk.is_number()) return;
    // Several ways of one pattern may match: as in NumberPattern, the best of each counts. They are
    // few, and stand together only by chance, so the patterns are sorted out at the end.
    std::vector<std::pair<std::uint32_t, Hit>> found;
    auto take = [&found](const End& end, const NumberMatch& match) {
        found.push_back({end.pattern, {end.value, match}});
    };
    walk.descend(0, 0, take);
    std::sort(found.begin(), found.end(),
              [](const auto& a, const auto& b) { return a.first < b.first; });
    for (std::size_t i = 0; i < found.size(); ++i) {
        const Hit& hit = found[i].second;
        if (i > 0 && found[i].first == found[i - 1].first) {
            NumberMatch& best = hits.back().match;
            best.length = std::max(best.length, hit.match.length);
            best.consumed = std::max(best.consumed, hit.match.consumed);
        } else {
            hits.push_back(hit);
        }
    }
}

bool NumberIndex::find_best(std::string_view number, Hit& best) const {
    std::vector<Hit> hits;
    find(number, hits);
    const auto found = std::min_element(hits.begin(), hits.end(), [](const Hit& a, const Hit& b) {
        return a.match.length != b.match.length ? a.match.length > b.match.length
                                                : a.value < b.value;
    });
    if (found == hits.end()) return false;
    best = *found;
    return true;
}

}  // namespace weir::dialplan

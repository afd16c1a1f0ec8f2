// SPDX-License-Identifier: Apache-2.0
// Both texts as trees of blocks, compared level by level.
#include "config/store/contextual_diff.hpp"

#include <algorithm>
#include <cstddef>
#include <deque>
#include <unordered_map>
#include <vector>

#include "config/store/store_limits.hpp"

namespace weir::config {
namespace {

struct Block {
    std::string_view line;  // without indentation
    std::vector<std::size_t> children;
};

// Blocks by number, 0 the whole text: no depth of nesting can exhaust the stack while building.
using Tree = std::vector<Block>;

Tree tree_of(std::string_view text) {
    struct Open {
        std::size_t indent;
        std::size_t block;
    };
    Tree tree(1);
    std::vector<Open> open;
    while (!text.empty()) {
        const auto end = text.find('\n');
        const std::string_view line = text.substr(0, end);
        text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
        const auto indent = line.find_first_not_of(' ');
        if (indent == std::string_view::npos || line[indent] == '!') continue;
        if (indent == 0 && line == "end") continue;
        while (!open.empty() && open.back().indent >= indent)
            open.pop_back();
        const std::size_t parent = open.empty() ? 0 : open.back().block;
        tree.push_back({line.substr(indent), {}});
        tree[parent].children.push_back(tree.size() - 1);
        open.push_back({indent, tree.size() - 1});
    }
    return tree;
}

constexpr std::size_t kNone = static_cast<std::size_t>(-1);

// For each child of `after` its counterpart among those of `before`: the same line, taken once,
// as many as possible in the same order (the longest increasing sequence of places).
std::vector<std::size_t> pair_up(const Tree& before, const std::vector<std::size_t>& old_ones,
                                 const Tree& after, const std::vector<std::size_t>& new_ones) {
    std::unordered_map<std::string_view, std::deque<std::size_t>> places;
    for (std::size_t i = 0; i < old_ones.size(); ++i)
        places[before[old_ones[i]].line].push_back(i);
    std::vector<std::size_t> pairs(new_ones.size(), kNone);
    for (std::size_t i = 0; i < new_ones.size(); ++i) {
        const auto found = places.find(after[new_ones[i]].line);
        if (found == places.end() || found->second.empty()) continue;
        pairs[i] = found->second.front();
        found->second.pop_front();
    }
    std::vector<std::size_t> tails;  // indices into pairs: the smallest end of each length
    std::vector<std::size_t> previous(pairs.size(), kNone);
    for (std::size_t i = 0; i < pairs.size(); ++i) {
        if (pairs[i] == kNone) continue;
        const auto at = std::lower_bound(tails.begin(), tails.end(), i,
                                         [&](auto a, auto b) { return pairs[a] < pairs[b]; });
        if (at != tails.begin()) previous[i] = *(at - 1);
        if (at == tails.end())
            tails.push_back(i);
        else
            *at = i;
    }
    std::vector<std::size_t> kept(pairs.size(), kNone);
    for (std::size_t i = tails.empty() ? kNone : tails.back(); i != kNone; i = previous[i])
        kept[i] = pairs[i];
    return kept;
}

class Difference {
public:
    Difference(const Tree& before, const Tree& after) : before_(before), after_(after) {}

    std::string text() {
        compare(0, 0, 0);
        if (out_.empty()) return "!No changes were found\n";
        if (lines_ > kDiffMaxLines) out_ += "! The comparison was cut here\n";
        return "!Contextual Config Diffs:\n" + out_;
    }

private:
    void line(std::size_t depth, const char* sign, std::string_view text) {
        if (++lines_ > kDiffMaxLines) return;
        out_ += std::string(depth, ' ') + sign + std::string(text) + "\n";
    }

    void whole(const Tree& tree, std::size_t block, std::size_t depth, const char* sign) {
        line(depth, sign, tree[block].line);
        for (const std::size_t child : tree[block].children)
            whole(tree, child, depth + 1, sign);
    }

    void compare(std::size_t old_block, std::size_t new_block, std::size_t depth) {
        const auto& old_ones = before_[old_block].children;
        const auto& new_ones = after_[new_block].children;
        const auto pairs = pair_up(before_, old_ones, after_, new_ones);
        // For each new line the place of the next common one among the old ones.
        std::vector<std::size_t> following(pairs.size(), old_ones.size());
        for (std::size_t i = pairs.size(), place = old_ones.size(); i-- > 0;)
            following[i] = place = pairs[i] == kNone ? place : pairs[i];
        std::size_t next = 0;  // of the old ones
        const auto lost = [&](std::size_t until) {
            for (; next < until; ++next)
                whole(before_, old_ones[next], depth, "-");
        };
        for (std::size_t i = 0; i < new_ones.size(); ++i) {
            if (pairs[i] == kNone) {
                // Removals stand before additions at the same place.
                lost(following[i]);
                whole(after_, new_ones[i], depth, "+");
                continue;
            }
            lost(pairs[i]);
            next = pairs[i] + 1;
            inside(old_ones[pairs[i]], new_ones[i], depth);
        }
        lost(old_ones.size());
    }

    void inside(std::size_t old_block, std::size_t new_block, std::size_t depth) {
        const std::size_t size = out_.size();
        const std::size_t lines = lines_;
        line(depth, "", after_[new_block].line);
        const std::size_t head = out_.size();
        compare(old_block, new_block, depth + 1);
        if (out_.size() != head) return;
        out_.resize(size);
        lines_ = lines;
    }

    const Tree& before_;
    const Tree& after_;
    std::string out_;
    std::size_t lines_ = 0;
};

}  // namespace

std::string contextual_diff(std::string_view before, std::string_view after) {
    const Tree old_tree = tree_of(before);
    const Tree new_tree = tree_of(after);
    return Difference(old_tree, new_tree).text();
}

}  // namespace weir::config

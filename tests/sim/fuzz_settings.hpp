// SPDX-License-Identifier: Apache-2.0
// FuzzSettings: drawn configurations, each compiled once and shared by thousands of sequences.
#pragma once

#include <memory>
#include <vector>

#include "config/base/random.hpp"
#include "dialplan/dial_plan.hpp"

namespace weir::signaling {

// Any of the values, each as likely.
template <typename Value>
Value one_of(Random& dice, const std::vector<Value>& values) {
    return values[dice.below(values.size())];
}

class FuzzSettings {
public:
    // `count` configurations; the same seed gives the same ones.
    FuzzSettings(std::uint64_t seed, std::size_t count);
    [[nodiscard]] const std::shared_ptr<const dialplan::DialPlan>& draw(Random& dice) const {
        return plans_[dice.below(plans_.size())];
    }

private:
    std::vector<std::shared_ptr<const dialplan::DialPlan>> plans_;
};

}  // namespace weir::signaling

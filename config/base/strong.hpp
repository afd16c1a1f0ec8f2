// SPDX-License-Identifier: Apache-2.0
// Strong<Tag, T>: a number or string that cannot be mistaken for another one.
#pragma once

#include <compare>
#include <cstddef>
#include <functional>
#include <utility>

namespace weir {

template <typename Tag, typename T>
class Strong {
public:
    constexpr Strong() = default;
    constexpr explicit Strong(T value) : value_(std::move(value)) {}
    [[nodiscard]] constexpr const T& value() const { return value_; }
    auto operator<=>(const Strong&) const = default;

private:
    T value_{};
};

}  // namespace weir

template <typename Tag, typename T>
struct std::hash<weir::Strong<Tag, T>> {
    std::size_t operator()(const weir::Strong<Tag, T>& strong) const noexcept {
        return std::hash<T>{}(strong.value());
    }
};

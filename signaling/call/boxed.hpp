// SPDX-License-Identifier: Apache-2.0
// Boxed: a value that is mostly absent and then takes no more room than a pointer.
//
// An std::optional keeps the room of its value in every call that stands: of an exchange of offers
// or an ACK some hundred bytes, times 20,000. Used like one. Thread: any; a value.
#pragma once

#include <memory>
#include <optional>
#include <utility>

namespace weir::signaling {

template <typename T>
class Boxed {
public:
    Boxed() = default;
    Boxed(std::nullopt_t) {}
    Boxed(T value) : value_(std::make_unique<T>(std::move(value))) {}
    Boxed(const Boxed& from) : value_(from ? std::make_unique<T>(*from) : nullptr) {}
    Boxed(Boxed&&) noexcept = default;
    Boxed& operator=(Boxed from) noexcept {
        value_ = std::move(from.value_);
        return *this;
    }
    ~Boxed() = default;

    [[nodiscard]] bool has_value() const { return value_ != nullptr; }
    explicit operator bool() const { return has_value(); }
    [[nodiscard]] T& operator*() { return *value_; }
    [[nodiscard]] const T& operator*() const { return *value_; }
    [[nodiscard]] T* operator->() { return value_.get(); }
    [[nodiscard]] const T* operator->() const { return value_.get(); }
    void reset() { value_.reset(); }

private:
    std::unique_ptr<T> value_;
};

}  // namespace weir::signaling

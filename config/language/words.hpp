// SPDX-License-Identifier: Apache-2.0
// What a line said, after it was matched: the keywords and arguments by name.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "config/base/address.hpp"
#include "config/language/walk.hpp"

namespace weir::config::language {

// The getters give the first argument of that name; an argument that was not written is empty, 0
// or unset. Kinds and ranges were checked while matching. Thread: any.
class Words {
public:
    explicit Words(std::vector<Binding> bindings) : bindings_(std::move(bindings)) {}

    [[nodiscard]] bool has(std::string_view keyword) const;     // the keyword was written
    [[nodiscard]] bool given(std::string_view argument) const;  // the argument was written
    [[nodiscard]] std::string text(std::string_view argument) const;
    [[nodiscard]] std::uint64_t number(std::string_view argument = "number") const;
    [[nodiscard]] std::vector<std::uint64_t> numbers(
        std::string_view argument) const;  // all of a repeated one
    [[nodiscard]] IpAddress address(std::string_view argument) const;
    [[nodiscard]] Endpoint endpoint(std::string_view argument) const;  // port 0 = none was written
    [[nodiscard]] const std::vector<Binding>& all() const { return bindings_; }
    // The line with its keywords in full: "session target ipv4:192.0.2.1".
    [[nodiscard]] std::string canonical() const;

    // A row that refuses the line says where: `offset` characters into the argument. Without it
    // the message points at the first argument. Const, for rows get the words to read only.
    void blame(std::string_view argument, std::size_t offset = 0) const;
    [[nodiscard]] std::optional<std::size_t> blamed_at() const { return blamed_at_; }

private:
    [[nodiscard]] const Binding* find(std::string_view argument) const;
    std::vector<Binding> bindings_;
    mutable std::optional<std::size_t> blamed_at_;  // offset in the line
};

}  // namespace weir::config::language

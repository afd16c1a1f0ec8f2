// SPDX-License-Identifier: Apache-2.0
// The getters of a matched line.
#include "config/language/words.hpp"

#include <algorithm>

#include "config/base/text.hpp"
#include "config/language/argument.hpp"

namespace weir::config::language {

bool Words::has(std::string_view keyword) const {
    return std::any_of(bindings_.begin(), bindings_.end(), [&](const Binding& binding) {
        return binding.token->kind == ArgumentKind::keyword && binding.token->text == keyword;
    });
}

bool Words::given(std::string_view argument) const {
    return find(argument) != nullptr;
}

std::string Words::text(std::string_view argument) const {
    const Binding* binding = find(argument);
    return binding ? binding->value : "";
}

std::uint64_t Words::number(std::string_view argument) const {
    const Binding* binding = find(argument);
    return binding ? text::number(binding->value).value_or(0) : 0;
}

std::vector<std::uint64_t> Words::numbers(std::string_view argument) const {
    std::vector<std::uint64_t> values;
    for (const auto& binding : bindings_) {
        if (binding.token->kind == ArgumentKind::keyword || binding.token->name != argument)
            continue;
        const auto more = comma_numbers(binding.value);
        values.insert(values.end(), more.begin(), more.end());
    }
    return values;
}

IpAddress Words::address(std::string_view argument) const {
    const Binding* binding = find(argument);
    return binding ? IpAddress::parse(binding->value).value_or(IpAddress{}) : IpAddress{};
}

Endpoint Words::endpoint(std::string_view argument) const {
    const Binding* binding = find(argument);
    return binding ? Endpoint::parse(binding->value, 0).value_or(Endpoint{}) : Endpoint{};
}

std::string Words::canonical() const {
    std::string line;
    for (const auto& binding : bindings_) {
        const bool keyword = binding.token->kind == ArgumentKind::keyword;
        line += (line.empty() ? "" : " ") +
                (keyword ? binding.value : binding.token->text + binding.value);
    }
    return line;
}

void Words::blame(std::string_view argument, std::size_t offset) const {
    if (const Binding* binding = find(argument))
        blamed_at_ = binding->at + binding->token->text.size() + offset;
}

const Binding* Words::find(std::string_view argument) const {
    for (const auto& binding : bindings_)
        if (binding.token->kind != ArgumentKind::keyword && binding.token->name == argument)
            return &binding;
    return nullptr;
}

}  // namespace weir::config::language

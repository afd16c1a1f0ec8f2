// SPDX-License-Identifier: Apache-2.0
// DNS answers written byte by byte, for tests.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "signaling/dns/dns_records.hpp"

namespace weir::tests {

using Wire = std::vector<std::uint8_t>;

inline Wire be16(unsigned value) {
    return {static_cast<std::uint8_t>(value >> 8U), static_cast<std::uint8_t>(value)};
}

inline Wire joined(std::initializer_list<Wire> parts) {
    Wire made;
    for (const Wire& part : parts)
        made.insert(made.end(), part.begin(), part.end());
    return made;
}

inline Wire wire_name(std::string_view name) {
    Wire made;
    while (!name.empty() && name != ".") {
        const auto label = name.substr(0, name.find('.'));
        made.push_back(static_cast<std::uint8_t>(label.size()));
        made.insert(made.end(), label.begin(), label.end());
        name.remove_prefix(std::min(name.size(), label.size() + 1));
    }
    made.push_back(0);
    return made;
}

inline Wire wire_text(std::string_view text) {
    Wire made{static_cast<std::uint8_t>(text.size())};
    made.insert(made.end(), text.begin(), text.end());
    return made;
}

inline Wire wire_record(const Wire& owner, unsigned type, unsigned ttl, const Wire& data) {
    return joined({owner, be16(type), be16(1), be16(ttl >> 16U), be16(ttl & 0xFFFFU),
                   be16(static_cast<unsigned>(data.size())), data});
}

// A whole answer to one question; `id` as the question had it.
inline Wire wire_answer(std::string_view name, unsigned type, const std::vector<Wire>& answers,
                        const std::vector<Wire>& authority = {}, unsigned code = 0,
                        unsigned id = 7) {
    Wire made = joined({be16(id), be16(0x8180U | code), be16(1),
                        be16(static_cast<unsigned>(answers.size())),
                        be16(static_cast<unsigned>(authority.size())), be16(0), wire_name(name),
                        be16(type), be16(1)});
    for (const auto* section : {&answers, &authority})
        for (const Wire& record : *section)
            made.insert(made.end(), record.begin(), record.end());
    return made;
}

inline const Wire kOwner{0xC0, 12};  // a pointer to the name of the question

}  // namespace weir::tests

// SPDX-License-Identifier: Apache-2.0
// Tables of numbers: voice dnis-map, voice enum-match-table (spec A.5, A.6).
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "config/model/vocabulary.hpp"

namespace weir::config {

// voice dnis-map NAME [URL]
struct DnisMap {
    struct Entry {
        std::string number;  // a pattern that stands for the whole number
        std::string url;     // the script of a router; kept, without effect
        bool operator==(const Entry&) const = default;
    };
    std::string name;
    std::string url;  // further numbers in a file
    std::vector<Entry> entries;
    Place place;
};

// voice enum-match-table N: which name ENUM is asked for a number
struct EnumTable {
    // rule N PREFERENCE /MATCH/ /REPLACE/ DOMAIN; both expressions as in translation rules
    struct Rule {
        std::uint32_t preference = 1;  // 1..2147483647, 1 is best
        std::string match;
        std::string replace;
        std::string domain;  // "e164.arpa"
        bool operator==(const Rule&) const = default;
    };
    std::uint32_t tag = 0;  // 1..15
    std::map<std::uint32_t, Rule> rules;
    Place place;
};

}  // namespace weir::config

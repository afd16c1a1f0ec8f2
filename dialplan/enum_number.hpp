// SPDX-License-Identifier: Apache-2.0
// ENUM (RFC 6116): from a called number to the names to ask, from their records to a SIP URI.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "config/base/result.hpp"
#include "config/model/number_tables.hpp"
#include "dialplan/translation.hpp"

namespace weir::dialplan {

// One question for NAPTR records.
struct EnumQuestion {
    std::string number;  // "+14085550148": what the records' expressions are applied to
    std::string name;    // "8.4.1.0.5.5.5.8.0.4.1.e164.arpa"
    bool operator==(const EnumQuestion&) const = default;
};

// voice enum-match-table N, ready to be asked. Immutable. Thread: any.
class CompiledEnumTable {
public:
    // Errors: invalid, the rule and what is wrong with its expression.
    [[nodiscard]] static Result<CompiledEnumTable> compile(const config::EnumTable& source);

    // The questions in the order of asking: by preference, then by number of the rule; a rule that
    // does not match, or leaves no digits, asks nothing. Linear in the number for each rule.
    [[nodiscard]] std::vector<EnumQuestion> questions(std::string_view called) const;

private:
    struct Rule {
        CompiledRuleSet rules;
        std::string domain;
    };
    std::vector<Rule> rules_;  // in the order of asking
};

// A NAPTR record as DNS gave it (RFC 3403 4.1).
struct NaptrRecord {
    std::uint16_t order = 0;
    std::uint16_t preference = 0;
    std::string flags;    // "u"
    std::string service;  // "E2U+sip"
    std::string regexp;   // "!^.*$!sip:info@example.com!"
    bool operator==(const NaptrRecord&) const = default;
};

// The SIP URIs that the records make of the number, best first: by order, then preference; those of
// other services, with other flags or an expression that is wrong are passed over. Hostile records
// cost linear time: the expressions have no back-references in the match (RE2), at most
// kNaptrRegexpBytes each, and at most kEnumUriBytes come out.
[[nodiscard]] std::vector<std::string> enum_uris(std::string_view number,
                                                 std::vector<NaptrRecord> records);

}  // namespace weir::dialplan

// SPDX-License-Identifier: Apache-2.0
// `voice class uri` compiled: linear-time expressions and the order of specificity (spec A.4).
#pragma once

#include <compare>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "config/base/result.hpp"
#include "config/model/config.hpp"
#include "dialplan/uri_text.hpp"

namespace re2 {
class RE2;
}

namespace weir::dialplan {

// How specific a match was: the greater one wins among peers that match in the same header.
struct UriScore {
    // Spec A.4, our choice of order; the values ascend so that the greatest wins.
    enum class Kind : std::uint8_t {
        pattern_with_wildcards,
        phone_number,
        user,
        host,
        host_and_user,
        whole_pattern,
    };
    Kind kind = Kind::pattern_with_wildcards;
    std::size_t literal = 0;  // characters of the expressions that stand for themselves
    auto operator<=>(const UriScore&) const = default;
};

// Immutable after compile. Thread: any (RE2 locks inside itself).
class CompiledUriClass {
public:
    // ErrorCode::invalid with file, line and the expression that is wrong.
    [[nodiscard]] static Result<CompiledUriClass> compile(const config::UriClass& source);

    // Whether the URI belongs to the class; URIs over kUriMaxBytes belong to none.
    [[nodiscard]] std::optional<UriScore> match(std::string_view uri) const;
    // The same for the topmost Via: only its sent-by host is there to compare, so only classes
    // that ask for nothing but the host can match.
    [[nodiscard]] std::optional<UriScore> match_via(std::string_view sent_by) const;

    CompiledUriClass(CompiledUriClass&&) noexcept;
    CompiledUriClass& operator=(CompiledUriClass&&) noexcept;
    ~CompiledUriClass();

private:
    struct Expression {
        std::unique_ptr<re2::RE2> regex;  // null = not configured
        std::size_t literal = 0;          // characters that stand for themselves
        bool wildcards = false;           // whether anything else is in it
    };

    CompiledUriClass();
    static Result<Expression> expression(const config::UriClass& source, std::string_view command,
                                         const std::string& text);
    [[nodiscard]] bool wants_host() const;
    [[nodiscard]] std::optional<std::size_t> match_host(std::string_view host) const;
    [[nodiscard]] std::optional<UriScore> match_parts(const UriText& uri) const;
    [[nodiscard]] std::optional<UriScore> match_pattern(const UriText& uri) const;

    config::UriClass::Scheme scheme_ = config::UriClass::Scheme::sip;
    Expression user_;
    Expression host_;
    Expression pattern_;
    Expression phone_number_;
    Expression phone_context_;
    std::vector<IpAddress> addresses_;
    std::vector<std::string> names_;
};

}  // namespace weir::dialplan

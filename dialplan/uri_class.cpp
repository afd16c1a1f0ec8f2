// SPDX-License-Identifier: Apache-2.0
// Compares URIs with their classes (spec A.4).
#include "dialplan/uri_class.hpp"

#include <algorithm>
#include <utility>

#include <re2/re2.h>

#include "config/base/limits.hpp"
#include "config/base/text.hpp"

namespace weir::dialplan {

namespace {

struct Literals {
    std::size_t count = 0;
    bool others = false;  // classes, dots, groups, operators
};

// What of an expression stands for itself; the anchors ^ and $ are no wildcards.
Literals literals_of(std::string_view expression) {
    Literals found;
    bool in_class = false;
    bool after_literal = false;
    for (std::size_t i = 0; i < expression.size(); ++i) {
        const char c = expression[i];
        const bool was_literal = std::exchange(after_literal, false);
        if (in_class) {
            in_class = c != ']';
        } else if (c == '\\' && i + 1 < expression.size()) {
            ++i;
            ++found.count;
            after_literal = true;
        } else if (c == '[') {
            in_class = found.others = true;
            // POSIX: a ] right behind [ or [^ belongs to the set.
            if (i + 1 < expression.size() && expression[i + 1] == '^') ++i;
            if (i + 1 < expression.size() && expression[i + 1] == ']') ++i;
        } else if (std::string_view(".*+?|(){}").find(c) != std::string_view::npos) {
            found.others = true;
            // A character that may be left out does not make the expression more specific.
            if ((c == '*' || c == '?') && was_literal) --found.count;
        } else if (c != '^' && c != '$') {
            ++found.count;
            after_literal = true;
        }
    }
    return found;
}

bool finds(const std::unique_ptr<re2::RE2>& regex, std::string_view text) {
    return re2::RE2::PartialMatch(re2::StringPiece(text.data(), text.size()), *regex);
}

}  // namespace

CompiledUriClass::CompiledUriClass() = default;
CompiledUriClass::CompiledUriClass(CompiledUriClass&&) noexcept = default;
CompiledUriClass& CompiledUriClass::operator=(CompiledUriClass&&) noexcept = default;
CompiledUriClass::~CompiledUriClass() = default;

Result<CompiledUriClass::Expression> CompiledUriClass::expression(const config::UriClass& source,
                                                                  std::string_view command,
                                                                  const std::string& text) {
    if (text.empty()) return Expression{};
    const auto wrong = [&](const std::string& why) {
        return fail(ErrorCode::invalid,
                    source.place.file + ":" + std::to_string(source.place.line) +
                        ": voice class uri " + source.tag + ": " + std::string(command) + " '" +
                        text::printable(text) + "': " + why);
    };
    if (text.size() > kUriRegexBytes) {
        return wrong("longer than " + std::to_string(kUriRegexBytes) + " characters");
    }
    re2::RE2::Options options(re2::RE2::Quiet);
    options.set_max_mem(kUriRegexMemory);
    options.set_encoding(
        re2::RE2::Options::EncodingLatin1);  // bytes: a peer's URI is not always UTF-8
    Expression made;
    made.regex = std::make_unique<re2::RE2>(text, options);
    if (!made.regex->ok()) return wrong(made.regex->error());
    const Literals literals = literals_of(text);
    made.literal = literals.count;
    made.wildcards = literals.others;
    return made;
}

Result<CompiledUriClass> CompiledUriClass::compile(const config::UriClass& source) {
    CompiledUriClass made;
    made.scheme_ = source.scheme;
    made.addresses_ = source.host_addresses;
    made.names_ = source.host_names;
    const struct {
        std::string_view command;
        const std::string& text;
        Expression& target;
    } expressions[] = {
        {"user-id", source.user_id, made.user_},
        {"host", source.host_pattern, made.host_},
        {"pattern", source.pattern, made.pattern_},
        {"phone number", source.phone_number, made.phone_number_},
        {"phone context", source.phone_context, made.phone_context_},
    };
    for (const auto& entry : expressions) {
        auto compiled = expression(source, entry.command, entry.text);
        if (!compiled) return fail(std::move(compiled).error());
        entry.target = std::move(*compiled);
    }
    return made;
}

std::optional<UriScore> CompiledUriClass::match(std::string_view uri) const {
    if (uri.size() > kUriMaxBytes) return std::nullopt;
    const UriText parts = split_uri(uri);
    const bool right_scheme =
        scheme_ == config::UriClass::Scheme::tel ? parts.is_tel() : parts.is_sip();
    if (!right_scheme) return std::nullopt;
    return pattern_.regex ? match_pattern(parts) : match_parts(parts);
}

std::optional<UriScore> CompiledUriClass::match_via(std::string_view sent_by) const {
    if (sent_by.size() > kUriMaxBytes || scheme_ != config::UriClass::Scheme::sip ||
        !wants_host() || user_.regex || phone_context_.regex || pattern_.regex) {
        return std::nullopt;
    }
    const auto length = match_host(host_of(sent_by));
    if (!length) return std::nullopt;
    return UriScore{UriScore::Kind::host, *length};
}

bool CompiledUriClass::wants_host() const {
    return host_.regex || !addresses_.empty() || !names_.empty();
}

// The instances of `host` are ORed; the longest literal text among those that match counts.
std::optional<std::size_t> CompiledUriClass::match_host(std::string_view host) const {
    std::optional<std::size_t> best;
    const auto take = [&best](std::size_t length) { best = std::max(best.value_or(0), length); };
    if (host_.regex && finds(host_.regex, host)) take(host_.literal);
    if (!addresses_.empty()) {
        if (const auto address = IpAddress::parse(host);
            address &&
            std::find(addresses_.begin(), addresses_.end(), *address) != addresses_.end()) {
            take(host.size());
        }
    }
    for (const auto& name : names_) {
        if (text::iequals(name, host)) take(host.size());
    }
    return best;
}

// user-id, host, phone number and phone context of one class are ANDed.
std::optional<UriScore> CompiledUriClass::match_parts(const UriText& uri) const {
    UriScore score;
    std::optional<std::size_t> host;
    if (wants_host()) {
        host = match_host(uri.host);
        if (!host) return std::nullopt;
        score.literal += *host;
    }
    if (user_.regex) {
        if (!finds(user_.regex, unescape(uri.user))) return std::nullopt;
        score.literal += user_.literal;
    }
    if (phone_number_.regex) {
        if (!finds(phone_number_.regex, unescape(uri.user))) return std::nullopt;
        score.literal += phone_number_.literal;
    }
    if (phone_context_.regex) {
        if (!finds(phone_context_.regex, uri.parameter("phone-context"))) return std::nullopt;
        score.literal += phone_context_.literal;
    }
    if (host) {
        score.kind = user_.regex ? UriScore::Kind::host_and_user : UriScore::Kind::host;
    } else if (user_.regex) {
        score.kind = UriScore::Kind::user;
    } else if (phone_number_.regex || phone_context_.regex) {
        score.kind = UriScore::Kind::phone_number;
    } else {
        return std::nullopt;  // an empty class holds nothing
    }
    return score;
}

std::optional<UriScore> CompiledUriClass::match_pattern(const UriText& uri) const {
    if (!finds(pattern_.regex, uri.body)) return std::nullopt;
    const bool whole = !pattern_.wildcards && pattern_.literal == uri.body.size();
    return UriScore{whole ? UriScore::Kind::whole_pattern : UriScore::Kind::pattern_with_wildcards,
                    pattern_.literal};
}

}  // namespace weir::dialplan

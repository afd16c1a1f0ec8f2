// SPDX-License-Identifier: Apache-2.0
// Holds URI classes to uri_class.table (spec A.4).
#include <gtest/gtest.h>

#include "config/base/text.hpp"
#include "dialplan/uri_class.hpp"
#include "tests/golden/dialplan/golden_table.hpp"

namespace weir::dialplan {
namespace {

config::UriClass class_of(const std::string& text) {
    config::UriClass made;
    made.tag = "T";
    for (const auto piece : text::split(text, '&')) {
        const auto equals = piece.find('=');
        const auto word = piece.substr(0, equals);
        const std::string value(equals == std::string_view::npos ? "" : piece.substr(equals + 1));
        if (word == "tel") made.scheme = config::UriClass::Scheme::tel;
        if (word == "user") made.user_id = value;
        if (word == "host") made.host_pattern = value;
        if (word == "ipv4" || word == "ipv6") {
            made.host_addresses.push_back(IpAddress::parse(value).value());
        }
        if (word == "dns") made.host_names.push_back(value);
        if (word == "pattern") made.pattern = value;
        if (word == "number") made.phone_number = value;
        if (word == "context") made.phone_context = value;
    }
    return made;
}

const char* name_of(UriScore::Kind kind) {
    switch (kind) {
        case UriScore::Kind::whole_pattern:
            return "whole_pattern";
        case UriScore::Kind::host_and_user:
            return "host_and_user";
        case UriScore::Kind::host:
            return "host";
        case UriScore::Kind::user:
            return "user";
        case UriScore::Kind::phone_number:
            return "phone";
        case UriScore::Kind::pattern_with_wildcards:
            return "pattern";
    }
    return "?";
}

TEST(UriClassTable, EveryRowHolds) {
    for (const auto& row : tests::read_table("uri_class.table", 4)) {
        SCOPED_TRACE(row.place + " " + row.words[0] + " against " + row.words[1]);
        const auto compiled = CompiledUriClass::compile(class_of(row.words[0]));
        ASSERT_TRUE(compiled.has_value()) << compiled.error().context;
        const auto score = compiled->match(row.words[1]);
        if (row.words[2] == "no") {
            EXPECT_FALSE(score.has_value());
            continue;
        }
        ASSERT_TRUE(score.has_value());
        EXPECT_EQ(name_of(score->kind), row.words[2]);
        EXPECT_EQ(std::to_string(score->literal), row.words[3]);
    }
}

}  // namespace
}  // namespace weir::dialplan

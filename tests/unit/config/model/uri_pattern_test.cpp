// SPDX-License-Identifier: Apache-2.0
// The validator of expressions in URI classes (spec A.4).
#include "config/model/uri_pattern.hpp"

#include <string>

#include <gtest/gtest.h>

namespace weir::config {
namespace {

TEST(UriPattern, ExpressionsOfTheSpecAreAccepted) {
    for (const char* text :
         {"8000", "^80[0-9]+$", "(12|34)5*", "\\+44.*", "[^]a]b?", "[]a]", "a|b", "#1*", "[a-z,-]"})
        EXPECT_TRUE(check_uri_pattern(UriPart::user_id, text)) << text;
    EXPECT_TRUE(check_uri_pattern(UriPart::host, "sbc[0-9]\\.example\\.com"));
    EXPECT_TRUE(check_uri_pattern(UriPart::pattern, "^80..@host;user=phone!~%25:5060"));
}

TEST(UriPattern, EachPartHasItsCharacterSet) {
    EXPECT_FALSE(check_uri_pattern(UriPart::user_id, "a@b"));
    EXPECT_TRUE(check_uri_pattern(UriPart::host, "a@b"));
    EXPECT_FALSE(check_uri_pattern(UriPart::host, "a:b"));
    EXPECT_TRUE(check_uri_pattern(UriPart::pattern, "a:b"));
    for (const char* text : {"a_b", "a b", "a\"b", "a{2}", "a<b", "\xC3\xBC"})
        EXPECT_FALSE(check_uri_pattern(UriPart::pattern, text)) << text;
}

TEST(UriPattern, LengthsAreBounded) {
    EXPECT_TRUE(check_uri_pattern(UriPart::user_id, std::string(32, 'a')));
    EXPECT_FALSE(check_uri_pattern(UriPart::user_id, std::string(33, 'a')));
    EXPECT_TRUE(check_uri_pattern(UriPart::pattern, std::string(128, 'a')));
    EXPECT_FALSE(check_uri_pattern(UriPart::pattern, std::string(129, 'a')));
    EXPECT_FALSE(check_uri_pattern(UriPart::pattern, ""));
}

TEST(UriPattern, WhatNoExpressionIsIsRefused) {
    for (const char* text :
         {"(a", "a)", "[a", "[", "*a", "a**", "(?a)", "|*", "a\\", "\\d", "[b-a]", "[\\]-=]",
          "[[:alpha:]]", "[\\]", "^*", "((((((((((a))))))))))"})
        EXPECT_FALSE(check_uri_pattern(UriPart::pattern, text)) << text;
}

}  // namespace
}  // namespace weir::config

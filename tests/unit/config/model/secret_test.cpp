// SPDX-License-Identifier: Apache-2.0
// Passwords of a configuration: the type 7 disguise.
#include "config/model/secret.hpp"

#include <gtest/gtest.h>

namespace weir::config {
namespace {

// Pairs that routers have printed for `cisco`.
TEST(Secret, TypeSevenOfARouterIsRead) {
    for (const char* text : {"0822455D0A16", "045802150C2E", "094F471A1A0A", "060506324F41"})
        EXPECT_EQ(clear_text(Secret{7, text}).value_or("none"), "cisco") << text;
}

TEST(Secret, APasswordInClearIsDisguisedAndComesBack) {
    for (const std::string password : {"a", "s3cret!", "with space",
                                       "0123456789012345678901234567890"
                                       "12345678901234567890123456789"}) {
        const auto secret = secret_of(0, password);
        ASSERT_TRUE(secret);
        EXPECT_EQ(secret->type, 7);
        EXPECT_EQ(secret->text.find(password), std::string::npos);
        EXPECT_EQ(clear_text(*secret).value_or("none"), password);
    }
}

TEST(Secret, TheSamePasswordGivesTheSameText) {
    EXPECT_EQ(secret_of(0, "abc")->text, secret_of(0, "abc")->text);
}

TEST(Secret, WhatIsNoTypeSevenTextIsRefused) {
    for (const char* text : {"", "0", "08", "082", "0822455D0A1", "9922", "xx22", "08zz", "08-1"})
        EXPECT_FALSE(secret_of(7, text)) << text;
}

TEST(Secret, TypeSixIsKeptAndCannotBeRead) {
    const auto secret = secret_of(6, "ZZ[_abc");
    ASSERT_TRUE(secret);
    EXPECT_EQ(to_text(*secret), "6 ZZ[_abc");
    EXPECT_FALSE(clear_text(*secret));
}

TEST(Secret, LongerThanTheBoundIsRefused) {
    EXPECT_TRUE(secret_of(0, std::string(kMaxPasswordBytes, 'x')));
    EXPECT_FALSE(secret_of(0, std::string(kMaxPasswordBytes + 1, 'x')));
}

}  // namespace
}  // namespace weir::config

// SPDX-License-Identifier: Apache-2.0
// What of a message must not reach the disk.
#include "signaling/trace/redact.hpp"

#include <gtest/gtest.h>

namespace weir::signaling {
namespace {

constexpr const char* kKey = "d0RmdmcmVCspeEc3QGZiNWpVLFJhQX1cfHAwJSoj";

TEST(Redactor, TheKeyOfACryptoLineBecomesAToken) {
    const Redactor redactor(1);
    const std::string body = std::string("v=0\r\na=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:") +
                             kKey + "|2^20|1:4\r\na=sendrecv\r\n";
    const std::string clean = redactor.body(body);
    EXPECT_EQ(clean.find(kKey), std::string::npos);
    EXPECT_NE(clean.find("inline:token-"), std::string::npos);
    EXPECT_NE(clean.find("|2^20|1:4\r\na=sendrecv\r\n"), std::string::npos);
}

TEST(Redactor, EveryKeyOfALineIsReplaced) {
    const Redactor redactor(1);
    const std::string clean = redactor.body(std::string("a=crypto:1 X inline:") + kKey +
                                            "|1:1;inline:" + kKey + "|2:1\n");
    EXPECT_EQ(clean.find(kKey), std::string::npos);
    EXPECT_TRUE(clean.ends_with("|2:1\n"));
}

TEST(Redactor, MikeyAndClearKeysAreReplaced) {
    const Redactor redactor(1);
    const std::string clean =
        redactor.body("a=key-mgmt:mikey AQAFgM0X\r\nk=clear:secret\r\nm=audio\r\n");
    EXPECT_EQ(clean.find("AQAFgM0X"), std::string::npos);
    EXPECT_EQ(clean.find("secret"), std::string::npos);
    EXPECT_TRUE(clean.starts_with("a=key-mgmt:mikey token-"));
    EXPECT_TRUE(clean.ends_with("\r\nm=audio\r\n"));
}

TEST(Redactor, TheSameKeyGivesTheSameTokenAndAnotherSaltAnother) {
    const std::string body = "k=clear:secret\r\n";
    EXPECT_EQ(Redactor(1).body(body), Redactor(1).body(body));
    EXPECT_NE(Redactor(1).body(body), Redactor(2).body(body));
}

TEST(Redactor, ATokenStaysItself) {
    const std::string once =
        Redactor(1).body("a=crypto:1 X inline:abcdefgh|2^20\r\nk=base64:QUJD\r\n");
    EXPECT_EQ(Redactor(9).body(once), once);
}

TEST(Redactor, ABodyWithoutKeysIsUntouched) {
    const std::string body = "v=0\r\no=- 1 1 IN IP4 192.0.2.1\r\ns=-\r\n";
    EXPECT_EQ(Redactor(1).body(body), body);
}

TEST(Redactor, ADigestKeepsItsUserAndLosesItsResponse) {
    const Header header{"Proxy-Authorization",
                        "Digest username=\"ann\", realm=\"r\", nonce=\"n\", uri=\"sip:x\", "
                        "response=\"6629fae49393a05397450978507c4ef1\", cnonce=\"0a4f113b\""};
    const std::string clean = Redactor(1).header(header);
    EXPECT_NE(clean.find("username=\"ann\""), std::string::npos);
    EXPECT_NE(clean.find("response=\"left-out\""), std::string::npos);
    EXPECT_EQ(clean.find("6629fae4"), std::string::npos);
    EXPECT_NE(clean.find("nonce=\"n\""), std::string::npos);
    EXPECT_EQ(clean.find("0a4f113b"), std::string::npos);
}

TEST(Redactor, BearerAndBasicCredentialsAreLeftOutWhole) {
    EXPECT_EQ(Redactor(1).header({"Authorization", "Bearer eyJhbGciOi"}), "Bearer left-out");
    EXPECT_EQ(Redactor(1).header({"Authorization", "Basic dXNlcjpwYXNz"}), "Basic left-out");
}

TEST(Redactor, OtherHeadersAreUntouched) {
    EXPECT_EQ(Redactor(1).header({"WWW-Authenticate", "Digest nonce=\"x\""}), "Digest nonce=\"x\"");
}

}  // namespace
}  // namespace weir::signaling

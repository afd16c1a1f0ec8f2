// SPDX-License-Identifier: Apache-2.0
// Names of cipher suites: the router's and OpenSSL's.
#include "signaling/tls/cipher_names.hpp"

#include <gtest/gtest.h>

namespace weir::signaling {
namespace {

TEST(CipherNames, TheRoutersNamesBecomeOpenSsls) {
    EXPECT_EQ(openssl_cipher_name("ECDHE_RSA_AES256_GCM_SHA384"), "ECDHE-RSA-AES256-GCM-SHA384");
    EXPECT_EQ(openssl_cipher_name("RSA_WITH_AES_128_CBC_SHA"), "AES128-SHA");
    EXPECT_EQ(openssl_cipher_name("AES256_GCM_SHA384"), "TLS_AES_256_GCM_SHA384");
}

TEST(CipherNames, OpenSslsOwnNamesStay) {
    EXPECT_EQ(openssl_cipher_name("ECDHE-RSA-AES128-GCM-SHA256"), "ECDHE-RSA-AES128-GCM-SHA256");
    EXPECT_EQ(openssl_cipher_name("TLS_AES_128_GCM_SHA256"), "TLS_AES_128_GCM_SHA256");
}

TEST(CipherNames, SuitesOfTls13HaveAListOfTheirOwn) {
    const auto lists = cipher_lists(
        {"AES256_GCM_SHA384", "ECDHE_RSA_AES256_GCM_SHA384", "ECDHE_RSA_AES128_GCM_SHA256"});
    EXPECT_EQ(lists.from_1_3, "TLS_AES_256_GCM_SHA384");
    EXPECT_EQ(lists.until_1_2, "ECDHE-RSA-AES256-GCM-SHA384:ECDHE-RSA-AES128-GCM-SHA256");
}

}  // namespace
}  // namespace weir::signaling

// SPDX-License-Identifier: Apache-2.0
// The names of cipher suites: the router's to OpenSSL's. Pure, total.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace weir::signaling {

// "ECDHE_RSA_AES256_GCM_SHA384" -> "ECDHE-RSA-AES256-GCM-SHA384"; "AES256_GCM_SHA384" (TLS 1.3) ->
// "TLS_AES_256_GCM_SHA384"; OpenSSL's own names stay. Whether the library has it is not asked.
[[nodiscard]] std::string openssl_cipher_name(std::string_view name);

// The two lists that OpenSSL takes, ':' between the names; "" = none named for that version.
struct CipherLists {
    std::string until_1_2;
    std::string from_1_3;
};
[[nodiscard]] CipherLists cipher_lists(const std::vector<std::string>& names);

}  // namespace weir::signaling

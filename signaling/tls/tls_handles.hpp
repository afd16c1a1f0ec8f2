// SPDX-License-Identifier: Apache-2.0
// OpenSSL's handles as owners that free themselves. For files of this folder only.
#pragma once

#include <memory>

#include <openssl/ssl.h>

namespace weir::signaling {

template <auto kFree>
struct OpenSslDeleter {
    template <typename T>
    void operator()(T* handle) const {
        kFree(handle);
    }
};

using SslContextPtr = std::unique_ptr<SSL_CTX, OpenSslDeleter<&SSL_CTX_free>>;
using SslPtr = std::unique_ptr<SSL, OpenSslDeleter<&SSL_free>>;

}  // namespace weir::signaling

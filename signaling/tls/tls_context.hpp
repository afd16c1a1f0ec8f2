// SPDX-License-Identifier: Apache-2.0
// TlsContext: certificate, key, authorities and suites of one identity, ready for connections.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "config/base/result.hpp"
#include "signaling/tls/tls_handles.hpp"
#include "signaling/tls/tls_settings.hpp"

namespace weir::signaling {

enum class TlsRole : std::uint8_t { server, client };

// What a peer's certificate must say beside being signed by an authority.
struct PeerNames {
    bool checked = false;
    std::vector<std::string> names;  // any of them, as DNS name or address
};

// Connections keep the context that they began with: a new certificate is for new ones.
// Thread: sip.
class TlsContext {
public:
    // Reads NAME.pem, NAME.key and the authorities NAME.ca.pem or ca.pem from the directory.
    // A server whose identity has authorities asks callers for a certificate and refuses those
    // without one; without a file of authorities it does not ask. A client checks the server
    // against them, else against those of the system. Errors name the file: not_found, invalid,
    // denied.
    [[nodiscard]] static Result<std::shared_ptr<const TlsContext>> load(const TlsSettings& settings,
                                                                        const TlsIdentity& identity,
                                                                        TlsRole role);
    explicit TlsContext(SslContextPtr context) : context_(std::move(context)) {}

    // A connection over `fd`. `names` outlives it. Errors: exhausted, when OpenSSL has no memory.
    [[nodiscard]] Result<SslPtr> open(int fd, TlsRole role, const std::string& sni,
                                      PeerNames& names) const;

private:
    SslContextPtr context_;
};

// "error:0A000086:...": the oldest error that OpenSSL noted on this thread, and forgets the others.
[[nodiscard]] std::string tls_error_text();

}  // namespace weir::signaling

// SPDX-License-Identifier: Apache-2.0
// TlsConnection; see tls_connection.hpp.
#include "signaling/tls/tls_connection.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <utility>

#include <openssl/err.h>
#include <openssl/x509.h>

#include "signaling/tls/tls_limits.hpp"

namespace weir::signaling {

Result<std::unique_ptr<TlsConnection>> TlsConnection::make(UniqueFd fd, const TlsContext& context,
                                                           Start start, MonoTime now) {
    auto connection = std::make_unique<TlsConnection>(Key(), std::move(fd), std::move(start), now);
    TlsConnection& made = *connection;
    auto ssl = context.open(made.fd(), made.start_.role, made.start_.sni, made.start_.names);
    if (!ssl) return fail(ssl.error());
    made.ssl_ = std::move(*ssl);
    made.wants_write_ = made.is_ours();  // it is writable when it is connected: then we begin
    return connection;
}

TlsConnection::~TlsConnection() {
    // RFC 8446 6.1: close_notify, if the socket takes it now; its answer is not waited for.
    if (ssl_ && established_) SSL_shutdown(ssl_.get());
    ERR_clear_error();
}

void TlsConnection::end(std::string why) {
    if (!ended_) ended_ = std::move(why);
}

// What OpenSSL could not do: wait, or the end.
void TlsConnection::note(int result) {
    const int error_number = errno;
    switch (SSL_get_error(ssl_.get(), result)) {
        case SSL_ERROR_WANT_READ:
            wants_write_ = false;
            return;
        case SSL_ERROR_WANT_WRITE:
            wants_write_ = true;
            return;
        case SSL_ERROR_ZERO_RETURN:
            return end("closed by the peer");
        case SSL_ERROR_SYSCALL:
            return end(error_number == 0 ? "closed by the peer" : std::strerror(error_number));
        default:
            break;
    }
    const long verdict = SSL_get_verify_result(ssl_.get());
    std::string why = tls_error_text();
    if (verdict != X509_V_OK) why += std::string(": ") + X509_verify_cert_error_string(verdict);
    end(std::move(why));
}

void TlsConnection::shake_hands() {
    ERR_clear_error();
    errno = 0;
    const int result = SSL_do_handshake(ssl_.get());
    if (result != 1) return note(result);
    established_ = true;
    wants_write_ = false;
}

void TlsConnection::flush() {
    while (!outbox_.empty() && !ended_) {
        ERR_clear_error();
        errno = 0;
        const int most = static_cast<int>(std::min<std::size_t>(outbox_.size(), 1U << 20U));
        const int written = SSL_write(ssl_.get(), outbox_.data(), most);
        if (written <= 0) return note(written);
        outbox_.erase(0, static_cast<std::size_t>(written));
    }
    wants_write_ = false;
}

bool TlsConnection::step(std::size_t limit) {
    if (!established_ && !ended_) shake_hands();
    if (!established_ || ended_) return false;
    flush();
    std::size_t read = 0;
    std::array<char, 16384> piece{};  // a TLS record
    while (!ended_ && read < limit) {
        ERR_clear_error();
        errno = 0;
        const int got = SSL_read(ssl_.get(), piece.data(), static_cast<int>(piece.size()));
        if (got <= 0) {
            note(got);
            return false;
        }
        inbox_.append({piece.data(), static_cast<std::size_t>(got)});
        read += static_cast<std::size_t>(got);
    }
    return !ended_;
}

bool TlsConnection::send(std::string_view bytes) {
    if (ended_) return false;
    if (outbox_.size() + bytes.size() > kTlsSendQueue) {
        end("the peer reads too slowly");
        return false;
    }
    outbox_ += bytes;
    if (established_) flush();
    return !ended_;
}

SocketSet::Ready TlsConnection::interest() const {
    return {true, wants_write_ || (established_ && !outbox_.empty())};
}

std::string TlsConnection::description() const {
    return std::string(SSL_get_version(ssl_.get())) + " " + SSL_get_cipher_name(ssl_.get());
}

}  // namespace weir::signaling

// SPDX-License-Identifier: Apache-2.0
// TlsConnection: one TLS connection as a stream of bytes both ways, never blocking.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "config/base/clock.hpp"
#include "config/base/unique_fd.hpp"
#include "signaling/api/sip_stack.hpp"
#include "signaling/net/socket_set.hpp"
#include "signaling/tls/stream_inbox.hpp"
#include "signaling/tls/tls_context.hpp"

namespace weir::signaling {

// Thread: sip. What it waits for is told by interest(); whoever owns it calls step() then.
class TlsConnection {
public:
    struct Start {
        std::uint64_t id = 0;
        SipPath path;  // of messages that come by it
        TlsRole role = TlsRole::server;
        std::string sni;
        PeerNames names;
    };
    // Errors: as TlsContext::open.
    [[nodiscard]] static Result<std::unique_ptr<TlsConnection>> make(UniqueFd fd,
                                                                     const TlsContext& context,
                                                                     Start start, MonoTime now);
    class Key {
        Key() = default;
        friend class TlsConnection;
    };
    TlsConnection(Key, UniqueFd fd, Start start, MonoTime now)
        : made_at(now), last_message(now), start_(std::move(start)), fd_(std::move(fd)) {}
    ~TlsConnection();
    TlsConnection(const TlsConnection&) = delete;
    TlsConnection& operator=(const TlsConnection&) = delete;

    // Goes on as far as the socket lets it: handshake, sending, then reading into inbox(), at most
    // `limit` bytes. True: there may be more to read at once.
    bool step(std::size_t limit);
    // Puts bytes behind those that wait. False: the peer reads too slowly, the connection is ended.
    bool send(std::string_view bytes);
    void end(std::string why);  // no more of it; the first reason counts

    [[nodiscard]] SocketSet::Ready interest() const;
    [[nodiscard]] std::uint64_t id() const { return start_.id; }
    [[nodiscard]] int fd() const { return fd_.get(); }
    [[nodiscard]] const SipPath& path() const { return start_.path; }
    [[nodiscard]] bool is_ours() const { return start_.role == TlsRole::client; }
    [[nodiscard]] bool is_established() const { return established_; }
    [[nodiscard]] const std::optional<std::string>& ended() const { return ended_; }
    [[nodiscard]] StreamInbox& inbox() { return inbox_; }
    [[nodiscard]] std::size_t queued() const { return outbox_.size(); }  // bytes to be sent
    [[nodiscard]] std::string description() const;  // "TLSv1.3 TLS_AES_256_GCM_SHA384"

    MonoTime made_at;
    MonoTime last_message;
    std::optional<MonoTime> message_since;  // an incomplete message waits since then
    bool is_stranger = false;               // of an address that is on no list

private:
    void shake_hands();
    void flush();
    void note(int result);

    Start start_;
    UniqueFd fd_;
    SslPtr ssl_;  // borrows start_.names and fd_: gone before them
    bool established_ = false;
    bool wants_write_ = false;  // of OpenSSL, whatever we asked for
    std::optional<std::string> ended_;
    StreamInbox inbox_;
    std::string outbox_;
};

}  // namespace weir::signaling

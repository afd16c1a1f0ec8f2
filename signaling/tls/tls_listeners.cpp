// SPDX-License-Identifier: Apache-2.0
// TlsTransport: its listeners, and the connections that peers make.
#include <algorithm>
#include <cerrno>
#include <utility>

#include <sys/socket.h>

#include "signaling/sip/socket_address.hpp"
#include "signaling/tls/tls_limits.hpp"
#include "signaling/tls/tls_transport.hpp"

namespace weir::signaling {
namespace {

constexpr int kBacklog = 128;      // connections that the kernel has made and we have not taken yet
constexpr int kAcceptAtOnce = 32;  // the others come with the next turn

}  // namespace

void TlsTransport::configure(const TlsSettings& settings) {
    contexts_.set(settings);
    std::erase_if(listeners_, [&](const Listening& listener) {
        const auto& wanted = settings.listeners;
        if (std::find(wanted.begin(), wanted.end(), listener.wanted) != wanted.end()) return false;
        sockets_->remove(listener.fd.get());
        log_.info("tls.listener_closed", {{"address", listener.address.to_string()}});
        // Spec A.13: its connections end with it.
        for (const auto& [id, connection] : connections_)
            if (connection->path().local == listener.address) close(id, "its listener is gone");
        return true;
    });
    open_listeners();
}

void TlsTransport::open_listeners() {
    for (const TlsListener& wanted : contexts_.settings().listeners) {
        const bool is_open =
            std::any_of(listeners_.begin(), listeners_.end(),
                        [&](const Listening& listener) { return listener.wanted == wanted; });
        if (is_open) continue;
        auto opened = listen(wanted);
        const std::string address = wanted.address.to_string();
        if (!opened) {
            if (down_.insert(address + opened.error().context).second)
                log_.error("tls.listener_down",
                           {{"address", address}, {"why", opened.error().context}});
            continue;
        }
        log_.info("tls.listening", {{"address", opened->address.to_string()}});
        std::erase_if(down_, [&](const std::string& text) { return text.starts_with(address); });
        listeners_.push_back(std::move(*opened));
    }
}

// That some certificate can be shown at all; which one, the peer's address decides.
Result<void> TlsTransport::has_certificate(const TlsListener& wanted) {
    const TlsSettings& settings = contexts_.settings();
    if (const auto own = settings.profiles.find(wanted.profile); own != settings.profiles.end())
        return contexts_.find(own->second, TlsRole::server).map([](const auto&) {});
    std::vector<const TlsIdentity*> identities;
    if (settings.by_default) identities.push_back(&*settings.by_default);
    for (const auto& [prefix, identity] : settings.by_address)
        identities.push_back(&identity);
    Result<void> outcome =
        fail(ErrorCode::not_found, "no crypto signaling and no tls-profile names a certificate");
    for (const TlsIdentity* identity : identities) {
        outcome = contexts_.find(*identity, TlsRole::server).map([](const auto&) {});
        if (outcome) return outcome;
    }
    return outcome;
}

Result<TlsTransport::Listening> TlsTransport::listen(const TlsListener& wanted) {
    WEIR_TRY(has_certificate(wanted));
    sockaddr_storage storage{};
    const socklen_t size = to_sockaddr(wanted.address, storage);
    Listening listening{
        wanted,
        UniqueFd(::socket(storage.ss_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0)),
        wanted.address};
    const int fd = listening.fd.get();
    const int on = 1;
    (void)setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    const void* memory = &storage;
    if (::bind(fd, static_cast<const sockaddr*>(memory), size) != 0 || ::listen(fd, kBacklog) != 0)
        return fail_errno("cannot listen for TLS on " + wanted.address.to_string(), errno);
    listening.address = local_endpoint(fd);
    WEIR_TRY(sockets_->set(fd, {true, false}, [this, fd](SocketSet::Ready) { accept_from(fd); }));
    return listening;
}

std::vector<Endpoint> TlsTransport::listeners() const {
    std::vector<Endpoint> addresses;
    for (const Listening& listener : listeners_)
        addresses.push_back(listener.address);
    return addresses;
}

Result<TlsListener> TlsTransport::outlet(const SipPath& path) const {
    for (const Listening& listener : listeners_) {
        const bool fits_address =
            !path.local.address.is_set() || listener.address.address == path.local.address;
        const bool fits_port = path.local.port == 0 || path.local.port == listener.address.port;
        const bool fits_family = path.remote.address.family == listener.address.address.family;
        if (fits_address && fits_port && fits_family)
            return TlsListener{listener.address, listener.wanted.profile};
    }
    return fail(ErrorCode::not_found, "no tls listener at " + path.local.to_string() +
                                          " to reach " + path.remote.to_string());
}

void TlsTransport::accept_from(int fd) {
    const auto listener = std::find_if(listeners_.begin(), listeners_.end(),
                                       [fd](const Listening& each) { return each.fd.get() == fd; });
    if (listener == listeners_.end()) return;
    SipPath path{SipTransport::tls, listener->address, {}};
    path.tls_profile = listener->wanted.profile;
    const bool may_register = contexts_.settings().registering.contains(listener->wanted.address);
    for (int i = 0; i < kAcceptAtOnce; ++i) {
        UniqueFd accepted(::accept4(fd, nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC));
        if (!accepted.is_open()) return;
        path.remote = remote_endpoint(accepted.get());
        take(std::move(accepted), path, may_register);
    }
}

void TlsTransport::take(UniqueFd fd, const SipPath& path, bool may_register) {
    const TlsIdentity* identity =
        contexts_.settings().identity_for(path.tls_profile, path.remote.address);
    const auto context = identity != nullptr ? contexts_.find(*identity, TlsRole::server)
                                             : Result<std::shared_ptr<const TlsContext>>();
    const bool fits =
        path.remote.is_set() && has_room(path.remote.address) && identity != nullptr && context;
    const bool is_stranger = fits && !callbacks_.admits(path);
    const MonoTime now = loop_.clock().now();
    if (!fits || (is_stranger && !(may_register && strangers_.admit(path.remote.address, now)))) {
        ++counters_.refused;
        log_.debug("tls.refused", {{"peer", path.remote.to_string()}});
        return;
    }
    TlsConnection::Start start{++last_id_, path, TlsRole::server, "", {}};
    start.names = {identity->check_client, identity->names};
    auto made = TlsConnection::make(std::move(fd), **context, std::move(start), now);
    if (made) (*made)->is_stranger = is_stranger;
    if (made && adopt(std::move(*made))) {
        ++counters_.accepted;
        return;
    }
    if (is_stranger) strangers_.leave();
    ++counters_.refused;
}

}  // namespace weir::signaling

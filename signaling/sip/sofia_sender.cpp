// SPDX-License-Identifier: Apache-2.0
// SofiaSender; see sofia_sender.hpp.
#include "signaling/sip/sofia_sender.hpp"

#include <cerrno>
#include <utility>

#include <sys/socket.h>

#include "config/base/shrink.hpp"
#include "signaling/sip/socket_address.hpp"

namespace weir::signaling {
namespace {

struct SocketName {
    const sockaddr* address;
    socklen_t length;
};

// 0, or errno. A socket tells the errors of earlier datagrams (a port that is closed) to whoever
// uses it next, once each: those are asked for again. A full buffer is a datagram that was lost on
// its way, which the timers of the transaction are for.
int send_to(int fd, std::string_view text, SocketName to) {
    constexpr int kAttempts = 3;
    for (int attempt = 1;; ++attempt) {
        if (sendto(fd, text.data(), text.size(), MSG_DONTWAIT | MSG_NOSIGNAL, to.address,
                   to.length) >= 0 ||
            errno == EAGAIN || errno == ENOBUFS)
            return 0;
        if (attempt == kAttempts) return errno;
    }
}

}  // namespace

SofiaSender::~SofiaSender() {
    for (auto& [key, sent] : sent_)
        release(*sent);
}

Result<void> SofiaSender::send(std::uint64_t key, std::string text, const SipPath& path) {
    auto sent = std::make_unique<SentMessage>();
    sent->sender = this;
    sent->key = key;
    sent->path = path;
    sent->text = std::move(text);
    WEIR_TRY(transmit(*sent));
    if (key == 0)
        release(*sent);
    else
        sent_[key] = std::move(sent);
    return {};
}

Result<void> SofiaSender::transmit(SentMessage& sent) {
    const auto outlet = server_.outlet(sent.path);
    if (!outlet) return fail(outlet.error());
    return outlet->datagrams >= 0 ? transmit_datagram(sent, *outlet)
                                  : transmit_stream(sent, *outlet);
}

Result<void> SofiaSender::transmit_datagram(SentMessage& sent, const NtaServer::Outlet& outlet) {
    sockaddr_storage address{};
    const socklen_t length = to_sockaddr(sent.path.remote, address);
    void* memory = &address;
    if (const int error =
            send_to(outlet.datagrams, sent.text, {static_cast<const sockaddr*>(memory), length});
        error != 0)
        return fail_errno("cannot send to udp " + sent.path.remote.to_string(), error);
    if (sent.key == 0 || sent.pending > 0) return {};
    sent.message.reset(msg_create(&server_.message_class(), 0));
    if (!sent.message ||
        msg_set_address(sent.message.get(), static_cast<su_sockaddr_t*>(memory), length) < 0)
        return {};  // sent all the same: without a watch it is the timer that tells of no answer
    sent.transport = tport_ref(tport_primaries(outlet.transports));
    sent.pending = tport_pend(sent.transport, sent.message.get(), on_transport_error, &sent);
    return {};
}

Result<void> SofiaSender::transmit_stream(SentMessage& sent, const NtaServer::Outlet& outlet) {
    release(sent);
    sent.message = make_message(server_.message_class(), sent.text);
    if (!sent.message)
        return fail(ErrorCode::invalid, "sofia-sip cannot read the request composed for " +
                                            sent.path.remote.to_string());
    const std::string host = sent.path.remote.address.to_string();
    const std::string port = std::to_string(sent.path.remote.port);
    tp_name_t name{};
    name.tpn_proto = to_string(sent.path.transport);
    name.tpn_canon = host.c_str();
    name.tpn_host = host.c_str();
    name.tpn_port = port.c_str();
    constexpr unsigned kNoLimit = 65535;  // the caller chose the transport; no switch to UDP here
    tport_t* transport =
        tport_tsend(outlet.transports, sent.message.get(), &name, TPTAG_MTU(kNoLimit), TAG_END());
    if (transport == nullptr)
        return fail_errno(
            "cannot send to " + std::string(name.tpn_proto) + " " + sent.path.remote.to_string(),
            msg_errno(sent.message.get()));
    sent.transport = tport_ref(transport);
    if (sent.key != 0)
        sent.pending = tport_pend(transport, sent.message.get(), on_transport_error, &sent);
    return {};
}

void SofiaSender::send_again(std::uint64_t key) {
    const auto it = sent_.find(key);
    if (it == sent_.end()) return;
    // What fails now may work at the next retransmission; the request's own end decides.
    (void)transmit(*it->second);
}

void SofiaSender::forget(std::uint64_t key) {
    const auto it = sent_.find(key);
    if (it == sent_.end()) return;
    release(*it->second);
    sent_.erase(it);
    shrink_buckets(sent_);
}

void SofiaSender::release(SentMessage& sent) {
    if (sent.transport == nullptr) return;
    if (sent.pending > 0)
        tport_release(sent.transport, sent.pending, sent.message.get(), nullptr, &sent, 0);
    sent.pending = 0;
    tport_unref(std::exchange(sent.transport, nullptr));
}

void SofiaSender::on_transport_error(tp_stack_t*, SentMessage* sent, tport_t*, msg_t*, int) {
    if (sent->sender->on_error_) sent->sender->on_error_(sent->key);
}

}  // namespace weir::signaling

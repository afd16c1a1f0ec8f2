// SPDX-License-Identifier: Apache-2.0
// SofiaSender; see sofia_sender.hpp.
#include "signaling/sip/sofia_sender.hpp"

#include <utility>

namespace weir::signaling {

SofiaSender::~SofiaSender() {
    for (auto& [key, sent] : sent_)
        release(*sent);
}

Result<void> SofiaSender::send(std::uint64_t key, const std::string& text, const SipPath& path) {
    auto sent = std::make_unique<SentMessage>();
    sent->sender = this;
    sent->key = key;
    sent->path = path;
    sent->message = make_message(server_.message_class(), text);
    if (!sent->message)
        return fail(ErrorCode::invalid,
                    "sofia-sip cannot read the request composed for " + path.remote.to_string());
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
    const std::string host = sent.path.remote.address.to_string();
    const std::string port = std::to_string(sent.path.remote.port);
    tp_name_t name{};
    name.tpn_proto = to_string(sent.path.transport);
    name.tpn_canon = host.c_str();
    name.tpn_host = host.c_str();
    name.tpn_port = port.c_str();
    release(sent);
    constexpr unsigned kNoLimit = 65535;  // the caller chose the transport; no switch to TCP here
    tport_t* transport =
        tport_tsend(outlet->transports, sent.message.get(), &name, TPTAG_MTU(kNoLimit), TAG_END());
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

// SPDX-License-Identifier: Apache-2.0
// StackSender; see stack_sender.hpp.
#include "signaling/sip/stack_sender.hpp"

#include <utility>

#include "config/base/shrink.hpp"

namespace weir::signaling {

Result<void> StackSender::send(std::uint64_t key, std::string text, const SipPath& path) {
    if (path.transport != SipTransport::udp) return streams_.send(key, text, path);
    WEIR_TRY(datagrams_.send(path, text));
    if (key != 0) datagrams_kept_[key] = {.path = path, .text = std::move(text)};
    return {};
}

void StackSender::send_again(std::uint64_t key) {
    const auto it = datagrams_kept_.find(key);
    if (it == datagrams_kept_.end()) return;
    // What fails now may work at the next retransmission; the request's own end decides.
    (void)datagrams_.send(it->second.path, it->second.text);
}

void StackSender::forget(std::uint64_t key) {
    streams_.forget(key);
    if (datagrams_kept_.erase(key) > 0) shrink_buckets(datagrams_kept_);
}

std::vector<std::uint64_t> StackSender::waiting_for(const Endpoint& remote) const {
    std::vector<std::uint64_t> keys;
    for (const auto& [key, kept] : datagrams_kept_)
        if (kept.path.remote == remote) keys.push_back(key);
    return keys;
}

bool StackSender::reply(const RequestOrigin& origin, const std::string& text) {
    SipPath path = origin.path;
    if (path.transport != SipTransport::udp && streams_.send_back(text, path)) return true;
    path.remote = origin.reply_to;
    return send(0, text, path).has_value();
}

}  // namespace weir::signaling

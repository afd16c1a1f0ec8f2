// SPDX-License-Identifier: Apache-2.0
// TlsSender; see tls_sender.hpp.
#include "signaling/tls/tls_sender.hpp"

namespace weir::signaling {

Result<void> TlsSender::send(std::uint64_t key, std::string text, const SipPath& path) {
    const auto connection = transport_.connection_to(path);
    if (!connection) return fail(connection.error());
    if (!transport_.send(*connection, text))
        return fail(ErrorCode::io, "the TLS connection to " + path.remote.to_string() + " broke");
    if (key == 0) return {};
    connection_of_[key] = *connection;
    waiting_[*connection].insert(key);
    return {};
}

void TlsSender::forget(std::uint64_t key) {
    const auto it = connection_of_.find(key);
    if (it == connection_of_.end()) return;
    const auto keys = waiting_.find(it->second);
    if (keys != waiting_.end()) {
        keys->second.erase(key);
        if (keys->second.empty()) waiting_.erase(keys);
    }
    connection_of_.erase(it);
}

std::vector<std::uint64_t> TlsSender::broken_by(std::uint64_t connection) {
    const auto keys = waiting_.find(connection);
    if (keys == waiting_.end()) return {};
    return {keys->second.begin(), keys->second.end()};
}

}  // namespace weir::signaling

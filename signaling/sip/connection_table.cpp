// SPDX-License-Identifier: Apache-2.0
// The TCP connections of the stack; see connection_table.hpp.
#include "signaling/sip/connection_table.hpp"

#include <iterator>
#include <utility>

#include "config/base/limits.hpp"

namespace weir::signaling {

bool ConnectionTable::admit(int fd, const Connection& connection, bool accepted) {
    if (const auto it = connections_.find(fd); it != connections_.end()) forget(it);
    auto& of_source = per_source_[connection.remote.address];
    const bool is_full = connections_.size() >= kSipMaxConnections ||
                         of_source >= kSipMaxConnectionsPerSource ||
                         (connection.is_stranger && strangers_ >= kMaxStrangerConnections);
    if (accepted && is_full) {
        if (of_source == 0) per_source_.erase(connection.remote.address);
        return false;
    }
    ++of_source;
    strangers_ += connection.is_stranger ? 1 : 0;
    connections_.emplace(fd, connection);
    return true;
}

Connection* ConnectionTable::find(int fd) {
    const auto it = connections_.find(fd);
    return it == connections_.end() ? nullptr : &it->second;
}

void ConnectionTable::note_peer(int fd) {
    Connection* connection = find(fd);
    if (connection != nullptr && std::exchange(connection->is_stranger, false)) --strangers_;
}

void ConnectionTable::forget(std::map<int, Connection>::iterator it) {
    const auto source = per_source_.find(it->second.remote.address);
    if (source != per_source_.end() && --source->second == 0) per_source_.erase(source);
    strangers_ -= it->second.is_stranger ? 1 : 0;
    connections_.erase(it);
}

void ConnectionTable::sweep(MonoTime now, const std::function<std::uint64_t(int fd)>& cookie_of,
                            const std::function<void(int fd, Fate fate)>& close) {
    for (auto it = connections_.begin(); it != connections_.end();) {
        const auto next = std::next(it);
        auto& [fd, connection] = *it;
        if (cookie_of(fd) != connection.cookie) {
            forget(it);
        } else if (connection.message_since &&
                   now - *connection.message_since >= kSipIncompleteMessage) {
            connection.message_since.reset();
            connection.is_refused = true;
            close(fd, Fate::slow);
        } else if (now - connection.last_message >= kSipConnectionAging) {
            connection.last_message = now;
            connection.is_refused = true;
            close(fd, Fate::idle);
        }
        it = next;
    }
}

}  // namespace weir::signaling

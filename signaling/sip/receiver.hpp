// SPDX-License-Identifier: Apache-2.0
// Receiver: reads sofia's sockets in its place, guards each message, and hands requests on to nta.
#pragma once

#include <array>
#include <functional>
#include <map>
#include <optional>
#include <vector>

#include "config/base/clock.hpp"
#include "signaling/api/sip_stack.hpp"
#include "signaling/sip/connection_table.hpp"
#include "signaling/sip/guard.hpp"
#include "signaling/sip/sip_stats.hpp"
#include "signaling/sip/socket_hooks.hpp"
#include "signaling/sip/source_limits.hpp"

namespace weir::signaling {

struct ReceivedMessage {
    SipMessage message;
    SipPath path;
    MonoTime received_at;
};

// Thread: sip. Sofia calls receive() for each readable socket and gets at most one request, reduced
// to transaction_text(); the whole one waits in current_request() for nta's callback, which comes
// before the next receive(). Responses never reach sofia.
class Receiver final : public SocketHooks {
public:
    Receiver(const Clock& clock, SipStats& stats) : clock_(clock), stats_(stats) {}
    // Responses that passed the guard. Called from inside sofia: must not call into the stack.
    void set_response_sink(std::function<void(ReceivedMessage)> sink) { sink_ = std::move(sink); }
    // SipEvents::admits: which requests go further; the others are dropped in silence.
    using Admission = std::function<bool(const SipMessage* request, const SipPath& path)>;
    void set_admission(Admission admits) { admits_ = std::move(admits); }
    // SipEvents::refuses: a final response without a transaction.
    using Refusal =
        std::function<std::optional<SipMessage>(const SipMessage& request, const SipPath& path)>;
    void set_refusal(Refusal refuses) { refuses_ = std::move(refuses); }
    // Asked for each ACK: false keeps it from sofia. Called from inside sofia, like the sink.
    void set_ack_filter(std::function<bool(const SipMessage&)> filter) {
        ack_filter_ = std::move(filter);
    }

    ssize_t receive(int fd, const iovec* parts, std::size_t count, sockaddr* source,
                    socklen_t* source_length) override;
    void on_socket(int fd, int type) override;
    bool on_connection(int fd, bool accepted) override;
    // The UDP socket that is bound to that address; -1: there is none.
    [[nodiscard]] int datagram_socket(const Endpoint& local) const;

    // The request that sofia is parsing now; nothing if it is taken already.
    [[nodiscard]] const ReceivedMessage* current_request() const {
        return current_ ? &*current_ : nullptr;
    }
    void sweep();  // once a second
    [[nodiscard]] std::size_t connections() const { return table_.size(); }
    // For operators. False: there is no such connection.
    [[nodiscard]] std::vector<StreamConnection> connection_rows() const;
    [[nodiscard]] bool close_connection(std::uint64_t id);

private:
    struct Arrival {
        std::size_t bytes = 0;
        MonoTime at;
    };
    struct Target {  // where sofia wants the bytes
        const iovec* parts;
        std::size_t count;
    };
    ssize_t receive_datagram(int fd, Target target, sockaddr* source, socklen_t* source_length);
    ssize_t receive_stream(int fd, Target target);
    std::optional<Arrival> read_message(int fd, msghdr& header, std::size_t limit);
    ssize_t deliver(std::string_view bytes, const SipPath& path, MonoTime at, Target target,
                    const std::function<void(const SipMessage&)>& answer);
    void wait_for(int fd, Connection& connection, std::size_t bytes);
    void refuse_stream(int fd, Connection& connection, std::string_view bytes, GuardReason reason);
    [[nodiscard]] Endpoint local_of(int fd);

    const Clock& clock_;
    SipStats& stats_;
    std::function<void(ReceivedMessage)> sink_;
    Admission admits_;
    Refusal refuses_;
    SourceLimits sources_;
    std::function<bool(const SipMessage&)> ack_filter_;
    std::optional<ReceivedMessage> current_;
    ConnectionTable table_;
    std::map<int, Endpoint> datagram_sockets_;  // listeners live as long as the stack
    std::vector<int> made_sockets_;             // of UDP, while listeners are opened
    std::array<char, 65536 + 1> buffer_{};      // one byte more than a datagram can have
};

}  // namespace weir::signaling

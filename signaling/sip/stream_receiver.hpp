// SPDX-License-Identifier: Apache-2.0
// StreamReceiver: reads sofia's TCP connections in its place, message by message.
#pragma once

#include <array>
#include <functional>
#include <optional>
#include <string_view>
#include <vector>

#include <sys/socket.h>

#include "config/base/clock.hpp"
#include "config/base/limits.hpp"
#include "signaling/sip/connection_table.hpp"
#include "signaling/sip/intake.hpp"
#include "signaling/sip/sip_stats.hpp"
#include "signaling/sip/socket_hooks.hpp"

namespace weir::signaling {

// Thread: sip. Sofia calls receive() for each readable connection and never gets a byte.
class StreamReceiver final : public SocketHooks {
public:
    StreamReceiver(const Clock& clock, Intake& intake, SipStats& stats)
        : clock_(clock), intake_(intake), stats_(stats) {}
    // What has passed the intake. Called from inside sofia: must not call into the stack.
    void set_sink(std::function<void(ReceivedMessage)> sink) { sink_ = std::move(sink); }

    ssize_t receive(int fd) override;
    bool on_connection(int fd, bool accepted) override;

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
    [[nodiscard]] std::optional<Arrival> read_message(int fd, std::size_t bytes);
    void take_message(int fd, Connection& connection, std::size_t bytes);
    void wait_for_more(int fd, Connection& connection, std::size_t bytes);
    void set_low_water(int fd, Connection& connection, std::size_t bytes);
    void refuse_stream(int fd, Connection& connection, std::string_view bytes);
    void discard(int fd, std::size_t bytes);

    const Clock& clock_;
    Intake& intake_;
    SipStats& stats_;
    std::function<void(ReceivedMessage)> sink_;
    ConnectionTable table_;
    std::array<char, kSipMaxStreamMessage + 1> buffer_{};  // one byte more than a message may have
};

}  // namespace weir::signaling

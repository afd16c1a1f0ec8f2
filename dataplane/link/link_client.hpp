// SPDX-License-Identifier: Apache-2.0
// LinkClient: the MediaPlane of weir-sip, over the media link.
//
//   auto plane = LinkClient::make({path, incarnation}, clock, logger);
//   loop.watch((*plane)->fd(), [&] { (*plane)->run_once(); });   // and that is all
//
// fd() stays the same over reconnects and becomes readable when there is anything to do: an event,
// room for queued commands, a command that has been held, or the time of the next attempt. Before
// the first run_once the plane is down.
//
// A command leaves inside submit(), but for the end of a session: nobody waits for it, so that it
// is held for at most kLinkHold and goes along with the next command.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "config/base/clock.hpp"
#include "config/base/log.hpp"
#include "config/base/metrics.hpp"
#include "dataplane/api/media_plane.hpp"
#include "dataplane/link/epoll_set.hpp"
#include "dataplane/link/outbox.hpp"
#include "dataplane/link/wire.hpp"

namespace weir::dataplane {

struct LinkClientOptions {
    std::string path;  // media.sock of weir-media
    std::uint64_t incarnation =
        0;  // random, not 0: names this start of weir-sip as the owner of its sessions
};

// Thread: sip.
class LinkClient final : public MediaPlane {
public:
    // Does not wait for weir-media: PlaneUp tells when it is there. Errors: invalid (path), io.
    [[nodiscard]] static Result<std::unique_ptr<LinkClient>> make(LinkClientOptions options,
                                                                  const Clock& clock,
                                                                  Logger& logger);
    LinkClient(LinkClientOptions options, EpollSet ready, const Clock& clock, Logger& logger);
    ~LinkClient() override;  // what is held leaves
    LinkClient(const LinkClient&) = delete;
    LinkClient& operator=(const LinkClient&) = delete;

    [[nodiscard]] int fd() const { return ready_.fd(); }
    // One bounded turn: connects when it is time, sends what waits, reads and tells the listeners.
    void run_once();

    [[nodiscard]] Result<void> submit(const Command& command) override;
    void add_listener(MediaEvents& listener) override { listeners_.push_back(&listener); }
    [[nodiscard]] RequestTag next_tag() override { return ++last_tag_; }
    [[nodiscard]] bool is_up() const override { return state_ == State::up && !is_broken_; }

    // weir_dataplane_link_*: connections, refused commands, malformed datagrams, queue.
    [[nodiscard]] std::vector<Metric> metrics() const;

private:
    enum class State : std::uint8_t { away, greeting, up };

    void connect();
    void disconnect(const std::string& reason);
    void read();
    void on_datagram(ByteSpan datagram);
    void on_message(ByteSpan message);
    void on_greeting(ByteSpan datagram);
    Transfer send();
    void hold();
    bool end_hold();  // true: it was time
    void tell(const Event& event);
    void note(const std::string& reason);
    void set_deadline(std::chrono::nanoseconds delay);
    void update_interest();

    LinkClientOptions options_;
    EpollSet ready_;
    const Clock& clock_;
    Logger& logger_;
    std::vector<MediaEvents*> listeners_;
    std::vector<std::uint8_t> buffer_;
    UniqueFd socket_;
    Outbox outbox_;
    State state_ = State::away;
    bool is_broken_ = false;   // a send failed; the next turn reads what is left, then disconnects
    bool wants_room_ = false;  // the set waits for the socket to take more
    MonoTime deadline_{};      // away: next attempt; greeting: end of patience
    MonoTime held_until_{};    // up: when what is held leaves; 0 ns: the alarm is not set
    std::string last_note_;    // the same reason is logged once, not ten times a second
    RequestTag last_tag_ = 0;
    std::uint64_t connections_ = 0;
    std::uint64_t refused_ = 0;    // submit() errors
    std::uint64_t malformed_ = 0;  // messages of the server
};

}  // namespace weir::dataplane

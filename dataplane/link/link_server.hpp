// SPDX-License-Identifier: Apache-2.0
// LinkServer: weir-media's end of the media link: one signalling client at a time, checked before
// heard.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <sys/types.h>

#include "config/base/clock.hpp"
#include "config/base/log.hpp"
#include "dataplane/api/media_plane.hpp"
#include "dataplane/link/epoll_set.hpp"
#include "dataplane/link/outbox.hpp"
#include "dataplane/link/wire.hpp"

namespace weir::dataplane {

struct LinkServerOptions {
    std::string path;                   // media.sock; made with mode 0660, removed at the end
    std::uint64_t incarnation = 0;      // of this start of weir-media; told in the welcome
    std::vector<uid_t> allowed_uids{};  // whose processes may connect (SO_PEERCRED)
};

// Who is told, inside run_once. A command's fields are in their ranges (check_ranges).
struct LinkServerHandlers {
    std::function<void(std::uint64_t incarnation)> client_up;
    std::function<void()> client_down;
    std::function<void(const Command& command)> command;
};

struct LinkServerCounters {
    std::uint64_t clients = 0;    // that said a good hello
    std::uint64_t rejected = 0;   // wrong user, version, layout, in use, no hello
    std::uint64_t malformed = 0;  // messages of the client that were not understood
    std::uint64_t cut_off = 0;    // clients that did not read their events (kLinkBacklogBytes)
};

// Thread: control of weir-media.
class LinkServer {
public:
    // Errors: exists (another weir-media serves the path), invalid (path), io.
    [[nodiscard]] static Result<std::unique_ptr<LinkServer>> listen(LinkServerOptions options,
                                                                    LinkServerHandlers handlers,
                                                                    const Clock& clock,
                                                                    Logger& logger);
    LinkServer(LinkServerOptions options, LinkServerHandlers handlers, const Clock& clock,
               Logger& logger);
    ~LinkServer();
    LinkServer(const LinkServer&) = delete;
    LinkServer& operator=(const LinkServer&) = delete;

    // Readable when run_once has something to do.
    [[nodiscard]] int fd() const { return ready_.fd(); }
    // One bounded turn: accepts, greets, reads at most kLinkTurn datagrams, sends what waits.
    void run_once();
    // To the client, with the next flush(); without one the event is of no use to anybody and is
    // dropped.
    void send(const Event& event);
    // At the end of a turn: what was sent in it is one datagram. Final accounts, for which nobody
    // waits, are held for at most kLinkHold, to go along with what somebody waits for.
    void flush();
    // When flush() must be called again; none: nothing is held, or the client reads nothing.
    [[nodiscard]] std::optional<MonoTime> held_until() const {
        return outbox_.is_blocked() ? std::nullopt : held_until_;
    }
    // A turn is due though fd() may not be readable: a send failed.
    [[nodiscard]] bool is_broken() const { return is_broken_; }

    [[nodiscard]] bool has_client() const { return client_.is_open(); }
    [[nodiscard]] const LinkServerCounters& counters() const { return counters_; }

private:
    struct Pending {
        UniqueFd socket;
        MonoTime until;
    };

    Result<void> open();
    void accept_all();
    bool is_allowed(int fd);
    void greet_all();
    // True when the connection is settled: it became the client, or is to be closed.
    bool greet(Pending& pending);
    void reject(int fd, LinkReject reason);
    void read_client();
    void on_message(ByteSpan message);
    void drop_client(const char* reason);
    void send_now();
    void update_interest();

    LinkServerOptions options_;
    LinkServerHandlers handlers_;
    const Clock& clock_;
    Logger& logger_;
    EpollSet ready_;
    UniqueFd listener_;
    std::vector<Pending> pending_;
    std::vector<std::uint8_t> buffer_;
    UniqueFd client_;
    Outbox outbox_;
    bool is_urgent_ = false;              // somebody waits for what the outbox has
    std::optional<MonoTime> held_until_;  // what nobody waits for
    bool is_broken_ = false;
    bool wants_room_ = false;
    LinkServerCounters counters_;
};

}  // namespace weir::dataplane

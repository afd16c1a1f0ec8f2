// SPDX-License-Identifier: Apache-2.0
// What a call tells those who watch it (forking, CDRs): values and one listener interface. Thread:
// sip.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "config/base/clock.hpp"
#include "config/base/guid.hpp"
#include "config/base/strong.hpp"
#include "config/model/config.hpp"
#include "dataplane/api/account.hpp"
#include "dataplane/api/media_plane.hpp"
#include "dataplane/api/session.hpp"
#include "signaling/api/message.hpp"

namespace weir::signaling {

using CallId = Strong<struct CallIdName, std::uint64_t>;  // ours, unique in the process

// A format of the answer: what a packet of that payload type holds.
struct NegotiatedFormat {
    std::uint8_t payload_type = 0;
    std::string rtpmap;  // "PCMU/8000", also for static types
    std::string fmtp;    // "0-16", "" if none
};

// One m-line of the call after offer and answer.
struct NegotiatedStream {
    std::uint8_t stream = 0;                // index in the media session
    std::string media;                      // "audio", "video", ...
    std::vector<NegotiatedFormat> formats;  // the codec in use first, then telephone-event and CN
    std::uint32_t ptime_ms = 20;
    bool active = true;                     // false: port 0
    std::array<bool, 2> sends{true, true};  // [Side]: whether this party may send (hold clears it)
    // [Side]: the formats with the numbers that this party's packets have, where they are not those
    // of `formats`; else empty.
    std::array<std::vector<NegotiatedFormat>, 2> renumbered{};

    [[nodiscard]] const std::vector<NegotiatedFormat>& formats_of(dataplane::Side side) const {
        const auto& own = renumbered[static_cast<std::size_t>(side)];
        return own.empty() ? formats : own;
    }
};

// One party of the call as its leg knows it.
struct CallParty {
    std::string number;  // user part, after translation; "anonymous" if withheld
    std::string display;
    IpAddress peer;  // its signalling address
    config::DialPeerTag dial_peer;
    std::string sip_call_id;
};

struct CallView {
    CallId id;
    Guid guid;
    config::ConfigPtr config;          // the one the call began with
    std::uint64_t config_commit = 0;   // its number in the store; 0 = it has none
    std::string calling;               // numbers as they came: of From,
    std::string called;                // and of the Request-URI
    std::array<CallParty, 2> parties;  // [Side]
    dataplane::SessionId media;
    std::array<dataplane::RealmIndex, 2> realms{};
    std::vector<NegotiatedStream> streams;
    MonoTime invited_at;
    std::optional<MonoTime> connected_at;  // when the callee's 2xx arrived (spec N12)
    WallTime invited_wall;
    WallTime connected_wall;
    // Of the caller's INVITE: what the copy list of its peer names, for the profile of a recorder
    // peer (spec F.5, D.4); only when the call is told as connected.
    std::vector<Header> copied;
    // A pass of a loop without a media session of its own: the other pass has the packets and
    // their accounts (spec G).
    bool shares_media = false;
};

struct CallEnd {
    std::uint8_t q850_cause = 16;
    int sip_status = 0;                          // final status to the caller, 0 after an answer
    std::optional<dataplane::Side> released_by;  // none: by us
    MonoTime at;
    WallTime wall;
};

class CallListener {
public:
    virtual ~CallListener() = default;
    // A call whose peer has a media class passes here before its first INVITE goes out, so that
    // media are opened recordable. Pure question.
    [[nodiscard]] virtual bool wants_media(const config::Config& config,
                                           config::DialPeerTag inbound,
                                           config::DialPeerTag outbound) const = 0;
    // The callee's 2xx arrived; `call.connected_at` is set and the remote addresses are known.
    virtual void on_call_connected(const CallView& call) = 0;
    // An offer/answer exchange of the connected call ended. `since`: when its offer arrived.
    virtual void on_call_media_changed(const CallView& call, MonoTime since) = 0;
    // The first BYE (or failure) of a connected call. Media go on for kSessionLinger after both
    // legs ended.
    virtual void on_call_releasing(const CallView& call, const CallEnd& end) = 0;
    // Both legs are gone and the media session is closed: `accounts` are final.
    virtual void on_call_ended(const CallView& call, const CallEnd& end,
                               const dataplane::SessionState& accounts) = 0;
};

}  // namespace weir::signaling

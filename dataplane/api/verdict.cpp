// SPDX-License-Identifier: Apache-2.0
// The texts of the verdicts and the laws of the ledger.
#include "dataplane/api/verdict.hpp"

#include <numeric>

#include "dataplane/api/account.hpp"

namespace weir::dataplane {
namespace {

constexpr std::array<ReasonText, kVerdictCount> kVerdicts{{
    {"truncated", "fewer bytes than the headers say"},
    {"not_ip", "no IPv4 or IPv6 packet for us"},
    {"fragment", "an IP fragment"},
    {"ip_options", "IPv4 options or IPv6 extension headers"},
    {"bad_checksum", "wrong IP or UDP checksum"},
    {"not_udp", "not UDP"},
    {"no_session", "the port belongs to no session"},
    {"too_short", "fewer than 12 bytes: not RTP"},
    {"too_long", "longer than an RTP packet may be"},
    {"bad_version", "RTP version is not 2"},
    {"bad_header", "CSRC list, extension or padding reaches past the end"},
    {"wrong_source", "not from the signalled address"},
    {"no_destination", "the other side's address is not known yet"},
    {"no_neighbour", "the next hop's MAC address is not known"},
    {"exceeds_mtu", "longer than the link it should leave by carries"},
    {"link_down", "the device it should leave by is down or gone"},
    {"hand_over_full", "the owner of the port took no more frames from the worker that received"},
    {"send_refused", "the socket or port took no more"},
    {"closed", "the session ends"},
    {"restart", "in the hands of a worker that died"},
}};

constexpr std::array<ReasonText, kForkDropCount> kForkDrops{{
    {"pool_short", "no buffer for the copy"},
    {"pre_roll_short", "overwritten in the pre-roll before the recorder was ready"},
    {"restart", "lost with the worker that held it"},
    {"unanswered", "the fork ended before its recorder took it"},
}};

}  // namespace

const ReasonText& text_of(Verdict verdict) {
    return kVerdicts.at(static_cast<std::size_t>(verdict));
}
const ReasonText& text_of(ForkDrop drop) {
    return kForkDrops.at(static_cast<std::size_t>(drop));
}

std::uint64_t StreamAccount::dropped() const {
    return std::accumulate(drops.begin(), drops.end(), std::uint64_t{0});
}
std::uint64_t ForkAccount::dropped() const {
    return std::accumulate(drops.begin(), drops.end(), std::uint64_t{0});
}

Law check_laws(const StreamAccount& account) {
    return account.received == account.relayed + account.dropped() ? Law::none
                                                                   : Law::stream_received;
}

Law check_laws(const ForkAccount& account) {
    if (account.eligible != account.copied + account.dropped() + account.awaiting)
        return Law::fork_eligible;
    if (account.copied != account.sent + account.send_drops + account.queued)
        return Law::fork_copied;
    return Law::none;
}

const char* to_string(Law law) {
    switch (law) {
        case Law::none:
            return "none";
        case Law::stream_received:
            return "received = relayed + drops";
        case Law::fork_eligible:
            return "eligible = copied + drops + awaiting";
        case Law::fork_copied:
            return "copied = sent + send drops + queued";
    }
    return "?";
}

}  // namespace weir::dataplane

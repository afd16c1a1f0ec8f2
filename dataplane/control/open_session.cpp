// SPDX-License-Identifier: Apache-2.0
// Opening a session: a slot, port pairs with their sockets, pre-roll rings, a worker.
#include <algorithm>

#include "dataplane/control/session_control.hpp"

namespace weir::dataplane {
namespace {

std::size_t index_of(Side side) {
    return static_cast<std::size_t>(side);
}

}  // namespace

void SessionControl::handle(const SetPortRange& command) {
    parts_.ports.set_range(command);
}

void SessionControl::handle(const OpenSession& command) {
    for (const auto realm : command.realms)
        if (!parts_.ports.has_realm(realm)) return refuse(command.tag, Refusal::unknown_realm);
    const auto session = table_.allocate();
    if (!session) return refuse(command.tag, Refusal::no_slot);

    SessionSlot& slot = *table_.find(*session);
    slot.recordable = command.recordable != 0 ? 1 : 0;
    slot.guid = command.guid;
    slot.kinds = command.kinds;
    slot.owner = client_;
    slot.opened_at_ns = now().ns;
    slot.worker = static_cast<std::uint8_t>(least_loaded_worker());
    ++worker_of(slot).sessions;

    to_worker::Install install;
    install.session = *session;
    Leased leased;
    leased.tag = command.tag;
    leased.session = *session;
    leased.stream_count = command.stream_count;
    for (std::uint8_t stream = 0; stream < command.stream_count; ++stream) {
        if (const auto done = lease_stream(*session, stream, command.realms); !done) {
            abandon(*session);
            return refuse(command.tag, done.error());
        }
        ++slot.stream_count;
        for (const Side side : {Side::a, Side::b}) {
            const auto i = index_of(side);
            install.ports[stream][i] = table_.record(*session).pairs[stream][i].fds();
            leased.streams[stream].local_rtp[i] = slot.streams[stream].from[i].local_rtp;
        }
    }
    if (!worker_of(slot).try_send(install)) {
        abandon(*session);
        return refuse(command.tag, Refusal::ring_full);
    }
    table_.record(*session).deadline = now() + kControlWatchdog;
    ++counters_.opened;
    tell(leased);
    for (std::uint8_t stream = 0; stream < command.stream_count; ++stream) {
        const Remote& remote = command.remotes[stream];
        if (remote == Remote{}) continue;
        handle(SetRemote{*session, stream, Side::a, remote.rtp, remote.rtcp});
    }
}

void SessionControl::handle(const AddStream& command) {
    SessionSlot* slot = table_.find(command.session);
    const bool is_alive = slot != nullptr && slot->use <= SlotUse::open;
    if (!is_alive) return refuse(command.tag, Refusal::unknown_session);
    if (slot->stream_count >= kMaxStreams) return refuse(command.tag, Refusal::no_slot);

    // The new m-line lies between the same two parties as the first one.
    const auto& first = slot->streams[0].from;
    const std::uint8_t stream = slot->stream_count;
    slot->kinds[stream] = command.kind;
    const auto done = lease_stream(command.session, stream, {first[0].realm, first[1].realm});
    if (!done) return refuse(command.tag, done.error());

    auto& pairs = table_.record(command.session).pairs[stream];
    to_worker::InstallStream install;
    install.session = command.session;
    install.stream = stream;
    install.ports = {pairs[0].fds(), pairs[1].fds()};
    ++slot->stream_count;
    if (!worker_of(*slot).try_send(install)) {
        --slot->stream_count;
        for (auto& pair : pairs)
            parts_.ports.release(pair, now());
        return refuse(command.tag, Refusal::ring_full);
    }
    Leased leased;
    leased.tag = command.tag;
    leased.session = command.session;
    leased.first_stream = stream;
    leased.stream_count = 1;
    for (const std::size_t side : {0U, 1U})
        leased.streams[stream].local_rtp[side] = slot->streams[stream].from[side].local_rtp;
    tell(leased);
}

void SessionControl::handle(const SetRemote& command) {
    SessionSlot* slot = find(command.session);
    if (slot == nullptr) return;
    if (slot->use > SlotUse::closing || command.stream >= slot->stream_count) {
        ++counters_.stale_commands;
        return;
    }
    to_worker::SetRemote set;
    set.session = command.session;
    set.stream = command.stream;
    set.side = command.side;
    set.rtp = command.rtp;
    set.rtcp = command.rtcp;
    const RealmIndex realm = slot->streams[command.stream].from[index_of(command.side)].realm;
    HopPair& hops = table_.record(command.session).hops[command.stream][index_of(command.side)];
    aim(hops, realm, command.rtp, command.rtcp);
    set.rtp_hop = hops.rtp;
    set.rtcp_hop = hops.rtcp;
    worker_of(*slot).send(set);
}

void SessionControl::handle(const SetPayloadTypes& command) {
    SessionSlot* slot = find(command.session);
    if (slot == nullptr) return;
    // Only RTP has payload types: in anything else the octet is somebody's data.
    if (slot->use > SlotUse::closing || command.stream >= slot->stream_count ||
        slot->kinds[command.stream] != StreamKind::rtp) {
        ++counters_.stale_commands;
        return;
    }
    to_worker::SetPayloadTypes set;
    set.session = command.session;
    set.stream = command.stream;
    set.side = command.side;
    set.count = command.count;
    set.pairs = command.pairs;
    worker_of(*slot).send(set);
}

tl::expected<void, Refusal> SessionControl::lease_stream(SessionId session, std::size_t stream,
                                                         std::array<RealmIndex, 2> realms) {
    auto& pairs = table_.record(session).pairs[stream];
    for (const Side side : {Side::a, Side::b}) {
        auto pair = parts_.ports.lease(realms[index_of(side)], table_.find(session)->worker, now());
        if (!pair) {
            for (auto& leased : pairs)
                parts_.ports.release(leased, now());
            return tl::unexpected(pair.error());
        }
        pairs[index_of(side)] = std::move(*pair);
    }
    fill_direction(session, stream, Side::a);
    fill_direction(session, stream, Side::b);
    return {};
}

void SessionControl::fill_direction(SessionId session, std::size_t stream, Side side) {
    SessionSlot& slot = *table_.find(session);
    const LeasedPair& pair = table_.record(session).pairs[stream][index_of(side)];
    DirectionSlot& direction = slot.streams[stream].from[index_of(side)];
    direction.realm = pair.realm;
    direction.local_rtp = parts_.ports.local_endpoint(pair);
    if (slot.recordable == 0 || slot.kinds[stream] != StreamKind::rtp) return;
    if (direction.pre_roll_ring == 0) direction.pre_roll_ring = table_.take_ring();
    if (direction.pre_roll_ring != 0) return;
    // The call goes on: its recording begins with the recorder's answer, and the ledger tells.
    ++counters_.pre_roll_short;
    parts_.logger.warning(
        "control.pre_roll_short",
        {{"guid", slot.guid.to_string()}, {"advice", "raise media.pre_roll in platform.yaml"}});
}

void SessionControl::abandon(SessionId session) {
    --worker_of(*table_.find(session)).sessions;
    release_stream_ports(session);
    table_.free(session);
}

std::size_t SessionControl::least_loaded_worker() const {
    const auto least = std::min_element(
        parts_.workers.begin(), parts_.workers.end(),
        [](const WorkerProxy& a, const WorkerProxy& b) { return a.sessions < b.sessions; });
    return static_cast<std::size_t>(least - parts_.workers.begin());
}

void SessionControl::refuse(RequestTag tag, Refusal reason) {
    ++counters_.refused;
    parts_.logger.warning("control.refused", {{"reason", to_string(reason)}});
    tell(Refused{tag, reason});
}

}  // namespace weir::dataplane

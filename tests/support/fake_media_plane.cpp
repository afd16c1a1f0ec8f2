// SPDX-License-Identifier: Apache-2.0
// Leases ports from a counter; answers wait for deliver().
#include "tests/support/fake_media_plane.hpp"

namespace weir::tests {

FakeMediaPlane::FakeMediaPlane() = default;
FakeMediaPlane::~FakeMediaPlane() = default;

Result<void> FakeMediaPlane::submit(const dataplane::Command& command) {
    if (!up) return fail(ErrorCode::unavailable, "the media plane is away in this test");
    commands.push_back(command);
    if (const auto* session = std::get_if<dataplane::OpenSession>(&command)) on_open(*session);
    if (const auto* add = std::get_if<dataplane::AddStream>(&command)) on_add(*add);
    if (const auto* close = std::get_if<dataplane::CloseSession>(&command)) on_close(*close);
    if (const auto* list = std::get_if<dataplane::ListSessions>(&command)) on_list(*list);
    return {};
}

void FakeMediaPlane::add_listener(dataplane::MediaEvents& listener) {
    listeners_.push_back(&listener);
}

void FakeMediaPlane::deliver() {
    while (!queued_.empty()) {
        for (const auto& event : std::exchange(queued_, {}))
            emit(event);
    }
}

void FakeMediaPlane::emit(const dataplane::Event& event) {
    for (auto* listener : listeners_)
        listener->on_media_event(event);
}

void FakeMediaPlane::come_up() {
    up = true;
    emit(dataplane::PlaneUp{++incarnation_});
}

void FakeMediaPlane::go_down() {
    up = false;
    queued_.clear();
    emit(dataplane::PlaneDown{});
}

Endpoint FakeMediaPlane::remote(std::uint8_t stream, dataplane::Side side) const {
    Endpoint endpoint;
    for (const auto& command : commands) {
        const auto* set = std::get_if<dataplane::SetRemote>(&command);
        if (set != nullptr && set->stream == stream && set->side == side) endpoint = set->rtp;
        const auto* session = std::get_if<dataplane::OpenSession>(&command);
        if (session == nullptr || side != dataplane::Side::a) continue;
        const Endpoint& said = session->remotes.at(stream).rtp;
        if (said.is_set()) endpoint = said;
    }
    return endpoint;
}

dataplane::LeasedStream FakeMediaPlane::lease() {
    dataplane::LeasedStream stream;
    for (auto& endpoint : stream.local_rtp)
        endpoint = {IpAddress::v4(198, 51, 100, 1), 0, next_port_ += 2};
    return stream;
}

void FakeMediaPlane::on_open(const dataplane::OpenSession& command) {
    if (refuse) {
        queued_.emplace_back(dataplane::Refused{command.tag, dataplane::Refusal::no_port});
        return;
    }
    dataplane::Leased leased;
    leased.tag = command.tag;
    leased.session = {++last_slot_, 1};
    leased.stream_count = command.stream_count;
    for (std::size_t i = 0; i < command.stream_count; ++i)
        leased.streams[i] = lease();
    ++opened;
    open[leased.session] = command.guid;
    streams_[leased.session] = command.stream_count;
    queued_.emplace_back(leased);
    if (answer_opened) queued_.emplace_back(dataplane::Opened{leased.session});
}

void FakeMediaPlane::on_add(const dataplane::AddStream& command) {
    if (refuse || !open.contains(command.session)) {
        queued_.emplace_back(dataplane::Refused{command.tag, dataplane::Refusal::no_port});
        return;
    }
    dataplane::Leased leased;
    leased.tag = command.tag;
    leased.session = command.session;
    leased.first_stream = streams_[command.session]++;
    leased.stream_count = 1;
    leased.streams[leased.first_stream] = lease();
    queued_.emplace_back(leased);
}

void FakeMediaPlane::on_close(const dataplane::CloseSession& command) {
    if (open.erase(command.session) == 0) return;  // a stale handle is ignored
    ++closed;
    dataplane::Closed event;
    event.state.session = command.session;
    event.state.stream_count = streams_[command.session];
    queued_.emplace_back(event);
}

void FakeMediaPlane::on_list(const dataplane::ListSessions& command) {
    std::uint32_t count = 0;
    for (const auto& [session, guid] : open) {
        dataplane::Listed listed;
        listed.tag = command.tag;
        listed.session = session;
        listed.guid = guid;
        queued_.emplace_back(listed);
        ++count;
    }
    queued_.emplace_back(dataplane::ListEnd{command.tag, count});
}

}  // namespace weir::tests

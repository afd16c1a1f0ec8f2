// SPDX-License-Identifier: Apache-2.0
// A media plane without packets: leases ports from a counter and closes what it is told to.
#pragma once

#include <map>
#include <set>
#include <utility>
#include <vector>

#include "dataplane/api/media_plane.hpp"

namespace weir::tests {

// Answers are queued and come with deliver(), as they do over the link.
class FakeMediaPlane final : public dataplane::MediaPlane {
public:
    Result<void> submit(const dataplane::Command& command) override {
        if (!up) return fail(ErrorCode::unavailable, "the media plane is away in this test");
        commands.push_back(command);
        if (const auto* session = std::get_if<dataplane::OpenSession>(&command)) on_open(*session);
        if (const auto* add = std::get_if<dataplane::AddStream>(&command)) on_add(*add);
        if (const auto* close = std::get_if<dataplane::CloseSession>(&command)) on_close(*close);
        if (const auto* list = std::get_if<dataplane::ListSessions>(&command)) on_list(*list);
        return {};
    }
    void add_listener(dataplane::MediaEvents& listener) override {
        listeners_.push_back(&listener);
    }
    [[nodiscard]] dataplane::RequestTag next_tag() override { return ++last_tag_; }
    [[nodiscard]] bool is_up() const override { return up; }

    // ---- the test's side ----------------------------------------------------------------------
    void deliver() {
        while (!queued_.empty()) {
            for (const auto& event : std::exchange(queued_, {}))
                emit(event);
        }
    }
    void emit(const dataplane::Event& event) {
        for (auto* listener : listeners_)
            listener->on_media_event(event);
    }
    void come_up() {
        up = true;
        emit(dataplane::PlaneUp{++incarnation_});
    }
    void go_down() {
        up = false;
        queued_.clear();
        emit(dataplane::PlaneDown{});
    }
    template <typename Command>
    [[nodiscard]] std::vector<Command> sent() const {
        std::vector<Command> found;
        for (const auto& command : commands)
            if (const auto* each = std::get_if<Command>(&command)) found.push_back(*each);
        return found;
    }
    // Where the last SetRemote of that stream and side points.
    [[nodiscard]] Endpoint remote(std::uint8_t stream, dataplane::Side side) const {
        Endpoint endpoint;
        for (const auto& each : sent<dataplane::SetRemote>())
            if (each.stream == stream && each.side == side) endpoint = each.rtp;
        return endpoint;
    }
    void hold_session(dataplane::SessionId session, const Guid& guid) { open[session] = guid; }

    bool up = true;
    bool refuse = false;        // ports are exhausted
    bool answer_opened = true;  // the worker confirms sessions
    std::vector<dataplane::Command> commands;
    std::map<dataplane::SessionId, Guid> open;  // sessions that exist now
    unsigned opened = 0;
    unsigned closed = 0;

private:
    dataplane::LeasedStream lease() {
        dataplane::LeasedStream stream;
        for (auto& endpoint : stream.local_rtp)
            endpoint = {IpAddress::v4(198, 51, 100, 1), 0, next_port_ += 2};
        return stream;
    }
    void on_open(const dataplane::OpenSession& command) {
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
    void on_add(const dataplane::AddStream& command) {
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
    void on_close(const dataplane::CloseSession& command) {
        if (open.erase(command.session) == 0) return;  // a stale handle is ignored
        ++closed;
        dataplane::Closed event;
        event.state.session = command.session;
        event.state.stream_count = streams_[command.session];
        queued_.emplace_back(event);
    }
    void on_list(const dataplane::ListSessions& command) {
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

    std::vector<dataplane::MediaEvents*> listeners_;
    std::vector<dataplane::Event> queued_;
    std::map<dataplane::SessionId, std::uint8_t> streams_;
    dataplane::RequestTag last_tag_ = 0;
    std::uint32_t last_slot_ = 0;
    std::uint16_t next_port_ = 16382;
    std::uint64_t incarnation_ = 0;
};

}  // namespace weir::tests

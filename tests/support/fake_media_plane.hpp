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
    FakeMediaPlane();
    ~FakeMediaPlane() override;
    FakeMediaPlane(const FakeMediaPlane&) = delete;
    FakeMediaPlane& operator=(const FakeMediaPlane&) = delete;

    Result<void> submit(const dataplane::Command& command) override;
    void add_listener(dataplane::MediaEvents& listener) override;
    [[nodiscard]] dataplane::RequestTag next_tag() override { return ++last_tag_; }
    [[nodiscard]] bool is_up() const override { return up; }

    // ---- the test's side ----------------------------------------------------------------------
    void deliver();
    void emit(const dataplane::Event& event);
    void come_up();
    void go_down();
    template <typename Command>
    [[nodiscard]] std::vector<Command> sent() const {
        std::vector<Command> found;
        for (const auto& command : commands)
            if (const auto* each = std::get_if<Command>(&command)) found.push_back(*each);
        return found;
    }
    // Where the last OpenSession or SetRemote points that stream and side.
    [[nodiscard]] Endpoint remote(std::uint8_t stream, dataplane::Side side) const;
    void hold_session(dataplane::SessionId session, const Guid& guid) { open[session] = guid; }

    bool up = true;
    bool refuse = false;        // ports are exhausted
    bool answer_opened = true;  // the worker confirms sessions
    std::vector<dataplane::Command> commands;
    std::map<dataplane::SessionId, Guid> open;  // sessions that exist now
    unsigned opened = 0;
    unsigned closed = 0;

private:
    dataplane::LeasedStream lease();
    void on_open(const dataplane::OpenSession& command);
    void on_add(const dataplane::AddStream& command);
    void on_close(const dataplane::CloseSession& command);
    void on_list(const dataplane::ListSessions& command);

    std::vector<dataplane::MediaEvents*> listeners_;
    std::vector<dataplane::Event> queued_;
    std::map<dataplane::SessionId, std::uint8_t> streams_;
    dataplane::RequestTag last_tag_ = 0;
    std::uint32_t last_slot_ = 0;
    std::uint16_t next_port_ = 16382;
    std::uint64_t incarnation_ = 0;
};

}  // namespace weir::tests

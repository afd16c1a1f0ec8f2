// SPDX-License-Identifier: Apache-2.0
// The run of a load: sockets, pacing, and the sum of what was received.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

#include "bench/traffic/load_call.hpp"
#include "config/base/clock.hpp"
#include "config/base/result.hpp"

namespace weir::bench {

struct LoadTotals {
    std::uint32_t calls = 0;
    std::uint32_t established = 0;
    std::uint32_t failed = 0;     // refused, or never answered
    std::uint32_t not_ended = 0;  // no answer to the BYE
    std::uint64_t sent = 0;
    std::uint64_t received = 0;
    std::uint64_t missing = 0;
    std::uint64_t duplicates = 0;
    std::uint64_t reordered = 0;
    std::uint64_t corrupt = 0;
};

// One thread, kernel sockets, bounded in count and time: phases set-up, talk, settle, release.
class LoadRun {
public:
    [[nodiscard]] static Result<std::unique_ptr<LoadRun>> create(LoadOptions options);
    ~LoadRun();
    LoadRun(const LoadRun&) = delete;
    LoadRun& operator=(const LoadRun&) = delete;

    // Blocks until the load is over; prints one progress line a second to stderr.
    LoadTotals run();

private:
    explicit LoadRun(LoadOptions options) : options_(std::move(options)) {}
    struct RtpSocket {
        int fd = -1;
        std::uint32_t call = 0;
        bool caller = false;
    };

    [[nodiscard]] Result<void> open_sockets();
    void set_up_calls();
    void talk();
    void release_calls();
    void receive_for(std::chrono::nanoseconds time);  // handles what comes until then
    void on_sip(int fd, bool uac);
    void on_rtp(const RtpSocket& socket);
    void send_rtp(const RtpSocket& socket);
    void send_sip(int fd, const std::string& text, const Endpoint& to) const;
    [[nodiscard]] LoadCall* call_of(std::string_view message, bool uac);
    void progress(const char* phase);

    LoadOptions options_;
    SystemClock clock_;
    int epoll_ = -1;
    int uac_ = -1;
    int uas_ = -1;
    std::vector<RtpSocket> sockets_;
    std::vector<std::unique_ptr<LoadCall>> calls_;
    std::unordered_map<std::string, std::uint32_t> by_call_id_;
    std::int64_t last_progress_ns_ = 0;
};

}  // namespace weir::bench

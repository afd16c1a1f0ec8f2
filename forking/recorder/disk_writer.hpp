// SPDX-License-Identifier: Apache-2.0
// DiskWriter: the thread that writes WAV files and sidecars, so that a slow disk never delays
// reception.
//
// Thread: any may call; the work is done on the writer's own thread, in the order of the calls.
// What waits is bounded by kRecorderQueueBytes: beyond it blocks are refused, and their packets are
// counted as unwritten. A session whose disk refuses anything ends as CLOSED_ERROR and says why.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <mutex>
#include <string>
#include <thread>
#include <variant>
#include <vector>

#include "config/base/log.hpp"
#include "config/base/strong.hpp"
#include "forking/recorder/session_record.hpp"
#include "forking/recorder/track.hpp"
#include "forking/recorder/wav_file.hpp"

namespace weir::forking {

using SessionKey =
    Strong<struct RecorderSessionName, std::uint64_t>;  // ours, unique in the process

class DiskWriter {
public:
    DiskWriter(std::string directory, Logger& log);
    ~DiskWriter();  // writes all that is queued, then returns
    DiskWriter(const DiskWriter&) = delete;
    DiskWriter& operator=(const DiskWriter&) = delete;

    // Makes the first file of each track and the partial sidecar.
    void open(SessionKey key, SessionRecord record);
    // False: the queue is full, the block is gone.
    [[nodiscard]] bool append(SessionKey key, std::size_t track, Block block);
    // Closes the files, completes the record (files, bytes, what was not written) and writes the
    // final sidecar; `done` gets the record on the writer's thread.
    void close(SessionKey key, SessionRecord record,
               std::function<void(const SessionRecord&)> done);

    [[nodiscard]] std::size_t queued_bytes() const;

private:
    struct Open {
        SessionKey key;
        SessionRecord record;
    };
    struct Append {
        SessionKey key;
        std::size_t track = 0;
        Block block;
    };
    struct Close {
        SessionKey key;
        SessionRecord record;
        std::function<void(const SessionRecord&)> done;
    };
    using Work = std::variant<Open, Append, Close>;

    struct OpenFile {
        WavFile wav;
        std::uint64_t packets = 0;
    };
    struct OpenTrack {
        std::vector<TrackFile> files;  // as written so far
        std::map<std::uint32_t, OpenFile> open;
        std::uint64_t unwritten = 0;
        std::uint64_t unwritten_octets = 0;
    };
    struct OpenSession {
        std::string id;
        std::vector<OpenTrack> tracks;
        std::vector<std::uint8_t> media_index;
        std::string error;
    };

    void push(Work work);
    void run();
    void perform(Open& work);
    void perform(Append& work);
    void perform(Close& work);
    [[nodiscard]] Result<void> write_block(OpenSession& session, std::size_t track,
                                           const Block& block);
    void note_error(OpenSession& session, const Error& error);

    const std::string directory_;
    Logger& log_;

    mutable std::mutex mutex_;  // guards the three below
    std::condition_variable wake_;
    std::deque<Work> queue_;
    std::size_t queued_bytes_ = 0;
    bool stopping_ = false;

    std::map<SessionKey, OpenSession> sessions_;  // the writer's thread only
    std::thread thread_;
};

}  // namespace weir::forking

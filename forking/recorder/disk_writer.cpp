// SPDX-License-Identifier: Apache-2.0
// Writing what the reception thread hands over.
#include "forking/recorder/disk_writer.hpp"

#include <utility>

#include "config/base/limits.hpp"
#include "forking/recorder/sidecar.hpp"

namespace weir::forking {

DiskWriter::DiskWriter(std::string directory, Logger& log)
    : directory_(std::move(directory)), log_(log), thread_([this] { run(); }) {}

DiskWriter::~DiskWriter() {
    {
        const std::lock_guard lock(mutex_);
        stopping_ = true;
    }
    wake_.notify_one();
    thread_.join();
}

void DiskWriter::open(SessionKey key, SessionRecord record) {
    push(Open{key, std::move(record)});
}

bool DiskWriter::append(SessionKey key, std::size_t track, Block block) {
    {
        const std::lock_guard lock(mutex_);
        if (queued_bytes_ + block.samples.size() > kRecorderQueueBytes) return false;
        queued_bytes_ += block.samples.size();
        queue_.emplace_back(Append{key, track, std::move(block)});
    }
    wake_.notify_one();
    return true;
}

void DiskWriter::close(SessionKey key, SessionRecord record,
                       std::function<void(const SessionRecord&)> done) {
    push(Close{key, std::move(record), std::move(done)});
}

std::size_t DiskWriter::queued_bytes() const {
    const std::lock_guard lock(mutex_);
    return queued_bytes_;
}

void DiskWriter::push(Work work) {
    {
        const std::lock_guard lock(mutex_);
        queue_.push_back(std::move(work));
    }
    wake_.notify_one();
}

void DiskWriter::run() {
    for (;;) {
        std::unique_lock lock(mutex_);
        wake_.wait(lock, [this] { return stopping_ || !queue_.empty(); });
        if (queue_.empty()) return;
        Work work = std::move(queue_.front());
        queue_.pop_front();
        lock.unlock();
        std::visit([this](auto& item) { perform(item); }, work);
        if (const auto* append = std::get_if<Append>(&work)) {
            lock.lock();
            queued_bytes_ -= append->block.samples.size();
        }
    }
}

void DiskWriter::perform(Open& work) {
    OpenSession& session = sessions_[work.key];
    session.id = work.record.id;
    for (auto& track : work.record.tracks) {
        session.media_index.push_back(track.media_index);
        OpenTrack& opened = session.tracks.emplace_back();
        // A track without one packet has a file too: a WAV file of no length.
        const Law711 law = track.codec == "PCMA" ? Law711::a : Law711::mu;
        if (auto done =
                write_block(session, session.tracks.size() - 1, Block{.file = 0, .law = law});
            !done)
            note_error(session, done.error());
        track.files = opened.files;
    }
    if (auto done = write_sidecar(directory_, work.record); !done)
        note_error(session, done.error());
}

Result<void> DiskWriter::write_block(OpenSession& session, std::size_t track, const Block& block) {
    OpenTrack& opened = session.tracks.at(track);
    auto file = opened.open.find(block.file);
    if (file == opened.open.end()) {
        const std::string name = wav_name(session.id, session.media_index.at(track), block.file);
        auto made = WavFile::create(directory_ + "/" + name, block.law);
        if (!made) return fail(made.error());
        file = opened.open.emplace(block.file, OpenFile{std::move(*made), 0}).first;
        opened.files.push_back(
            TrackFile{.name = name, .codec = block.law == Law711::mu ? "PCMU" : "PCMA"});
    }
    if (block.samples.empty()) return {};
    WEIR_TRY(file->second.wav.append(block.samples));
    file->second.packets += block.packets;
    for (TrackFile& listed : opened.files) {
        if (listed.name != wav_name(session.id, session.media_index.at(track), block.file))
            continue;
        listed.bytes = file->second.wav.data_bytes();
        listed.packets = file->second.packets;
    }
    return {};
}

void DiskWriter::perform(Append& work) {
    const auto found = sessions_.find(work.key);
    if (found == sessions_.end() || work.track >= found->second.tracks.size()) return;
    if (auto done = write_block(found->second, work.track, work.block); !done) {
        OpenTrack& track = found->second.tracks[work.track];
        track.unwritten += work.block.packets;
        track.unwritten_octets += work.block.samples.size();
        note_error(found->second, done.error());
    }
}

void DiskWriter::perform(Close& work) {
    const auto found = sessions_.find(work.key);
    if (found != sessions_.end()) {
        OpenSession& session = found->second;
        for (std::size_t i = 0; i < session.tracks.size() && i < work.record.tracks.size(); ++i) {
            OpenTrack& opened = session.tracks[i];
            for (auto& [index, file] : opened.open)
                if (auto done = file.wav.finish(); !done) note_error(session, done.error());
            TrackRecord& track = work.record.tracks[i];
            track.files = opened.files;
            track.account.unwritten += opened.unwritten;
            track.unwritten_octets += opened.unwritten_octets;
        }
        if (work.record.error.empty()) work.record.error = session.error;
    }
    if (!work.record.error.empty()) work.record.state = SessionState::closed_error;
    if (auto done = write_sidecar(directory_, work.record); !done) {
        if (work.record.error.empty()) work.record.error = done.error().context;
        log_.error("recorder.disk_error",
                   {{"session", work.record.id}, {"error", done.error().context}});
    }
    if (found != sessions_.end()) sessions_.erase(found);
    if (work.done) work.done(work.record);
}

void DiskWriter::note_error(OpenSession& session, const Error& error) {
    // The first error tells the cause; a full disk repeats itself with every block.
    if (!session.error.empty()) return;
    session.error = error.context;
    log_.error("recorder.disk_error", {{"session", session.id}, {"error", error.context}});
}

}  // namespace weir::forking

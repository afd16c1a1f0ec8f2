// SPDX-License-Identifier: Apache-2.0
// BindingJournal: bindings of endpoints behind us outlive weir-sip in a file: each change is a line
// at its end, and it is made anew when most of its lines are history (signaling/edge/binding_line).
//
// A process that ends in whatever way loses what had changed since the last write() and nothing
// else; a machine that loses its power, also what the kernel had not written. Changes wait for the
// disk, the last one of each binding, and are tried again: a full disk costs nothing but that.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "config/base/clock.hpp"
#include "config/base/log.hpp"
#include "config/base/metrics.hpp"
#include "signaling/edge/binding_line.hpp"

namespace weir::signaling {

// The file. Each call may block on the disk.
struct JournalDisk {
    // The whole of it; "" where there is none yet. Errors: io, invalid when longer than `limit`.
    std::function<Result<std::string>(std::size_t limit)> read;
    // Errors: io; then a part of `text` may have been written.
    std::function<Result<void>(std::string_view text)> append;
    // At every instant the file is the old or the new one. Errors: io; then it is the old one.
    std::function<Result<void>(std::string_view text)> replace;
};

// keep() and forget() on the sip thread: they only make a line. write() on one other thread,
// metrics() on any. The mutex guards what waits, and is held over no system call.
class BindingJournal final : public BindingKeeper {
public:
    BindingJournal(JournalDisk disk, const Clock& clock, Logger& log);

    // What the process before this one has left, without what is over and what cannot be reached
    // any more. Before the first write(). A file that cannot be read is said in the log, and none.
    [[nodiscard]] std::vector<Binding> restore();

    void keep(const Binding& binding) override;
    void forget(const std::string& token) override;

    // Writes what waits. False: it could not be written (said once in the log) and waits on.
    bool write();
    [[nodiscard]] std::vector<Metric> metrics() const;

private:
    using Changes = std::map<std::string, std::string>;  // by token: a line without its end

    void wait(const std::string& token, std::string line);
    [[nodiscard]] Result<void> add(const std::string& batch);
    [[nodiscard]] Result<void> make_anew(const std::string& batch);
    void put_back(Changes taken);

    const JournalDisk disk_;
    const Clock& clock_;
    Logger& log_;
    mutable std::mutex mutex_;
    Changes waiting_;             // guarded by mutex_
    std::uint64_t failures_ = 0;  // guarded by mutex_: writes that failed
    std::uint64_t lost_ = 0;      // guarded by mutex_: changes beyond kMaxBindingChanges
    std::uint64_t restored_ = 0;  // guarded by mutex_
    std::uint64_t damaged_ = 0;   // guarded by mutex_: lines of the file that could not be read
    std::size_t size_ = 0;        // writer: bytes of the file
    std::size_t valid_ = 0;       // writer: of them in use when it was last made anew
    bool torn_ = false;           // writer: the last write may have ended inside a line
    bool is_failing_ = false;     // writer
};

}  // namespace weir::signaling

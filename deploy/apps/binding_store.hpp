// SPDX-License-Identifier: Apache-2.0
// BindingStore: the bindings of endpoints behind us on disk, as weir-sip runs them: the journal,
// its file and the thread that writes it.
#pragma once

#include <condition_variable>
#include <mutex>
#include <string>
#include <thread>

#include "signaling/client/binding_journal.hpp"

namespace weir::apps {

// The file of that name, for the journal.
[[nodiscard]] signaling::JournalDisk journal_disk(const std::string& path);
// `bindings` beside the CDR file: what outlives the process lies there.
[[nodiscard]] std::string bindings_file(const std::string& cdr_file);

class BindingStore {
public:
    // Writes from now on, a moment after each change; reads nothing.
    BindingStore(const std::string& path, const Clock& clock, Logger& log);
    ~BindingStore();  // one last attempt to write what waits
    BindingStore(const BindingStore&) = delete;
    BindingStore& operator=(const BindingStore&) = delete;

    [[nodiscard]] signaling::BindingJournal& journal() { return journal_; }

private:
    void run();

    signaling::BindingJournal journal_;
    std::mutex mutex_;
    std::condition_variable wake_;
    bool stop_ = false;  // guarded by mutex_
    std::thread writer_;
};

}  // namespace weir::apps

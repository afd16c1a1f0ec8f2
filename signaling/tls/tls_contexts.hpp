// SPDX-License-Identifier: Apache-2.0
// TlsContexts: the certificates in use, read again when their files change.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <utility>

#include "config/base/log.hpp"
#include "config/base/unique_fd.hpp"
#include "signaling/api/event_loop.hpp"
#include "signaling/tls/tls_context.hpp"

namespace weir::signaling {

// Thread: sip. Reads small local files when a certificate is first used and when one changes.
class TlsContexts {
public:
    // `on_reload` is called when files have changed and what could be read has been.
    TlsContexts(EventLoop& loop, Logger& log, std::function<void()> on_reload);
    ~TlsContexts();
    TlsContexts(const TlsContexts&) = delete;
    TlsContexts& operator=(const TlsContexts&) = delete;

    // New connections are made by these from now on; everything is read again.
    void set(TlsSettings settings);
    [[nodiscard]] const TlsSettings& settings() const { return settings_; }

    // Errors: as TlsContext::load.
    [[nodiscard]] Result<std::shared_ptr<const TlsContext>> find(const TlsIdentity& identity,
                                                                 TlsRole role);
    // A certificate that cannot be read now keeps its predecessor, with a line in the log.
    void reload();
    [[nodiscard]] std::uint64_t reloads() const { return reloads_; }

private:
    void watch_directory();
    void on_changes();

    EventLoop& loop_;
    Logger& log_;
    std::function<void()> on_reload_;
    TlsSettings settings_;
    using Name = std::pair<TlsIdentity, TlsRole>;
    std::map<Name, std::shared_ptr<const TlsContext>> contexts_;
    UniqueFd changes_;  // inotify
    WatchId watch_;
    TimerId settle_;
    std::uint64_t reloads_ = 0;
};

}  // namespace weir::signaling

// SPDX-License-Identifier: Apache-2.0
// TlsContexts; see tls_contexts.hpp.
#include "signaling/tls/tls_contexts.hpp"

#include <array>
#include <cerrno>

#include <sys/inotify.h>
#include <unistd.h>

#include "signaling/tls/tls_limits.hpp"

namespace weir::signaling {

TlsContexts::TlsContexts(EventLoop& loop, Logger& log, std::function<void()> on_reload)
    : loop_(loop), log_(log), on_reload_(std::move(on_reload)) {}

TlsContexts::~TlsContexts() {
    loop_.cancel(settle_);
    if (watch_ != WatchId{}) loop_.unwatch(watch_);
}

void TlsContexts::set(TlsSettings settings) {
    const bool moved = settings.directory != settings_.directory;
    settings_ = std::move(settings);
    contexts_.clear();
    const bool is_used = settings_.by_default || !settings_.by_address.empty() ||
                         !settings_.profiles.empty() || !settings_.listeners.empty();
    if (is_used && (moved || watch_ == WatchId{})) watch_directory();
}

// The directory and not its files: a file that is put in the place of another is a new one.
void TlsContexts::watch_directory() {
    if (watch_ != WatchId{}) loop_.unwatch(watch_);
    watch_ = {};
    changes_ = UniqueFd(::inotify_init1(IN_NONBLOCK | IN_CLOEXEC));
    constexpr std::uint32_t kEvents = IN_CLOSE_WRITE | IN_MOVED_TO | IN_CREATE | IN_DELETE;
    const bool watched =
        changes_.is_open() && !settings_.directory.empty() &&
        ::inotify_add_watch(changes_.get(), settings_.directory.c_str(), kEvents) >= 0;
    const auto watch =
        watched ? loop_.watch(changes_.get(), [this] { on_changes(); }) : Result<WatchId>();
    if (!watched || !watch) {
        log_.warning("tls.directory_not_watched",
                     {{"directory", settings_.directory},
                      {"effect", "new certificates are used after a commit or a restart"}});
        return;
    }
    watch_ = *watch;
}

void TlsContexts::on_changes() {
    std::array<char, 4096> events{};
    while (::read(changes_.get(), events.data(), events.size()) > 0) {
    }
    loop_.cancel(settle_);
    settle_ = loop_.after(kPkiSettle, [this] { reload(); });
}

Result<std::shared_ptr<const TlsContext>> TlsContexts::find(const TlsIdentity& identity,
                                                            TlsRole role) {
    const Name name{identity, role};
    if (const auto known = contexts_.find(name); known != contexts_.end()) return known->second;
    auto context = TlsContext::load(settings_, identity, role);
    if (context) contexts_[name] = *context;
    return context;
}

void TlsContexts::reload() {
    for (auto& [name, context] : contexts_) {
        auto fresh = TlsContext::load(settings_, name.first, name.second);
        if (fresh) {
            context = std::move(*fresh);
            continue;
        }
        log_.warning("tls.certificate_kept",
                     {{"trustpoint", name.first.trustpoint}, {"why", fresh.error().context}});
    }
    ++reloads_;
    log_.info("tls.certificates_read", {{"directory", settings_.directory}});
    on_reload_();
}

}  // namespace weir::signaling

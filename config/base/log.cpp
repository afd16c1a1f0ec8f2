// SPDX-License-Identifier: Apache-2.0
// The asynchronous logger, its limit per event, and how the process ends on a broken invariant.
#include "config/base/log.hpp"

#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <functional>
#include <map>
#include <mutex>
#include <optional>

#include "config/base/clock.hpp"
#include "config/base/digits.hpp"
#include "config/base/limits.hpp"
#include "config/base/log_line.hpp"
#include "config/base/log_writer.hpp"

namespace weir {
namespace {

// Lines per second and event: an attacker's noise must not fill the disk or hide other events.
class RateLimit {
public:
    // How many lines of this event were suppressed before this one, or nothing if this one is too.
    std::optional<unsigned> admit(std::string_view event) {
        const std::lock_guard lock(mutex_);
        const auto second = static_cast<std::uint64_t>(clock_.now().ns / 1'000'000'000);
        if (windows_.size() > kLogEventNames) windows_.clear();
        auto found = windows_.find(event);
        if (found == windows_.end()) found = windows_.try_emplace(std::string(event)).first;
        Window& window = found->second;
        if (window.second != second) window = {second, 0, window.suppressed};
        if (++window.lines > kLogLinesPerSecond) {
            ++window.suppressed;
            return std::nullopt;
        }
        return std::exchange(window.suppressed, 0U);
    }

private:
    struct Window {
        std::uint64_t second = 0;
        unsigned lines = 0;
        unsigned suppressed = 0;
    };
    SystemClock clock_;
    std::mutex mutex_;  // log lines come from every control thread
    std::map<std::string, Window, std::less<>> windows_;
};

class AsyncLogger final : public Logger {
public:
    AsyncLogger(std::string process, UniqueFd file, LogLevel level)
        : process_(std::move(process)), level_(level), writer_(std::move(file)) {}

    void write(LogLevel level, std::string_view event,
               std::initializer_list<LogField> fields) override {
        if (level < level_) return;
        const auto suppressed = limit_.admit(event);
        if (!suppressed) return;
        std::string line = iso8601(clock_.wall());
        line.append(" ").append(process_).append(" ").append(name_of(level)).append(" ");
        line.append(event);
        append_fields(line, fields, {.value = kLogValueBytes});
        if (*suppressed > 0) {
            line += " suppressed=";
            text::append_number(line, *suppressed);
        }
        line.push_back('\n');
        writer_.append(std::move(line), level >= LogLevel::warning);
    }

private:
    const std::string process_;
    const LogLevel level_;
    SystemClock clock_;
    RateLimit limit_;
    LogWriter writer_;
};

}  // namespace

Result<std::unique_ptr<Logger>> make_logger(const std::string& process, const std::string& path,
                                            LogLevel level) {
    if (path.empty()) return std::make_unique<AsyncLogger>(process, UniqueFd(), level);
    auto file = open_log(path);
    if (!file) return fail(file.error());
    return std::make_unique<AsyncLogger>(process, std::move(*file), level);
}

tl::unexpected<Error> fail_errno(const std::string& what, int error_number) {
    return fail(ErrorCode::io, what + ": " + std::strerror(error_number));
}

void assertion_failed(const char* condition, const char* file, int line) noexcept {
    std::fprintf(stderr, "%s:%d: invariant broken: %s\n", file, line, condition);
    std::abort();
}

}  // namespace weir

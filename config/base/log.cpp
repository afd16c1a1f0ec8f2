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

// Lines of an event that are written at once in each second; what repeats more often is gathered.
constexpr unsigned kPromptLines = 5;

// Lines per second and event: an attacker's noise must not fill the disk or hide other events.
class RateLimit {
public:
    struct Admitted {
        unsigned lines = 0;       // of this event in this second, with this one
        unsigned suppressed = 0;  // before this one
    };
    // Nothing if this line is suppressed.
    std::optional<Admitted> admit(std::string_view event) {
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
        return Admitted{window.lines, std::exchange(window.suppressed, 0U)};
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
        const auto admitted = limit_.admit(event);
        if (!admitted) return;
        std::string line = iso8601(clock_.wall());
        line.append(" ").append(process_).append(" ").append(name_of(level)).append(" ");
        line.append(event);
        append_fields(line, fields, {.value = kLogValueBytes});
        if (admitted->suppressed > 0) {
            line += " suppressed=";
            text::append_number(line, admitted->suppressed);
        }
        line.push_back('\n');
        writer_.append(std::move(line), admitted->lines <= kPromptLines);
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

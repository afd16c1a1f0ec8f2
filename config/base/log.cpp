// SPDX-License-Identifier: Apache-2.0
// The asynchronous logger on spdlog, and how the process ends on a broken invariant.
#include "config/base/log.hpp"

#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <mutex>
#include <optional>
#include <unordered_map>

#include <spdlog/async.h>
#include <spdlog/pattern_formatter.h>
#include <spdlog/sinks/basic_file_sink.h>
#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>

#include "config/base/clock.hpp"
#include "config/base/limits.hpp"
#include "config/base/text.hpp"

namespace weir {
namespace {

spdlog::level::level_enum to_spdlog(LogLevel level) {
    switch (level) {
        case LogLevel::debug:
            return spdlog::level::debug;
        case LogLevel::info:
            return spdlog::level::info;
        case LogLevel::warning:
            return spdlog::level::warn;
        case LogLevel::error:
            return spdlog::level::err;
    }
    return spdlog::level::info;
}

// Lines per second and event: an attacker's noise must not fill the disk or hide other events.
class RateLimit {
public:
    // How many lines of this event were suppressed before this one, or nothing if this one is too.
    std::optional<unsigned> admit(std::string_view event) {
        const std::lock_guard lock(mutex_);
        const auto second = static_cast<std::uint64_t>(clock_.now().ns / 1'000'000'000);
        if (windows_.size() > kLogEventNames) windows_.clear();
        auto& window = windows_[std::string(event)];
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
    std::unordered_map<std::string, Window> windows_;
};

class SpdLogger final : public Logger {
public:
    SpdLogger(std::string process, const spdlog::sink_ptr& sink, LogLevel level)
        : pool_(std::make_shared<spdlog::details::thread_pool>(kLogQueueLines, 1)),
          logger_(std::make_shared<spdlog::async_logger>(
              std::move(process), sink, pool_, spdlog::async_overflow_policy::overrun_oldest)) {
        logger_->set_level(to_spdlog(level));
        logger_->set_formatter(std::make_unique<spdlog::pattern_formatter>(
            "%Y-%m-%dT%H:%M:%S.%eZ %n %l %v", spdlog::pattern_time_type::utc));
        logger_->flush_on(spdlog::level::info);
    }
    ~SpdLogger() override { logger_->flush(); }

    void write(LogLevel level, std::string_view event,
               std::initializer_list<LogField> fields) override {
        if (!logger_->should_log(to_spdlog(level))) return;
        const auto suppressed = limit_.admit(event);
        if (!suppressed) return;
        std::string line(event);
        for (const auto& field : fields) {
            line.append(" ").append(field.key).append("=");
            const auto value = text::printable(field.value, kLogValueBytes);
            const bool quote = value.empty() || value.find(' ') != std::string::npos;
            line.append(quote ? "\"" + value + "\"" : value);
        }
        if (*suppressed > 0) line.append(" suppressed=").append(std::to_string(*suppressed));
        logger_->log(to_spdlog(level), "{}", line);
    }

private:
    RateLimit limit_;
    std::shared_ptr<spdlog::details::thread_pool> pool_;
    std::shared_ptr<spdlog::async_logger> logger_;
};

}  // namespace

Result<std::unique_ptr<Logger>> make_logger(const std::string& process, const std::string& path,
                                            LogLevel level) {
    try {
        spdlog::sink_ptr sink;
        if (path.empty())
            sink = std::make_shared<spdlog::sinks::stderr_sink_mt>();
        else
            sink = std::make_shared<spdlog::sinks::basic_file_sink_mt>(path);
        return std::make_unique<SpdLogger>(process, sink, level);
    } catch (const spdlog::spdlog_ex& error) {
        return fail(ErrorCode::io, "cannot write the log '" + path + "': " + error.what());
    }
}

tl::unexpected<Error> fail_errno(const std::string& what, int error_number) {
    return fail(ErrorCode::io, what + ": " + std::strerror(error_number));
}

void assertion_failed(const char* condition, const char* file, int line) noexcept {
    std::fprintf(stderr, "%s:%d: invariant broken: %s\n", file, line, condition);
    std::abort();
}

}  // namespace weir

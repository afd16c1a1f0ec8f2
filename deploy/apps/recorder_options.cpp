// SPDX-License-Identifier: Apache-2.0
// Reading the options of weir-recorder.
#include "deploy/apps/recorder_options.hpp"

#include <fmt/format.h>

#include "config/base/text.hpp"
#include "config/platform/platform.hpp"

namespace weir::apps {
namespace {

Result<std::uint64_t> number_option(const Options& options, const std::string& name,
                                    std::uint64_t fallback, std::uint64_t max) {
    const std::string* value = options.find(name);
    if (value == nullptr) return fallback;
    const auto number = text::number(*value);
    if (!number || *number > max)
        return fail(ErrorCode::invalid,
                    fmt::format("{} {}: not a number up to {}", name, *value, max));
    return *number;
}

Result<void> read_port_range(const std::string& value, forking::RecorderSettings& settings) {
    const auto pieces = text::split(value, '-');
    const auto min = text::number(pieces.front());
    const auto max = text::number(pieces.back());
    const bool good = pieces.size() == 2 && min && max && *min % 2 == 0 && *max % 2 == 0 &&
                      *min >= 1024 && *min <= *max && *max <= 65534;
    if (!good)
        return fail(ErrorCode::invalid,
                    fmt::format("--rtp-ports {}: two even ports from 1024 to 65534, as 50000-51998",
                                value));
    settings.rtp_port_min = static_cast<std::uint16_t>(*min);
    settings.rtp_port_max = static_cast<std::uint16_t>(*max);
    return {};
}

Result<void> read_platform_file(const std::string& path, RecorderProgram& settings) {
    const auto reading = config::read_platform(path);
    if (!reading.ok()) {
        std::string all;
        for (const auto& error : reading.errors)
            all += (all.empty() ? "" : "\n") + config::to_string(path, error);
        return fail(ErrorCode::invalid, all);
    }
    const config::RecorderPlatform& recorder = reading.platform.recorder;
    settings.listen = recorder.listen;
    settings.recorder.rtp_address = recorder.media_address();
    settings.recorder.rtp_port_min = recorder.rtp_port_min;
    settings.recorder.rtp_port_max = recorder.rtp_port_max;
    settings.recorder.directory = recorder.directory;
    settings.log_level = reading.platform.log_level;
    return {};
}

}  // namespace

Result<RecorderProgram> read_recorder_options(const Options& options) {
    RecorderProgram settings;
    if (const std::string* file = options.find("--platform"); file != nullptr)
        WEIR_TRY(read_platform_file(*file, settings));
    if (const std::string* listen = options.find("--listen"); listen != nullptr) {
        const auto endpoint = Endpoint::parse(*listen, 5060);
        if (!endpoint) return fail(endpoint.error().within("--listen"));
        settings.listen = *endpoint;
        settings.recorder.rtp_address = endpoint->address;
    }
    if (const std::string* address = options.find("--rtp-address"); address != nullptr) {
        const auto parsed = IpAddress::parse(*address);
        if (!parsed) return fail(parsed.error().within("--rtp-address"));
        settings.recorder.rtp_address = *parsed;
    }
    if (const std::string* range = options.find("--rtp-ports"); range != nullptr)
        WEIR_TRY(read_port_range(*range, settings.recorder));
    if (const std::string* directory = options.find("--directory"); directory != nullptr)
        settings.recorder.directory = *directory;
    if (const std::string* contact = options.find("--redirect"); contact != nullptr)
        settings.recorder.redirect = *contact;
    const auto delay = number_option(options, "--answer-delay-ms", 0, 600'000);
    if (!delay) return fail(delay.error());
    const auto status = number_option(options, "--refuse", 0, 699);
    if (!status) return fail(status.error());
    const auto sessions =
        number_option(options, "--max-sessions", kRecorderSessions, kRecorderSessions);
    if (!sessions) return fail(sessions.error());
    settings.recorder.answer_delay = std::chrono::milliseconds(*delay);
    settings.recorder.refuse = static_cast<int>(*status);
    settings.recorder.max_sessions = *sessions;
    if (settings.recorder.refuse != 0 && settings.recorder.refuse < 300)
        return fail(ErrorCode::invalid, "--refuse needs a status from 300 to 699");
    if (settings.recorder.rtp_address.is_unspecified())
        return fail(ErrorCode::invalid,
                    "--rtp-address is needed: an address that callers can reach");
    if (settings.recorder.directory.empty())
        return fail(ErrorCode::invalid, "--directory or --platform is needed");
    return settings;
}

}  // namespace weir::apps

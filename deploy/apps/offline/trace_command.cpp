// SPDX-License-Identifier: Apache-2.0
// From options to a ladder, JSON, a capture or a file to replay.
#include "deploy/apps/offline/trace_command.hpp"

#include <cstdio>
#include <fstream>
#include <sstream>

#include <boost/json.hpp>
#include <fmt/format.h>
#include <unistd.h>

#include "config/language/language.hpp"
#include "config/platform/platform.hpp"
#include "deploy/apps/trace_lookup.hpp"
#include "signaling/trace/render.hpp"
#include "signaling/trace/replay.hpp"

namespace weir::apps {
namespace {

using signaling::FoundCall;

constexpr int kDone = 0;
constexpr int kNot = 1;
constexpr int kUnreadable = 2;
constexpr std::size_t kListed = 50;  // newest calls of a list without a name

int trouble(int status, const std::string& text) {
    fmt::print(stderr, "weir trace: {}\n", text);
    return status;
}

Result<std::string> directory_of(const Options& options) {
    if (const std::string* directory = options.find("--directory")) return *directory;
    const std::string* platform = options.find("--platform");
    if (platform == nullptr) return config::Paths{}.trace_directory();
    const auto reading = config::read_platform(*platform);
    if (!reading.ok())
        return fail(ErrorCode::invalid, config::to_string(*platform, reading.errors.front()));
    return reading.platform.paths.trace_directory();
}

Result<void> write_file(const std::string& path, const std::string& bytes) {
    std::ofstream file(path, std::ios::binary | std::ios::trunc);
    if (file << bytes && file.flush()) return {};
    return fail(ErrorCode::io, fmt::format("{} cannot be written", path));
}

int print(const Result<std::string>& text) {
    if (!text) return trouble(kNot, text.error().context);
    std::fputs(text->c_str(), stdout);
    return kDone;
}

int save(const Result<std::string>& bytes, const std::string& path) {
    if (!bytes) return trouble(kNot, bytes.error().context);
    if (const auto written = write_file(path, *bytes); !written)
        return trouble(kNot, written.error().context);
    fmt::print("written: {}\n", path);
    return kDone;
}

// What is asked for of the newest call that was found.
int show(const std::string& directory, const std::vector<FoundCall>& calls,
         const Options& options) {
    const signaling::TracedCall call = calls.front().call;
    if (const std::string* file = options.find("--save"))
        return save(signaling::export_call(directory, call), *file);
    const auto recorded = signaling::read_call(directory, call);
    if (!recorded) return trouble(kNot, recorded.error().context);
    if (const std::string* file = options.find("--pcap"))
        return save(signaling::trace_pcap(*recorded), *file);
    if (options.find("--json") != nullptr) return print(signaling::trace_json(*recorded) + "\n");
    return print(ladder_of(directory, calls, options.find("--events") != nullptr));
}

int say(const signaling::ReplayResult& result, bool json) {
    if (json) {
        boost::json::object object{
            {"same", !result.difference}, {"steps", result.steps}, {"actions", result.actions}};
        if (const auto& found = result.difference)
            object["difference"] = {{"step", found->step},
                                    {"input", found->input},
                                    {"recorded", found->recorded},
                                    {"now", found->now}};
        fmt::print("{}\n", boost::json::serialize(object));
    } else if (const auto& found = result.difference) {
        fmt::print(
            "step {}, {}\n  recorded: {}\n  now: {}\nThe machine does something else than "
            "it did.\n",
            found->step, found->input, found->recorded, found->now);
    } else {
        fmt::print("{} steps, {} actions: the machine does what it did.\n", result.steps,
                   result.actions);
    }
    return result.difference ? kNot : kDone;
}

}  // namespace

int trace_command(const std::string& words, const Options& options) {
    const auto directory = directory_of(options);
    if (!directory) return trouble(kUnreadable, directory.error().context);
    if (::access(directory->c_str(), R_OK | X_OK) != 0)
        return trouble(kUnreadable,
                       fmt::format("{} is no flight recorder that can be read: name it with "
                                   "--directory DIR, or the node's --platform FILE",
                                   *directory));
    if (words.empty()) {
        auto calls = signaling::find_calls(*directory, {});
        if (calls.size() > kListed) calls.resize(kListed);
        return print(options.find("--json") != nullptr ? found_json(calls) : found_text(calls));
    }
    const auto calls = look_up(*directory, words);
    if (calls.empty())
        return trouble(kNot, fmt::format("no call '{}' in {}: `weir trace` lists the newest ones",
                                         words, *directory));
    return show(*directory, calls, options);
}

int replay_command(const std::string& file, const Options& options) {
    std::ifstream stream(file, std::ios::binary);
    if (!stream) return trouble(kUnreadable, fmt::format("{} cannot be read", file));
    std::ostringstream bytes;
    bytes << stream.rdbuf();
    const auto exported = signaling::import_call(bytes.str());
    if (!exported)
        return trouble(kUnreadable, fmt::format("{}: {}", file, exported.error().context));
    const auto reading = config::language::read_text(exported->config_text, file);
    if (!reading.config)
        return trouble(kUnreadable, fmt::format("{}: its configuration cannot be read", file));
    const auto result = signaling::replay(exported->call, reading.config);
    if (!result) return trouble(kUnreadable, result.error().context);
    return say(*result, options.find("--json") != nullptr);
}

}  // namespace weir::apps

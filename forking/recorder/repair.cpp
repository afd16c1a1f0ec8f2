// SPDX-License-Identifier: Apache-2.0
// Putting right what a crash of the recorder left behind.
#include <cerrno>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <vector>

#include <boost/json.hpp>
#include <fmt/format.h>
#include <unistd.h>

#include "config/base/limits.hpp"
#include "forking/recorder/sidecar.hpp"
#include "forking/recorder/wav_file.hpp"

namespace weir::forking {
namespace {

namespace fs = std::filesystem;
namespace json = boost::json;

constexpr std::string_view kPartial = ".partial.json";

Result<json::object> read_sidecar(const fs::path& path) {
    std::ifstream in(path, std::ios::binary);
    if (!in) return fail_errno("open " + path.string(), errno);
    std::string text;
    char chunk[4096];
    while (in.read(chunk, sizeof chunk) || in.gcount() > 0) {
        text.append(chunk, static_cast<std::size_t>(in.gcount()));
        if (text.size() > kSidecarMaxBytes)
            return fail(ErrorCode::invalid, path.string() + " is too large for a sidecar");
    }
    boost::system::error_code error;
    json::value value = json::parse(text, error);
    if (error || !value.is_object())
        return fail(ErrorCode::invalid, path.string() + " is no JSON object");
    return std::move(value.as_object());
}

// Repairs the files of one track as they are found on the disk: the sidecar names the first one
// only, the others began later.
json::array repair_files(const fs::path& directory, const std::string& id, std::uint8_t index,
                         Logger& log) {
    json::array files;
    for (std::size_t i = 0; i < kRecorderFiles; ++i) {
        const std::string name = wav_name(id, index, i);
        std::error_code missing;
        if (!fs::exists(directory / name, missing)) break;
        const auto bytes = WavFile::repair((directory / name).string());
        if (!bytes) {
            log.warning("recorder.repair_failed",
                        {{"file", name}, {"error", bytes.error().context}});
            continue;
        }
        files.emplace_back(
            json::object{{"name", name}, {"bytes", *bytes}, {"duration_ms", *bytes / 8}});
    }
    return files;
}

Result<void> repair_session(const fs::path& partial, WallTime now, Logger& log) {
    auto sidecar = read_sidecar(partial);
    if (!sidecar) return fail(sidecar.error());
    std::string id = partial.filename().string();
    id.resize(id.size() - kPartial.size());
    for (std::size_t index = 0; index < kRecorderTracks; ++index) {
        json::array files =
            repair_files(partial.parent_path(), id, static_cast<std::uint8_t>(index), log);
        if (files.empty()) continue;
        json::value* tracks = sidecar->if_contains("tracks");
        if (tracks == nullptr || !tracks->is_array()) continue;
        for (json::value& track : tracks->as_array()) {
            if (!track.is_object()) continue;
            const json::value* number = track.as_object().if_contains("track");
            if (number == nullptr || !number->is_int64()) continue;
            if (number->as_int64() != static_cast<std::int64_t>(index)) continue;
            track.as_object()["files"] = files;
            track.as_object()["account"] =
                nullptr;  // it went with the process: zeros would be a lie
        }
    }
    (*sidecar)["state"] = to_string(SessionState::closed_error);
    (*sidecar)["end_reason"] = "the recorder stopped without closing the session";
    (*sidecar)["repaired"] = iso8601(now);
    const fs::path whole = partial.parent_path() / (id + ".json");
    std::ofstream out(whole, std::ios::binary | std::ios::trunc);
    out << json::serialize(*sidecar) << "\n";
    out.close();
    if (!out) return fail(ErrorCode::io, "cannot write " + whole.string());
    if (::unlink(partial.c_str()) != 0) return fail_errno("remove " + partial.string(), errno);
    return {};
}

}  // namespace

Result<std::size_t> repair_directory(const std::string& directory, WallTime now, Logger& log) {
    std::error_code error;
    fs::directory_iterator entries(directory, error);
    if (error) return fail(ErrorCode::io, "cannot read " + directory + ": " + error.message());
    std::vector<fs::path> partials;
    for (; entries != fs::directory_iterator(); entries.increment(error)) {
        if (error) return fail(ErrorCode::io, "cannot read " + directory + ": " + error.message());
        if (entries->path().filename().string().ends_with(kPartial))
            partials.push_back(entries->path());
    }
    std::size_t repaired = 0;
    for (const fs::path& partial : partials) {
        if (auto done = repair_session(partial, now, log); !done)
            log.warning("recorder.repair_failed",
                        {{"file", partial.filename().string()}, {"error", done.error().context}});
        else
            ++repaired;
    }
    return repaired;
}

}  // namespace weir::forking

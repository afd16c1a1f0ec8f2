// SPDX-License-Identifier: Apache-2.0
// The files that a dial plan is filled from: e164 pattern maps and number translations (spec A.5).
//
// Nothing is opened here: the reader is given, so that the plan stays a pure function of its
// inputs and a reload that fails leaves everything as it was.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "config/base/result.hpp"
#include "config/model/config.hpp"

namespace weir::dialplan {

// The bytes behind `flash:NAME`, a path, ...; errors say why they cannot be had.
using FileReader = std::function<Result<std::string>(const std::string& url)>;

// What one map was filled with. An invalid map matches nothing until it is loaded again.
struct MapFile {
    std::vector<std::string> patterns;  // of the file, in its order, no duplicates
    std::string error;                  // "" = read without one; else every wrong line
    bool operator==(const MapFile&) const = default;
};

// One `voice class e164-translation`.
struct NumberFile {
    struct Line {
        std::string pattern;
        std::string replacement;
        std::uint32_t line = 0;  // 1-based
        bool operator==(const Line&) const = default;
    };
    std::vector<Line> lines;
    std::string error;  // as of MapFile
    bool operator==(const NumberFile&) const = default;
};

// The files of one configuration; a value.
struct MapFiles {
    std::map<std::uint32_t, MapFile> maps;  // those with a url
    std::map<std::uint32_t, NumberFile> number_files;
    std::map<std::string, MapFile> dnis;  // voice dnis-map NAME URL
};

// One pattern per line; blank lines and lines that begin with `!` are passed over, CRLF and a last
// line without its end are taken. Errors: invalid, one line `NAME:LINE: ...` for each that is wrong
// (the first kMapFileErrors), exhausted beyond kMapFileEntries or kMapFileBytes.
[[nodiscard]] Result<std::vector<std::string>> parse_map_file(const std::string& name,
                                                              std::string_view text);

// The same of a dnis map: `dnis NUMBER [url URL]` as inside the map, or the number alone; the
// script of a router is passed over.
[[nodiscard]] Result<std::vector<std::string>> parse_dnis_file(const std::string& name,
                                                               std::string_view text);

// PATTERN<TAB>REPLACEMENT, a blank before the line end is allowed; the same comments and bounds.
[[nodiscard]] Result<std::vector<NumberFile::Line>> parse_number_file(const std::string& name,
                                                                      std::string_view text);

// Reads all files that the configuration names. Never fails: what cannot be read or is wrong is
// kept as the error of its map. Thread: any that may wait for the reader.
[[nodiscard]] MapFiles load_map_files(const config::Config& config, const FileReader& read);

// `voice class e164-pattern-map load N`: the files with that one read again. An error leaves the
// files that are in use as they are (atomic): invalid with the lines, not_found without such a map
// or without a url.
[[nodiscard]] Result<MapFiles> reload_map_file(const MapFiles& files, const config::Config& config,
                                               std::uint32_t tag, const FileReader& read);

}  // namespace weir::dialplan

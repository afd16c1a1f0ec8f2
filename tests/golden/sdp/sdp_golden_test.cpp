// SPDX-License-Identifier: Apache-2.0
// Runs the *.test tables of this folder: a description in, the description for the other leg out.
//
// A case begins with "==== name", then options, then "---- in", "---- offer" (the in is its answer)
// and
// "---- out" or "---- error" (a part of the error's text). Lines end with LF here, with CRLF on the
// wire.
#include <algorithm>
#include <filesystem>
#include <fstream>
#include <map>
#include <sstream>

#include <gtest/gtest.h>

#include "config/base/text.hpp"
#include "signaling/sdp/rewrite.hpp"

namespace weir::signaling::sdp {
namespace {

struct Case {
    std::string file;
    std::string name;
    std::map<std::string, std::string> options;
    std::map<std::string, std::string> parts;  // in, offer, out, error
};

void PrintTo(const Case& row, std::ostream* out) {
    *out << row.file << ": " << row.name;
}

void read_line(const std::string& line, std::vector<Case>& cases, std::string& part) {
    Case& row = cases.back();
    if (line.starts_with("---- ")) {
        part = line.substr(5);
        row.parts[part];
    } else if (!part.empty()) {
        row.parts[part] += part == "error" ? line : line + "\r\n";
    } else if (const auto colon = line.find(':'); colon != std::string::npos) {
        row.options[line.substr(0, colon)] = std::string(text::trim(line.substr(colon + 1)));
    }
}

std::vector<Case> read_file(const std::filesystem::path& path) {
    std::vector<Case> cases;
    std::ifstream file(path);
    std::string part;
    for (std::string line; std::getline(file, line);) {
        if (line.starts_with("# ") || line.empty()) continue;
        if (line.starts_with("==== ")) {
            cases.push_back({path.filename().string(), line.substr(5), {}, {}});
            part.clear();
        } else if (!cases.empty()) {
            read_line(line, cases, part);
        }
    }
    return cases;
}

std::vector<Case> read_all() {
    std::vector<Case> cases;
    for (const auto& entry :
         std::filesystem::directory_iterator(WEIR_SOURCE_DIR "/tests/golden/sdp")) {
        if (entry.path().extension() != ".test") continue;
        for (auto& row : read_file(entry.path()))
            cases.push_back(std::move(row));
    }
    return cases;
}

CodecPolicy policy_of(const std::map<std::string, std::string>& options) {
    CodecPolicy policy;
    const auto codecs = options.find("codecs");
    policy.transparent = codecs == options.end();
    if (codecs != options.end()) {
        for (const auto word : text::words(codecs->second)) {
            const auto slash = word.find('/');
            policy.codecs.push_back(
                {std::string(word.substr(0, slash)),
                 static_cast<std::uint32_t>(text::number(word.substr(slash + 1)).value_or(0))});
        }
    }
    policy.telephone_event = !options.contains("nte") || options.at("nte") == "yes";
    policy.comfort_noise = !options.contains("cn") || options.at("cn") == "yes";
    return policy;
}

Rewrite rewrite_of(const std::map<std::string, std::string>& options) {
    Rewrite how;
    const auto address = options.find("address");
    how.address = *IpAddress::parse(address == options.end() ? "198.51.100.1" : address->second);
    const auto ports = options.find("ports");
    const std::string port_list = ports == options.end() ? "16384" : ports->second;
    for (const auto word : text::words(port_list)) {
        const auto port = text::number(word);
        how.ports.push_back(port ? std::optional(static_cast<std::uint16_t>(*port)) : std::nullopt);
    }
    how.audio = {policy_of(options)};
    how.hold_by_address = options.contains("hold") && options.at("hold") == "address";
    how.verbatim = options.contains("verbatim");
    if (const auto hosts = options.find("hosts"); hosts != options.end())
        for (const auto word : text::words(hosts->second))
            how.foreign_hosts.emplace_back(word);
    return how;
}

class SdpGolden : public testing::TestWithParam<Case> {};

TEST_P(SdpGolden, IsWrittenForTheOtherLegAsTheTableSays) {
    const Case& row = GetParam();
    const auto finish = [&](const Error& error) {
        ASSERT_TRUE(row.parts.contains("error")) << error.context;
        EXPECT_NE(error.context.find(row.parts.at("error")), std::string::npos) << error.context;
    };
    const auto source = Description::parse(row.parts.at("in"));
    if (!source) return finish(source.error());
    Rewrite how = rewrite_of(row.options);
    Result<Description> offer = Description{};
    if (row.parts.contains("offer")) {
        offer = Description::parse(row.parts.at("offer"));
        ASSERT_TRUE(offer) << offer.error().context;
        how.offer = &*offer;
    }
    const auto result = rewrite(*source, how);
    if (!result) return finish(result.error());
    ASSERT_TRUE(row.parts.contains("out")) << "rewritten, but the table expects an error";
    LocalOrigin origin(7, 1);
    EXPECT_EQ(origin.stamp(*result, how.address), row.parts.at("out"));
}

std::string test_name(const testing::TestParamInfo<Case>& row) {
    std::string name = row.param.name;
    std::replace_if(
        name.begin(), name.end(), [](char c) { return std::isalnum(c) == 0; }, '_');
    return name;
}

INSTANTIATE_TEST_SUITE_P(Tables, SdpGolden, testing::ValuesIn(read_all()), test_name);

}  // namespace
}  // namespace weir::signaling::sdp

// SPDX-License-Identifier: Apache-2.0
// A directory for one test, removed afterwards.
#pragma once

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

namespace weir::tests {

class Scratch {
public:
    Scratch() {
        std::string name =
            (std::filesystem::temp_directory_path() / "weir-recorder-XXXXXX").string();
        directory_ = ::mkdtemp(name.data());
    }
    ~Scratch() {
        std::error_code ignored;
        std::filesystem::remove_all(directory_, ignored);
    }
    Scratch(const Scratch&) = delete;
    Scratch& operator=(const Scratch&) = delete;

    [[nodiscard]] const std::string& directory() const { return directory_; }
    [[nodiscard]] std::string path(const std::string& name) const {
        return directory_ + "/" + name;
    }
    [[nodiscard]] std::string read(const std::string& name) const {
        std::ifstream in(path(name), std::ios::binary);
        return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
    }
    void write(const std::string& name, const std::string& content) const {
        std::ofstream(path(name), std::ios::binary | std::ios::trunc) << content;
    }
    // File names that end in `suffix`, sorted.
    [[nodiscard]] std::vector<std::string> names(const std::string& suffix) const {
        std::vector<std::string> found;
        for (const auto& entry : std::filesystem::directory_iterator(directory_)) {
            std::string name = entry.path().filename().string();
            if (name.ends_with(suffix)) found.push_back(std::move(name));
        }
        std::sort(found.begin(), found.end());
        return found;
    }

private:
    std::string directory_;
};

}  // namespace weir::tests

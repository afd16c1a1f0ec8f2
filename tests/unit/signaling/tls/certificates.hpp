// SPDX-License-Identifier: Apache-2.0
// A directory of certificates for one test, made by the openssl program.
#pragma once

#include <cstdlib>
#include <filesystem>
#include <string>

#include <gtest/gtest.h>
#include <unistd.h>

namespace weir::tests {

// Thread: the test's. Gone with its files at the end.
class Certificates {
public:
    Certificates() {
        std::string pattern = (std::filesystem::temp_directory_path() / "weir-pki-XXXXXX").string();
        directory_ = ::mkdtemp(pattern.data());
        authority("ca");
    }
    ~Certificates() {
        std::error_code ignored;
        std::filesystem::remove_all(directory_, ignored);
    }
    Certificates(const Certificates&) = delete;
    Certificates& operator=(const Certificates&) = delete;

    [[nodiscard]] const std::string& directory() const { return directory_; }

    // NAME.pem of an authority, with its key beside it.
    void authority(const std::string& name) {
        run("req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 -subj /CN=" +
            name + " -keyout " + at(name + "-authority.key") + " -out " + at(name + ".pem"));
    }
    // NAME.pem and NAME.key, signed by `authority`; `names` as "DNS:a.example,IP:127.0.0.1".
    void trustpoint(const std::string& name, const std::string& names,
                    const std::string& authority = "ca") {
        const std::string request = at(name + ".csr");
        run("req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -subj /CN=" + name +
            " -addext subjectAltName=" + names + " -keyout " + at("new.key") + " -out " + request);
        run("x509 -req -in " + request + " -days 2 -copy_extensions copy -CA " +
            at(authority + ".pem") + " -CAkey " + at(authority + "-authority.key") +
            " -CAcreateserial -out " + at("new.pem"));
        std::filesystem::remove(request);
        std::filesystem::rename(at("new.key"), at(name + ".key"));
        std::filesystem::rename(at("new.pem"), at(name + ".pem"));
    }
    [[nodiscard]] std::string at(const std::string& file) const { return directory_ + "/" + file; }

private:
    static void run(const std::string& arguments) {
        const std::string command = "openssl " + arguments + " 2>/dev/null";
        // The command is the test's own text.
        EXPECT_EQ(std::system(command.c_str()), 0) << command;
    }
    std::string directory_;
};

}  // namespace weir::tests

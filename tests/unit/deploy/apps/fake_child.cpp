// SPDX-License-Identifier: Apache-2.0
// A child for the supervisor's tests: fake_child MODE [FILE]. It appends a line to FILE when it
// starts and ends.
#include <cstdlib>
#include <fstream>
#include <string>

#include <fcntl.h>
#include <signal.h>
#include <unistd.h>

#include "deploy/apps/notify.hpp"

namespace {

void note(const std::string& file, const std::string& line) {
    if (!file.empty()) std::ofstream(file, std::ios::app) << line << "\n";
}

}  // namespace

int main(int argc, char** argv) {
    const std::string mode = argc > 1 ? argv[1] : "";
    const std::string file = argc > 2 ? argv[2] : "";
    sigset_t wanted;
    sigemptyset(&wanted);
    sigaddset(&wanted, SIGTERM);
    sigprocmask(SIG_BLOCK, &wanted, nullptr);
    note(file, "start");
    if (mode == "fail") return 3;
    if (mode != "silent") weir::apps::notify_ready("fake " + mode);
    if (mode == "die") {  // when the test has opened the other end of the pipe
        const int gate = ::open((file + ".gate").c_str(), O_RDONLY);
        return gate >= 0 ? 1 : 2;
    }
    int number = 0;
    if (mode == "stubborn") {
        while (true)
            ::pause();
    }
    sigwait(&wanted, &number);
    note(file, "end " + mode);
    return 0;
}

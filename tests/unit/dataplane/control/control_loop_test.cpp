// SPDX-License-Identifier: Apache-2.0
// In which order a turn of the control thread serves who waits for it.
#include "dataplane/control/control_loop.hpp"

#include <cstdlib>
#include <filesystem>
#include <string>
#include <vector>

#include "dataplane/link/link_client.hpp"
#include "tests/unit/dataplane/control/control_fixture.hpp"

namespace weir::tests {
namespace {

using namespace dataplane;

class ControlLoopTest : public ControlTest {
protected:
    ControlLoopTest() {
        std::string pattern =
            (std::filesystem::temp_directory_path() / "weir-loop-XXXXXX").string();
        folder_ = ::mkdtemp(pattern.data());
        LinkServerHandlers handlers;
        handlers.client_up = [this](std::uint64_t) { order_.emplace_back("link"); };
        handlers.client_down = [] {};
        handlers.command = [](const Command&) {};
        server_ = *LinkServer::listen({folder_ + "/media.sock", 7, {::geteuid()}}, handlers, clock_,
                                      log_);
        loop_ = std::make_unique<ControlLoop>(*server_, *life_->control, clock_);
    }
    ~ControlLoopTest() override {
        client_.reset();
        server_.reset();
        std::filesystem::remove_all(folder_);
    }
    LoopWork noting(const std::string& name) {
        LoopWork work;
        work.news = [this, name] { order_.push_back(name + " news"); };
        work.turn = [this, name] { order_.push_back(name + " turn"); };
        return work;
    }
    void turn() { EXPECT_TRUE(loop_->run_once(-1, milliseconds(0))); }

    NullLogger log_;
    std::string folder_;
    std::unique_ptr<LinkServer> server_;
    std::unique_ptr<LinkClient> client_;
    std::unique_ptr<ControlLoop> loop_;
    std::vector<std::string> order_;
};

TEST_F(ControlLoopTest, NewsAreReadBeforeTheLinkIsServedAndTurnsComeBehindIt) {
    loop_->add(noting("network"));
    loop_->add(noting("host"));
    client_ = *LinkClient::make({folder_ + "/media.sock", 5}, clock_, log_);
    // Connected, greeted, heard: each may take a turn of its own.
    for (int i = 0; i < 10 && std::find(order_.begin(), order_.end(), "link") == order_.end();
         ++i) {
        order_.clear();
        client_->run_once();
        turn();
    }
    EXPECT_EQ(order_, (std::vector<std::string>{"network news", "host news", "link", "network turn",
                                                "host turn"}));
}

TEST_F(ControlLoopTest, AWorkWithoutFunctionsIsNoHarm) {
    loop_->add(LoopWork{});
    turn();
    EXPECT_TRUE(order_.empty());
}

}  // namespace
}  // namespace weir::tests

// SPDX-License-Identifier: Apache-2.0
// Starting DPDK: mistakes have errors that say what to do.
#include "dataplane/engine/eal.hpp"

#include "tests/unit/dataplane/engine/harness.hpp"

namespace weir::dataplane::tests {
namespace {

TEST(EalStart, ACoreThatDoesNotExistIsNamedWithThoseThatDo) {
    const auto eal = Eal::start({.worker_cores = {100'000}});
    ASSERT_FALSE(eal);
    EXPECT_EQ(eal.error().code, ErrorCode::not_found);
    EXPECT_NE(eal.error().context.find("core 100000"), std::string::npos);
    EXPECT_NE(eal.error().context.find(std::to_string(usable_cores().front())), std::string::npos);
}

TEST(EalStart, ASecondStartIsRefused) {
    test_eal();
    const auto second = Eal::start({});
    ASSERT_FALSE(second);
    EXPECT_EQ(second.error().code, ErrorCode::exists);
}

TEST(EalStart, AWorkerRunsOnItsOwnThreadUntilItReturns) {
    Eal& eal = test_eal();
    pthread_t thread{};
    ASSERT_TRUE(eal.launch(0, [&thread] { thread = pthread_self(); }));
    eal.join(0);
    EXPECT_EQ(pthread_equal(thread, pthread_self()), 0);
    EXPECT_FALSE(eal.launch(1, [] {}));
}

}  // namespace
}  // namespace weir::dataplane::tests

// SPDX-License-Identifier: Apache-2.0
// The bindings on a real disk: from one process to the next.
#include "deploy/apps/binding_store.hpp"

#include <filesystem>

#include <gtest/gtest.h>

namespace weir::apps {
namespace {

using signaling::Binding;

class BindingStoreTest : public testing::Test {
protected:
    BindingStoreTest() {
        const auto* test = testing::UnitTest::GetInstance()->current_test_info();
        folder_ =
            std::filesystem::path(testing::TempDir()) / (std::string("bindings-") + test->name());
        std::filesystem::remove_all(folder_);
        std::filesystem::create_directories(folder_);
        file_ = (folder_ / "bindings").string();
    }
    ~BindingStoreTest() override { std::filesystem::remove_all(folder_); }

    Binding telephone() const {
        Binding binding;
        binding.aor = "100@example.net";
        binding.contact = "sip:100@10.1.1.5:5062";
        binding.token = signaling::binding_token(binding.aor, binding.contact);
        binding.path = {signaling::SipTransport::udp, *Endpoint::parse("198.51.100.1:5060", 0),
                        *Endpoint::parse("10.1.1.5:5062", 0)};
        binding.registrar = *IpAddress::parse("192.0.2.5");
        binding.until = clock_.now() + std::chrono::hours(1);
        return binding;
    }

    SystemClock clock_;
    NullLogger log_;
    std::filesystem::path folder_;
    std::string file_;
};

TEST_F(BindingStoreTest, WhatWasBoundWhenAProcessEndsIsThereForTheNext) {
    {
        BindingStore store(file_, clock_, log_);
        store.journal().keep(telephone());
    }
    BindingStore next(file_, clock_, log_);
    const auto found = next.journal().restore();
    ASSERT_EQ(found.size(), 1U);
    EXPECT_EQ(found[0].contact, telephone().contact);
    EXPECT_EQ(found[0].path, telephone().path);
}

TEST_F(BindingStoreTest, NoFileIsEmptyAndOtherTroubleIsNot) {
    EXPECT_EQ(journal_disk(file_).read(1'000).value_or("trouble"), "");
    std::filesystem::create_directory(file_);
    EXPECT_FALSE(journal_disk(file_).read(1'000));
}

TEST_F(BindingStoreTest, OthersMayNotReadIt) {
    ASSERT_TRUE(journal_disk(file_).append("x\n"));
    const auto mode = std::filesystem::status(file_).permissions();
    EXPECT_EQ(mode & std::filesystem::perms::others_all, std::filesystem::perms::none);
    ASSERT_TRUE(journal_disk(file_).replace("y\n"));
    EXPECT_EQ(std::filesystem::status(file_).permissions(), mode);
    EXPECT_EQ(journal_disk(file_).read(10).value_or(""), "y\n");
}

TEST_F(BindingStoreTest, ItLiesBesideTheCallRecords) {
    EXPECT_EQ(bindings_file("/var/lib/weir/cdr.jsonl"), "/var/lib/weir/bindings");
    EXPECT_EQ(bindings_file("cdr.jsonl"), "bindings");
}

}  // namespace
}  // namespace weir::apps

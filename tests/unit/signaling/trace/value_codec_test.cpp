// SPDX-License-Identifier: Apache-2.0
// Values of the machine to bytes and back, and bytes that are nothing of the kind.
#include "signaling/trace/value_codec.hpp"

#include <random>

#include <gtest/gtest.h>

#include "signaling/call/call_types.hpp"

namespace weir::signaling {
namespace {

template <typename Value>
std::string written(const Value& value) {
    std::string bytes;
    const Redactor redactor(1);
    append_values(bytes, redactor, value);
    return bytes;
}

template <typename Value>
void expect_same(const Value& value) {
    const std::string bytes = written(value);
    Value read{};
    ValueReader reader(bytes);
    ASSERT_TRUE(reader.get(read));
    EXPECT_TRUE(reader.at_end());
    EXPECT_EQ(written(read), bytes);
}

TEST(ValueCodec, ValuesLieBehindOneAnotherWhateverTheirSize) {
    std::string bytes = "before";
    const Redactor redactor(1);
    std::vector<std::string> texts;
    for (std::size_t size = 0; size < 3000; size += 37)
        texts.emplace_back(size, static_cast<char>('a' + size % 26));
    append_values(bytes, redactor, texts, std::uint64_t{UINT64_MAX}, texts);
    ASSERT_TRUE(bytes.starts_with("before"));
    std::vector<std::string> first;
    std::vector<std::string> second;
    std::uint64_t between = 0;
    ValueReader reader(std::string_view(bytes).substr(6));
    ASSERT_TRUE(reader.get(first) && reader.number(between) && reader.get(second));
    EXPECT_TRUE(reader.at_end());
    EXPECT_EQ(first, texts);
    EXPECT_EQ(between, UINT64_MAX);
    EXPECT_EQ(second, texts);
}

TEST(ValueCodec, NumbersOfEverySizeAndSign) {
    for (const std::int64_t number :
         {std::int64_t{0}, std::int64_t{1}, std::int64_t{-1}, std::int64_t{127}, std::int64_t{-128},
          INT64_MAX, INT64_MIN}) {
        std::int64_t read = 0;
        const std::string bytes = written(number);
        ASSERT_TRUE(ValueReader(bytes).get(read));
        EXPECT_EQ(read, number);
    }
}

TEST(ValueCodec, ANumberTooLargeForItsTypeIsRefused) {
    std::uint8_t read = 0;
    const std::string bytes = written(std::uint64_t{256});
    EXPECT_FALSE(ValueReader(bytes).get(read));
}

TEST(ValueCodec, EveryInputIsReadAsItWasWritten) {
    expect_same(CallInput{MediaLeased{}});
    expect_same(CallInput{MediaClosed{}});
    RequestReceived request;
    request.request.message.method = "BYE";
    request.request.message.headers = {{"Call-ID", "x"}, {"CSeq", "1 BYE"}};
    request.request.path.remote = *Endpoint::parse("[2001:db8::1]", 5060);
    expect_same(CallInput{request});
    ResponseReceived response;
    response.response.message.is_request = false;
    response.response.message.status = 183;
    response.response.message.body = "v=0\r\n";
    expect_same(CallInput{response});
    expect_same(CallInput{TimerFired{CallTimer::release}});
}

TEST(ValueCodec, ASetupWithRoutesIsReadAsItWasWritten) {
    CallSetup setup;
    setup.calling = "100";
    setup.routes.resize(2);
    setup.routes[1].server = GroupServer{3, 1};
    setup.refusal = Refusal{404, 1, {{"Warning", "x"}}};
    setup.codecs.codecs.push_back({"PCMU", 8000});
    expect_same(setup);
}

TEST(ValueCodec, ACutValueIsRefused) {
    CallSetup setup;
    setup.calling = "100";
    setup.routes.resize(1);
    const std::string bytes = written(setup);
    for (std::size_t size = 0; size < bytes.size(); ++size) {
        CallSetup read;
        EXPECT_FALSE(ValueReader(std::string_view(bytes).substr(0, size)).get(read)) << size;
    }
}

TEST(ValueCodec, RandomBytesAreHarmless) {
    constexpr unsigned kSeed = 5;
    std::mt19937 random(kSeed);
    for (int round = 0; round < 20'000; ++round) {
        std::string bytes(random() % 200, '\0');
        for (char& byte : bytes)
            byte = static_cast<char>(random());
        CallInput input;
        CallSetup setup;
        std::vector<CallAction> actions;
        static_cast<void>(ValueReader(bytes).get(input));
        static_cast<void>(ValueReader(bytes).get(setup));
        static_cast<void>(ValueReader(bytes).get(actions));
    }
}

}  // namespace
}  // namespace weir::signaling

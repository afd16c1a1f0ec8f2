// SPDX-License-Identifier: Apache-2.0
// The recorder from INVITE to the account in its answer to BYE, with real RTP over loopback.
#include <algorithm>
#include <array>
#include <cstring>
#include <filesystem>
#include <string>
#include <vector>

#include <arpa/inet.h>
#include <boost/json.hpp>
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include "config/base/random.hpp"
#include "forking/recorder/recorder_server.hpp"
#include "forking/recorder/sidecar.hpp"
#include "signaling/sdp/offer.hpp"
#include "tests/support/fake_sip_stack.hpp"
#include "tests/unit/forking/recorder/scratch.hpp"
#include "tests/unit/forking/recorder/waiting_loop.hpp"

namespace weir::forking {
namespace {

using signaling::SipMessage;
using testing::HasSubstr;
using tests::FakeSipStack;
using tests::Scratch;
using tests::WaitingLoop;

const IpAddress kLoopback = IpAddress::v4(127, 0, 0, 1);

// A party that sends RTP from one port of its own.
class RtpSender {
public:
    RtpSender() : fd_(::socket(AF_INET, SOCK_DGRAM, 0)) {
        sockaddr_in any{};
        any.sin_family = AF_INET;
        any.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        EXPECT_EQ(::bind(fd_.get(), reinterpret_cast<const sockaddr*>(&any), sizeof any), 0);
    }
    void send(std::uint16_t port, std::uint16_t sequence, const std::string& payload,
              std::uint8_t payload_type = 0) {
        std::string packet(12, '\0');
        packet[0] = static_cast<char>(0x80);
        packet[1] = static_cast<char>(payload_type);
        packet[2] = static_cast<char>(sequence >> 8U);
        packet[3] = static_cast<char>(sequence & 0xFFU);
        packet[11] = 7;
        raw(port, packet + payload);
    }
    void raw(std::uint16_t port, const std::string& bytes) {
        sockaddr_in to{};
        to.sin_family = AF_INET;
        to.sin_port = htons(port);
        to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        EXPECT_EQ(::sendto(fd_.get(), bytes.data(), bytes.size(), 0,
                           reinterpret_cast<const sockaddr*>(&to), sizeof to),
                  static_cast<ssize_t>(bytes.size()));
    }

private:
    UniqueFd fd_;
};

std::string offer(const std::string& direction, const std::string& formats = "0 101 19",
                  std::uint64_t version = 1) {
    std::string sdp = fmt::format(
        "v=0\r\no=Weir 1 {} IN IP4 127.0.0.1\r\ns=SIP Call\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\n",
        version);
    for (const int port : {24544, 24546})
        sdp += fmt::format(
            "m=audio {} RTP/AVP {}\r\nc=IN IP4 127.0.0.1\r\na=rtpmap:101 telephone-event/8000\r\n"
            "a=fmtp:101 0-16\r\na=rtpmap:19 CN/8000\r\na=ptime:20\r\na={}\r\n",
            port, formats, direction);
    return sdp;
}

class Recorder : public testing::Test {
protected:
    void SetUp() override { start({}); }
    void start(RecorderSettings settings) {
        server.reset();
        settings.rtp_address = kLoopback;
        settings.rtp_port_min = settings.rtp_port_max = 0;
        settings.directory = scratch.directory();
        auto made = RecorderServer::start(settings, stack, loop, log);
        ASSERT_TRUE(made) << made.error().context;
        server = std::move(*made);
        stack.set_events(*server);
    }

    SipMessage request(const std::string& method, const std::string& body = {}) {
        SipMessage message;
        message.method = method;
        message.request_uri = "sip:595959@127.0.0.1:5070";
        message.add("Via", "SIP/2.0/UDP 127.0.0.1:5060;branch=z9hG4bK" + std::to_string(cseq));
        message.add("X-Cisco-Recording-Participant", "sip:708090@192.0.2.5;media-index=\"0\"");
        message.add("X-Cisco-Recording-Participant", "sip:10000@192.0.2.32;media-index=\"1\"");
        message.add("From", "<sip:127.0.0.1>;tag=weir");
        message.add("To",
                    tag.empty() ? "<sip:595959@127.0.0.1>" : "<sip:595959@127.0.0.1>;tag=" + tag);
        message.add("Call-ID", "recording-1@127.0.0.1");
        message.add("CSeq", std::to_string(cseq++) + " " + method);
        message.add("Cisco-Guid", "1334370502-1348997600-2396699092-3395863316");
        message.add("Contact", "<sip:127.0.0.1:5060>");
        message.add("Max-Forwards", "70");
        if (!body.empty()) message.add("Content-Type", "application/sdp");
        message.body = body;
        return message;
    }
    SipMessage ask(const std::string& method, const std::string& body = {}) {
        const auto txn = stack.receive(request(method, body), path(), loop.clock().now());
        const auto answers = stack.answers_to(txn);
        return answers.empty() ? SipMessage{} : answers.back();
    }
    static signaling::SipPath path() {
        return {signaling::SipTransport::udp, {kLoopback, 0, 5070}, {kLoopback, 0, 5060}};
    }
    // Begins a session; the ports of its tracks.
    std::array<std::uint16_t, 2> begin(const std::string& sdp) {
        const SipMessage answer = ask("INVITE", sdp);
        EXPECT_EQ(answer.status, 200);
        tag = signaling::NameAddr::parse(*answer.find("To"))->tag();
        const auto streams = signaling::sdp::read_answer(answer.body, 2);
        EXPECT_TRUE(streams);
        return {(*streams)[0].rtp.port, (*streams)[1].rtp.port};
    }
    // BYE; its answer comes when all is on the disk.
    SipMessage end() {
        const auto txn = stack.receive(request("BYE"), path());
        EXPECT_TRUE(loop.run_until([&] { return !stack.answers_to(txn).empty(); }));
        const auto answers = stack.answers_to(txn);
        return answers.empty() ? SipMessage{} : answers.back();
    }
    boost::json::value sidecar() {
        const auto names = scratch.names(".json");
        EXPECT_EQ(names.size(), 1U);
        return names.empty() ? boost::json::value() : boost::json::parse(scratch.read(names[0]));
    }
    std::string samples(int track, int file = 1) {
        const std::string suffix = file == 1 ? fmt::format("-track{}.wav", track)
                                             : fmt::format("-track{}-{}.wav", track, file);
        const auto names = scratch.names(suffix);
        return names.size() == 1 ? scratch.read(names[0]).substr(kWavHeaderBytes) : "no file";
    }

    Scratch scratch;
    FakeSipStack stack;
    WaitingLoop loop;
    NullLogger log;
    std::unique_ptr<RecorderServer> server;
    std::string tag;
    std::uint32_t cseq = 101;
};

TEST_F(Recorder, AnswersRecvonlyWithOnePortEach) {
    const SipMessage answer = ask("INVITE", offer("sendonly"));
    EXPECT_EQ(answer.status, 200);
    const auto streams = signaling::sdp::read_answer(answer.body, 2);
    ASSERT_TRUE(streams) << streams.error().context;
    for (const auto& stream : *streams) {
        EXPECT_TRUE(stream.accepted);
        EXPECT_EQ(stream.direction, signaling::sdp::Direction::recvonly);
        EXPECT_EQ(stream.rtp.port % 2, 0);
    }
    EXPECT_NE((*streams)[0].rtp.port, (*streams)[1].rtp.port);
    EXPECT_THAT(answer.body, HasSubstr("RTP/AVP 0 101 19"));
    EXPECT_NE(answer.find("Contact"), nullptr);
}

TEST_F(Recorder, AnswersOnlyTheOfferedCodec) {
    const SipMessage answer = ask("INVITE", offer("sendonly", "8"));
    EXPECT_THAT(answer.body, HasSubstr("RTP/AVP 8\r\n"));
}

TEST_F(Recorder, WritesTheBytesOfBothPartiesInOrder) {
    const auto ports = begin(offer("sendonly"));
    SeededRandom random(20261121);
    std::array<RtpSender, 2> parties;
    std::array<std::string, 2> expected;
    for (std::size_t party = 0; party < 2; ++party) {
        std::vector<std::pair<std::uint16_t, std::string>> packets;
        for (std::uint16_t i = 0; i < 500; ++i) {
            std::string payload(160, '\0');
            for (char& byte : payload)
                byte = static_cast<char>(random.next());
            expected[party] += payload;
            packets.emplace_back(static_cast<std::uint16_t>(65300 + i), payload);
        }
        for (std::size_t i = 4; i + 8 <= packets.size(); i += 8)
            std::reverse(packets.begin() + static_cast<std::ptrdiff_t>(i),
                         packets.begin() + static_cast<std::ptrdiff_t>(i + 8));
        for (const auto& [sequence, payload] : packets) {
            parties[party].send(ports[party], sequence, payload);
            if (sequence % 10 == 0) parties[party].send(ports[party], sequence, payload);
        }
    }
    const SipMessage answer = end();
    EXPECT_EQ(answer.status, 200);
    for (int party = 0; party < 2; ++party)
        EXPECT_TRUE(samples(party) == expected[static_cast<std::size_t>(party)]) << party;
    const auto accounts = answer.all("X-Weir-Recorded");
    ASSERT_EQ(accounts.size(), 2U);
    EXPECT_EQ(accounts[0],
              "0;packets=551;octets=88160;lost=0;first-seq=65300;last-seq=263;duplicates=51");
}

TEST_F(Recorder, TheSidecarTellsWhoAndWhat) {
    const auto ports = begin(offer("sendonly"));
    RtpSender sender;
    for (std::uint16_t i = 1; i <= 10; ++i)
        if (i != 7) sender.send(ports[0], i, std::string(160, 'x'));
    static_cast<void>(end());
    EXPECT_TRUE(scratch.names(".partial.json").empty());
    const auto json = sidecar();
    EXPECT_EQ(json.at("state").as_string(), "CLOSED_NORMAL");
    EXPECT_EQ(json.at("cisco_guid").as_string(), "1334370502-1348997600-2396699092-3395863316");
    EXPECT_EQ(json.at("call_id").as_string(), "recording-1@127.0.0.1");
    EXPECT_EQ(json.at("called").as_string(), "595959");
    EXPECT_EQ(json.at("participants").at(1).at("uri").as_string(), "sip:10000@192.0.2.32");
    EXPECT_EQ(json.at("participants").at(1).at("media_index").at(0).as_int64(), 1);
    const auto& track = json.at("tracks").at(0);
    EXPECT_EQ(track.at("account").at("packets").as_int64(), 9);
    EXPECT_EQ(track.at("account").at("lost").as_int64(), 1);
    EXPECT_EQ(track.at("gaps").at(0).at("after_sequence").as_int64(), 6);
    EXPECT_EQ(track.at("files").at(0).at("bytes").as_int64(), 1440);
}

TEST_F(Recorder, HoldAndResumeStayOneSession) {
    const auto ports = begin(offer("sendonly"));
    RtpSender sender;
    for (std::uint16_t i = 1; i <= 4; ++i)
        sender.send(ports[0], i, "a");
    const SipMessage held = ask("INVITE", offer("inactive", "0 101 19", 2));
    EXPECT_EQ(held.status, 200);
    EXPECT_THAT(held.body, HasSubstr("a=inactive"));
    EXPECT_THAT(held.body, HasSubstr(fmt::format("m=audio {} ", ports[0])));
    const SipMessage resumed = ask("INVITE", offer("sendonly", "0 101 19", 3));
    EXPECT_EQ(resumed.status, 200);
    EXPECT_THAT(resumed.body, HasSubstr("a=recvonly"));
    EXPECT_THAT(resumed.body, HasSubstr("o=WeirRecorder 1 3 "));
    for (std::uint16_t i = 5; i <= 8; ++i)
        sender.send(ports[0], i, "b");
    static_cast<void>(end());
    EXPECT_EQ(samples(0), "aaaabbbb");
    EXPECT_EQ(sidecar().at("tracks").at(0).at("pauses").as_array().size(), 1U);
}

TEST_F(Recorder, AnotherLawGoesToAnotherFile) {
    const auto ports = begin(offer("sendonly"));
    RtpSender sender;
    for (std::uint16_t i = 1; i <= 4; ++i)
        sender.send(ports[0], i, "u", 0);
    EXPECT_EQ(ask("INVITE", offer("sendonly", "8 101", 2)).status, 200);
    for (std::uint16_t i = 5; i <= 8; ++i)
        sender.send(ports[0], i, "a", 8);
    static_cast<void>(end());
    EXPECT_EQ(samples(0), "uuuu");
    EXPECT_EQ(samples(0, 2), "aaaa");
}

TEST_F(Recorder, GarbageIsCountedAndHarmless) {
    const auto ports = begin(offer("sendonly"));
    RtpSender sender;
    RtpSender stranger;
    for (std::size_t size = 0; size < 12; ++size)
        sender.raw(ports[0], std::string(size, 'x'));
    sender.raw(ports[0], std::string(1400, '\0'));  // version 0
    for (std::uint16_t i = 1; i <= 4; ++i) {
        sender.send(ports[0], i, "a");
        stranger.send(ports[0], i, "z");
    }
    static_cast<void>(end());
    EXPECT_EQ(samples(0), "aaaa");
    const auto json = sidecar();
    const auto& account = json.at("tracks").at(0).at("account");
    EXPECT_EQ(account.at("malformed").as_int64(), 13);
    EXPECT_EQ(account.at("other_source").as_int64(), 4);
}

TEST_F(Recorder, SendsReceiverReportsAtTheEnd) {
    UniqueFd rtcp(::socket(AF_INET, SOCK_DGRAM, 0));
    sockaddr_in any{};
    any.sin_family = AF_INET;
    any.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    ASSERT_EQ(::bind(rtcp.get(), reinterpret_cast<const sockaddr*>(&any), sizeof any), 0);
    socklen_t length = sizeof any;
    ASSERT_EQ(::getsockname(rtcp.get(), reinterpret_cast<sockaddr*>(&any), &length), 0);
    std::string sdp = offer("sendonly");
    const std::string attribute = fmt::format("a=rtcp:{}\r\na=sendonly", ntohs(any.sin_port));
    sdp.replace(sdp.find("a=sendonly"), std::string("a=sendonly").size(), attribute);
    const auto ports = begin(sdp);
    RtpSender sender;
    for (const std::uint16_t i : {1, 2, 3, 5})
        sender.send(ports[0], i, "a");
    static_cast<void>(end());
    std::array<std::uint8_t, 512> buffer{};
    const ssize_t n = ::recv(rtcp.get(), buffer.data(), buffer.size(), MSG_DONTWAIT);
    ASSERT_GT(n, 0);
    const auto block =
        dataplane::find_report(ByteSpan(buffer.data(), static_cast<std::size_t>(n)), 7);
    ASSERT_TRUE(block.has_value());
    EXPECT_EQ(block->cumulative_lost, 1);
    EXPECT_EQ(block->highest_sequence, 5U);
}

TEST_F(Recorder, RefusesWhatItCannotRecord) {
    EXPECT_EQ(ask("INVITE", offer("sendonly", "18")).status, 488);
    EXPECT_EQ(ask("INVITE").status, 488);
    EXPECT_EQ(ask("INVITE", "v=0\r\nm=audio 9 FOO (").status, 488);
    EXPECT_EQ(ask("SUBSCRIBE").status, 405);
    EXPECT_EQ(ask("OPTIONS").status, 200);
    tag = "unknown";
    EXPECT_EQ(ask("BYE").status, 481);
    EXPECT_EQ(ask("INVITE", offer("sendonly")).status, 481);
    EXPECT_EQ(server->session_count(), 0U);
    EXPECT_TRUE(scratch.names("").empty());
}

TEST_F(Recorder, RefusesExtensionsAndOtherBodies) {
    SipMessage siprec = request("INVITE", offer("sendonly"));
    siprec.add("Require", "siprec");
    const auto refused = stack.answers_to(stack.receive(siprec, path()));
    ASSERT_EQ(refused.size(), 1U);
    EXPECT_EQ(refused[0].status, 420);
    EXPECT_EQ(*refused[0].find("Unsupported"), "siprec");
    SipMessage xml = request("INVITE", offer("sendonly"));
    xml.set("Content-Type", "application/xml");
    EXPECT_EQ(stack.answers_to(stack.receive(xml, path())).back().status, 415);
}

TEST_F(Recorder, ARefusedReinviteLeavesTheSessionAsItWas) {
    const auto ports = begin(offer("sendonly"));
    EXPECT_EQ(ask("INVITE", offer("sendonly", "18", 2)).status, 488);
    RtpSender sender;
    for (std::uint16_t i = 1; i <= 4; ++i)
        sender.send(ports[0], i, "a");
    static_cast<void>(end());
    EXPECT_EQ(samples(0), "aaaa");
}

TEST_F(Recorder, CancelEndsAnUnansweredInvite) {
    start({.answer_delay = std::chrono::milliseconds(1500)});
    const auto txn = stack.receive(request("INVITE", offer("sendonly")), path());
    ASSERT_EQ(stack.answers_to(txn).size(), 1U);
    EXPECT_EQ(stack.answers_to(txn)[0].status, 100);
    server->on_cancel(txn, {});
    EXPECT_EQ(stack.answers_to(txn).back().status, 487);
    EXPECT_TRUE(loop.run_until([&] { return server->session_count() == 0; }));
}

TEST_F(Recorder, AnswersAfterTheDelay) {
    start({.answer_delay = std::chrono::milliseconds(1500)});
    const auto txn = stack.receive(request("INVITE", offer("sendonly")), path());
    loop.advance(std::chrono::milliseconds(1499));
    EXPECT_EQ(stack.answers_to(txn).back().status, 100);
    loop.advance(std::chrono::milliseconds(1));
    EXPECT_EQ(stack.answers_to(txn).back().status, 200);
}

TEST_F(Recorder, RefusesOnDemand) {
    start({.refuse = 302, .redirect = "<sip:595959@127.0.0.1:5090>"});
    const SipMessage answer = ask("INVITE", offer("sendonly"));
    EXPECT_EQ(answer.status, 302);
    EXPECT_EQ(*answer.find("Contact"), "<sip:595959@127.0.0.1:5090>");
}

TEST_F(Recorder, RefusesMoreSessionsThanItMayHave) {
    start({.max_sessions = 1});
    begin(offer("sendonly"));
    tag.clear();
    EXPECT_EQ(ask("INVITE", offer("sendonly")).status, 503);
}

TEST_F(Recorder, EndsASessionWhoseAnswerIsNeverAcknowledged) {
    const auto txn = stack.receive(request("INVITE", offer("sendonly")), path());
    server->on_ack_timeout(txn);
    EXPECT_EQ(stack.sent_with("BYE").size(), 1U);
    EXPECT_TRUE(loop.run_until([&] { return server->session_count() == 0; }));
    EXPECT_EQ(sidecar().at("state").as_string(), "CLOSED_ERROR");
}

TEST_F(Recorder, ADiskThatRefusesEndsInAnErrorAndAnHonestAccount) {
    std::filesystem::remove_all(scratch.directory());  // nothing can be made in it any more
    const auto ports = begin(offer("sendonly"));
    RtpSender sender;
    for (std::uint16_t i = 1; i <= 4; ++i)
        sender.send(ports[0], i, "u");
    const SipMessage answer = end();
    EXPECT_EQ(answer.status, 200);
    EXPECT_THAT(std::string(answer.all("X-Weir-Recorded")[0]), HasSubstr("packets=0;octets=0"));
    EXPECT_EQ(server->session_count(), 0U);
}

TEST_F(Recorder, RepairsWhatACrashLeftBehind) {
    SessionRecord record;
    record.id = "20261121T000000Z-0000abcd";
    record.tracks.resize(1);
    record.tracks[0].files.push_back({.name = wav_name(record.id, 0, 0), .codec = "PCMU"});
    ASSERT_TRUE(write_sidecar(scratch.directory(), record));
    {
        auto wav = WavFile::create(scratch.path(wav_name(record.id, 0, 0)), Law711::mu);
        ASSERT_TRUE(wav);
    }
    std::ofstream(scratch.path(wav_name(record.id, 0, 0)), std::ios::app) << "0123456789";
    start({});
    const auto json = sidecar();
    EXPECT_EQ(json.at("state").as_string(), "CLOSED_ERROR");
    EXPECT_EQ(json.at("tracks").at(0).at("files").at(0).at("bytes").as_int64(), 10);
    EXPECT_TRUE(json.at("tracks").at(0).at("account").is_null());
    EXPECT_EQ(samples(0), "0123456789");
}

TEST_F(Recorder, StopSaysByeAndClosesTheFiles) {
    const auto ports = begin(offer("sendonly"));
    RtpSender sender;
    for (std::uint16_t i = 1; i <= 4; ++i)
        sender.send(ports[0], i, "a");
    bool stopped = false;
    server->stop([&] { stopped = true; });
    EXPECT_TRUE(loop.run_until([&] { return stopped; }));
    EXPECT_EQ(stack.sent_with("BYE").size(), 1U);
    EXPECT_EQ(samples(0), "aaaa");
}

}  // namespace
}  // namespace weir::forking

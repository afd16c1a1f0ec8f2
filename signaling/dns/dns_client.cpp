// SPDX-License-Identifier: Apache-2.0
// DnsClient: the only file that knows c-ares; see dns_client.hpp.
#include "signaling/dns/dns_client.hpp"

#include <map>
#include <memory>
#include <string>
#include <utility>

#include <ares.h>
#include <arpa/nameser.h>
#include <netdb.h>
#include <sys/socket.h>
#include <sys/time.h>

#include "signaling/dns/dns_limits.hpp"
#include "signaling/net/socket_set.hpp"

namespace weir::signaling {
namespace {

constexpr std::chrono::seconds kHostsFileTtl{60};

DnsAnswer no_answer() {
    DnsAnswer answer;
    answer.is_failure = true;
    answer.ttl = kDnsRetry;
    return answer;
}

}  // namespace

struct DnsClient::Parts {
    // What c-ares gives back with an answer.
    struct Open {
        Parts* parts = nullptr;
        std::uint64_t id = 0;
        DnsQuestion question;
        std::function<void(DnsAnswer)> done;
    };
    EventLoop& loop;
    std::unique_ptr<SocketSet> sockets;
    ares_channel channel = nullptr;
    bool is_up = false;
    TimerId timer;
    std::uint64_t last_id = 0;
    std::map<std::uint64_t, std::unique_ptr<Open>> open;
    std::map<std::uint64_t, TimerId> answers;  // on their way

    explicit Parts(EventLoop& l) : loop(l) {}
    ~Parts() {
        for (auto& [id, each] : open)
            each->done = nullptr;  // c-ares answers all of them now
        if (is_up) ares_destroy(channel);
        loop.cancel(timer);
        for (auto& [id, each] : answers)
            loop.cancel(each);
    }
    void arm();
    void answer_later(std::function<void(DnsAnswer)> done, DnsAnswer answer);
    [[nodiscard]] DnsAnswer from_hosts_file(const DnsQuestion& question) const;
    static void on_socket(void* data, ares_socket_t fd, int readable, int writable);
    static void on_answer(void* data, int status, int timeouts, unsigned char* bytes, int length);
};

void DnsClient::Parts::on_socket(void* data, ares_socket_t fd, int readable, int writable) {
    auto* parts = static_cast<Parts*>(data);
    if (readable == 0 && writable == 0) return parts->sockets->remove(fd);
    (void)parts->sockets->set(
        fd, {readable != 0, writable != 0}, [parts, fd](SocketSet::Ready ready) {
            ares_process_fd(parts->channel, ready.readable ? fd : ARES_SOCKET_BAD,
                            ready.writable ? fd : ARES_SOCKET_BAD);
            parts->arm();
        });
}

void DnsClient::Parts::on_answer(void* data, int, int, unsigned char* bytes, int length) {
    auto* mine = static_cast<Open*>(data);
    Parts& parts = *mine->parts;
    // With a refusal c-ares still gives the message: that the name does not exist, and until when.
    DnsAnswer answer = no_answer();
    if (bytes != nullptr && length > 0)
        answer = read_dns_answer({bytes, static_cast<std::size_t>(length)}, mine->question.name,
                                 mine->question.type);
    auto done = std::move(mine->done);
    parts.open.erase(mine->id);
    if (done) parts.answer_later(std::move(done), std::move(answer));
}

void DnsClient::Parts::answer_later(std::function<void(DnsAnswer)> done, DnsAnswer answer) {
    const std::uint64_t id = ++last_id;
    answers[id] = loop.after(std::chrono::nanoseconds(0),
                             [this, id, done = std::move(done), answer = std::move(answer)] {
                                 answers.erase(id);
                                 done(answer);
                             });
}

void DnsClient::Parts::arm() {
    loop.cancel(timer);
    timer = {};
    timeval left{};
    if (ares_timeout(channel, nullptr, &left) == nullptr) return;
    timer = loop.after(std::chrono::seconds(left.tv_sec) + std::chrono::microseconds(left.tv_usec),
                       [this] {
                           ares_process_fd(channel, ARES_SOCKET_BAD, ARES_SOCKET_BAD);
                           arm();
                       });
}

DnsAnswer DnsClient::Parts::from_hosts_file(const DnsQuestion& question) const {
    DnsAnswer answer;
    answer.ttl = kHostsFileTtl;
    const bool is_v6 = question.type == DnsType::aaaa;
    if (!is_v6 && question.type != DnsType::a) return answer;
    hostent* entry = nullptr;
    if (ares_gethostbyname_file(channel, question.name.c_str(), is_v6 ? AF_INET6 : AF_INET,
                                &entry) != ARES_SUCCESS)
        return answer;
    for (char** each = entry->h_addr_list; *each != nullptr; ++each) {
        IpAddress address;
        address.family = is_v6 ? Family::v6 : Family::v4;
        for (int i = 0; i < entry->h_length; ++i)
            address.bytes.at(static_cast<std::size_t>(i)) = static_cast<std::uint8_t>((*each)[i]);
        answer.addresses.push_back(address);
    }
    ares_free_hostent(entry);
    return answer;
}

DnsClient::DnsClient(std::unique_ptr<Parts> parts) : parts_(std::move(parts)) {}
DnsClient::~DnsClient() = default;

Result<std::unique_ptr<DnsClient>> DnsClient::create(EventLoop& loop,
                                                     const std::vector<Endpoint>& servers) {
    auto parts = std::make_unique<Parts>(loop);
    auto sockets = SocketSet::create(loop);
    if (!sockets) return fail(sockets.error());
    parts->sockets = std::move(*sockets);
    ares_options options{};
    options.timeout = static_cast<int>(kDnsTry.count());
    options.tries = kDnsTries;
    options.sock_state_cb = Parts::on_socket;
    options.sock_state_cb_data = parts.get();
    const int status = ares_init_options(
        &parts->channel, &options, ARES_OPT_TIMEOUTMS | ARES_OPT_TRIES | ARES_OPT_SOCK_STATE_CB);
    if (status != ARES_SUCCESS)
        return fail(ErrorCode::io,
                    std::string("cannot prepare the DNS client: ") + ares_strerror(status));
    parts->is_up = true;
    std::string list;
    for (const Endpoint& server : servers)
        list += (list.empty() ? "" : ",") + uri_host(server.address) + ":" +
                std::to_string(server.port);
    if (!list.empty() && ares_set_servers_ports_csv(parts->channel, list.c_str()) != ARES_SUCCESS)
        return fail(ErrorCode::invalid, "dns.servers: cannot use " + list);
    return std::make_unique<DnsClient>(std::move(parts));
}

void DnsClient::ask(const DnsQuestion& question, std::function<void(DnsAnswer)> done) {
    if (DnsAnswer known = parts_->from_hosts_file(question); !known.is_empty())
        return parts_->answer_later(std::move(done), std::move(known));
    auto mine = std::make_unique<Parts::Open>(
        Parts::Open{parts_.get(), ++parts_->last_id, question, std::move(done)});
    Parts::Open* data = mine.get();
    parts_->open.emplace(mine->id, std::move(mine));
    ares_query(parts_->channel, data->question.name.c_str(), ns_c_in,
               static_cast<int>(question.type), Parts::on_answer, data);
    parts_->arm();
}

}  // namespace weir::signaling

// SPDX-License-Identifier: Apache-2.0
// HTTP/1.1 connections: one request at a time, small headers, no bodies, a deadline on everything.
#include "config/admin/http_server.hpp"

#include <optional>

#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <boost/beast/http/empty_body.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/string_body.hpp>
#include <boost/beast/http/write.hpp>
#include <fmt/format.h>

#include "config/admin/admin_limits.hpp"
#include "config/admin/metrics_text.hpp"

namespace weir::config {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = boost::beast::http;
using asio::ip::tcp;
using boost::system::error_code;

class HttpConnection : public std::enable_shared_from_this<HttpConnection> {
public:
    HttpConnection(tcp::socket socket, HttpContext& context)
        : stream_(std::move(socket)),
          buffer_(2 * kHttpHeaderBytes),
          context_(context),
          counters_(context.counters),
          seats_(context.seats) {
        ++counters_.connections;
    }
    ~HttpConnection() {
        seats_.give_back(seat_);
        --counters_.connections;
    }
    HttpConnection(const HttpConnection&) = delete;
    HttpConnection& operator=(const HttpConnection&) = delete;

    // False: every seat is taken by a request that is being answered.
    [[nodiscard]] bool sit_down() {
        seat_ = seats_.take([weak = weak_from_this()] {
            if (const auto self = weak.lock()) self->stream_.close();
        });
        return seat_ != 0;
    }

    // `patience`: who has just connected has a request to make; later ones are awaited longer.
    void read(std::chrono::milliseconds patience = kHttpFirstHeader) {
        seats_.wait(seat_);
        parser_.emplace();
        parser_->header_limit(kHttpHeaderBytes);
        parser_->body_limit(0);
        stream_.expires_after(patience);
        http::async_read(
            stream_, buffer_, *parser_,
            [self = shared_from_this()](const error_code& failure, std::size_t) {
                if (!failure) return self->route();
                if (failure != http::error::end_of_stream && failure != asio::error::eof)
                    ++self->context_.counters.bad;
            });
    }

private:
    void route() {
        ++context_.counters.requests;
        seats_.work(seat_);
        const auto& request = parser_->get();
        const auto method = request.method();
        const std::string target(request.target().substr(0, request.target().find('?')));
        stream_.expires_after(kHttpTimeout);
        if (method != http::verb::get && method != http::verb::head)
            return write(http::status::method_not_allowed, "only GET and HEAD are possible here\n");
        auto self = shared_from_this();
        if (target == "/healthz") return write(http::status::ok, "ok\n");
        if (target == "/readyz") {
            context_.readiness.get([self](const Readiness* answer) {
                if (answer == nullptr)
                    return self->write(http::status::service_unavailable,
                                       "the SIP thread gave no answer in time\n");
                self->write(answer->ready ? http::status::ok : http::status::service_unavailable,
                            answer->text);
            });
        } else if (target == "/metrics") {
            context_.metrics.get([self](const std::vector<Metric>* answer) {
                if (answer == nullptr)
                    return self->write(http::status::service_unavailable,
                                       "the SIP thread gave no answer in time\n");
                self->write(http::status::ok, metrics_text(*answer));
            });
        } else {
            write(http::status::not_found, "known here: /metrics /healthz /readyz\n");
        }
    }

    void write(http::status status, std::string text) {
        const auto& request = parser_->get();
        response_.emplace(status, request.version());
        response_->set(http::field::server, "Weir");
        response_->set(http::field::content_type, "text/plain; version=0.0.4; charset=utf-8");
        if (status == http::status::method_not_allowed)
            response_->set(http::field::allow, "GET, HEAD");
        response_->keep_alive(request.keep_alive());
        response_->content_length(text.size());
        if (request.method() != http::verb::head) response_->body() = std::move(text);
        seats_.wait(seat_);
        stream_.expires_after(kHttpTimeout);
        http::async_write(stream_, *response_,
                          [self = shared_from_this()](const error_code& failure, std::size_t) {
                              if (failure) return;
                              if (self->response_->keep_alive()) return self->read(kHttpTimeout);
                              error_code ignored;
                              self->stream_.socket().shutdown(tcp::socket::shutdown_send, ignored);
                          });
    }

    beast::tcp_stream stream_;
    beast::flat_buffer buffer_;
    HttpContext& context_;
    // These outlive the context: they are used when the server is gone already.
    HttpCounters& counters_;
    Seats& seats_;
    Seats::Guest seat_ = 0;
    std::optional<http::request_parser<http::empty_body>> parser_;
    std::optional<http::response<http::string_body>> response_;
};

tcp::endpoint to_asio(const Endpoint& endpoint) {
    if (endpoint.address.family == Family::v6) {
        asio::ip::address_v6::bytes_type bytes{};
        std::copy(endpoint.address.bytes.begin(), endpoint.address.bytes.end(), bytes.begin());
        return {asio::ip::address_v6(bytes), endpoint.port};
    }
    asio::ip::address_v4::bytes_type bytes{};
    std::copy_n(endpoint.address.bytes.begin(), bytes.size(), bytes.begin());
    return {asio::ip::address_v4(bytes), endpoint.port};
}

}  // namespace

HttpServer::HttpServer(asio::io_context& io, HttpContext context)
    : acceptor_(io), context_(std::move(context)) {}

Result<void> HttpServer::listen(const Endpoint& endpoint) {
    const tcp::endpoint wanted = to_asio(endpoint);
    error_code failure;
    acceptor_.open(wanted.protocol(), failure);
    if (!failure) acceptor_.set_option(tcp::acceptor::reuse_address(true), failure);
    if (!failure) acceptor_.bind(wanted, failure);
    if (!failure) acceptor_.listen(static_cast<int>(kHttpMaxConnections), failure);
    if (failure) {
        const auto code =
            failure == asio::error::address_in_use ? ErrorCode::exists : ErrorCode::io;
        return fail(code,
                    fmt::format("cannot listen for HTTP at {}: {} (http.listen in platform.yaml)",
                                endpoint.to_string(), failure.message()));
    }
    local_ = endpoint;
    local_.port = acceptor_.local_endpoint(failure).port();
    accept();
    return {};
}

void HttpServer::accept() {
    acceptor_.async_accept([this](const error_code& failure, tcp::socket socket) {
        if (failure == asio::error::operation_aborted) return;
        if (!failure) {
            const auto connection = std::make_shared<HttpConnection>(std::move(socket), context_);
            if (connection->sit_down())
                connection->read();
            else
                ++context_.counters.refused;  // closed here, at once
        }
        accept();
    });
}

}  // namespace weir::config

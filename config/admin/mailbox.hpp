// SPDX-License-Identifier: Apache-2.0
// Mailbox: how other threads reach the admin thread, also while it is being taken down.
#pragma once

#include <mutex>
#include <utility>

#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>

namespace weir::config {

// Answers may come after the server is gone: whoever holds a mailbox may post for ever, and after
// close() nothing happens. The mutex guards the pointer only; it is never held while work runs.
class Mailbox {
public:
    explicit Mailbox(boost::asio::io_context& io) : io_(&io) {}

    template <typename Work>
    void post(Work work) {
        const std::lock_guard lock(mutex_);
        if (io_ != nullptr) boost::asio::post(*io_, std::move(work));
    }
    void close() {
        const std::lock_guard lock(mutex_);
        io_ = nullptr;
    }

private:
    std::mutex mutex_;
    boost::asio::io_context* io_;
};

}  // namespace weir::config

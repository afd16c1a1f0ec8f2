// SPDX-License-Identifier: Apache-2.0
// kCallsAtOnce calls in a turn of the SIP thread, then the counters of their media.
#include "deploy/apps/call_pictures.hpp"

#include <algorithm>
#include <utility>

#include "signaling/show/show_limits.hpp"

namespace weir::apps {
namespace {

// The sessions whose counters are asked for: calls' own, then those of nobody here.
std::vector<dataplane::SessionId> sessions_of(const Picture& picture, bool of_all) {
    std::vector<dataplane::SessionId> sessions;
    for (const auto& call : picture.calls)
        if ((of_all || call.recordable) && call.view.media.is_set())
            sessions.push_back(call.view.media);
    for (const auto& orphan : picture.orphans)
        sessions.push_back(orphan.session);
    return sessions;
}

// One question, over many turns of the loop.
struct Gathering : std::enable_shared_from_this<Gathering> {
    Gathering(const OperatorSources& from, CallsWanted what, std::function<void(PicturePtr)> then)
        : sources(from), wanted(std::move(what)), done(std::move(then)) {}

    void go_on() {
        signaling::CallChoice choice = wanted.choice;
        choice.most = signaling::kCallsAtOnce;
        if (wanted.most != 0)
            choice.most = std::min(choice.most, wanted.most - picture->calls.size());
        if (!picture->calls.empty()) choice.after = picture->calls.back().view.id;
        auto chosen = sources.calls.some_calls(choice);
        for (auto& call : chosen.calls)
            picture->calls.push_back(std::move(call));
        const bool full = wanted.most != 0 && picture->calls.size() >= wanted.most;
        if (chosen.left_out == 0 || full) return finish(chosen.left_out);
        if (!sources.loop.post([self = shared_from_this()] { self->go_on(); }))
            finish(chosen.left_out);
    }

    void finish(std::size_t left_out) {
        picture->not_shown = left_out;
        picture->recordings = sources.ledger.active();
        picture->orphans = sources.calls.orphans();
        sources.reports.read_sessions(
            sessions_of(*picture, wanted.media_of_all),
            [self = shared_from_this()](std::vector<dataplane::Report> reports) {
                self->picture->reports = std::move(reports);
                self->done(self->picture);
            });
    }

    OperatorSources sources;
    CallsWanted wanted;
    std::function<void(PicturePtr)> done;
    std::shared_ptr<Picture> picture = std::make_shared<Picture>();
};

}  // namespace

bool Picture::is_orphan(dataplane::SessionId session) const {
    return std::any_of(orphans.begin(), orphans.end(),
                       [session](const auto& one) { return one.session == session; });
}

std::vector<CallPicture> Picture::joined() const {
    std::map<dataplane::SessionId, const dataplane::Report*> by_session;
    for (const dataplane::Report& report : reports)
        by_session[report.state.session] = &report;
    std::vector<CallPicture> pictures;
    for (const signaling::CallSnapshot& call : calls) {
        CallPicture picture{call, nullptr, nullptr};
        if (const auto found = by_session.find(call.view.media); found != by_session.end())
            picture.report = found->second;
        if (const auto found = recordings.find(call.view.id); found != recordings.end())
            picture.recording = &found->second;
        pictures.push_back(std::move(picture));
    }
    return pictures;
}

void gather_calls(const OperatorSources& sources, const CallsWanted& wanted,
                  std::function<void(PicturePtr)> done) {
    std::make_shared<Gathering>(sources, wanted, std::move(done))->go_on();
}

config::CommandHandler over_calls(
    const OperatorSources& sources, WantCalls wanted,
    std::function<std::string(const OperatorSources&, const Picture&)> print) {
    return on_sip(sources, [sources, wanted = std::move(wanted), print = std::move(print)](
                               const auto& arguments, const config::Respond& respond) {
        const auto what = wanted(arguments);
        if (!what) return respond({false, "% " + what.error().context + "\n"});
        gather_calls(sources, *what, [sources, print, respond](PicturePtr picture) {
            respond({true, "", [sources, print, picture = std::move(picture)] {
                         return print(sources, *picture);
                     }});
        });
    });
}

config::CommandHandler on_sip(
    const OperatorSources& sources,
    std::function<void(const std::vector<std::string>&, const config::Respond&)> work) {
    return [&loop = sources.loop, work = std::move(work)](const auto& arguments,
                                                          const config::Respond& respond) {
        if (!loop.post([work, arguments, respond] { work(arguments, respond); }))
            respond({false, "% The SIP thread is busy; try again\n"});
    };
}

}  // namespace weir::apps

// SPDX-License-Identifier: Apache-2.0
// Bindings as JSON; what an endpoint sends need not be UTF-8.
#include "deploy/apps/passthrough_json.hpp"

#include <boost/json.hpp>

#include "config/base/text.hpp"

namespace weir::apps {

std::string passthrough_json(const std::vector<signaling::BindingRow>& rows) {
    const auto safe = [](const std::string& text) { return text::printable(text, text.size()); };
    boost::json::array array;
    for (const signaling::BindingRow& row : rows) {
        const signaling::Binding& binding = row.binding;
        boost::json::array path;
        for (const std::string& hop : binding.routes)
            path.push_back(boost::json::string(safe(hop)));
        array.push_back(boost::json::object{{"line", safe(row.line)},
                                            {"aor", safe(binding.aor)},
                                            {"contact", safe(binding.contact)},
                                            {"source", binding.path.remote.to_string()},
                                            {"transport", to_string(binding.path.transport)},
                                            {"dial_peer", binding.peer.value()},
                                            {"registrar", binding.registrar.to_string()},
                                            {"registrar_index", binding.registrar_index},
                                            {"expires_in", row.in_left.count()},
                                            {"expires_out", row.out_left.count()},
                                            {"path", std::move(path)},
                                            {"binding", binding.token},
                                            {"passed", binding.asked},
                                            {"answered_here", binding.answered_here}});
    }
    return boost::json::serialize(array) + "\n";
}

}  // namespace weir::apps

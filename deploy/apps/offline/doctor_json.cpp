// SPDX-License-Identifier: Apache-2.0
// The doctor's report for programs.
#include <boost/json.hpp>

#include "dataplane/host/descriptors.hpp"
#include "deploy/apps/offline/doctor.hpp"

namespace weir::apps {
namespace {

namespace json = boost::json;
using dataplane::Severity;

const char* to_word(Severity severity) {
    switch (severity) {
        case Severity::missing:
            return "missing";
        case Severity::warning:
            return "warning";
        case Severity::note:
            break;
    }
    return "note";
}

json::array findings_of(const std::vector<dataplane::Finding>& findings) {
    json::array array;
    for (const auto& finding : findings)
        array.push_back(json::object{{"severity", to_word(finding.severity)},
                                     {"what", finding.what},
                                     {"command", finding.command}});
    return array;
}

json::object object_of(const Diagnosis& diagnosis) {
    json::object modes;
    for (const auto& judgement : diagnosis.modes)
        modes[to_string(judgement.mode)] = json::object{
            {"works", judgement.works()}, {"findings", findings_of(judgement.findings)}};
    json::object object{{"modes", modes}, {"passed_over", diagnosis.passed_over}};
    object["device"] = diagnosis.device.empty() ? json::value() : json::value(diagnosis.device);
    object["taken"] = diagnosis.taken ? json::value(to_string(*diagnosis.taken)) : json::value();
    return object;
}

json::object resources_of(const DoctorReport& report) {
    json::object needed;
    for (const IoMode mode : kIoModes)
        if (mode != IoMode::automatic)
            needed[to_string(mode)] = dataplane::descriptors_needed(mode, report.wish.sessions);
    json::array cores;
    for (const unsigned core : report.machine.cores)
        cores.push_back(core);
    return {{"descriptor_limit", report.machine.descriptor_limit},
            {"descriptors_needed", needed},
            {"memory_available_bytes", report.machine.memory_available},
            {"cores", cores},
            {"findings", findings_of(report.resources)}};
}

}  // namespace

std::string doctor_json(const DoctorReport& report) {
    json::array diagnoses;
    for (const Diagnosis& diagnosis : report.diagnoses)
        diagnoses.push_back(object_of(diagnosis));
    json::array as_root;
    for (const IoMode mode : report.as_root)
        as_root.push_back(to_string(mode));
    json::object object{{"wanted", to_string(report.wanted)},
                        {"works", report.works()},
                        {"kernel", report.machine.kernel},
                        {"uid", report.machine.uid},
                        {"diagnoses", diagnoses},
                        {"resources", resources_of(report)},
                        {"as_root", as_root}};
    object["platform"] = report.platform.empty() ? json::value() : json::value(report.platform);
    return json::serialize(object) + "\n";
}

}  // namespace weir::apps

#include "gateway/metric_rows.h"

#include <algorithm>
#include <iterator>

#include "base/check.h"

namespace qantara::gateway {

namespace {

using enum metrics::Type;

constexpr MetricRow kRows[] = {
    {"qantara_build_info", GAUGE, "version", "Always 1; the version that runs."},
    {"qantara_live", GAUGE, "",
     "1 for the live database; 0 for a copy that stands by and neither delivers nor submits."},
    {"qantara_leads", GAUGE, "",
     "1 while this gateway delivers webhooks and runs what falls due; of those that share a database at most one "
     "does."},
    {"qantara_database_info", GAUGE, "engine", "Always 1; `sqlite` or `postgres`."},

    {"qantara_http_requests_total", COUNTER, "method, route, status",
     "Requests answered. The route is its pattern; `none` where there is no such path."},
    {"qantara_http_request_duration_seconds", HISTOGRAM, "method, route",
     "From the end of a request's body to the beginning of its answer."},
    {"qantara_http_refused_total", COUNTER, "status",
     "Messages refused before any route: broken, too large, too slow."},
    {"qantara_http_connections", GAUGE, "", "Connections open now."},
    {"qantara_http_connections_refused_total", COUNTER, "",
     "Connections closed at once: as many as allowed were open, from their address or in all."},
    {"qantara_requests_in_work", GAUGE, "", "Writes, reads and lists being answered now."},
    {"qantara_requests_in_work_limit", GAUGE, "",
     "How many of them may be, by what the gateway has been able to answer in time."},
    {"qantara_requests_shed_total", COUNTER, "priority",
     "Requests answered 503 because there were too many. Not one should be `in_flight`."},
    {"qantara_tls_certificate_expires_seconds", GAUGE, "",
     "When the certificate ends, in seconds since 1970; absent without TLS."},

    {"qantara_database_writable", GAUGE, "", "1 while writes are possible, 0 after the storage failed."},
    {"qantara_commit_closures", HISTOGRAM, "", "Writes that shared one commit."},
    {"qantara_commit_duration_seconds", HISTOGRAM, "",
     "How long a commit itself took, most of it the flush to the disk (fsync)."},

    {"qantara_pruned_rows_total", COUNTER, "kind",
     "Rows deleted because they were old enough: `event`, `delivery` (with its event), `dead_letter`, `link_session`."},

    {"qantara_events_total", COUNTER, "type", "Events committed since the start."},
    {"qantara_payments_completed_total", COUNTER, "status",
     "Payments told of by `payment.created` or `payment.updated` since the start, by the status told."},
    {"qantara_payments_open", GAUGE, "status", "Payments that are neither accepted nor failed, by status."},

    {"qantara_webhook_attempts_total", COUNTER, "outcome",
     "Attempts to deliver: `delivered`, the class of another status, or why there was no answer."},
    {"qantara_webhook_attempt_duration_seconds", HISTOGRAM, "", "How long receivers took to answer, or to fail."},
    {"qantara_webhook_deliveries_waiting", GAUGE, "", "Deliveries to active endpoints that are not made yet."},
    {"qantara_webhook_lag_seconds", GAUGE, "",
     "Age of the oldest event that an active endpoint has not been told of; 0 if there is none."},

    {"qantara_bank_calls_total", COUNTER, "bank, call, outcome",
     "Calls to banks: `answered`, or what became of the request. `outcome_unknown` needs an eye."},
    {"qantara_bank_call_duration_seconds", HISTOGRAM, "bank, call", "How long banks took to answer, or to fail."},

    {"process_resident_memory_bytes", GAUGE, "", "Memory of the process that is in RAM."},
    {"process_open_fds", GAUGE, "", "Open files and sockets of the process."},
    {"process_cpu_seconds_total", COUNTER, "",
     "Processor time that the process has used, its own and the kernel's for it."},
    {"process_start_time_seconds", GAUGE, "", "When the gateway started, in seconds since 1970."},
};

}  // namespace

std::span<const MetricRow> metric_rows() { return kRows; }

const MetricRow& metric_row(std::string_view name) {
  const auto* const row = std::ranges::find(kRows, name, &MetricRow::name);
  CHECK(row != std::end(kRows));
  return *row;
}

}  // namespace qantara::gateway

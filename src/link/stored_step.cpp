#include "link/stored_step.h"

#include "json/json.h"

namespace qantara::link {

std::string failure_json(std::string_view code, std::string_view text) {
  json::Writer writer;
  writer.begin_object().member("code", code).member("text", text).end_object();
  return std::move(writer).text();
}

Result<Failure> read_failure(std::string_view step) {
  ASSIGN_OR_RETURN(const auto stored, json::parse(step));
  return Failure{.code = std::string{stored.text("code").value_or("")},
                 .text = std::string{stored.text("text").value_or("")}};
}

std::string cool_off_json(std::optional<Instant> until) {
  json::Writer writer;
  writer.begin_object();
  if (until) writer.member("cool_off_until", qantara::to_text(*until));
  writer.end_object();
  return std::move(writer).text();
}

Result<std::optional<Instant>> read_cool_off(std::string_view step) {
  ASSIGN_OR_RETURN(const auto stored, json::parse(step));
  return parse_instant(stored.text("cool_off_until").value_or(""));
}

std::string end_json(EndReason reason) {
  json::Writer writer;
  writer.begin_object().member("reason", to_text(reason)).end_object();
  return std::move(writer).text();
}

Result<EndReason> read_end(std::string_view step) {
  if (step.empty()) return EndReason::LEFT;
  ASSIGN_OR_RETURN(const auto stored, json::parse(step));
  return parse_end_reason(stored.text("reason").value_or("")).value_or(EndReason::LEFT);
}

}  // namespace qantara::link

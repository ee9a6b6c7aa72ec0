// What a session remembers of the step it stands at (`LinkSession::step`), for kinds that the bank's question says nothing of.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "base/result.h"
#include "link/link_session.h"

namespace qantara::link {

struct Failure {
  std::string code;
  std::string text;
};
std::string failure_json(std::string_view code, std::string_view text);
Result<Failure> read_failure(std::string_view step);

/// `until` nothing: the bank did not say.
std::string cool_off_json(std::optional<Instant> until);
Result<std::optional<Instant>> read_cool_off(std::string_view step);

std::string end_json(EndReason reason);
/// LEFT for a step that was stored without a reason.
Result<EndReason> read_end(std::string_view step);

}  // namespace qantara::link

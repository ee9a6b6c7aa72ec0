// `explain`: the ordered story of an intent, a payment or a payment source, told from its events and deliveries.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "api/services.h"
#include "base/result.h"

namespace qantara::api {

struct StoryEntry {
  Instant at;
  std::string_view source;  ///< shop, payer, gateway, bank, webhook or timer.
  std::string_view symbol;  ///< ok, fail, sent, unknown, waiting or look.
  std::string text;
};

struct Story {
  std::string_view kind;  ///< payment_intent, payment or payment_source.
  std::string id;
  std::string title;
  std::string status;
  std::optional<std::string> status_detail;
  std::string why;                  ///< Why it stands as it does, in one sentence.
  std::string next;                 ///< What happens next; empty if nothing does.
  std::vector<StoryEntry> entries;  ///< Oldest first.
};

/// `id`: a whole id, or an ending of at least six hexadecimal digits that only one of the newest objects has.
/// Errors: UNKNOWN_PAYMENT for no such object; INVALID_PARAMETERS (field "id") for an ending that several have.
Result<Story> explain(db::Transaction& tx, const Services& services, std::string_view id);

std::string to_json(const Story& story);

}  // namespace qantara::api

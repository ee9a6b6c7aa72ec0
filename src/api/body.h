// Reading a request's body in the order of refusals: missing, type, unknown member; formats come after.
#pragma once

#include <initializer_list>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "banking/government_identifier.h"
#include "base/result.h"
#include "http/message.h"
#include "json/json.h"

namespace qantara::api {

/// What a member may be.
enum class MemberType { TEXT, FLAG, AMOUNT, TEXTS, OBJECT, OBJECTS, ANY };
enum class Presence {
  REQUIRED,
  OPTIONAL,  ///< null counts as absent.
  IGNORED,   ///< Some documented version has it; it means nothing here.
};

struct MemberRule {
  std::string_view name;
  MemberType type = MemberType::TEXT;
  Presence presence = Presence::OPTIONAL;
};

/// The body as an object whose members follow `rules`.
/// Errors: UNSUPPORTED_MEDIA_TYPE; INVALID_PARAMETERS for text that is not one JSON object; then all missing members at once
/// (MISSING_PARAMETERS), then all of a wrong type, then all unknown ones (INVALID_PARAMETERS).
/// `one_of`: members of which at least one must be given; where all are missing, the first is named.
Result<json::Value> read_body(const http::Request& request, std::span<const MemberRule> rules,
                              std::initializer_list<std::string_view> one_of = {});

/// The same of an object inside a body, whose members are named with `path` before them: "government_identifiers[0].".
Result<void> check_members(const json::Value& object, std::span<const MemberRule> rules, std::string_view path,
                           std::initializer_list<std::string_view> one_of = {});

/// The text of a TEXT member; nothing if it is absent or null.
std::optional<std::string> optional_text(const json::Value& body, std::string_view name);
/// The text of a REQUIRED member.
std::string required_text(const json::Value& body, std::string_view name);
/// An AMOUNT as it was written: a number's text, or a string's.
std::string amount_text(const json::Value& body, std::string_view name);

/// A government identifier: `{"type", "value"}`, named `path` in refusals. Its value is checked with the formats.
Result<banking::GovernmentIdentifier> read_government_identifier(const json::Value& object, const std::string& path);

/// An id in a body. Errors: INVALID_PARAMETERS on `name` for what is not a UUID.
template <class IdType>
Result<IdType> body_id(const json::Value& body, std::string_view name) {
  const auto id = IdType::parse(required_text(body, name));
  if (!id) return field_error(ErrorCode::INVALID_PARAMETERS, std::string{name}, std::string{name} + " must be a UUID");
  return *id;
}

/// The same for a member that may be absent.
template <class IdType>
Result<std::optional<IdType>> optional_body_id(const json::Value& body, std::string_view name) {
  if (!optional_text(body, name)) return std::optional<IdType>{};
  ASSIGN_OR_RETURN(const auto id, body_id<IdType>(body, name));
  return std::optional{id};
}

/// An id in a path. One that is malformed is as unknown as any other: the nil id, which nothing has.
template <class IdType>
IdType path_id(const http::Request& request, std::string_view name) {
  return IdType::parse(request.path_parameter(name)).value_or(IdType{});
}

}  // namespace qantara::api

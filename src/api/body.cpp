#include "api/body.h"

#include <algorithm>

#include "base/text.h"

namespace qantara::api {

namespace {

bool is_absent(const json::Value* value) { return value == nullptr || value->is(json::Kind::NUL); }

bool is_absent_or_blank(const json::Value* value) {
  return is_absent(value) || (value->is(json::Kind::STRING) && trim(value->string()).empty());
}

bool has_type(const json::Value& value, MemberType type) {
  switch (type) {
    case MemberType::TEXT:
      return value.is(json::Kind::STRING);
    case MemberType::FLAG:
      return value.is(json::Kind::BOOLEAN);
    case MemberType::AMOUNT:
      return value.is(json::Kind::NUMBER) || value.is(json::Kind::STRING);
    case MemberType::TEXTS:
      return value.is(json::Kind::ARRAY) &&
             std::ranges::all_of(value.items(), [](const auto& item) { return item.is(json::Kind::STRING); });
    case MemberType::OBJECT:
      return value.is(json::Kind::OBJECT);
    case MemberType::OBJECTS:
      return value.is(json::Kind::ARRAY) &&
             std::ranges::all_of(value.items(), [](const auto& item) { return item.is(json::Kind::OBJECT); });
    case MemberType::ANY:
      return true;
  }
  return true;
}

std::string_view describe(MemberType type) {
  switch (type) {
    case MemberType::TEXT:
      return "a string";
    case MemberType::FLAG:
      return "true or false";
    case MemberType::AMOUNT:
      return "a number or a decimal string";
    case MemberType::TEXTS:
      return "an array of strings";
    case MemberType::OBJECT:
      return "an object";
    case MemberType::OBJECTS:
      return "an array of objects";
    case MemberType::ANY:
      return "anything";
  }
  return "anything";
}

void add(Error& error, std::string_view field, std::string message) {
  error.fields.push_back({.field = std::string{field}, .code = error.code, .message = std::move(message)});
}

/// The error, with the first field's words as its own.
Error summed_up(Error error) {
  error.message = error.fields.front().message;
  if (error.fields.size() > 1) error.message += " (and " + std::to_string(error.fields.size() - 1) + " more)";
  return error;
}

/// "iban or account_number"
std::string one_of_words(std::initializer_list<std::string_view> names) {
  std::string words;
  for (const auto name : names) words.append(words.empty() ? "" : " or ").append(name);
  return words;
}

Result<void> check_media_type(const http::Request& request) {
  const auto value = request.headers.value_or("content-type", "");
  const auto type = trim(value.substr(0, value.find(';')));
  if (!equals_ignoring_case(type, "application/json")) {
    return error(ErrorCode::UNSUPPORTED_MEDIA_TYPE, "Content-Type must be application/json");
  }
  const auto parameters =
      value.find(';') == std::string_view::npos ? std::string_view{} : trim(value.substr(value.find(';') + 1));
  if (!parameters.empty() && !equals_ignoring_case(parameters, "charset=utf-8") &&
      !equals_ignoring_case(parameters, "charset=\"utf-8\"")) {
    return error(ErrorCode::UNSUPPORTED_MEDIA_TYPE, "Content-Type must be application/json in UTF-8");
  }
  return {};
}

}  // namespace

Result<void> check_members(const json::Value& object, std::span<const MemberRule> rules, std::string_view path,
                           std::initializer_list<std::string_view> one_of) {
  const auto named = [&](std::string_view name) { return std::string{path} + std::string{name}; };

  Error missing = error(ErrorCode::MISSING_PARAMETERS, {});
  for (const auto& rule : rules) {
    if (rule.presence == Presence::REQUIRED && is_absent(object.find(rule.name))) {
      add(missing, named(rule.name), named(rule.name) + " must be given");
    }
  }
  if (one_of.size() > 0 &&
      std::ranges::all_of(one_of, [&](auto name) { return is_absent_or_blank(object.find(name)); })) {
    add(missing, named(*one_of.begin()), one_of_words(one_of) + " must be given");
  }
  if (!missing.fields.empty()) return summed_up(std::move(missing));

  Error wrong = error(ErrorCode::INVALID_PARAMETERS, {});
  for (const auto& rule : rules) {
    const auto* const value = object.find(rule.name);
    if (rule.presence == Presence::IGNORED || is_absent(value) || has_type(*value, rule.type)) continue;
    add(wrong, named(rule.name),
        named(rule.name) + " must be " + std::string{describe(rule.type)} + ", not " +
            std::string{json::describe(value->kind())});
  }
  if (!wrong.fields.empty()) return summed_up(std::move(wrong));

  Error unknown = error(ErrorCode::INVALID_PARAMETERS, {});
  for (const auto& [name, value] : object.members()) {
    if (std::ranges::find(rules, std::string_view{name}, &MemberRule::name) == rules.end()) {
      add(unknown, named(name), named(name) + " is not a member of this request");
    }
  }
  if (!unknown.fields.empty()) return summed_up(std::move(unknown));
  return {};
}

Result<banking::GovernmentIdentifier> read_government_identifier(const json::Value& object, const std::string& path) {
  static constexpr MemberRule kMembers[] = {
      {"type", MemberType::TEXT, Presence::REQUIRED},
      {"value", MemberType::TEXT, Presence::REQUIRED},
  };
  RETURN_IF_ERROR(check_members(object, kMembers, path + "."));
  const auto type = banking::parse_government_identifier_type(required_text(object, "type"));
  if (!type) {
    return field_error(ErrorCode::INVALID_PARAMETERS, path + ".type",
                       path + ".type must be EMIRATES_ID or TRADE_LICENSE_NUMBER");
  }
  return banking::GovernmentIdentifier{.type = *type, .value = required_text(object, "value")};
}

Result<json::Value> read_body(const http::Request& request, std::span<const MemberRule> rules,
                              std::initializer_list<std::string_view> one_of) {
  RETURN_IF_ERROR(check_media_type(request));
  ASSIGN_OR_RETURN(auto body, json::parse(request.body, json::Nul::REFUSED));
  if (!body.is(json::Kind::OBJECT)) {
    return error(ErrorCode::INVALID_PARAMETERS,
                 "the body must be a JSON object, not " + std::string{json::describe(body.kind())});
  }
  RETURN_IF_ERROR(check_members(body, rules, {}, one_of));
  return body;
}

std::optional<std::string> optional_text(const json::Value& body, std::string_view name) {
  const auto text = body.text(name);
  return text ? std::optional{std::string{*text}} : std::nullopt;
}

std::string required_text(const json::Value& body, std::string_view name) {
  return std::string{body.text(name).value_or("")};
}

std::string amount_text(const json::Value& body, std::string_view name) {
  const auto* const value = body.find(name);
  if (value == nullptr) return {};
  return value->is(json::Kind::NUMBER) ? value->number_text() : value->string();
}

}  // namespace qantara::api

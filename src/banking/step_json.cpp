#include "banking/step_json.h"

namespace qantara::banking {

std::string_view to_text(Stage stage) {
  switch (stage) {
    case Stage::LOGIN:
      return "LOGIN";
    case Stage::BENEFICIARY:
      return "BENEFICIARY";
    case Stage::PAYMENT:
      return "PAYMENT";
  }
  return "LOGIN";
}

std::string_view to_text(FieldKind kind) {
  switch (kind) {
    case FieldKind::TEXT:
      return "TEXT";
    case FieldKind::PASSWORD:
      return "PASSWORD";
    case FieldKind::OTP:
      return "OTP";
    case FieldKind::CHOICE:
      return "CHOICE";
  }
  return "TEXT";
}

void write_members(json::Writer& writer, const NeedFields& need) {
  writer.member("stage", to_text(need.stage)).name("fields").begin_array();
  for (const auto& field : need.fields) {
    writer.begin_object()
        .member("name", field.name)
        .member("kind", to_text(field.kind))
        .member("label", field.label)
        .member("max_length", field.max_length)
        .member("numeric", field.numeric)
        .name("options")
        .begin_array();
    for (const auto& option : field.options) {
      writer.begin_object().member("value", option.value).member("label", option.label).end_object();
    }
    writer.end_array().end_object();
  }
  writer.end_array().member("message", need.message).member("target", need.target);
  if (need.tries_left) writer.member("tries_left", *need.tries_left);
  if (need.wrong_answer) writer.member("wrong_answer", true);
  if (need.effect == Effect::IRREVOCABLE) writer.member("irrevocable", true);
}

void write_members(json::Writer& writer, const NeedApproval& need) {
  writer.member("message", need.message);
  if (need.expires_at) writer.member("expires_at", qantara::to_text(*need.expires_at));
}

void write_members(json::Writer& writer, const NeedRedirect& need) {
  writer.member("stage", to_text(need.stage)).member("message", need.message).member("bank_url", need.url);
  if (need.expires_at) writer.member("expires_at", qantara::to_text(*need.expires_at));
}

std::string to_json(const NeedFields& need) {
  json::Writer writer;
  writer.begin_object().member("kind", "FIELDS");
  write_members(writer, need);
  writer.end_object();
  return std::move(writer).text();
}

std::string to_json(const NeedApproval& need) {
  json::Writer writer;
  writer.begin_object().member("kind", "APPROVAL");
  write_members(writer, need);
  writer.end_object();
  return std::move(writer).text();
}

std::string to_json(const NeedRedirect& need) {
  json::Writer writer;
  writer.begin_object().member("kind", "REDIRECT");
  write_members(writer, need);
  writer.end_object();
  return std::move(writer).text();
}

}  // namespace qantara::banking

#include "connectors/berlin_group/prompts.h"

#include <utility>

namespace qantara::connectors::berlin_group {

using banking::Effect;
using banking::Field;
using banking::FieldKind;
using banking::NeedApproval;
using banking::NeedFields;
using banking::Stage;
using banking::Step;

namespace {

Field method_field(const std::vector<ScaMethod>& methods) {
  Field field{.name = "method", .kind = FieldKind::CHOICE, .label = {}, .options = {}};
  for (const ScaMethod& method : methods) {
    // A push that brings a code to type is found out from the links once it is chosen; most ask for a tap.
    field.options.push_back({.value = method.id,
                             .label = method.name.empty() ? method.type : method.name,
                             .leads_to = method.type == "PUSH_OTP" ? FieldKind::CHOICE : FieldKind::OTP});
  }
  return field;
}

}  // namespace

NeedFields ask_for_credentials(Tone tone, const std::string& text) {
  return {.stage = Stage::LOGIN,
          .fields = {{.name = "username", .kind = FieldKind::TEXT, .label = {}, .options = {}},
                     {.name = "password", .kind = FieldKind::PASSWORD, .label = {}, .options = {}}},
          .message = text,
          .target = {},
          .tries_left = tries_left_in(text),
          .wrong_answer = tone == Tone::WRONG_ANSWER};
}

Step ask(const State& state, Tone tone, const std::string& text) {
  if (state.asked == Asked::APPROVAL) return NeedApproval{.message = state.challenge.message, .expires_at = {}};
  if (state.asked == Asked::REDIRECT) {
    return banking::NeedRedirect{
        .stage = state.stage, .url = state.redirect_url, .message = state.challenge.message, .expires_at = {}};
  }
  if (state.asked == Asked::PASSWORD && state.stage != Stage::PAYMENT) return ask_for_credentials(tone, text);

  NeedFields need{.stage = state.stage,
                  .fields = {},
                  .message = text.empty() ? state.challenge.message : text,
                  .target = state.challenge.target,
                  .tries_left = tries_left_in(text),
                  .wrong_answer = tone == Tone::WRONG_ANSWER};
  if (state.asked == Asked::PASSWORD) {
    need.stage = Stage::LOGIN;
    need.fields.push_back({.name = "password", .kind = FieldKind::PASSWORD, .label = {}, .options = {}});
  } else if (state.asked == Asked::METHOD) {
    need.fields.push_back(method_field(state.methods));
  } else {
    need.fields.push_back({.name = "otp",
                           .kind = FieldKind::OTP,
                           .label = {},
                           .max_length = state.challenge.max_length,
                           .numeric = state.challenge.numeric,
                           .options = {}});
    if (state.stage == Stage::PAYMENT) need.effect = Effect::IRREVOCABLE;
  }
  return need;
}

}  // namespace qantara::connectors::berlin_group

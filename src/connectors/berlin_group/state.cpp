#include "connectors/berlin_group/state.h"

#include <array>

namespace qantara::connectors::berlin_group {
namespace {

using banking::Stage;
using json::Kind;
using json::Value;

constexpr std::int64_t kVersion = 1;

template <class Enum>
struct Name {
  std::string_view text;
  Enum value;
};

constexpr auto kStages = std::to_array<Name<Stage>>({
    {"LOGIN", Stage::LOGIN},
    {"BENEFICIARY", Stage::BENEFICIARY},
    {"PAYMENT", Stage::PAYMENT},
});

constexpr auto kAsked = std::to_array<Name<Asked>>({
    {"NOTHING", Asked::NOTHING},
    {"PASSWORD", Asked::PASSWORD},
    {"METHOD", Asked::METHOD},
    {"CODE", Asked::CODE},
    {"APPROVAL", Asked::APPROVAL},
    {"REDIRECT", Asked::REDIRECT},
});

template <class Names, class Enum>
std::string_view name_of(const Names& names, Enum value) {
  for (const auto& name : names) {
    if (name.value == value) return name.text;
  }
  CHECK(false);
}

template <class Enum, std::size_t N>
std::optional<Enum> value_of(const std::array<Name<Enum>, N>& names, std::optional<std::string_view> text) {
  for (const auto& name : names) {
    if (text == name.text) return name.value;
  }
  return std::nullopt;
}

// The members that are plain text, by the names they are stored under.
struct TextMember {
  std::string_view name;
  std::string State::* member;
};
constexpr auto kTexts = std::to_array<TextMember>({
    {"psu_id", &State::psu_id},
    {"consent_id", &State::consent_id},
    {"resource", &State::resource},
    {"beneficiary_id", &State::beneficiary_id},
    {"payment_id", &State::payment_id},
    {"start_target", &State::start_target},
    {"authorisation_id", &State::authorisation_id},
    {"update_target", &State::update_target},
    {"redirect_url", &State::redirect_url},
    {"sca_status", &State::sca_status},
});

}  // namespace

void State::forget_authorisation() {
  authorisation_id.clear();
  update_target.clear();
  redirect_url.clear();
  sca_status.clear();
  asked = Asked::NOTHING;
  challenge = {};
  methods.clear();
}

std::string State::to_json() const {
  json::Writer out;
  out.begin_object().member("version", kVersion);
  for (const TextMember& text : kTexts) out.member(text.name, this->*text.member);
  out.member("stage", name_of(kStages, stage)).member("asked", name_of(kAsked, asked));
  out.name("challenge").begin_object();
  out.member("message", challenge.message).member("target", challenge.target);
  out.member("max_length", challenge.max_length).member("numeric", challenge.numeric);
  out.end_object();
  out.name("methods").begin_array();
  for (const ScaMethod& method : methods) {
    out.begin_object().member("id", method.id).member("type", method.type).member("name", method.name).end_object();
  }
  out.end_array().end_object();
  return std::move(out).text();
}

std::optional<State> State::parse(std::string_view json) {
  State state;
  if (json.empty()) return state;
  const auto parsed = json::parse(json);
  if (!parsed) return std::nullopt;
  const Value* version = parsed->find("version");
  if (version == nullptr || !version->is(Kind::NUMBER) || version->integer() != kVersion) return std::nullopt;

  for (const TextMember& text : kTexts) state.*text.member = parsed->text(text.name).value_or("");
  const auto stage = value_of(kStages, parsed->text("stage"));
  const auto asked = value_of(kAsked, parsed->text("asked"));
  const Value* challenge = parsed->find("challenge");
  const Value* methods = parsed->find("methods");
  if (!stage || !asked || challenge == nullptr || methods == nullptr || !methods->is(Kind::ARRAY)) return std::nullopt;
  state.stage = *stage;
  state.asked = *asked;
  state.challenge.message = challenge->text("message").value_or("");
  state.challenge.target = challenge->text("target").value_or("");
  if (const Value* length = challenge->find("max_length"); length != nullptr && length->is(Kind::NUMBER)) {
    state.challenge.max_length = static_cast<int>(length->integer().value_or(0));
  }
  if (const Value* numeric = challenge->find("numeric"); numeric != nullptr && numeric->is(Kind::BOOLEAN)) {
    state.challenge.numeric = numeric->boolean();
  }
  for (const Value& method : methods->items()) {
    state.methods.push_back({.id = std::string{method.text("id").value_or("")},
                             .type = std::string{method.text("type").value_or("")},
                             .name = std::string{method.text("name").value_or("")}});
  }
  return state;
}

}  // namespace qantara::connectors::berlin_group

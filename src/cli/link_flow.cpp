#include "cli/link_flow.h"

#include <algorithm>
#include <memory>
#include <optional>
#include <utility>

#include "base/timers.h"
#include "cli/json_text.h"

namespace qantara::cli {

namespace {

constexpr std::chrono::milliseconds kPauseMin{20};
constexpr std::chrono::milliseconds kPauseDefault{500};
constexpr std::chrono::milliseconds kPauseMax{5'000};
constexpr std::chrono::milliseconds kPauseAfterDecision{100};  // We know that the bank knows.
constexpr int kTriesAtUnreachableBank = 3;
constexpr int kActsMax = 100;  // No flow has as many; a server that turns in a circle shall not turn us with it.

std::string act_body(const Act& act) {
  json::Writer writer;
  writer.begin_object().member("action", act.action).name("fields").begin_object();
  for (const auto& [name, value] : act.fields) writer.member(name, value);
  writer.end_object().end_object();
  return std::move(writer).text();
}

/// "submit username, password": what was asked for, never what was answered; ids of choices say more than they give away.
std::string describe(const Act& act) {
  std::string text = act.action;
  const char* separator = " ";
  for (const auto& [name, value] : act.fields) {
    text += separator + (act.action == "select" ? value : name);
    separator = ", ";
  }
  return text;
}

/// One payer in one session. Its coroutines are awaited by `walk`, which outlives them.
class Walk {
 public:
  Walk(Context& context, const Gateway& gateway, BankApp& bank_app, LinkFlow flow)
      : context_(context),
        gateway_(gateway),
        bank_app_(bank_app),
        flow_(std::move(flow)),
        bell_(context.timers.make_bell()),
        give_up_at_(context.clock.now() + flow_.patience) {}

  Task<Answer> run() {
    auto answer = co_await gateway_.call(http::Method::POST, "/link/v1/sessions", flow_.request);
    if (!answer) co_return answer;
    session_ = text_of(*answer, "session_id");
    headers_.set("link-session-token", text_of(*answer, "session_token"));
    for (int acts = 0; acts < kActsMax;) {
      const auto* const found = answer->find("step");
      const auto step = found == nullptr ? json::Value{} : *found;
      const auto move = next_move(step, flow_.payer, submitted_);
      if (std::holds_alternative<End>(move)) co_return answer;
      if (const auto* const stuck = std::get_if<Stuck>(&move))
        co_return std::unexpected(refusal(stuck->why, stuck->remedy));
      if (context_.clock.now() >= give_up_at_) co_return std::unexpected(out_of_patience(step));

      if (const auto* const act = std::get_if<Act>(&move)) {
        ++acts;
        answer = co_await take(step, *act);
      } else {
        answer = co_await wait(step, std::holds_alternative<DecideInApp>(move));
      }
      if (!answer) co_return answer;
    }
    co_return std::unexpected(
        refusal("The flow does not come to an end.", "qantara explain with the id of the intent"));
  }

 private:
  Refusal out_of_patience(const json::Value& step) const {
    return refusal("The flow still stands at " + text_of(step, "kind") + " after " +
                       std::to_string(flow_.patience.count()) + " s.",
                   "the same command again goes on there; --timeout gives it longer");
  }

  Task<Answer> take(const json::Value& step, const Act& act) {
    if (act.action == "try_again") {
      if (++unreachable_ > kTriesAtUnreachableBank) {
        const auto* const money = text_of(step, "money") == "not_moved" ? " No money has left your account." : "";
        co_return std::unexpected(refusal(std::string("The bank is not answering.") + money, "the same command later"));
      }
      co_await pause(step);
    }
    const auto stage = text_of(step, "stage");
    const auto kind = text_of(step, "kind");
    tell_move(Symbol::SENT, "payer", stage.empty() ? kind : kind + " " + stage, describe(act));
    if (act.action == "submit") submitted_ = Submitted::YES;

    const auto path = session_path() + "/steps/" + number_of(step, "number");
    auto answer = co_await gateway_.call(http::Method::POST, path, act_body(act), headers_);
    const bool is_outdated = !answer && answer.error().code == "STEP_OUTDATED";  // Another window was faster.
    if (!is_outdated) co_return answer;
    answer = co_await gateway_.call(http::Method::GET, session_path(), {}, headers_);
    co_return answer;
  }

  Task<Answer> wait(const json::Value& step, bool is_for_app) {
    if (is_for_app && !has_decided_) {
      has_decided_ = true;
      const auto words = text_of(step, "message");
      tell_move(Symbol::WAITING, "bank", "APPROVAL",
                words.empty() ? "waits for the payer's decision in its app" : words);
      auto decided = co_await bank_app_.decide(step, flow_.payer.app_decision);
      if (!decided) co_return decided;
    }
    co_await pause(step);
    auto answer = co_await gateway_.call(http::Method::GET, session_path(), {}, headers_);
    co_return answer;
  }

  Task<void> pause(const json::Value& step) {
    const auto milliseconds = integer_of(step, "ask_again_in_ms");
    auto pause = milliseconds ? std::chrono::milliseconds{*milliseconds} : kPauseDefault;
    if (has_decided_ && flow_.payer.app_decision != AppDecision::WAIT) pause = std::min(pause, kPauseAfterDecision);
    pause = std::clamp(pause, kPauseMin, kPauseMax);
    co_await bell_->wait_until(std::min<Instant>(context_.clock.now() + pause, give_up_at_));
  }

  std::string session_path() const { return "/link/v1/sessions/" + session_; }

  void tell_move(Symbol symbol, std::string_view source, std::string_view subject, std::string_view text) {
    auto& err = context_.err;
    const auto clean_subject = err.words(subject);
    const auto clean_text = err.words(text);
    err.row(
        {.at = context_.clock.now(), .symbol = symbol, .source = source, .subject = clean_subject, .text = clean_text});
  }

  Context& context_;
  const Gateway& gateway_;
  BankApp& bank_app_;
  LinkFlow flow_;
  std::unique_ptr<Bell> bell_;
  Instant give_up_at_;
  std::string session_;
  http::Headers headers_;
  Submitted submitted_ = Submitted::NO;
  bool has_decided_ = false;
  int unreachable_ = 0;
};

}  // namespace

Task<Answer> walk(Context& context, const Gateway& gateway, BankApp& bank_app, LinkFlow flow) {
  Walk walk{context, gateway, bank_app, std::move(flow)};
  auto answer = co_await walk.run();
  co_return answer;
}

}  // namespace qantara::cli

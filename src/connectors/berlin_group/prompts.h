// What the payer is asked for, as the state has it. Pure.
#pragma once

#include <string>

#include "banking/connector.h"
#include "connectors/berlin_group/state.h"

namespace qantara::connectors::berlin_group {

enum class Tone { FIRST, WRONG_ANSWER };

/// User name and password. `text`: the bank's words on a wrong answer; may be empty.
banking::NeedFields ask_for_credentials(Tone tone, const std::string& text);

/// What `state` waits for: NeedApproval, or NeedFields. Of a payment's code it says that the answer is irrevocable.
banking::Step ask(const State& state, Tone tone = Tone::FIRST, const std::string& text = {});

}  // namespace qantara::connectors::berlin_group

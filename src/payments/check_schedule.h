// When to ask the bank again how a payment stands.
#pragma once

#include <span>

#include "base/clock.h"
#include "payments/payment_states.h"

namespace qantara::payments {

/// How long to wait before the next question, after `checks` questions in this status.
///
/// An outcome that is unknown or pending is asked for at 2 s, 5 s, 15 s, 1 min, 5 min, 15 min and then hourly, for as long as it
/// takes (architecture §5 asks for ten days). An approval in the bank's app is a person's act: every 2 s, then 5 s, then slower.
/// A code that nobody typed lapses at the bank: two questions after its usual life, then hourly.
/// `of_bank`: the waits that the operator has given the bank for outcomes that are pending or unknown; empty: the usual ones.
Duration next_check_delay(PaymentStatus status, int checks, std::span<const Duration> of_bank = {});

}  // namespace qantara::payments

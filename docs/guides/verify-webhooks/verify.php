<?php
// php verify.php ID TIMESTAMP SIGNATURE < body        (the secret is in WEBHOOK_SECRET)
const TOLERANCE = 5 * 60; // seconds

/** Whether $body, the bytes as they came, was sent by a holder of $secret in the last five minutes. */
function is_genuine(string $secret, string $id, string $timestamp, string $signatures, string $body, ?int $now = null): bool
{
    if (!preg_match('/^[0-9]{1,12}$/D', $timestamp) || abs(($now ?? time()) - (int) $timestamp) > TOLERANCE) {
        return false;
    }
    $key = base64_decode(preg_replace('/^whsec_/', '', $secret));
    $expected = 'v1,' . base64_encode(hash_hmac('sha256', "$id.$timestamp.$body", $key, true));
    // While a secret is being changed there are two, separated by a space.
    foreach (explode(' ', $signatures) as $one) {
        if (hash_equals($expected, $one)) {
            return true;
        }
    }
    return false;
}

$genuine = is_genuine(getenv('WEBHOOK_SECRET'), $argv[1], $argv[2], $argv[3], stream_get_contents(STDIN));
echo $genuine ? "genuine\n" : "forged\n";
exit($genuine ? 0 : 1);

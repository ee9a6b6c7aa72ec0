// node verify.mjs ID TIMESTAMP SIGNATURE < body        (the secret is in WEBHOOK_SECRET)
import {createHmac, timingSafeEqual} from 'node:crypto';
import {readFileSync} from 'node:fs';

const kTolerance = 5 * 60; // seconds

/** Whether `body`, the bytes as they came, was sent by a holder of `secret` in the last five minutes. */
export function isGenuine(secret, id, timestamp, signatures, body, now = Date.now() / 1000) {
  if (!/^\d{1,12}$/.test(timestamp) || Math.abs(now - Number(timestamp)) > kTolerance) return false;
  const key = Buffer.from(secret.replace(/^whsec_/, ''), 'base64');
  const expected = createHmac('sha256', key).update(`${id}.${timestamp}.`).update(body).digest();
  // While a secret is being changed there are two, separated by a space.
  return signatures.split(' ').some((one) => {
    const [version, value] = one.split(',', 2);
    const given = Buffer.from(value ?? '', 'base64');
    return version === 'v1' && given.length === expected.length && timingSafeEqual(given, expected);
  });
}

const [id, timestamp, signatures] = process.argv.slice(2);
const genuine = isGenuine(process.env.WEBHOOK_SECRET, id, timestamp, signatures, readFileSync(0));
console.log(genuine ? 'genuine' : 'forged');
process.exitCode = genuine ? 0 : 1;

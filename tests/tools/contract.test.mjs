// What ./dev check finds where api/openapi.yaml and the code say different things, on small samples and on the file itself.
import {Validator} from '@seriousme/openapi-schema-validator';
import assert from 'node:assert/strict';
import {readFileSync} from 'node:fs';
import {test} from 'node:test';
import * as yaml from 'yaml';

import {compareErrors, compareEvents, compareStates, compareSteps, linesOf} from '../../tools/check/contract.mjs';

const read = (path) => readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8');
const text = read('api/openapi.yaml');
const lineOf = linesOf(yaml, text);

// The findings after `spoil` has changed the description.
function found(compare, page, spoil = () => {}) {
  const api = yaml.parse(text);
  spoil(api);
  return [...compare(api, page, lineOf)].map(({remedy}) => remedy);
}

test('the file is what OpenAPI 3.1 wants', async () => {
  const {valid, errors} = await new Validator().validate(yaml.parse(text));
  assert.deepEqual([valid, errors], [true, undefined]);
});

test('every component is used, and every operation has an id of its own', () => {
  const {paths, webhooks, components} = yaml.parse(text);
  for (const [kind, ones] of Object.entries(components)) {
    if (kind === 'securitySchemes') continue;
    for (const name of Object.keys(ones)) assert.ok(text.includes(`'#/components/${kind}/${name}'`), `${kind} ${name} is not used`);
  }
  const ids = [...Object.values(paths), ...Object.values(webhooks)].flatMap((item) => Object.values(item).map(({operationId}) => operationId));
  assert.deepEqual(ids.filter((id, index) => ids.indexOf(id) !== index), []);
});

test('tells the line of a place in the file', () => {
  assert.equal(linesOf(yaml, 'a: 1\nb:\n  c: [x]\n')('b', 'c'), 3);
});

test('error codes: known, with their status, and used', () => {
  const page = read('docs/reference/errors.md');
  const codes = (api) => api.components.schemas.ErrorCode.enum;
  const answers = (api) => api.paths['/payments/v1/intents/{payment_intent_id}'].get.responses;
  assert.deepEqual(found(compareErrors, page), []);
  assert.deepEqual(found(compareErrors, page, (api) => codes(api).push('NO_LUCK')), [
    'NO_LUCK is no code of docs/reference/errors.md',
    'NO_LUCK is none of what the operations answer',
  ]);
  assert.deepEqual(found(compareErrors, page, (api) => codes(api).splice(codes(api).indexOf('INVALID_IBAN'), 1)), [
    'INVALID_IBAN of what the operations answer is not described',
  ]);
  assert.deepEqual(found(compareErrors, page, (api) => (answers(api)['410'] = answers(api)['404'])), [
    'UNKNOWN_PAYMENT_INTENT is answered with 404, not 410',
  ]);
});

test('states: those that are told, and no others', () => {
  const page = read('docs/reference/states.md');
  assert.deepEqual(found(compareStates, page), []);
  assert.deepEqual(found(compareStates, page, ({components: {schemas}}) => schemas.PaymentStatus.enum.push('SUBMITTING')), [
    'SUBMITTING is none of the payment statuses',
  ]);
  assert.deepEqual(found(compareStates, page, ({components: {schemas}}) => schemas.PaymentIntentStatus.enum.push('INTENT_LOST')), [
    'INTENT_LOST is none of the intent statuses',
  ]);
  assert.deepEqual(found(compareStates, page, ({components: {schemas}}) => schemas.BeneficiaryStatus.enum.pop()), [
    'ACTIVE of the beneficiary statuses is not described',
  ]);
});

test('events: their types, words, members and the types of those', () => {
  const page = read('docs/reference/events.md');
  const payment = (api) => api.components.schemas.PaymentEvent;
  assert.deepEqual(found(compareEvents, page), []);
  assert.deepEqual(found(compareEvents, page, ({webhooks}) => delete webhooks['payment.updated']), [
    'payment.updated of the public events is not described',
  ]);
  assert.deepEqual(
    found(compareEvents, page, (api) => {
      delete api.webhooks['payment.updated'];
      delete payment(api).properties.amount;
      payment(api).properties.intent_id = {type: 'number'};
    }),
    [
      'payment.updated of the public events is not described',
      'amount of the members of payment.created is not described',
      'intent_id of payment.created is "UUID", not "number"',
    ],
  );
  const word = ({webhooks}) => webhooks['payment.created'].post.requestBody.content['application/json'].schema.allOf[1].properties;
  assert.deepEqual(found(compareEvents, page, (api) => (word(api).message.const = 'Paid.')), [
    'its message is "A payment object has been created."',
  ]);
});

test('steps: the words and the members that the pages read', () => {
  const page = read('web/shared/step.ts');
  const step = ({components: {schemas}}) => schemas.LinkStep;
  assert.deepEqual(found(compareSteps, page), []);
  assert.deepEqual(found(compareSteps, page, (api) => step(api).properties.money.enum.pop()), [
    'unknown of MoneyWord in web/shared/step.ts is not described',
  ]);
  assert.deepEqual(found(compareSteps, page, (api) => step(api).required.push('bank')), [
    'bank is none of what Step in web/shared/step.ts always has',
  ]);
  assert.deepEqual(found(compareSteps, page, (api) => (step(api).properties.colour = {type: 'string'})), [
    'colour is none of Step in web/shared/step.ts',
  ]);
});

// The members that api/openapi.yaml describes for a request are those that the gateway reads: no more, no less, of the
// types that stand there. Generated from the file, so that a member which one of them forgets is found.
import assert from 'node:assert/strict';
import {after, before, test} from 'node:test';

import {type Gateway, startGateway} from '../support/gateway.js';
import {type Answer, api} from '../support/http.js';
import {operations, typeIsAllowed} from '../support/openapi.js';
import {LinkSession} from '../support/payer.js';

let gateway: Gateway;
let session: LinkSession;

before(async () => {
  gateway = await startGateway();
  const call = api(gateway.url, gateway.info.app_token);
  await call('POST', '/payments/v1/destinations', {body: {name: 'Acme Corp.', display_name: 'Acme', iban: 'AE260260001008223921001'}});
  const {customer_id} = (await call('POST', '/customers/v1', {body: {app_user_id: 'u1'}})).body;
  session = await LinkSession.open(gateway.url, gateway.info.app_token, {method: 'CONNECT', customer_id});
});
after(async () => gateway?.dispose());

/** Of every JSON type one value, none of which means anything here. */
const kValues: unknown[] = ['x', 7, true, {}, [], [7]];

for (const {id, path, method, request} of operations) {
  if (!request?.schema.properties) continue;
  const {properties, required} = request.schema as {properties: Record<string, unknown>; required: string[]};
  const names = Object.keys(properties);
  const right = request.examples[0]?.value as Record<string, unknown>;

  const send = async (body: Record<string, unknown>): Promise<Answer> => {
    const url = path.replace('{session_id}', session.id).replace('{number}', '1');
    return api(gateway.url, path.startsWith('/link/') ? undefined : gateway.info.app_token)(method, url, {
      body,
      headers: path.includes('{session_id}') ? {'link-session-token': session.token} : {},
    });
  };
  const refuses = async (body: Record<string, unknown>, code: string, fields: string[]) => {
    const answer = await send(body);
    const named = (answer.body.metadata?.errors ?? []).map((error: {field: string}) => error.field);
    assert.deepEqual([answer.status, answer.body.status, named], [400, code, fields], `${JSON.stringify(body)}: ${answer.text}`);
  };

  test(`${id} wants what its description requires`, async () => {
    for (const name of required) {
      const {[name]: _, ...rest} = right;
      await refuses(rest, 'MISSING_PARAMETERS', [name]);
      await refuses({...right, [name]: null}, 'MISSING_PARAMETERS', [name]);
    }
  });

  test(`${id} knows the members of its description, and no others`, async () => {
    const optional = Object.fromEntries(names.filter((name) => !(name in right)).map((name) => [name, null]));
    await refuses({...optional, ...right, colour: 'red'}, 'INVALID_PARAMETERS', ['colour']);
  });

  test(`${id} refuses the types that its description refuses, by the member's name`, async () => {
    for (const name of names) {
      for (const value of kValues) {
        const accepted = typeIsAllowed(properties[name], value);
        // With a member that is unknown, a request whose types are right is refused for that one alone.
        await refuses({...right, [name]: value, colour: 'red'}, 'INVALID_PARAMETERS', [accepted ? 'colour' : name]);
      }
    }
  });
}

// What one gateway revokes opens nothing at another one, also where that does not hear of it.
import assert from 'node:assert/strict';
import {copyFileSync} from 'node:fs';
import {join} from 'node:path';
import {test} from 'node:test';

import {postgresVersion} from '../support/engine.js';
import {Gateway} from '../support/gateway.js';
import {api} from '../support/http.js';
import {Postgres} from '../support/postgres.js';
import {PostgresProxy} from '../support/postgres_proxy.js';
import {eventually} from '../support/shop.js';

/** Beyond the second after which a gateway looks again, what a busy machine may need. */
const kPatienceMs = 3000;

test('a key that was revoked elsewhere opens nothing within a second, heard of or not', async (t) => {
  const postgres = await Postgres.start({version: postgresVersion});
  const proxy = await PostgresProxy.before(postgres);
  const database = await postgres.createDatabase();
  const near = new Gateway({verb: 'serve', flags: ['--database', postgres.url(database)]});
  const far = new Gateway({verb: 'serve', flags: ['--database', proxy.url(database)]});
  try {
    await near.start();
    copyFileSync(join(near.dataFolder, 'key'), join(far.dataFolder, 'key'));
    await far.start();
    const {app_token: token} = await near.json<{app_token: string}>('app', 'create', '--name', 'Shop', '--mode', 'sandbox');

    const keys = await Promise.all(['till', 'kiosk'].map(async (name) => {
      return near.json<{id: string; secret_key: string}>('app', 'key', 'create', '--name', name, '--app-token', token);
    }));
    const opens = async ({secret_key: key}: {secret_key: string}) =>
      (await api(far.url)('GET', '/banks/v1', {headers: {authorization: `Bearer ${key}`}})).status;
    for (const key of keys) await eventually(() => opens(key), (status) => status === 200, 'the new key does not open');
    /** How long it goes on to open the far gateway after the near one has acknowledged that it is revoked. */
    const outlives = async (key: {id: string; secret_key: string}): Promise<number> => {
      assert.equal((await near.cli('app', 'key', 'revoke', key.id, '--app-token', token)).code, 0);
      const revokedAt = Date.now();
      await eventually(() => opens(key), (status) => status === 401, 'the revoked key still opens', kPatienceMs);
      return Date.now() - revokedAt;
    };

    const heardMs = await outlives(keys[0]!);
    proxy.swallow(/FROM commit_news/);  // On which it hears of others. Everything else of the far gateway goes on.
    const unheardMs = await outlives(keys[1]!);
    t.diagnostic(`heard of, a revoked key opened for ${heardMs} ms, unheard of for ${unheardMs} ms`);
    assert.equal((await api(far.url, token)('POST', '/customers/v1', {body: {app_user_id: 'u1'}})).status, 200);
  } finally {
    await far.dispose();
    await near.dispose();
    await proxy.close();
    await postgres.dispose();
  }
});

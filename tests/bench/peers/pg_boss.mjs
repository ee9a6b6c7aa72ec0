// pg-boss: `load` puts jobs into the database, `work` does them until it is stopped.
//   node pg_boss.mjs load <connection string> <jobs>
//   node pg_boss.mjs work <connection string> <receiver's URL>
import pg from 'pg';
import PgBoss from 'pg-boss';

import {makeDelivery, payloadSql} from './deliver.mjs';

const [verb, connectionString, what] = process.argv.slice(2);
const kQueue = 'deliver';
const kWorkers = 4;
const boss = new PgBoss({connectionString, max: 20});
boss.on('error', (error) => console.error(error.message));
await boss.start();

if (verb === 'load') {
  await boss.createQueue(kQueue);
  await boss.purgeQueue(kQueue);
  const client = new pg.Client({connectionString});
  await client.connect();
  await client.query(`INSERT INTO pgboss.job (name, data) SELECT '${kQueue}', ${payloadSql} FROM generate_series(1, $1)`, [Number(what)]);
  await client.query('VACUUM ANALYZE pgboss.job');
  await client.end();
  await boss.stop();
} else {
  const deliver = makeDelivery(what, 64);
  for (let i = 0; i < kWorkers; ++i) {
    await boss.work(kQueue, {batchSize: 1000, pollingIntervalSeconds: 0.5}, async (jobs) => {
      await Promise.all(jobs.map((job) => deliver(job.data)));
    });
  }
  console.log('{}');
}

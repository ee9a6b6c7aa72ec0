// graphile-worker: `load` puts jobs into the database, `work` does them until it is stopped.
//   node graphile.mjs load <connection string> <jobs>
//   node graphile.mjs work <connection string> <receiver's URL> default|tuned
import {Logger, run, runMigrations} from 'graphile-worker';
import pg from 'pg';

import {makeDelivery, payloadSql} from './deliver.mjs';

const [verb, connectionString, what, how] = process.argv.slice(2);
const logger = new Logger(() => () => undefined);

if (verb === 'load') {
  await runMigrations({connectionString, logger});
  const client = new pg.Client({connectionString});
  await client.connect();
  await client.query('DELETE FROM graphile_worker._private_jobs');
  const specification = `json_populate_record(null::graphile_worker.job_spec, json_build_object('identifier', 'deliver', 'payload', ${payloadSql}))`;
  await client.query(`SELECT COUNT(*) FROM graphile_worker.add_jobs(ARRAY(SELECT ${specification} FROM generate_series(1, $1)))`, [Number(what)]);
  await client.query('VACUUM ANALYZE graphile_worker._private_jobs');
  await client.end();
} else {
  // As it comes, but for as many jobs at a time as it may have pool connections; and as its documentation says to tune it.
  const settings = {
    default: {concurrentJobs: 10},
    tuned: {concurrentJobs: 64, localQueue: {size: 500}, completeJobBatchDelay: 0, failJobBatchDelay: 0},
  }[how];
  const deliver = makeDelivery(what, settings.concurrentJobs);
  await run({
    preset: {worker: {connectionString, maxPoolSize: 20, pollInterval: 1000, ...settings}},
    logger,
    taskList: {deliver: async (payload) => deliver(payload)},
  });
  console.log('{}');
}

// `./dev bench [--quick] [--write] [WORD...]`: measures ours and the peers in turn and prints the table. A full run, or one with
// --write, makes docs/reference/benchmarks.md of it.
import {writeFileSync} from 'node:fs';
import {loadavg} from 'node:os';

import {type Group, groups} from './groups.js';
import {benchmarksPage} from './processes.js';
import {page, table} from './report.js';
import {type Findings, settingsFor} from './settings.js';

const usage = `./dev bench [--quick] [--write] [WORD...]
  --quick   a second for each measurement, and small files: to see that it works, and roughly where one stands
  --write   make docs/reference/benchmarks.md of it, as a full run does
  --seconds=N   for each measurement, instead of four
  --intents=N   so many in the large file, instead of ten million, which take ten gigabytes
  WORD      only these:
${groups.map(({name, about}) => `            ${name.padEnd(9)} ${about}`).join('\n')}`;

const flags = process.argv.slice(2).filter((word) => word.startsWith('-'));
const words = process.argv.slice(2).filter((word) => !word.startsWith('-'));
const known = /^--(quick|write|(seconds|intents)=[1-9]\d*)$/;
const unknown = [...flags.filter((flag) => !known.test(flag)), ...words.filter((word) => !groups.some(({name}) => name === word))];
if (unknown.length > 0) {
  console.error(`bench: what is ${unknown.join(', ')}?\n${usage}`);
  process.exit(2);
}
if (Number(process.versions.node.split('.')[0]) < 20) {
  console.error(`bench: the peers want Node 20 or newer, and this is ${process.versions.node}`);
  process.exit(1);
}

const settings = settingsFor(flags.includes('--quick'));
const numberOf = (name: string, otherwise: number): number =>
  Number(flags.find((flag) => flag.startsWith(`--${name}=`))?.split('=')[1] ?? otherwise);
settings.seconds = numberOf('seconds', settings.seconds);
settings.intentsInLargeFile = numberOf('intents', settings.intentsInLargeFile);
const isFull = words.length === 0 && !settings.quick;
const wanted: Group[] = groups.filter(({name}) => words.length === 0 || words.includes(name));
const begun = {at: new Date(), load: loadavg()[0]!};
const found: {group: Group; findings: Findings}[] = [];
const failed: string[] = [];
for (const group of wanted) {
  console.error(`==> ${group.name}: ${group.about}`);
  try {
    found.push({group, findings: await group.measure(settings)});
    console.log(table(found.at(-1)!.findings.rows));
  } catch (error) {
    failed.push(group.name);
    console.error(`bench: ${group.name} failed: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`);
  }
}
console.log(table(found.flatMap(({findings}) => findings.rows)));
if (isFull || flags.includes('--write')) {
  writeFileSync(benchmarksPage, page(found, settings, begun));
  console.error(`written: ${benchmarksPage}`);
}
if (failed.length > 0) console.error(`bench: not measured: ${failed.join(', ')}`);
process.exit(failed.length > 0 ? 1 : 0);

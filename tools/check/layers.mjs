// Which folder of src/ stands on which. A folder includes itself and folders on lower levels, nothing else.

// Lowest first. docs/architecture.md says what each folder is for.
export const levels = [
  ['base'],
  ['money', 'iban', 'json', 'metrics', 'http', 'db'],
  ['jose'],
  ['applications', 'events', 'banking', 'assets'],
  ['customers', 'destinations', 'bank_registry'],
  ['payment_sources', 'payment_intents'],
  ['payments', 'webhooks'],
  ['link', 'reconciliation'],
  ['connectors'],
  ['api'],
  ['cli', 'sandbox_bank', 'demo_shop'],
  ['gateway'],
];

const levelOf = new Map(levels.flatMap((folders, level) => folders.map((folder) => [folder, level])));
// The sandbox bank is a bank like any other, and the demo shop a merchant: they share the gateway's foundations and none of its domain.
const strangers = ['sandbox_bank', 'demo_shop'];
const highestBelow = (folder) => (strangers.includes(folder) ? 1 : levelOf.get(folder) - 1);

export const layers = {
  name: 'layers',
  applies: (path) => /^src\/[^/]+\/.*\.(cpp|h)$/.test(path),
  * find(source) {
    const [, folder, ...rest] = source.path.split('/');
    if (!levelOf.has(folder)) {
      yield {line: 1, remedy: `give src/${folder} a level in tools/check/layers.mjs and docs/architecture.md`};
      return;
    }
    for (const {line, header, quoted} of source.includes()) {
      const [target, ...below] = header.split('/');
      if (!quoted) {
        if (levelOf.has(target)) yield {line, remedy: `include our own headers with quotes: "${header}"`};
      } else if (below.length === 0) {
        yield {line, remedy: `include from src/ on: "${[folder, ...rest.slice(0, -1), header].join('/')}"`};
      } else if (target === 'migrations') {
        // Made by the build from migrations/<folder>/; as high as db, which it describes rows of.
        if (levelOf.get(folder) < 2) yield {line, remedy: `${folder} has no tables: leave migrations to the folders above`};
      } else if (!levelOf.has(target)) {
        yield {line, remedy: `there is no folder src/${target}`};
      } else if (target === folder) {
        // One folder for each bank, each engine: what they share stands beside them, not in one of them.
        const [own, other] = [rest.slice(0, -1)[0], below.slice(0, -1)[0]];
        if (own && other && own !== other) {
          yield {line, remedy: `${folder}/${own} and ${folder}/${other} stand side by side: move what they share to ${folder}/`};
        }
      } else if (levelOf.get(target) > highestBelow(folder)) {
        const way = levelOf.get(target) > levelOf.get(folder) ? 'above' : 'not below';
        yield {line, remedy: `${target} is ${way} ${folder}: move what is needed down, or pass it in from above`};
      }
    }
  },
};

// Compares the words of api/openapi.yaml with those of the code: error codes, states and events as their pages are rendered,
// steps as the pages read them. A finding is {line, remedy}.

// Where in the file: a function from a path of keys to a line.
export function linesOf({LineCounter, parseDocument}, text) {
  const counter = new LineCounter();
  const tree = parseDocument(text, {lineCounter: counter});
  return (...path) => counter.linePos(tree.getIn(path, true)?.range?.[0] ?? 0).line;
}

// The cells of a Markdown table's rows, below its heading. `heading` begins the line before.
function rowsOf(page, heading) {
  const section = page.slice(page.indexOf(heading));
  const table = /^\|.*\n\|[-|]+\n((?:\|.*\n)*)/m.exec(section)?.[1] ?? '';
  return table.trim().split('\n').map((row) => row.split('|').slice(1, -1).map((cell) => cell.trim().replace(/^`(.*)`$/, '$1')));
}

function* difference(line, what, described, actual) {
  for (const one of described) if (!actual.includes(one)) yield {line, remedy: `${one} is none of ${what}`};
  for (const one of actual) if (!described.includes(one)) yield {line, remedy: `${one} of ${what} is not described`};
}

// Every code that an operation may answer with has the HTTP status of docs/reference/errors.md, and stands in ErrorCode;
// what stands there is used.
export function* compareErrors(api, page, lineOf) {
  const statusOf = new Map(rowsOf(page, '# Errors').map(([code, status]) => [code, status]));
  const listed = api.components.schemas.ErrorCode.enum;
  const line = lineOf('components', 'schemas', 'ErrorCode', 'enum');
  for (const code of listed) if (!statusOf.has(code)) yield {line, remedy: `${code} is no code of docs/reference/errors.md`};

  // Of requests that mean no operation.
  const used = new Set(['INVALID_URL', 'INVALID_HTTP_METHOD']);
  for (const [path, item] of Object.entries(api.paths)) {
    for (const [method, {responses}] of Object.entries(item)) {
      for (const [status, response] of Object.entries(responses)) {
        for (const code of codesOf(api, response)) {
          used.add(code);
          if (statusOf.get(code) === status) continue;
          yield {line: lineOf('paths', path, method, 'responses', status), remedy: `${code} is answered with ${statusOf.get(code)}, not ${status}`};
        }
      }
    }
  }
  yield* difference(line, 'what the operations answer', listed, [...used]);
}

function resolve(api, node) {
  return node.$ref ? node.$ref.split('/').slice(1).reduce((at, key) => at[key], api) : node;
}

function codesOf(api, response) {
  const schema = resolve(api, response).content?.['application/json']?.schema;
  return schema?.allOf?.flatMap((part) => part.properties?.status?.enum ?? []) ?? [];
}

// A status that is never told is told as another: its row says so in plain words, where the others name events.
export function* compareStates(api, page, lineOf) {
  const {PaymentStatus, PaymentIntentStatus, BeneficiaryStatus} = api.components.schemas;
  const payments = rowsOf(page, '## Payments').filter(([, , toldAs]) => toldAs !== 'the waiting status before it');
  const intents = rowsOf(page, '## Payment intents');
  const beneficiaries = rowsOf(page, '## Beneficiaries');
  const first = (rows) => rows.map(([state]) => state);
  yield* difference(lineOf('components', 'schemas', 'PaymentStatus', 'enum'), 'the payment statuses', PaymentStatus.enum, first(payments));
  yield* difference(lineOf('components', 'schemas', 'PaymentIntentStatus', 'enum'), 'the intent statuses', PaymentIntentStatus.enum, first(intents));
  yield* difference(lineOf('components', 'schemas', 'BeneficiaryStatus', 'enum'), 'the beneficiary statuses', BeneficiaryStatus.enum, first(beneficiaries));
}

// Types, their words, and the members of their payloads.
export function* compareEvents(api, page, lineOf) {
  const described = api.webhooks;
  const sections = [...page.matchAll(/^(## ([\w.]+)\n)\n.*`message`: "(.*)"$/gm)];
  yield* difference(lineOf('webhooks'), 'the public events', Object.keys(described), sections.map(([, , type]) => type));
  for (const [, heading, type, message] of sections) {
    if (!described[type]) continue;
    const line = lineOf('webhooks', type);
    const {properties} = described[type].post.requestBody.content['application/json'].schema.allOf[1];
    if (properties.type.const !== type) yield {line, remedy: `its type is "${type}"`};
    if (properties.message.const !== message) yield {line, remedy: `its message is "${message}"`};

    const payload = resolve(api, properties.payload);
    const rows = rowsOf(page, heading);
    const members = rows.map(([member]) => member);
    yield* difference(line, `the members of ${type}`, Object.keys(payload.properties), members);
    yield* difference(line, `the members that ${type} always has`, payload.required, members);
    for (const [member, wanted] of rows) {
      const found = payload.properties[member] ? typeOf(api, payload.properties[member]) : wanted;
      if (found !== wanted) yield {line, remedy: `${member} of ${type} is "${wanted}", not "${found}"`};
    }
  }
}

// The type of a schema in the words of docs/reference/events.md.
function typeOf(api, schema) {
  const node = {...resolve(api, schema), ...schema};
  if (node.oneOf) return node.oneOf.map((one) => typeOf(api, one)).join(' or ');
  if (node.format === 'uuid') return 'UUID';
  if (node.format === 'date-time') return 'time';
  return node.const !== undefined ? typeof node.const : [node.type].flat().join(' or ');
}

// `source` is web/shared/step.ts.
export function* compareSteps(api, source, lineOf) {
  const {schemas} = api.components;
  const enums = {
    Method: ['LinkMethod', 'enum'],
    StepKind: ['LinkStep', 'properties', 'kind', 'enum'],
    Action: ['LinkAction', 'enum'],
    MoneyWord: ['LinkStep', 'properties', 'money', 'enum'],
    AccountReason: ['LinkAccount', 'properties', 'reason', 'enum'],
  };
  for (const [name, path] of Object.entries(enums)) {
    const union = new RegExp(`export type ${name} =([^;]+);`).exec(source)?.[1] ?? '';
    const words = [...union.matchAll(/'([^']+)'/g)].map(([, word]) => word);
    const described = path.reduce((at, key) => at[key], schemas);
    yield* difference(lineOf('components', 'schemas', ...path), `${name} in web/shared/step.ts`, described, words);
  }

  const objects = {Step: 'LinkStep', Bank: 'LinkBank', Field: 'LinkField', Account: 'LinkAccount', Result: 'LinkResult'};
  for (const [name, schema] of Object.entries(objects)) {
    const body = new RegExp(`export interface ${name} \\{\\n([^]*?)\\n\\}`).exec(source)?.[1] ?? '';
    const members = [...body.matchAll(/^ {2}(\w+)(\??):/gm)];
    const {properties, required} = schemas[schema];
    const line = lineOf('components', 'schemas', schema);
    yield* difference(line, `${name} in web/shared/step.ts`, Object.keys(properties), members.map(([, member]) => member));
    const always = members.filter(([, , optional]) => optional === '').map(([, member]) => member);
    yield* difference(line, `what ${name} in web/shared/step.ts always has`, required, always);
  }
}

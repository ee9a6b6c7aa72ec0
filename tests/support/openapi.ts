// The contract as a file: api/openapi.yaml, its operations, and what an answer must look like to hold.
import {readFileSync} from 'node:fs';

import type {ErrorObject, ValidateFunction} from 'ajv';
import {Ajv2020} from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import {parse} from 'yaml';

type Json = any;

export interface Example {
  name: string;
  value: any;
}

export interface Parameter {
  name: string;
  in: 'path' | 'query' | 'header';
  required: boolean;
  examples: Example[];
}

export interface Response {
  /** Of JSON answers. */
  holds?: Check;
  examples: Example[];
  mediaTypes: string[];
  headers: {name: string; required: boolean; holds: Check}[];
}

export interface Operation {
  id: string;
  /** "GET" */
  method: string;
  /** "/payments/v1/{payment_id}" */
  path: string;
  deprecated: boolean;
  /** Names of the security schemes, of which each opens it; none for everybody. */
  security: string[];
  parameters: Parameter[];
  request?: {holds: Check; schema: any; examples: Example[]};
  /** By status: "200". */
  responses: Map<string, Response>;
}

export interface Webhook {
  type: string;
  headers: {name: string; required: boolean; holds: Check}[];
  holds: Check;
  examples: Example[];
}

/** What is wrong with a value, in words; nothing if it holds. */
export type Check = (value: unknown) => string | undefined;

const file = new URL('../../../api/openapi.yaml', import.meta.url);
export const document: Json = parse(readFileSync(file, 'utf8'));

const ajv = new Ajv2020({allErrors: true, strict: true, strictTypes: false, strictRequired: false, allowUnionTypes: true});
(addFormats as unknown as typeof addFormats.default)(ajv);
ajv.addFormat('binary', true);
// Only these keywords of OpenAPI stand beside schemas; what else is unknown is a typing error.
for (const keyword of ['openapi', 'info', 'servers', 'security', 'tags', 'paths', 'webhooks', 'components']) ajv.addKeyword(keyword);
ajv.addSchema(closed(document), 'api');

/**
 * A copy in which no object may have a member that its schema does not name: an answer that says more than the
 * description does not hold. (Clients must bear more members; that is why the file itself leaves them open.)
 */
function closed(root: Json): Json {
  const copy = structuredClone(root);
  const visit = (node: Json, isPart: boolean): void => {
    if (Array.isArray(node)) return node.forEach((one) => visit(one, isPart));
    if (typeof node !== 'object' || node === null) return;
    const isSchema = typeof node.properties === 'object' && node.properties !== null && !('in' in node);
    if (isSchema && !isPart && !('additionalProperties' in node)) node.unevaluatedProperties = false;
    for (const [name, value] of Object.entries(node)) {
      // Examples are no schemas. A part of an `allOf` knows only some of the members.
      if (name !== 'examples') visit(value, name === 'allOf');
    }
  };
  visit(copy.components, false);
  visit(copy.paths, false);
  visit(copy.webhooks, false);
  return copy;
}

/** What `node` refers to, and where that stands. */
function resolved(node: Json, pointer: string): {node: Json; pointer: string} {
  while (typeof node?.$ref === 'string') {
    pointer = node.$ref.slice(1);
    node = pointer.split('/').slice(1).reduce((at: Json, step: string) => at?.[step.replaceAll('~1', '/').replaceAll('~0', '~')], document);
    if (node === undefined) throw new Error(`api/openapi.yaml: there is no #${pointer}`);
  }
  return {node, pointer};
}

const escaped = (step: string) => encodeURIComponent(step.replaceAll('~', '~0').replaceAll('/', '~1'));

const checks = new Map<string, Check>();

/** The check of the schema at this place of the file. Compiled when it is first used. */
function checkAt(pointer: string): Check {
  const known = checks.get(pointer);
  if (known) return known;
  let validate: ValidateFunction | undefined;
  const check = (value: unknown) => {
    validate ??= ajv.compile({$ref: `api#${pointer}`});
    return validate(value) ? undefined : (validate.errors ?? []).map(inWords).join('; ');
  };
  checks.set(pointer, check);
  return check;
}

function inWords({instancePath, message, params}: ErrorObject): string {
  const member = 'unevaluatedProperty' in params ? ` (${params['unevaluatedProperty']})` : '';
  return `${instancePath || 'the body'} ${message}${member}`;
}

function examplesOf(node: Json, pointer: string): Example[] {
  return Object.entries(node.examples ?? {}).map(([name, example]) => ({name, value: resolved(example, pointer).node.value}));
}

function parametersOf(nodes: Json[], pointer: string): Parameter[] {
  return nodes.map((one) => {
    const {node} = resolved(one, pointer);
    return {name: node.name, in: node.in, required: node.required === true, examples: examplesOf(node, pointer)};
  });
}

function headersOf(nodes: Record<string, Json>, pointer: string): Response['headers'] {
  return Object.entries(nodes).map(([name, one]) => {
    const {node, pointer: at} = resolved(one, `${pointer}/${escaped(name)}`);
    const check = checkAt(`${at}/schema`);
    // A header is text; it is compared with what its schema wants.
    const wants = resolved(node.schema, '').node.type;
    return {name, required: node.required === true, holds: (value) => check(wants === 'integer' ? Number(value) : value)};
  });
}

function responseAt(one: Json, place: string): Response {
  const {node, pointer} = resolved(one, place);
  const content = node.content ?? {};
  const json = content['application/json'];
  const body = `${pointer}/content/application~1json`;
  return {
    examples: Object.values<Json>(content).flatMap((media) => examplesOf(media, body)),
    mediaTypes: Object.keys(content),
    headers: headersOf(node.headers ?? {}, `${pointer}/headers`),
    ...(json && {holds: checkAt(`${body}/schema`)}),
  };
}

function operationAt(path: string, method: string): Operation {
  const pointer = `/paths/${escaped(path)}/${method}`;
  const node = document.paths[path][method];
  const body = node.requestBody?.content['application/json'];
  return {
    id: node.operationId,
    method: method.toUpperCase(),
    path,
    deprecated: node.deprecated === true,
    security: (node.security ?? document.security).flatMap((scheme: Json) => Object.keys(scheme)),
    parameters: parametersOf(node.parameters ?? [], pointer),
    ...(body && {
      request: {
        holds: checkAt(`${pointer}/requestBody/content/application~1json/schema`),
        schema: resolved(body.schema, pointer).node,
        examples: examplesOf(body, pointer),
      },
    }),
    responses: new Map(Object.entries(node.responses).map(([status, one]) => [status, responseAt(one, `${pointer}/responses/${status}`)])),
  };
}

/** In the order of the file. */
export const operations: Operation[] = Object.entries<Json>(document.paths).flatMap(([path, item]) =>
  Object.keys(item).map((method) => operationAt(path, method)),
);

export const webhooks: Webhook[] = Object.entries<Json>(document.webhooks).map(([type, {post}]) => {
  const pointer = `/webhooks/${type}/post`;
  const body = post.requestBody.content['application/json'];
  return {
    type,
    headers: post.parameters.map((one: Json) => {
      const {node, pointer: at} = resolved(one, pointer);
      const check = checkAt(`${at}/schema`);
      const wants = resolved(node.schema, '').node.type;
      return {name: node.name, required: node.required === true, holds: (value: unknown) => check(wants === 'integer' ? Number(value) : value)};
    }),
    holds: checkAt(`${pointer}/requestBody/content/application~1json/schema`),
    examples: examplesOf(body, pointer),
  };
});

/** Whether the JSON type of `value` is one that a member's schema allows; what its format wants is another matter. */
export function typeIsAllowed(schema: Json, value: unknown): boolean {
  const {node} = resolved(schema, '');
  if (node.oneOf) return node.oneOf.some((one: Json) => typeIsAllowed(one, value));
  if (node.type === undefined) return true;
  const types = [node.type].flat();
  if (Array.isArray(value)) return types.includes('array') && value.every((one) => typeIsAllowed(node.items ?? {}, one));
  return types.includes(value === null ? 'null' : typeof value);
}

/** What is wrong with a webhook's body; nothing if it is as described. */
export function eventFault(event: {type: string}): string | undefined {
  const webhook = webhooks.find(({type}) => type === event.type);
  return webhook ? webhook.holds(event) : `${event.type} is not described`;
}

/** The operation that a request means; a path without parameters goes before one with. */
export function operationOf(method: string, url: string): Operation | undefined {
  const path = url.replace(/[?#].*$/, '').replace(/(?<=.)\/$/, '');
  const means = (pattern: string) => new RegExp(`^${pattern.replaceAll('.', '\\.').replace(/\{\w+\}/g, '[^/]+')}$`).test(path);
  const wanted = method === 'HEAD' ? 'GET' : method;
  const found = operations.filter((one) => one.method === wanted && means(one.path));
  return found.sort((a, b) => parameterCount(a.path) - parameterCount(b.path))[0];
}

const parameterCount = (path: string) => path.split('{').length;

/** One exchange of a gateway. */
export interface Exchange {
  method: string;
  /** Path and query. */
  url: string;
  /** As sent, if it was JSON. */
  body?: unknown;
  status: number;
  headers: Headers;
  /** Of the answer. */
  text: string;
}

/**
 * What is wrong with an exchange: an answer that the description does not have, or a request that the description refuses
 * and the gateway took. Nothing if all is well. Requests that the gateway refused may be as wrong as they like.
 */
export function violation({method, url, body, status, headers, text}: Exchange): string | undefined {
  const operation = operationOf(method, url);
  if (!operation) return [400, 401, 404, 405].includes(status) ? undefined : `${status}, though no such operation is described`;
  const response = operation.responses.get(String(status));
  // Whoever cannot be understood is refused before anybody knows what was meant.
  if (!response) return [405, 408, 431].includes(status) ? undefined : `${status} is not described for ${operation.id}`;

  for (const {name, required, holds} of response.headers) {
    const value = headers.get(name);
    if (value === null && required) return `${name} is missing`;
    const fault = value === null ? undefined : holds(value);
    if (fault) return `${name}: ${fault}`;
  }
  if (response.mediaTypes.length === 0) return text === '' ? undefined : `${operation.id} ${status} has a body`;
  const mediaType = headers.get('content-type')?.replace(/;.*/, '') ?? '';
  // A description without content is one of an answer without a body.
  const isDescribed = response.mediaTypes.length === 0 ? text === '' : response.mediaTypes.some((one) => one === mediaType || one === '*/*');
  if (!isDescribed) return `${mediaType} is not described for ${operation.id} ${status}`;
  if (method !== 'HEAD' && mediaType === 'application/json') {
    const fault = response.holds?.(JSON.parse(text));
    if (fault) return `${operation.id} ${status}: ${fault}`;
  }
  if (status < 300 && body !== undefined) {
    const fault = operation.request?.holds(body);
    if (fault) return `${operation.id} took what its description refuses: ${fault}`;
  }
  return undefined;
}

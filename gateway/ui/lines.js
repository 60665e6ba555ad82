/** Lines for a shell that do what the page does. */
import {typeOf} from './openapi.js';

const SERVICE = 'openvidu.token.v1.TokenService';
const SECONDS = {H: 3600, M: 60, S: 1, m: 1e-3, u: 1e-6, n: 1e-9};

function quoted(text) {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}

/** The bearer token itself is not shown: a shell has it in $TOKEN. */
export function curlLine({method, url, headers, bearer, body}) {
  const parts = [`curl -X ${method} ${quoted(url)}`];
  for (const [name, value] of Object.entries(headers)) parts.push(`-H ${quoted(`${name}: ${value}`)}`);
  if (bearer) parts.push('-H "Authorization: Bearer $TOKEN"');
  if (body !== undefined) parts.push(`-d ${quoted(body)}`);
  return parts.join(' \\\n  ');
}

export function grpcurlLine(api, {operationId, sessionId, schema, properties, headers, bearer, target, tls}) {
  const {rpc, message} = calls[operationId](sessionId, (part) => protoOf(api, part ?? schema, properties, schema));
  if (headers['Idempotency-Key']) message.requestId = headers['Idempotency-Key'];
  const parts = [tls ? 'grpcurl' : 'grpcurl -plaintext'];
  if (bearer) parts.push('-H "authorization: Bearer $TOKEN"');
  const timeout = /^(\d{1,8})([HMSmun])$/.exec(headers['Grpc-Timeout'] ?? '');
  if (timeout) parts.push(`-max-time ${Number(timeout[1]) * SECONDS[timeout[2]]}`);
  parts.push(`-d ${quoted(JSON.stringify(message))}`, `${target} ${SERVICE}/${rpc}`);
  return parts.join(' \\\n  ');
}

const calls = {
  initializeSession: (id, proto) => ({rpc: 'InitializeSession', message: {properties: proto()}}),
  createConnection: (id, proto) => ({rpc: 'CreateConnection', message: {sessionId: id, properties: proto()}}),
  joinSession: (id, proto) => ({
    rpc: 'JoinSession',
    message: {customSessionId: id, sessionProperties: proto(0), connectionProperties: proto(1)},
  }),
};

/**
 * `value` as the JSON of its message; of a joined schema only the part with that number. What no field is for goes where the
 * contract has a place for it.
 */
function protoOf(api, part, value, whole) {
  const parts = typeof part === 'number' ? whole.allOf : null;
  const known = api.properties(parts ? parts[part] : part);
  const others = parts ? api.properties(parts[1 - part]) : new Map();
  const message = {};
  for (const [name, one] of Object.entries(value)) {
    if (isValue(known.get(name)?.schema, one)) message[name] = protoValue(api, known.get(name).schema, one);
    else if (!others.has(name)) (message.additionalProperties ??= {})[name] = JSON.stringify(one);
  }
  return message;
}

/** Whether a field of the message can hold it. */
function isValue(schema, value) {
  return schema !== undefined && (!schema.enum || schema.enum.includes(value));
}

function protoValue(api, schema, value) {
  if (schema['x-enum-prefix']) return schema['x-enum-prefix'] + value;
  if (Array.isArray(value)) return value.map((item) => protoValue(api, api.resolve(schema.items), item));
  if (typeOf(schema) !== 'object' || value === null || typeof value !== 'object') return value;
  const known = api.properties(schema);
  return Object.fromEntries(Object.entries(value).map(
      ([name, one]) => [name, known.has(name) ? protoValue(api, known.get(name).schema, one) : one]));
}

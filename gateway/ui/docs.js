/** Shows the OpenAPI description for people. */
import {copyable, el, inline, paragraphs} from './dom.js';
import {OpenApi, typeOf, valuesOf} from './openapi.js';

const main = document.getElementById('main');
const contents = document.getElementById('contents');

function list(rows) {
  return el('dl', {className: 'properties'}, rows);
}

function row(name, type, flags, ...about) {
  return el('div', {}, el('dt', {}, el('code', {}, name), ' ', el('span', {className: 'type'}, type),
      flags.map((flag) => el('span', {className: 'required'}, ` ${flag}`))), el('dd', {}, about));
}

/** A type in a few words, such as "number, from 1 to below 121". */
function typeText(api, schema) {
  const type = typeOf(schema);
  if (type === 'enum') return valuesOf(schema).join(' | ') || 'empty';
  if (type === 'array') return `list of ${typeText(api, api.resolve(schema.items))}`;
  return [schema.const !== undefined ? JSON.stringify(schema.const) : type,
          schema.minimum !== undefined ? `from ${schema.minimum}` : '',
          schema.maximum !== undefined ? `to ${schema.maximum}` : '',
          schema.exclusiveMaximum !== undefined ? `to below ${schema.exclusiveMaximum}` : '',
          schema.maxLength !== undefined ? `at most ${schema.maxLength} characters` : ''].filter(Boolean).join(', ');
}

/** The properties of an object, those that depend on another one under a line that says so. */
function properties(api, schema) {
  const groups = new Map();
  for (const [name, property] of api.properties(schema)) {
    const {when} = property;
    const title = when ? `Where ${when.name} is ${when.equal ? '' : 'not '}${when.value}` : '';
    groups.set(title, [...(groups.get(title) ?? []), propertyRow(api, name, property)]);
  }
  return [...groups].flatMap(([title, rows]) => [title ? el('p', {className: 'when'}, title) : null, list(rows)]);
}

function propertyRow(api, name, {schema, required}) {
  const item = typeOf(schema) === 'array' ? api.resolve(schema.items) : schema;
  const inner = typeOf(item) === 'object' ? properties(api, item) : [];
  const start = schema.default !== undefined ? [el('p', {}, 'Default: ', el('code', {}, String(schema.default)))] : [];
  return row(name, typeText(api, schema), required ? ['required'] : [], paragraphs(schema.description), start,
      inner.length ? el('details', {}, el('summary', {}, `Properties of ${name}`), inner) : null);
}

function parameterRows(api, parameters) {
  return parameters.map((p) => row(p.name, `${p.in}, ${typeText(api, api.resolve(p.schema))}`,
      p.required ? ['required'] : [], paragraphs(p.description),
      p.example !== undefined ? el('p', {}, 'Example: ', el('code', {}, p.example)) : null));
}

function examples(media) {
  const all = Object.values(media.examples ?? {});
  if (media.example !== undefined) all.push({value: media.example});
  return all.map(({summary, value}) => {
    const text = typeof value === 'string' ? JSON.stringify(value).slice(1, -1) || '(empty)' : JSON.stringify(value, null, 2);
    return el('figure', {}, summary ? el('figcaption', {}, summary) : null, copyable(text, `example${summary ? `: ${summary}` : ''}`));
  });
}

function mediaTypes(api, content = {}) {
  return Object.entries(content).map(([type, media]) => {
    const schema = api.resolve(media.schema);
    return el('div', {className: 'media'}, el('p', {}, el('code', {}, type)), paragraphs(schema.description),
        typeOf(schema) === 'object' || schema.allOf ? properties(api, schema) : null, examples(media));
  });
}

function response(api, code, given) {
  const answer = api.resolve(given);
  const headers = Object.entries(answer.headers ?? {}).map(([name, header]) => [name, api.resolve(header)]);
  const inner = [
    headers.length ? list(headers.map(([name, h]) => row(name, typeText(api, api.resolve(h.schema)), [], paragraphs(h.description)))) : null,
    mediaTypes(api, answer.content),
  ];
  const [first, ...rest] = paragraphs(answer.description);
  return el('details', {className: `response c${code[0]}`, open: code === '200'},
      el('summary', {}, el('b', {}, code), ' ', [...first.childNodes]), rest, inner);
}

function operation(api, {method, path, parameters, operation: given}) {
  const id = given.operationId;
  contents.append(el('a', {href: `#${id}`}, el('span', {className: 'method'}, method), ` ${given.summary}`));
  const responses = Object.entries(given.responses).sort(([a], [b]) => a.localeCompare(b));
  return el('article', {id, className: 'card operation'},
      el('h3', {}, given.summary),
      el('p', {className: 'path'}, el('span', {className: 'method'}, method), ' ', el('code', {}, path)),
      paragraphs(given.description),
      parameters.length ? [el('h4', {}, 'Parameters'), list(parameterRows(api, parameters))] : null,
      given.requestBody ? [el('h4', {}, 'Body'), mediaTypes(api, given.requestBody.content)] : null,
      el('h4', {}, 'Answers'), responses.map(([code, answer]) => response(api, code, answer)));
}

function show(api) {
  const {info, tags} = api.document;
  main.append(el('section', {className: 'card'}, el('h2', {}, `${info.title} ${info.version}`), el('p', {}, inline(info.summary)),
      paragraphs(info.description)));
  for (const tag of tags) {
    contents.append(el('b', {}, tag.name));
    main.append(el('h2', {}, tag.name), ...paragraphs(tag.description));
    for (const entry of api.operations().filter(({operation: o}) => o.tags?.includes(tag.name))) {
      main.append(operation(api, entry));
    }
  }
  if (location.hash) document.getElementById(location.hash.slice(1))?.scrollIntoView();
}

try {
  show(await OpenApi.load());
} catch (error) {
  main.append(el('p', {className: 'mistake', role: 'alert'}, `This page cannot be shown: ${error.message}`));
}

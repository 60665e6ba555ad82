import {copyable, el, inline} from './dom.js';
import {curlLine, grpcurlLine} from './lines.js';
import {OpenApi} from './openapi.js';
import {labelled, SchemaForm} from './schema_form.js';

const [GRPC_SECURITY, GRPC_PORT] = document.querySelector('meta[name=grpc]').content.split(':');
const ANSWERS = 10;
const READY_EVERY_MS = 10000;

const part = (id) => document.getElementById(id);

class TryIt {
  constructor(api) {
    this.api = api;
    this.operations = api.operations().filter(({operation}) => operation.tags?.includes('Sessions'));
    this.forms = new Map();
    this.sessionId = el('input', {type: 'text', name: 'sessionId', autocomplete: 'off', spellcheck: false, placeholder: 'room-1'});
    this.bearer = el('input', {type: 'password', name: 'bearer', autocomplete: 'off'});
    this.headers = new Map();
    this.showActions();
    this.showHeaders();
    part('path').append(labelled('sessionId', 'The session to connect to.', this.sessionId, true));
    part('form').addEventListener('input', () => this.showLines());
    part('form').addEventListener('submit', (event) => {
      event.preventDefault();
      this.send();
    });
    this.choose(this.operations[0]);
  }

  showActions() {
    for (const entry of this.operations) {
      const radio = el('input', {type: 'radio', name: 'action', value: entry.operation.operationId,
                                 id: `action-${entry.operation.operationId}`, checked: entry === this.operations[0]});
      radio.addEventListener('change', () => this.choose(entry));
      const short = {initializeSession: 'Start a session', createConnection: 'Make a connection', joinSession: 'Join'};
      part('actions').append(el('span', {}, radio,
          el('label', {for: radio.id}, short[entry.operation.operationId] ?? entry.operation.summary)));
    }
  }

  showHeaders() {
    const parameters = new Map(this.operations.flatMap((entry) => entry.parameters.map((p) => [p.name, p])));
    for (const parameter of parameters.values()) {
      if (parameter.in !== 'header') continue;
      const input = el('input', {type: 'text', name: parameter.name, autocomplete: 'off', spellcheck: false,
                                 placeholder: parameter.example ?? ''});
      this.headers.set(parameter.name, {input, element: labelled(parameter.name, parameter.description, input)});
    }
    part('headers').append(labelled('Bearer token', 'Kept in this page only, until it is closed.', this.bearer),
        ...[...this.headers.values()].map(({element}) => element));
  }

  /** Shows one operation's inputs; what was given to another is kept there. */
  choose(entry) {
    this.entry = entry;
    const id = entry.operation.operationId;
    const takesId = entry.parameters.some((p) => p.in === 'path');
    if (!this.forms.has(id)) this.forms.set(id, this.makeForm(entry, takesId));
    part('about').replaceChildren(...inline(entry.operation.summary + '.'));
    part('path').hidden = !takesId;
    part('body').replaceChildren(this.forms.get(id).element);
    for (const [name, {element}] of this.headers) element.hidden = !entry.parameters.some((p) => p.name === name);
    this.showLines();
  }

  makeForm(entry, takesId) {
    const schema = this.schemaOf(entry);
    const form = new SchemaForm(this.api, schema, takesId ? ['customSessionId'] : []);
    const more = el('textarea', {name: 'more', rows: 3, spellcheck: false, placeholder: '{"property": "value"}'});
    const mistake = el('p', {className: 'mistake', role: 'alert'});
    form.element.append(el('details', {className: 'group'}, el('summary', {}, 'Other properties'),
        labelled('JSON', 'Any object; its properties are added to those above, and win.', more), mistake));
    const read = () => {
      mistake.textContent = '';
      more.removeAttribute('aria-invalid');
      try {
        return {...form.value(), ...JSON.parse(more.value.trim() || '{}')};
      } catch (error) {
        mistake.textContent = `This is no JSON, and is left out: ${error.message}`;
        more.setAttribute('aria-invalid', 'true');
        return form.value();
      }
    };
    return {element: form.element, read};
  }

  schemaOf({operation}) {
    return this.api.resolve(operation.requestBody.content['application/json'].schema);
  }

  /** What the inputs ask for. */
  request() {
    const {method, path, parameters, operation} = this.entry;
    const properties = this.forms.get(operation.operationId).read();
    const headers = {};
    for (const {name} of parameters) {
      const value = this.headers.get(name)?.input.value.trim();
      if (value) headers[name] = value;
    }
    const body = Object.keys(properties).length ? JSON.stringify(properties) : undefined;
    if (body !== undefined) headers['Content-Type'] = 'application/json';
    const relative = path.replace('{sessionId}', encodeURIComponent(this.sessionId.value)).slice(1);
    return {method, url: new URL(relative, document.baseURI).href, headers, body, properties,
            bearer: this.bearer.value.trim(), sessionId: this.sessionId.value,
            operationId: operation.operationId, schema: this.schemaOf(this.entry)};
  }

  showLines() {
    const request = this.request();
    const target = `${location.hostname}:${GRPC_PORT}`;
    part('lines').replaceChildren(copyable(curlLine(request), 'curl line'),
        copyable(grpcurlLine(this.api, {...request, target, tls: GRPC_SECURITY === 'tls'}), 'grpcurl line'));
  }

  async send() {
    const {method, url, headers, body, bearer, operationId} = this.request();
    part('send').setAttribute('aria-busy', 'true');
    try {
      const answer = await fetch(url, {method, body, headers: bearer ? {...headers, Authorization: `Bearer ${bearer}`} : headers});
      const text = await answer.text();
      if (answer.ok && operationId === 'initializeSession') this.sessionId.value = text;
      this.show(operationId, answer, text);
    } catch (error) {
      this.show(operationId, null, String(error));
    }
    part('send').removeAttribute('aria-busy');
    this.showLines();
  }

  /** Puts an answer on top of the others, as it is. */
  show(operationId, answer, text) {
    const {operation} = this.operations.find((entry) => entry.operation.operationId === operationId);
    const good = answer?.ok ?? false;
    const status = answer ? `${answer.status} ${answer.statusText}`.trim() : 'No answer';
    const headers = answer ? [...answer.headers].map(([name, value]) => `${name}: ${value}`).join('\n') : '';
    const json = answer?.headers.get('Content-Type')?.includes('json') ? JSON.parse(text) : null;
    const token = json ? json.token : operationId === 'createConnection' && good ? text : null;
    const article = el('article', {className: good ? 'answer good' : 'answer bad'},
        el('h3', {}, el('span', {className: 'status'}, status), ` ${operation.summary}`),
        copyable(json ? JSON.stringify(json, null, 2) : text || '(empty: this connection has no token)', 'answer'),
        json && token ? copyable(token, 'token') : null,
        headers ? el('details', {}, el('summary', {}, 'Headers'), el('pre', {tabIndex: 0}, headers)) : null);
    const answers = part('answers');
    if (!answers.querySelector('article')) answers.replaceChildren();
    answers.prepend(article);
    while (answers.children.length > ANSWERS) answers.lastChild.remove();
    part('said').textContent = `${status}. ${json?.detail ?? ''}`;
  }
}

/** Shows whether requests are taken, now and then. */
async function showState() {
  const state = part('state');
  const say = (className, text) => {
    if (state.textContent !== text) state.textContent = text;  // a screen reader says what is new
    state.className = `state ${className}`;
  };
  try {
    const answer = await fetch('readyz', {cache: 'no-store'});
    say(answer.ok ? 'good' : 'bad', answer.ok ? 'Ready' : `Not ready (${answer.status})`);
  } catch {
    say('bad', 'Not reachable');
  }
  setTimeout(showState, READY_EVERY_MS);
}

showState();
try {
  new TryIt(await OpenApi.load());
} catch (error) {
  part('form').replaceChildren(el('p', {className: 'mistake', role: 'alert'}, `This page cannot be shown: ${error.message}`));
}

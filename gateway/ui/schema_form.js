import {el, inline} from './dom.js';
import {typeOf, valuesOf} from './openapi.js';

let ids = 0;

/** The inputs of an object's schema. Nothing is checked: what the service says of a mistake is to be seen. */
export class SchemaForm {
  /** `skip`: names of properties that are asked for elsewhere. */
  constructor(api, schema, skip = []) {
    this.fields = [...api.properties(schema)]
        .filter(([name]) => !skip.includes(name))
        .map(([name, {schema: property, required, when}]) => ({name, when, ...field(api, name, property, required)}));
    this.element = el('div', {className: 'fields'}, this.fields.map(({element}) => element));
    this.element.addEventListener('input', () => this.showWhatCounts());
    this.showWhatCounts();
  }

  /** The values given; those left empty are not there. */
  value() {
    const value = {};
    for (const {name, element, read} of this.fields) {
      const one = element.hidden ? undefined : read();
      if (one !== undefined) value[name] = one;
    }
    return value;
  }

  showWhatCounts() {
    for (const {element, when} of this.fields) {
      if (!when) continue;
      const other = this.fields.find(({name}) => name === when.name)?.read();
      element.hidden = (other === when.value) !== when.equal;
    }
  }
}

/** {element, read}, of any property. */
function field(api, name, schema, required) {
  switch (typeOf(schema)) {
    case 'object':
      return nested(api, name, schema);
    case 'array':
      return typeOf(api.resolve(schema.items)) === 'object' ? list(api, name, schema) : lines(name, schema, required);
    case 'enum':
      return choice(name, schema, valuesOf(schema).map((value) => [value, value]), required);
    case 'boolean':
      return choice(name, schema, [['true', true], ['false', false]], required);
    case 'number':
    case 'integer':
      return text(name, schema, required, (value) => Number.isNaN(Number(value)) ? value : Number(value));
    default:
      return text(name, schema, required, (value) => value);
  }
}

/** An input with its label and hint. */
export function labelled(name, hint, input, required = false) {
  input.id = `field-${++ids}`;
  const about = hint ? el('p', {className: 'hint', id: `${input.id}-hint`}, inline(hint.trim())) : null;
  if (about) input.setAttribute('aria-describedby', about.id);
  return el('div', {className: 'field'},
      el('label', {for: input.id}, name, required ? el('span', {className: 'required'}, ' required') : ''), input, about);
}

function text(name, schema, required, parse) {
  const example = schema.default ?? schema.examples?.[0] ?? '';
  const input = el('input', {type: 'text', name, autocomplete: 'off', spellcheck: false, placeholder: String(example)});
  return {element: labelled(name, schema.description, input, required),
          read: () => input.value === '' ? undefined : parse(input.value)};
}

function choice(name, schema, options, required) {
  const unset = schema.default === undefined ? 'default' : `default (${schema.default})`;
  const select = el('select', {name}, el('option', {value: ''}, unset),
      options.map(([word]) => el('option', {value: word}, word)));
  return {element: labelled(name, schema.description, select, required),
          read: () => options.find(([word]) => word === select.value)?.[1]};
}

function lines(name, schema, required) {
  const input = el('textarea', {name, rows: 2, spellcheck: false});
  return {element: labelled(name, `${schema.description ?? ''} One a line.`, input, required),
          read: () => input.value.trim() ? input.value.split('\n').map((line) => line.trim()).filter(Boolean) : undefined};
}

function nested(api, name, schema) {
  const form = new SchemaForm(api, schema);
  const element = el('details', {className: 'group'}, el('summary', {}, name),
      schema.description ? el('p', {className: 'hint'}, inline(schema.description)) : null, form.element);
  return {element, read: () => {
    const value = form.value();
    return Object.keys(value).length ? value : undefined;
  }};
}

function list(api, name, schema) {
  const forms = new Set();
  const items = el('div', {className: 'items'});
  const add = el('button', {type: 'button', className: 'quiet'}, `Add to ${name}`);
  add.addEventListener('click', () => {
    const form = new SchemaForm(api, schema.items);
    const remove = el('button', {type: 'button', className: 'quiet'}, 'Remove');
    const item = el('fieldset', {}, el('legend', {}, `${name}: one more`), form.element, remove);
    remove.addEventListener('click', () => {
      forms.delete(form);
      item.remove();
      add.focus();
      add.dispatchEvent(new Event('input', {bubbles: true}));
    });
    forms.add(form);
    items.append(item);
    item.querySelector('input').focus();
    add.dispatchEvent(new Event('input', {bubbles: true}));
  });
  const element = el('details', {className: 'group'}, el('summary', {}, name),
      schema.description ? el('p', {className: 'hint'}, inline(schema.description)) : null, items, add);
  return {element, read: () => forms.size ? [...forms].map((form) => form.value()) : undefined};
}

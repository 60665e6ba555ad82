/** An OpenAPI description, and what its schemas come to. */
export class OpenApi {
  constructor(document) {
    this.document = document;
  }

  static async load() {
    const answer = await fetch('openapi.json');
    if (!answer.ok) throw new Error(`openapi.json: ${answer.status}`);
    return new OpenApi(await answer.json());
  }

  /** What `$ref` names, with what stands beside it. */
  resolve(value) {
    if (!value?.$ref) return value ?? {};
    const {$ref, ...beside} = value;
    const target = $ref.slice(2).split('/').reduce((at, name) => at[name.replaceAll('~1', '/')], this.document);
    return {...this.resolve(target), ...beside};
  }

  /** All operations in order: {method, path, operation, parameters}. */
  operations() {
    const methods = ['get', 'post', 'put', 'patch', 'delete'];
    return Object.entries(this.document.paths).flatMap(([path, item]) => methods.filter((m) => item[m]).map((method) => ({
      method: method.toUpperCase(),
      path,
      operation: item[method],
      parameters: [...(item.parameters ?? []), ...(item[method].parameters ?? [])].map((p) => this.resolve(p)),
    })));
  }

  /**
   * The properties of a schema by name: {schema, required, when}. `when` is {name, value, equal} where one counts only if
   * another property has, or has not, a value.
   */
  properties(schema, when = null) {
    const all = new Map();
    const own = this.resolve(schema);
    for (const part of own.allOf ?? []) merge(all, this.properties(part, when));
    const required = new Set(own.required ?? []);
    for (const [name, property] of Object.entries(own.properties ?? {})) {
      all.set(name, {schema: this.resolve(property), required: required.has(name), when});
    }
    const [discriminator, condition] = Object.entries(own.if?.properties ?? {})[0] ?? [];
    if (discriminator) {
      const clause = (equal) => ({name: discriminator, value: condition.const, equal});
      merge(all, this.properties(own.then ?? {}, clause(true)));
      merge(all, this.properties(own.else ?? {}, clause(false)));
    }
    return all;
  }
}

function merge(all, more) {
  for (const [name, property] of more) {
    const known = all.get(name);
    all.set(name, known ? {...known, schema: {...known.schema, ...property.schema}} : property);
  }
}

/** The first type of a schema that is not null. */
export function typeOf(schema) {
  if (schema.enum) return 'enum';
  const type = [schema.type].flat().find((one) => one !== 'null');
  return type ?? (schema.properties ? 'object' : 'string');
}

/** The values of an enum, without null. */
export function valuesOf(schema) {
  return (schema.enum ?? []).filter((value) => value !== null && value !== '');
}

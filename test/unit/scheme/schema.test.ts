import { strict as assert } from 'node:assert';
import { readFileSync } from 'node:fs';
import Ajv from 'ajv/dist/2020';
import { codes } from '../../../core/scheme/codes';
import { forms, layerSchemas, resolve, rootSchema, type Schema } from '../../../core/scheme/schema';
import { layerTypes } from '../../../core/shape/registry';
import { filesBelow } from './files';

describe('The JSON Schema of schemes', () => {
  it('is a valid JSON Schema, for any validator', () => {
    const ajv = new Ajv({ strict: false, discriminator: true });
    assert.equal(ajv.validateSchema(JSON.parse(readFileSync('schemas/model_scheme.schema.json', 'utf8'))), true);
  });

  it('documents every key', () => {
    for (const [path, schema] of everyKey()) {
      assert.ok(schema.title, `${path} has a title`);
      if (schema.const === undefined) assert.ok(schema.description ?? schema.enum, `${path} has a description`);
      for (const form of forms(schema)) {
        const described = form.enumDescriptions ?? form.enum;
        assert.equal(described?.length, form.enum?.length, `${path} describes each value`);
      }
    }
  });

  it('has defaults and examples that it accepts', () => {
    const ajv = new Ajv({ strict: false, discriminator: true });
    ajv.addSchema(rootSchema, 'scheme');
    const definitions = rootSchema.$defs!;
    for (const [path, schema, pointer] of everyKey()) {
      const validate = ajv.getSchema(`scheme#${pointer}`)!;
      for (const value of [schema.default, ...(schema.examples ?? [])].filter((other) => other !== undefined)) {
        assert.equal(validate(value), true, `${path}: ${JSON.stringify(value)}`);
      }
    }
    assert.ok(definitions);
  });

  it('has the layer types that can be built', () => {
    assert.deepEqual([...layerSchemas().keys()].sort(), [...layerTypes.keys()].sort());
  });
});

describe('The codes of diagnostics', () => {
  it('are those that the sources use', () => {
    const sources = [...filesBelow('core/scheme'), ...filesBelow('core/shape')]
      .filter((file) => !file.endsWith('codes.ts'))
      .map((file) => readFileSync(file, 'utf8'))
      .join('\n');
    const used = new Set([...sources.matchAll(/'(scheme\/[a-z-]+)'/g)].map(([, code]) => code));
    assert.deepEqual([...used].sort(), Object.keys(codes).sort());
  });
});

/** Every key of every object, with its path for messages, its schema, and its JSON pointer. */
function everyKey(): [string, Schema, string][] {
  const definitions = Object.entries(rootSchema.$defs!).map(
    ([name, schema]) => [name, schema, `/$defs/${name}`] as const,
  );
  const whole = [['', rootSchema, ''] as const, ...definitions].flatMap(([name, schema, pointer]) =>
    keysOf(name, schema, pointer),
  );
  assert.ok(whole.length > 100);
  return whole;
}

function keysOf(path: string, schema: Schema, pointer: string): [string, Schema, string][] {
  const own = Object.entries(schema.properties ?? {}).flatMap(([key, child]): [string, Schema, string][] => {
    const place = `${pointer}/properties/${key}`;
    return [[`${path}.${key}`, resolve(child), place], ...keysOf(`${path}.${key}`, child, place)];
  });
  const branches = (['then', 'else'] as const).flatMap((branch) =>
    schema[branch] ? keysOf(path, schema[branch], `${pointer}/${branch}`) : [],
  );
  return [...own, ...branches];
}

import { type ParseError, parse } from 'jsonc-parser';

/** One difference between two schemes, in the scheme's words. */
export interface SchemeChange {
  /** `model.learning_rate`, or `conv_1.kernel` for a layer's key, or `conv_1` for a layer as a whole. */
  readonly subject: string;
  readonly kind: 'changed' | 'added' | 'removed' | 'moved';
  readonly before?: unknown;
  readonly after?: unknown;
}

/**
 * What changed from one scheme's text to another's. Layers are compared by name, so that one inserted layer is one change
 * and not a difference in every layer behind it. `experiment` and `$schema` say nothing about the model and are left out.
 */
export function schemeDifference(before: string, after: string): SchemeChange[] {
  const [old, now] = [readObject(before), readObject(after)];
  const [oldModel, nowModel] = [asObject(old.model), asObject(now.model)];
  return [
    ...compareObjects('data', asObject(old.data), asObject(now.data)),
    ...compareObjects('model', without(oldModel, 'network'), without(nowModel, 'network')),
    ...compareNetworks('', oldModel.network, nowModel.network),
    ...compareObjects('expect', asObject(old.expect), asObject(now.expect)),
  ];
}

type JsonObject = Readonly<Record<string, unknown>>;

function readObject(text: string): JsonObject {
  const errors: ParseError[] = [];
  return asObject(parse(text, errors, { allowTrailingComma: true }));
}

function asObject(value: unknown): JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as JsonObject) : {};
}

function without(object: JsonObject, key: string): JsonObject {
  return Object.fromEntries(Object.entries(object).filter(([name]) => name !== key));
}

function compareObjects(prefix: string, before: JsonObject, after: JsonObject): SchemeChange[] {
  const keys = [...new Set([...Object.keys(before), ...Object.keys(after)])];
  return keys.flatMap((key) => compareValues(`${prefix}.${key}`, before[key], after[key]));
}

function compareValues(subject: string, before: unknown, after: unknown): SchemeChange[] {
  if (JSON.stringify(before) === JSON.stringify(after)) return [];
  if (before === undefined) return [{ subject, kind: 'added', after }];
  if (after === undefined) return [{ subject, kind: 'removed', before }];
  const [oldObject, newObject] = [asObject(before), asObject(after)];
  const bothObjects = Object.keys(oldObject).length > 0 && Object.keys(newObject).length > 0;
  return bothObjects ? compareObjects(subject, oldObject, newObject) : [{ subject, kind: 'changed', before, after }];
}

function compareNetworks(prefix: string, before: unknown, after: unknown): SchemeChange[] {
  const [old, now] = [layersByName(before), layersByName(after)];
  const removed = [...old.keys()].filter((name) => !now.has(name));
  const changes: SchemeChange[] = removed.map((name) => ({
    subject: prefix + name,
    kind: 'removed',
    before: old.get(name)?.type,
  }));
  for (const [name, layer] of now) changes.push(...compareLayer(prefix, name, old.get(name), layer));
  return [...changes, ...movedLayers(prefix, old, now)];
}

function compareLayer(prefix: string, name: string, before: JsonObject | undefined, after: JsonObject): SchemeChange[] {
  const subject = prefix + name;
  if (!before) return [{ subject, kind: 'added', after: after.type }];
  const own = (layer: JsonObject) => without(without(layer, 'name'), 'network');
  return [
    ...compareObjects(subject, own(before), own(after)),
    ...compareNetworks(`${subject}.`, before.network, after.network),
  ];
}

/** Layers in both networks whose order among those in both has changed; the longest ordered run counts as unmoved. */
function movedLayers(prefix: string, before: Map<string, JsonObject>, after: Map<string, JsonObject>): SchemeChange[] {
  const oldOrder = [...before.keys()].filter((name) => after.has(name));
  const newOrder = [...after.keys()].filter((name) => before.has(name));
  const unmoved = longestIncreasing(newOrder.map((name) => oldOrder.indexOf(name)));
  return newOrder
    .filter((name) => !unmoved.has(oldOrder.indexOf(name)))
    .map((name) => ({ subject: prefix + name, kind: 'moved' as const }));
}

/** The members of one longest increasing subsequence (patience sorting). */
function longestIncreasing(values: readonly number[]): Set<number> {
  const tails: number[] = [];
  const previous = new Map<number, number | undefined>();
  for (const value of values) {
    let place = tails.findIndex((tail) => tail >= value);
    if (place < 0) place = tails.length;
    previous.set(value, tails[place - 1]);
    tails[place] = value;
  }
  const members = new Set<number>();
  for (let value = tails.at(-1); value !== undefined; value = previous.get(value)) members.add(value);
  return members;
}

/** Unnamed layers get the name that the language gives them: type and number. */
function layersByName(network: unknown): Map<string, JsonObject> {
  const layers = Array.isArray(network) ? network.map(asObject) : [];
  return new Map(layers.map((layer, index) => [layerName(layer, index), layer]));
}

function layerName(layer: JsonObject, index: number): string {
  return typeof layer.name === 'string' ? layer.name : `${String(layer.type)}_${index + 1}`;
}

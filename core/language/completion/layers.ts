import { CompletionItemKind } from 'vscode-languageserver-types';
import { t } from '../../l10n';
import { canonical } from '../../scheme/canonical';
import { isRecord, layerSchemas, type Schema } from '../../scheme/schema';
import type { LayerAnalysis } from '../../shape/analyze';
import type { LayerInput } from '../../shape/builder';
import { expandLayer } from '../../shape/expand';
import type { Shape } from '../../shape/network';
import { shapeText } from '../../shape/shapes';
import { freeName, layersBackFrom, shapeBefore } from '../layers';
import type { CompletionRequest, Proposal } from './request';
import { bodySnippet, innerText, literal, plainText } from './snippet';

/** Whole layers that can stand at the cursor: their sizes fit what comes in, their names are new, their inputs exist. */
export function layerProposals(request: CompletionRequest): Proposal[] {
  const proposals = [...layerSchemas()].flatMap(([type, schema]) => layerProposal(request, type, schema));
  return isBetweenBrackets(request) ? proposals.map(onLinesOfItsOwn) : proposals;
}

/** In a list that is still empty, its brackets side by side. */
function isBetweenBrackets({ snapshot: { text }, cursor: { token } }: CompletionRequest): boolean {
  return /\[[ \t]*$/.test(text.slice(0, token.start)) && /^[ \t]*\]/.test(text.slice(token.end));
}

function onLinesOfItsOwn(proposal: Proposal): Proposal {
  return { ...proposal, insert: `\n\t${proposal.insert.replaceAll('\n', '\n\t')}\n` };
}

/** What whole layers consist of, for braces that are there already and still empty. */
export function layerContentProposals(request: CompletionRequest): Proposal[] {
  const { snapshot, cursor } = request;
  const before = snapshot.text.slice(0, cursor.token.start);
  const isOnBraceLine = before.lastIndexOf('{') > before.lastIndexOf('\n');
  return layerProposals(request).map((proposal) => {
    const lines = proposal.insert.split('\n').slice(1, -1);
    const content = isOnBraceLine ? ['', ...lines, ''] : lines.map((line) => line.replace(/^\t/, ''));
    return { ...proposal, insert: content.join('\n') };
  });
}

/** The types that a layer at the cursor may have, those that fit what comes in first. */
export function typeProposals(request: CompletionRequest): Proposal[] {
  const proposals = [...layerSchemas()].map(([type, schema]) => {
    const inputs = inputsOf(request, type, schema);
    const fits = outputOf(type, schema, bodyOf(request, schema, inputs), inputs) !== 'unfit';
    const proposal: Proposal = {
      label: type,
      kind: CompletionItemKind.EnumMember,
      insert: `"${type}"`,
      detail: schema.title === undefined ? '' : t(schema.title),
      documentation: schema.description === undefined ? '' : t(schema.description),
    };
    return { fits, proposal };
  });
  return proposals.toSorted((one, other) => Number(other.fits) - Number(one.fits)).map(({ proposal }) => proposal);
}

function layerProposal(request: CompletionRequest, type: string, schema: Schema): Proposal[] {
  const inputs = inputsOf(request, type, schema);
  const body = bodyOf(request, schema, inputs);
  const output = outputOf(type, schema, body, inputs);
  if (output === 'unfit' || body === undefined) return [];
  const description = schema.description === undefined ? '' : t(schema.description);
  const insert = bodySnippet(body);
  return [
    {
      label: type,
      kind: CompletionItemKind.Snippet,
      insert,
      filters: ['{', ...(schema.title === undefined ? [] : [schema.title])],
      detail: output === undefined ? '' : `→ ${shapeText(output)}`,
      documentation: `${description}\n\n\`\`\`json\n${plainText(insert)}\n\`\`\``,
    },
  ];
}

/** The schema's snippet with a new name, and with inputs that exist. */
function bodyOf(
  request: CompletionRequest,
  schema: Schema,
  inputs: readonly LayerInput[],
): Record<string, unknown> | undefined {
  const body = schema.defaultSnippets?.[0]?.body;
  if (!isRecord(body)) return undefined;
  const named = { ...body, name: `\${1:${innerText(newName(request, body.name))}}` };
  if (!isMerge(schema)) return named;
  const names = inputs.map(({ name }, index) => `\${${index + 2}:${literal(innerText(name))}}`);
  return names.length === 0 ? named : { ...named, inputs: names };
}

/** `conv_3` where the snippet says `conv_1` and there are two already. */
function newName({ snapshot, cursor }: CompletionRequest, name: unknown): string {
  const stem = plainText(String(name)).replace(/_\d+$/, '');
  return freeName(snapshot, stem, cursor.path);
}

/** What the layer would put out here: nothing where that is not known, `unfit` where it cannot be built. */
function outputOf(
  type: string,
  schema: Schema,
  body: unknown,
  inputs: readonly LayerInput[],
): Shape | 'unfit' | undefined {
  if (body === undefined || inputs.length === 0) return isMerge(schema) ? 'unfit' : undefined;
  return builtShape(type, schema, JSON.parse(plainText(bodySnippet(body))), inputs);
}

function builtShape(type: string, schema: Schema, layer: unknown, inputs: readonly LayerInput[]): Shape | 'unfit' {
  const settings = canonical(schema, layer, undefined) as Readonly<Record<string, unknown>>;
  const names = inputs.map(({ name }) => name);
  const sample = inputs[0]?.shape ?? [];
  const { problem, networkLayer } = expandLayer({ name: '', type, inputs: names, settings, path: [] }, inputs, sample);
  return problem === undefined ? networkLayer.outputShape : 'unfit';
}

/** The layer before, or for a layer that merges: the last two that it can merge. */
function inputsOf({ snapshot, cursor }: CompletionRequest, type: string, schema: Schema): readonly LayerInput[] {
  const { path, token } = cursor;
  if (isMerge(schema)) return mergeableInputs(layersBackFrom(snapshot, path, token.start), type, schema);
  const shape = shapeBefore(snapshot, path, token.start);
  return shape === undefined ? [] : [{ id: 'data', name: 'data', shape }];
}

/** Layers further back than this are not looked at. */
const mostCandidates = 50;

/** The last layer, and the last one before it that it can be merged with; none where there are no two. */
export function mergeableInputs(back: Iterable<LayerAnalysis>, type: string, schema: Schema): readonly LayerInput[] {
  const inputs: LayerInput[] = [];
  let looked = 0;
  for (const { name, outputShape } of back) {
    if (looked++ === mostCandidates) break;
    if (outputShape !== undefined) inputs.push({ id: name, name, shape: outputShape });
  }
  const [last, ...earlier] = inputs;
  if (last === undefined) return [];
  const other = earlier.find((one) => builtShape(type, schema, { type, inputs: [] }, [one, last]) !== 'unfit');
  return other === undefined ? [] : [other, last];
}

function isMerge({ properties }: Schema): boolean {
  return properties?.inputs !== undefined;
}

import { CompletionItemKind } from 'vscode-languageserver-types';
import { t } from '../../l10n';
import { canonical } from '../../scheme/canonical';
import { isRecord, layerSchemas, type Schema } from '../../scheme/schema';
import type { LayerInput } from '../../shape/builder';
import { expandLayer } from '../../shape/infer';
import type { Shape } from '../../shape/network';
import { shapeText } from '../../shape/shapes';
import { freeName, layersBefore, shapeBefore } from '../layers';
import type { CompletionRequest, Proposal } from './request';
import { bodySnippet, innerText, plainText } from './snippet';

/** Whole layers that can stand at the cursor: their sizes fit what comes in, their names are new, their inputs exist. */
export function layerProposals(request: CompletionRequest): Proposal[] {
  return [...layerSchemas()].flatMap(([type, schema]) => layerProposal(request, type, schema));
}

/** The types that a layer at the cursor may have, those that fit what comes in first. */
export function typeProposals(request: CompletionRequest): Proposal[] {
  const proposals = [...layerSchemas()].map(([type, schema]) => {
    const fits = outputOf(request, type, schema) !== 'unfit';
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
  const output = outputOf(request, type, schema);
  const body = bodyOf(request, schema);
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
function bodyOf(request: CompletionRequest, schema: Schema): Record<string, unknown> | undefined {
  const body = schema.defaultSnippets?.[0]?.body;
  if (!isRecord(body)) return undefined;
  const names = body.inputs === undefined ? undefined : inputsOf(request, schema).map(({ name }) => innerText(name));
  const first = names?.[0];
  const other = names?.[1] ?? '';
  return {
    ...body,
    name: `\${1:${innerText(newName(request, body.name))}}`,
    ...(first === undefined ? {} : { inputs: [`\${2:${first}}`, `\${3:${other}}`] }),
  };
}

/** `conv_3` where the snippet says `conv_1` and there are two already. */
function newName({ snapshot }: CompletionRequest, name: unknown): string {
  const stem = plainText(String(name)).replace(/_\d+$/, '');
  return freeName(snapshot, stem);
}

/** What the layer would put out here: nothing where that is not known, `unfit` where it cannot be built. */
function outputOf(request: CompletionRequest, type: string, schema: Schema): Shape | 'unfit' | undefined {
  const body = bodyOf(request, schema);
  const inputs = inputsOf(request, schema);
  if (body === undefined || inputs.length === 0) return isMerge(schema) ? 'unfit' : undefined;
  return builtShape(type, schema, JSON.parse(plainText(bodySnippet(body))), inputs);
}

function builtShape(type: string, schema: Schema, layer: unknown, inputs: readonly LayerInput[]): Shape | 'unfit' {
  const settings = canonical(schema, layer, undefined) as Readonly<Record<string, unknown>>;
  const names = inputs.map(({ name }) => name);
  const { problem, networkLayer } = expandLayer({ name: '', type, inputs: names, settings, path: [] }, inputs);
  return problem === undefined ? networkLayer.outputShape : 'unfit';
}

/** The layer before, or for a layer that merges: the last two that it can merge. */
function inputsOf(request: CompletionRequest, schema: Schema): readonly LayerInput[] {
  const { snapshot, cursor } = request;
  if (isMerge(schema)) return mergeable(request, schema);
  const shape = shapeBefore(snapshot, cursor.path, cursor.token.start);
  return shape === undefined ? [] : [{ id: 'data', name: 'data', shape }];
}

function mergeable({ snapshot, cursor }: CompletionRequest, schema: Schema): readonly LayerInput[] {
  const type = [...layerSchemas()].find(([, one]) => one === schema)?.[0] ?? '';
  const candidates = layersBefore(snapshot, cursor.path, cursor.token.start)
    .flatMap(({ name, outputShape }) => (outputShape === undefined ? [] : [{ id: name, name, shape: outputShape }]))
    .slice(-50)
    .reverse();
  const [last, ...earlier] = candidates;
  if (last === undefined) return [];
  const other = earlier.find((one) => builtShape(type, schema, { type, inputs: [] }, [one, last]) !== 'unfit');
  return other === undefined ? [] : [other, last];
}

function isMerge({ properties }: Schema): boolean {
  return properties?.inputs !== undefined;
}

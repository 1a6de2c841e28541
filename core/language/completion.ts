import { type CompletionItem, CompletionItemKind, type Position } from 'vscode-languageserver-types';
import { t } from '../l10n';
import { dataName } from '../scheme/layers';
import { childValue, forms, resolve, type Schema } from '../scheme/schema';
import type { JsonPath } from '../scheme/types';
import { keyProposals } from './completion/keys';
import { layerContentProposals, layerProposals, typeProposals } from './completion/layers';
import { pathItems } from './completion/paths';
import { type CompletionRequest, itemsOf, type Proposal, schemaOf, valueAround } from './completion/request';
import { schemeSkeleton } from './completion/skeletons';
import { literal, plainText } from './completion/snippet';
import { siblingsOf, valueProposals } from './completion/values';
import { cursorAt } from './cursor';
import { isLayerUnion } from './documentation';
import { earlierNames, freeName, layerAround, layersOfNetwork } from './layers';
import { layerDocumentation } from './layerText';
import { networkPath } from './nested';
import type { PathsPort } from './paths';
import { offsetOf, type Snapshot } from './snapshot';

/**
 * What can be written at a position, in a text that need not be well-formed: keys that fit there, values, whole layers,
 * names of earlier layers, paths.
 *
 * @param snippets whether the client understands snippets
 */
export async function completionsAt(
  snapshot: Snapshot,
  position: Position,
  paths: PathsPort,
  snippets = true,
): Promise<CompletionItem[]> {
  const offset = offsetOf(snapshot, position);
  const cursor = cursorAt(snapshot.text, offset, snapshot.analysis.document.elementsAround?.(offset));
  const request: CompletionRequest = { snapshot, cursor, value: valueAround(cursor.containers), snippets };
  if (cursor.place === 'nothing') return [];
  if (cursor.place === 'key') return itemsOf(request, keysAt(request));
  const schema = schemaOf(cursor.path, request.value);
  if (schema?.path) return pathItems(request, paths);
  return itemsOf(request, valuesAt(request, schema));
}

/** In an empty layer a whole one can be had as well. */
function keysAt(request: CompletionRequest): Proposal[] {
  const { path, container, colonAfter } = request.cursor;
  const schema = schemaOf(path, request.value);
  const isEmptyLayer = schema !== undefined && isLayerUnion(schema) && container.entries.size === 0 && !colonAfter;
  return [...keyProposals(request), ...(isEmptyLayer ? layerContentProposals(request) : [])];
}

function valuesAt(request: CompletionRequest, schema: Schema | undefined): Proposal[] {
  const { path } = request.cursor;
  const key = path.at(-1);
  if (path.length === 0) return [schemeProposal()];
  if (key === '$schema')
    return [wordProposal('model_scheme.schema.json', t('Marks this file as a scheme, whatever its name is.'))];
  if (schema === undefined) return [];
  if (schema.layer) return nameProposals(request);
  if (isLayerUnion(schema)) return layerProposals(request);
  if (path.at(-3) === 'network' && key === 'name') return [nameProposal(request)];
  if (key === 'type') return typesAt(request, schema);
  return valueProposals(request, schema);
}

/** A `type` chooses between the forms of its object; all of them are offered, not only the one that is chosen now. */
function typesAt(request: CompletionRequest, schema: Schema): Proposal[] {
  const { path } = request.cursor;
  const object = schemaOf(path.slice(0, -1), request.value);
  if (object === undefined) return [];
  if (isLayerUnion(object)) return typeProposals(request);
  const variants = forms(object).filter(({ properties }) => properties?.type !== undefined);
  if (variants.length < 2) return valueProposals(request, schema);
  return variants.flatMap((variant) => {
    const type = resolve(variant.properties?.type ?? {});
    return wordProposal(
      String(type.const ?? type.enum?.[0]),
      variant.description === undefined ? '' : t(variant.description),
    );
  });
}

/** Of the nearest ones it is said what they are. */
const mostDocumented = 100;

function nameProposals({ snapshot, cursor, value }: CompletionRequest): Proposal[] {
  const inList = cursor.container.kind === 'array' ? cursor.container.elements : [];
  const own = childValue(siblingsOf(cursor.path, value), 'name');
  const names = earlierNames(snapshot, cursor.path, layerStart(snapshot, cursor.token.start));
  const layers = layersOfNetwork(snapshot, cursor.path);
  return names
    .filter((name) => !inList.includes(name) && name !== own)
    .map((name, place) => {
      const index = layers.indexOf(name);
      const isTold = index !== undefined && place < mostDocumented;
      const documentation = isTold ? layerDocumentation(layers.at(index), snapshot.analysis.network) : '';
      const text = name === dataName ? inputText(cursor.path) : documentation;
      return { ...wordProposal(name, text), kind: CompletionItemKind.Reference };
    });
}

function inputText(path: JsonPath): string {
  return networkPath(path).length > 2 ? t('What enters the block.') : t('The input of the network.');
}

/** Start of the layer that an offset is in, so that it is not counted among the earlier ones. */
function layerStart(snapshot: Snapshot, offset: number): number {
  return layerAround(snapshot, offset)?.span.start ?? offset;
}

function nameProposal({ snapshot, cursor, value }: CompletionRequest): Proposal {
  const type = childValue(siblingsOf(cursor.path, value), 'type');
  return wordProposal(
    freeName(snapshot, typeof type === 'string' ? type : 'layer', cursor.path),
    t('A name that no other layer has.'),
  );
}

function schemeProposal(): Proposal {
  return {
    label: t('A new scheme'),
    kind: CompletionItemKind.Snippet,
    insert: schemeSkeleton,
    filters: ['{'],
    documentation: `\`\`\`json\n${plainText(schemeSkeleton)}\n\`\`\``,
  };
}

function wordProposal(word: string, documentation: string): Proposal {
  return { label: word, kind: CompletionItemKind.EnumMember, insert: literal(JSON.stringify(word)), documentation };
}

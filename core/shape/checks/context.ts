import type { Place } from '../../scheme/diagnose';
import type { SchemeDocument } from '../../scheme/document';
import type { LayerEntries } from '../../scheme/layers';
import { placeOf } from '../../scheme/places';
import type { Training } from '../../scheme/read';
import { shortSpan } from '../../scheme/referenceDiagnostics';
import type { References } from '../../scheme/references';
import type { DataSection, JsonPath } from '../../scheme/types';
import type { InferredLayer } from '../infer';
import type { Tally } from '../tally';

/** What a check of the network may look at; parts that are broken are absent. */
export interface CheckContext {
  readonly document: SchemeDocument;
  readonly entries: LayerEntries;
  readonly references: References;
  /** One for each entry. */
  readonly layers: readonly InferredLayer[];
  readonly tally: Tally;
  /** 1 for each entry in which `use_bias` is written. */
  readonly biased: Uint8Array;
  readonly data?: DataSection;
  readonly training?: Training;
}

/** A layer as the place of a diagnostic. */
export function layerPlace({ entries }: CheckContext, index: number): Place {
  const entry = entries.at(index);
  return { span: shortSpan(entry), path: entry.path, layer: entry.name };
}

/** A key of a layer as the place of a diagnostic. */
export function layerKeyPlace({ document, entries }: CheckContext, index: number, key: JsonPath): Place {
  return placeOf(document, [...entries.at(index).path, ...key]);
}

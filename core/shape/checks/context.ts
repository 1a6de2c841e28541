import type { Place } from '../../scheme/diagnose';
import type { SchemeDocument } from '../../scheme/document';
import type { LayerEntry } from '../../scheme/layers';
import { placeOf } from '../../scheme/places';
import type { Training } from '../../scheme/read';
import type { References } from '../../scheme/references';
import { shortSpan } from '../../scheme/references';
import type { DataSection, JsonPath } from '../../scheme/types';
import type { InferredLayer } from '../infer';
import type { Tally } from '../tally';

/** What a check of the network may look at; parts that are broken are absent. */
export interface CheckContext {
  readonly document: SchemeDocument;
  readonly entries: readonly LayerEntry[];
  readonly references: References;
  /** One for each entry. */
  readonly layers: readonly InferredLayer[];
  readonly tally: Tally;
  readonly data?: DataSection;
  readonly training?: Training;
}

/** A layer as the place of a diagnostic. */
export function layerPlace({ entries }: CheckContext, index: number): Place {
  const entry = entries[index]!;
  return { span: shortSpan(entry), path: entry.path, layer: entry.name };
}

/** A key of a layer as the place of a diagnostic. */
export function layerKeyPlace({ document, entries }: CheckContext, index: number, key: JsonPath): Place {
  return placeOf(document, [...entries[index]!.path, ...key]);
}

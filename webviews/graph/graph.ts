import type { IconName } from '../shared/icons';
import type { Edge } from './layers';

/** What a graph view shows of a vertex. */
export interface GraphVertex {
  /** Tells it from all others, also after the graph has been folded in another way. */
  readonly key: string;
  readonly title: string;
  readonly subtitle: string;
  /** A value goes into the graph or comes out of it; a block stands for many nodes and can be opened. */
  readonly kind: 'node' | 'input' | 'output' | 'block';
  readonly picture?: IconName;
  /** The colour of border and picture; the picture says the same. */
  readonly tone?: Tone;
  /** Drawn with less weight: not what the reader looks for. */
  readonly isFaint?: boolean;
}

export type Tone = 'good' | 'bad' | 'unsure' | 'moved';

export interface Graph {
  readonly vertices: readonly GraphVertex[];
  readonly edges: readonly Edge[];
}

import type { MatchReport } from '../match/report';
import type { GraphOutline, ModelReading, NodeDetails, SourceLine, TensorStatistics } from './onnx';

export type SideName = 'intended' | 'exported';

/** To the next difference or to the one before. */
export type Direction = 1 | -1;

/** Asked by the Match panel. */
export interface MatchRequests {
  /** The report that the panel was opened for; `again` makes it anew. */
  'report/read': { params: { again: boolean }; result: MatchReport };
  /** While on, the host matches again when either file is written and tells the events below. */
  'report/watch': { params: { on: boolean }; result: null };
  'scheme/reveal': { params: { path: readonly (string | number)[] }; result: null };
  'file/open': { params: { side: SideName }; result: null };
  /** The reasons of the report that an edit of the scheme makes go away. */
  'fixes/read': { params: Record<string, never>; result: readonly FixTitle[] };
  /** Takes an exported value into the scheme's document, which stays unsaved, and matches again. */
  'fix/apply': { params: { layer: string; message: string }; result: null };
  /** Takes the last fix back, unless the scheme has been edited since, and matches again. */
  'fix/undo': { params: Record<string, never>; result: null };
  'model/read': { params: { side: SideName }; result: ModelReading };
  /** Of the graph in which functions' nodes stand in the place of their calls: the report names them so. */
  'graph/read': { params: { side: SideName; version: string }; result: GraphOutline };
  'node/read': { params: { side: SideName; version: string; node: number }; result: NodeDetails };
  'tensor/read': {
    params: { side: SideName; version: string; node: number; tensor: string };
    result: TensorStatistics;
  };
  'source/open': { params: SourceLine; result: null };
}

/** Which reason of which layer a fix is for, and what it does. */
export interface FixTitle {
  readonly layer: string;
  readonly message: string;
  readonly title: string;
}

/** Told to the Match panel: what its host does, by itself or because it was asked to. */
export interface MatchEvents {
  'report/started': Record<string, never>;
  'report/changed': MatchReport;
  'report/failed': { message: string };
  'difference/go': { direction: Direction };
}

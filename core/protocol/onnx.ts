/** What the ONNX editor and the Match panel's graph are told of a model. All of it survives JSON. */

/** `version` changes whenever the file does; questions about another version than the present one are refused. */
export type ModelReading =
  | { readonly ok: true; readonly version: string; readonly summary: ModelSummary }
  | { readonly ok: false; readonly bytes: number; readonly reason: string; readonly offset?: number };

export interface ModelSummary {
  readonly file: string;
  /** Of the file itself, and of the files beside it that hold weights. */
  readonly bytes: number;
  readonly externalBytes: number;
  /** External files that are not there or lie outside of the model's folder. */
  readonly unreachable: readonly string[];
  readonly producer: string;
  readonly irVersion: number;
  /** The standard operators' domain is `ai.onnx`. */
  readonly opsets: readonly (readonly [domain: string, version: number])[];
  readonly parameters: number;
  readonly docString?: string;
  readonly hasTrainingInfo: boolean;
  readonly metadata: readonly (readonly [key: string, value: string])[];
  /** Id of the run that the model says it comes from. */
  readonly run?: string;
  /** The main graph first; graphs inside of nodes come after the graph that they are in. */
  readonly graphs: readonly GraphTitle[];
}

export interface GraphTitle {
  /** `''` is the main graph. */
  readonly id: string;
  readonly kind: 'main' | 'function' | 'branch';
  readonly name: string;
  readonly nodes: number;
}

export type Dimensions = readonly (number | string)[];

export interface GraphOutline {
  /** Without the weights that old files list among the inputs. */
  readonly inputs: readonly OutlineValue[];
  readonly outputs: readonly OutlineOutput[];
  readonly nodes: readonly OutlineNode[];
  /** Runs of nodes that are the same block again and again, in order, without overlaps. Places do not count constants. */
  readonly blocks: readonly RepeatedBlock[];
}

export interface OutlineValue {
  readonly name: string;
  /** `float32`; empty when the file does not say. */
  readonly type: string;
  readonly shape?: Dimensions;
}

export interface OutlineOutput extends OutlineValue {
  readonly from?: number;
}

export interface OutlineNode {
  /** Its first output's, when it has none of its own. */
  readonly name: string;
  /** With its domain, unless that is ONNX's own. */
  readonly operator: string;
  /** `kernel_shape [3, 3], pads [1, 1, 1, 1]`. */
  readonly attributes: string;
  /** Where its inputs come from: nodes by their place, the graph's inputs as -1, -2, ...; without weights and constants. */
  readonly from: readonly number[];
  /** Of its first output, as far as the file says. */
  readonly shape?: Dimensions;
  /** Elements of the weights that it is the first to use. */
  readonly parameters: number;
  /** The same for every input of the model: constants, and what is made of weights alone. */
  readonly isConstant?: true;
  /** The module of the Python program, where the exporter wrote it down. */
  readonly module?: string;
  /** Ids of the graphs inside of it, or of the function that it calls. */
  readonly graphs?: readonly string[];
}

export interface RepeatedBlock {
  readonly start: number;
  /** Nodes of one repetition. */
  readonly length: number;
  readonly count: number;
}

export interface NodeDetails {
  readonly name: string;
  readonly operator: string;
  readonly docString?: string;
  readonly attributes: readonly DetailAttribute[];
  readonly inputs: readonly DetailInput[];
  readonly outputs: readonly DetailOutput[];
  /** Without what is told in `source`. */
  readonly metadata: readonly (readonly [key: string, value: string])[];
  /** The Python program's calls that led to the node, innermost first, without those inside of libraries. */
  readonly source: readonly SourceLine[];
}

export interface DetailAttribute {
  readonly name: string;
  readonly value: string;
  /** The graph that is its value. */
  readonly graph?: string;
  /** The tensor that is its value, to ask for statistics with. */
  readonly tensor?: string;
}

export interface DetailInput extends OutlineValue {
  /** The operator's own name for it: `W`, `scale`. */
  readonly role: string;
  readonly from?: number;
  /** Name of the weight, to ask for statistics with. */
  readonly tensor?: string;
}

export interface DetailOutput extends OutlineValue {
  /** Nodes that use it. */
  readonly to: readonly number[];
  readonly isGraphOutput: boolean;
}

export interface SourceLine {
  readonly file: string;
  /** Counted from 1. */
  readonly line: number;
  readonly function: string;
  readonly text: string;
}

/** Statistics of a weight; of its finite values, unless it says otherwise. Numbers are `null` where there are none. */
export interface TensorStatistics {
  readonly name: string;
  readonly type: string;
  readonly shape: readonly number[];
  readonly bytes?: number;
  /** Why there is nothing but the shape. */
  readonly reason?: string;
  /**
   * The values themselves, when they are few; those that JSON has no numbers for as `NaN`, `Infinity` and `-Infinity`. Of texts,
   * which have no figures, the first ones, cut where they are long.
   */
  readonly values?: readonly (number | string)[];
  readonly figures?: TensorFigures;
}

export interface TensorFigures {
  readonly count: number;
  readonly zeros: number;
  readonly notNumbers: number;
  readonly infinite: number;
  readonly minimum: number | null;
  readonly maximum: number | null;
  readonly mean: number | null;
  readonly deviation: number | null;
  /** How many values fall into each of equal parts between minimum and maximum. */
  readonly histogram: readonly number[];
}

/** Asked by the page of the ONNX editor. */
export interface OnnxRequests {
  'model/read': { params: Record<string, never>; result: ModelReading };
  'graph/read': { params: { version: string; graph: string }; result: GraphOutline };
  /** Shapes that the file does not say, found by following the graph; one entry per node. */
  'graph/shapes': { params: { version: string; graph: string }; result: readonly (Dimensions | null)[] };
  'node/read': { params: { version: string; graph: string; node: number }; result: NodeDetails };
  'tensor/read': {
    params: { version: string; graph: string; node: number; tensor: string };
    result: TensorStatistics;
  };
  /** The run that the model comes from, when this window knows it. */
  'run/find': { params: { run: string }; result: { name: string } | null };
  'run/open': { params: { run: string }; result: null };
  'source/open': { params: SourceLine; result: null };
  'match/open': { params: Record<string, never>; result: null };
  'file/openAs': { params: Record<string, never>; result: null };
}

/** Told to the page of the ONNX editor. */
export interface OnnxEvents {
  'model/changed': Record<string, never>;
  /** The file was deleted or renamed. */
  'model/gone': Record<string, never>;
}

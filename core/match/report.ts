/** The outcome of a match; its JSON form is what `matchdown match --format json` prints (`schemas/match.schema.json`). */
export interface MatchReport {
  readonly verdict: 'match' | 'mismatch' | 'undecided';
  readonly intended: MatchSideInfo;
  readonly exported: MatchSideInfo;
  readonly layers: readonly LayerVerdict[];
  readonly proof: NumericProof;
  /** What this kind of export does not show, one sentence each. */
  readonly cannotBeTold: readonly string[];
  /** Why the verdict is `undecided`. */
  readonly undecided: readonly string[];
  /** Warnings about the whole file: exported in training mode, a batch axis frozen to 1. */
  readonly notes: readonly string[];
}

export interface MatchSideInfo {
  readonly file: string;
  readonly kind: 'scheme' | 'onnx';
  readonly producer?: string;
  readonly opset?: number;
  readonly nodes?: number;
  readonly parameters?: number;
}

export type LayerStatus = 'same' | 'equivalent' | 'cannot be told' | 'different' | 'missing' | 'extra' | 'moved';

export interface LayerVerdict {
  /** The scheme's layer name; for an extra one, the node's. */
  readonly name: string;
  readonly status: LayerStatus;
  readonly reasons: readonly Reason[];
  readonly intended?: LayerSide;
  readonly exported?: LayerSide;
}

export interface Reason {
  readonly kind: LayerStatus;
  /** In the scheme's words: "kernel: 3 x 3 intended, 5 x 5 exported". */
  readonly message: string;
  /** The scheme's key, when the reason is about one: `kernel`. */
  readonly key?: string;
  readonly intendedValue?: unknown;
  readonly exportedValue?: unknown;
  /** Name of the equivalence rule that was used. */
  readonly rule?: string;
}

export interface LayerSide {
  readonly type: string;
  readonly summary: string;
  /** Scheme layout, without the batch axis. */
  readonly outputShape?: readonly number[];
  readonly parameters?: number;
  readonly nodes: readonly MatchNode[];
  /** Where the layer stands in the scheme: `['model', 'network', 3]`. */
  readonly path?: readonly (string | number)[];
  /** The line of the scheme on which it begins, counted from 1. */
  readonly line?: number;
}

export interface MatchNode {
  readonly name: string;
  readonly opType: string;
  readonly attributes?: Readonly<Record<string, unknown>>;
}

export interface NumericProof {
  readonly done: boolean;
  readonly holds?: boolean;
  /** Why it was not done, or what failed. */
  readonly reason?: string;
  readonly inputs?: readonly {
    readonly name: string;
    readonly batch: number;
    readonly maxAbsoluteError: number;
    readonly maxRelativeError: number;
  }[];
  readonly maxAbsoluteError?: number;
  readonly maxRelativeError?: number;
  readonly tolerance?: { readonly absolute: number; readonly relative: number };
  /** The proof was done without the exported graph's roundings to 8 bits; with them the outputs are off by so much. */
  readonly rounding?: { readonly maxAbsoluteError: number; readonly maxRelativeError: number };
}

/** What crosses between the engine and its ONNX Runtime child process; binary data travels as it is (structured clone). */
export type InferenceRequest =
  | {
      readonly id: number;
      readonly kind: 'load';
      readonly model: { readonly file: string } | { readonly bytes: Uint8Array };
    }
  | {
      readonly id: number;
      readonly kind: 'run';
      readonly session: number;
      readonly inputs: Readonly<Record<string, TensorValue>>;
    };

export type InferenceReply =
  | { readonly id: number; readonly ok: true; readonly kind: 'load'; readonly session: number }
  | {
      readonly id: number;
      readonly ok: true;
      readonly kind: 'run';
      readonly outputs: Readonly<Record<string, TensorValue>>;
    }
  /** ONNX Runtime's own words. */
  | { readonly id: number; readonly ok: false; readonly message: string };

/** Values are given and returned as float32; `type` is what the model takes or made. */
export interface TensorValue {
  readonly type: 'float32' | 'float64' | 'float16' | 'int64' | 'int32';
  readonly dims: readonly number[];
  readonly values: Float32Array;
}

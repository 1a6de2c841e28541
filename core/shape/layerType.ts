import type { LayerBuilder } from './builder';

/** What a layer type means: one file in `layers/`, one entry in `registry.ts`, one definition in the JSON Schema. */
export interface LayerType<Settings = never> {
  readonly type: string;
  /** Appends the layer's operations to the builder; a layer that cannot be built says why through `builder.fail`. */
  expand(builder: LayerBuilder, settings: Settings): void;
}

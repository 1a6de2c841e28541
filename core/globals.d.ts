/**
 * The few globals that every JavaScript host has (Node, browser, worker) and the ES library does not declare. `core` sees
 * these and nothing else of its host.
 */
declare class TextDecoder {
  constructor(label?: 'utf-8' | 'latin1', options?: { fatal?: boolean; ignoreBOM?: boolean });
  decode(input?: Uint8Array): string;
}
declare class TextEncoder {
  encode(input?: string): Uint8Array<ArrayBuffer>;
}

/** Made by `esbuild.mjs`: the ajv validator of a schema in `schemas/`, compiled when the project is built. */
declare module '*.schema.json?validator' {
  import type { ErrorObject } from 'ajv';

  const validate: { (value: unknown): boolean; errors?: ErrorObject[] | null };
  export default validate;
}

/** The schema itself, for its documentation and defaults. */
declare module '*.schema.json?data' {
  const schema: Readonly<Record<string, unknown>>;
  export default schema;
}

/** As much of https://webassembly.github.io/spec/js-api/ as is used. */
declare namespace WebAssembly {
  class Module {
    constructor(bytes: Uint8Array<ArrayBuffer>);
    private readonly compiled: true;
  }
  class Instance {
    constructor(module: Module, imports: Readonly<Record<string, Readonly<Record<string, unknown>>>>);
    readonly exports: unknown;
  }
}

/** Made by `esbuild.mjs`: a program in AssemblyScript, compiled to WebAssembly when the project is built. */
declare module '*.ts?wasm' {
  const program: Uint8Array<ArrayBuffer>;
  export default program;
}

import { closeSync, fstatSync, openSync, readSync, realpathSync, statSync } from 'node:fs';
import path from 'node:path';
import type {
  Attribute,
  ByteSource,
  OnnxGraph,
  OnnxModel,
  OnnxNode,
  OnnxSparseTensor,
  OnnxTensor,
} from '../core/onnx/model';
import type { TensorSource } from '../core/onnx/tensor';

/** A file whose parts are read when they are asked for. Throws the operating system's error when it cannot be opened or read. */
export class FileSource implements ByteSource {
  readonly size: number;
  private readonly handle: number;

  constructor(file: string) {
    this.handle = openSync(file, 'r');
    this.size = fstatSync(this.handle).size;
  }

  read(offset: number, into: Uint8Array): number {
    let done = 0;
    while (done < into.length) {
      const count = readSync(this.handle, into, done, into.length - done, offset + done);
      if (count === 0) break;
      done += count;
    }
    return done;
  }

  close(): void {
    closeSync(this.handle);
  }
}

/** A model's file together with the files beside it that hold its external data. */
export class ModelFiles implements TensorSource {
  readonly file: FileSource;
  private readonly externals = new Map<string, FileSource | undefined>();

  constructor(private readonly modelFile: string) {
    this.file = new FileSource(modelFile);
  }

  /** Absent when the location leads out of the model's folder, over a link too, or cannot be read. */
  external(location: string): FileSource | undefined {
    if (!this.externals.has(location)) this.externals.set(location, openWithin(path.dirname(this.modelFile), location));
    return this.externals.get(location);
  }

  close(): void {
    this.file.close();
    for (const source of this.externals.values()) source?.close();
  }
}

/** Locations of external data that lead out of the model's folder or are not there; nobody may open these. */
export function unreachableData(model: OnnxModel, modelFile: string): string[] {
  return externalFiles(model, modelFile).flatMap(({ location, bytes }) => (bytes === undefined ? [location] : []));
}

/** The files beside the model that hold its external data, with their sizes; without one: it cannot or may not be read. */
export function externalFiles(model: OnnxModel, modelFile: string): { location: string; bytes?: number }[] {
  const folder = path.dirname(modelFile);
  const locations = new Set(tensorsOf(model).flatMap(({ data }) => (data.kind === 'external' ? [data.location] : [])));
  return [...locations].map((location) => {
    const file = resolveWithin(folder, location);
    return file === undefined ? { location } : { location, bytes: statSync(file).size };
  });
}

/** All tensors of a model, in branches and functions too. */
function tensorsOf({ graph, functions }: OnnxModel): OnnxTensor[] {
  const defaults = functions.flatMap((each) => [...(each.defaults?.values() ?? [])]);
  const inFunctions = tensorsOfNodes(functions.flatMap(({ nodes }) => nodes));
  return [...tensorsOfGraph(graph), ...inFunctions, ...defaults.flatMap(tensorsOfAttribute)];
}

function tensorsOfGraph({ initializers, sparseInitializers = [], nodes }: OnnxGraph): OnnxTensor[] {
  return [...initializers, ...sparseInitializers.flatMap(tensorsOfSparse), ...tensorsOfNodes(nodes)];
}

function tensorsOfSparse({ values, indices }: OnnxSparseTensor): OnnxTensor[] {
  return [values, indices];
}

function tensorsOfNodes(nodes: readonly OnnxNode[]): OnnxTensor[] {
  return nodes.flatMap((node) => [...node.attributes.values()].flatMap(tensorsOfAttribute));
}

function tensorsOfAttribute(attribute: Attribute): OnnxTensor[] {
  switch (attribute.type) {
    case 'tensor':
      return [attribute.value];
    case 'tensors':
      return [...attribute.value];
    case 'sparseTensor':
      return tensorsOfSparse(attribute.value);
    case 'graph':
      return tensorsOfGraph(attribute.value);
    case 'graphs':
      return attribute.value.flatMap(tensorsOfGraph);
    default:
      return [];
  }
}

function openWithin(folder: string, location: string): FileSource | undefined {
  const file = resolveWithin(folder, location);
  try {
    return file === undefined ? undefined : new FileSource(file);
  } catch {
    return undefined;
  }
}

/** A plain file: opening a pipe would wait for whoever writes to it. */
function resolveWithin(folder: string, location: string): string | undefined {
  if (location === '' || path.isAbsolute(location)) return undefined;
  try {
    const root = realpathSync(folder);
    const file = realpathSync(path.resolve(root, location));
    return file.startsWith(root + path.sep) && statSync(file).isFile() ? file : undefined;
  } catch {
    return undefined;
  }
}

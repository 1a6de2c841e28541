import { link, readFile, rename, rm } from 'node:fs/promises';
import path from 'node:path';
import { t } from '../../core/l10n';
import { product } from '../data/dataSet';
import { errorCode, InputError } from '../errors';
import { makeFolders, writeFileAtomically } from '../files';

/** Where a training stands between two steps. With the tensors it is all that is needed to go on as if nothing had happened. */
export interface Position {
  /** Epochs done. */
  readonly epoch: number;
  /** Batches of the next epoch that are done. */
  readonly batch: number;
  /** Optimizer steps done. */
  readonly step: number;
  /** Sums over the batches of the next epoch that are done: loss and metrics, each times its samples. */
  readonly sums: Readonly<Record<string, number>>;
  readonly best?: { readonly value: number; readonly epoch: number };
}

export interface Checkpoint {
  readonly position: Position;
  /** Parameters, buffers and the optimizer's slots by name. */
  readonly tensors: ReadonlyMap<string, StoredTensor>;
}

export interface StoredTensor {
  readonly dims: readonly number[];
  readonly values: Float32Array;
}

/** The checkpoints of a run: safetensors files (https://github.com/huggingface/safetensors#format). */
export class CheckpointFolder {
  readonly folder: string;

  constructor(runFolder: string) {
    this.folder = path.join(runFolder, 'checkpoints');
  }

  /** Writes one file under all the names, so that `last` and `best` take no room of their own. */
  async write(checkpoint: Checkpoint, names: readonly string[]): Promise<void> {
    const [first, ...others] = names;
    if (first === undefined) return;
    await makeFolders(this.folder);
    const bytes = encodeSafetensors(checkpoint);
    await writeFileAtomically(this.file(first), bytes);
    for (const name of others) await this.alias(first, name, bytes);
  }

  /** Undefined when there is none of that name. Throws `InputError` when it is damaged. */
  async read(name: string): Promise<Checkpoint | undefined> {
    const file = this.file(name);
    const bytes = await readFile(file).catch((error: unknown) => {
      if (errorCode(error) === 'ENOENT') return undefined;
      throw error;
    });
    return bytes && decodeSafetensors(file, bytes);
  }

  file(name: string): string {
    return path.join(this.folder, `${name}.safetensors`);
  }

  /** A second name for the same bytes; a copy where the file system has no links. */
  private async alias(existing: string, name: string, bytes: Uint8Array): Promise<void> {
    const temporary = `${this.file(name)}.tmp`;
    try {
      await rm(temporary, { force: true });
      await link(this.file(existing), temporary);
      await rename(temporary, this.file(name));
    } catch {
      await writeFileAtomically(this.file(name), bytes);
    }
  }
}

/**
 * Throws `InputError` where a checkpoint is not one of this network and optimizer, `state` as in `TrainingGraph`: somebody has
 * brought it from another run.
 */
export function demandFit(
  state: readonly { readonly name: string; readonly dims: readonly number[]; readonly kind: string }[],
  { tensors }: Checkpoint,
  file: string,
): void {
  const refuse = (problem: string): never => {
    throw new InputError({
      file,
      problem,
      nextStep: t("Restore scheme.json in the run's folder, or start a new run."),
    });
  };
  for (const { name, dims } of state.filter(({ kind }) => kind !== 'slot')) {
    const found = tensors.get(name);
    if (!found) refuse(t('The checkpoint is of another network: it has no {0}.', name));
    else if (found.values.length !== product(dims)) {
      const [there, here] = [found.dims, dims].map((shape) => shape.join(' × '));
      refuse(t('The checkpoint is of another network: {0} is {1} there, and {2} in the scheme.', name, there!, here!));
    }
  }
  const names = new Set(state.map(({ name }) => name));
  if (tensors.size !== names.size || [...tensors.keys()].some((name) => !names.has(name)))
    refuse(t('The checkpoint is of another network or optimizer.'));
}

export const epochName = (epoch: number): string => `epoch-${String(epoch).padStart(4, '0')}`;

/** Eight bytes with the header's length, the header (JSON, padded with spaces), the tensors one after another; all little-endian. */
export function encodeSafetensors({ position, tensors }: Checkpoint): Uint8Array {
  const header: Record<string, unknown> = { __metadata__: { format, position: JSON.stringify(position) } };
  let end = 0;
  for (const [name, { dims, values }] of tensors) {
    header[name] = { dtype: 'F32', shape: dims, data_offsets: [end, end + values.byteLength] };
    end += values.byteLength;
  }
  const json = Buffer.from(JSON.stringify(header));
  const padded = Math.ceil(json.length / 8) * 8;
  const bytes = Buffer.alloc(8 + padded + end, ' ');
  bytes.writeBigUInt64LE(BigInt(padded));
  let at = 8 + padded;
  json.copy(bytes, 8);
  for (const { values } of tensors.values()) {
    bytes.set(new Uint8Array(values.buffer, values.byteOffset, values.byteLength), at);
    at += values.byteLength;
  }
  return bytes;
}

const format = 'matchdown.checkpoint.1';

interface Header {
  readonly __metadata__?: { readonly format?: string; readonly position?: string };
  readonly [tensor: string]: unknown;
}

/** Throws `InputError` for anything but a whole checkpoint of ours. */
export function decodeSafetensors(file: string, bytes: Buffer): Checkpoint {
  try {
    const start = 8 + Number(bytes.readBigUInt64LE());
    const { __metadata__: metadata, ...entries } = JSON.parse(bytes.toString('utf8', 8, start)) as Header;
    if (metadata?.format !== format) throw new Error('another format');
    const tensors = Object.entries(entries).map(
      ([name, entry]) => [name, readTensor(bytes.subarray(start), entry)] as const,
    );
    return { position: JSON.parse(metadata.position ?? '') as Position, tensors: new Map(tensors) };
  } catch {
    throw new InputError({
      file,
      problem: t('The checkpoint is damaged.'),
      nextStep: t('Start a new run.'),
    });
  }
}

function readTensor(data: Buffer, entry: unknown): StoredTensor {
  const { shape, data_offsets: offsets } = entry as { shape: number[]; data_offsets: [number, number] };
  const [begin, end] = offsets;
  if (end - begin !== 4 * product(shape) || end > data.length) throw new RangeError('truncated');
  // A copy starts at an aligned address.
  return { dims: shape, values: new Float32Array(Uint8Array.prototype.slice.call(data, begin, end).buffer) };
}

import type { RunRecord } from './record';

/** What a model file says of its origin, in ONNX's `metadata_props`. */
export interface Provenance {
  readonly run: string;
  readonly scheme?: string;
  readonly data?: string;
  readonly commit?: string;
  readonly version?: string;
}

const keys = {
  run: 'matchdown.run',
  scheme: 'matchdown.scheme_sha256',
  data: 'matchdown.data_sha256',
  commit: 'matchdown.git_commit',
  version: 'matchdown.version',
} as const;

/** The entries of `metadata_props` for a run's model. A tree with changes of its own has `+` after its commit. */
export function provenanceMetadata(record: RunRecord): Map<string, string> {
  const entries: [string, string | undefined][] = [
    [keys.run, record.id],
    [keys.scheme, record.scheme.sha256],
    [keys.data, record.data?.sha256],
    [keys.commit, record.git && record.git.commit + (record.git.dirty ? '+' : '')],
    [keys.version, record.versions.matchdown],
  ];
  return new Map(entries.filter((entry): entry is [string, string] => entry[1] !== undefined));
}

/** Undefined when the model does not come from a run. */
export function readProvenance(metadata: ReadonlyMap<string, string>): Provenance | undefined {
  const run = metadata.get(keys.run);
  if (run === undefined) return undefined;
  const rest = Object.entries(keys).map(([name, key]) => [name, metadata.get(key)] as const);
  return { run, ...Object.fromEntries(rest.filter(([, value]) => value !== undefined)) };
}

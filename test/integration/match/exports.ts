import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import type { MatchReport } from '../../../core/match/report';
import { matchFiles } from '../../../engine/match';
import { cachedFolder } from '../../support/cache.mjs';
import { projectRoot } from '../../support/projectRoot';

/**
 * A folder of real exports, each `<network>.<variant>.<exporter>.onnx`, with the scheme of each network: what the suites of
 * all exporters share.
 */
export class Exports {
  private schemes = '';

  private constructor(readonly folder: string) {}

  /** `schemes` are texts by network. To be called in a suite's `before`, with `dispose` in its `after`. */
  static open(folder: string, schemes: Readonly<Record<string, string>>): Exports {
    const exports = new Exports(folder);
    exports.schemes = mkdtempSync(path.join(tmpdir(), 'matchdown-'));
    for (const [network, text] of Object.entries(schemes)) writeFileSync(exports.schemeOf(network), text);
    return exports;
  }

  dispose(): void {
    rmSync(this.schemes, { recursive: true, force: true });
  }

  files(): readonly string[] {
    return readdirSync(this.folder).filter((file) => file.endsWith('.onnx'));
  }

  /** The path of a file of the folder. */
  file(name: string): string {
    return path.join(this.folder, name);
  }

  schemeOf(network: string): string {
    return path.join(this.schemes, `${network}.json`);
  }

  /** The export against the scheme of its network. */
  match(file: string): Promise<MatchReport> {
    return matchFiles(this.schemeOf(partsOf(file).network), this.file(file));
  }

  /** Fails with each of the files that is no match with the whole proof. */
  async assertAlike(files: readonly string[]): Promise<void> {
    const wrong: string[] = [];
    for (const file of files) {
      const { verdict, proof, layers, undecided } = await this.match(file);
      if (verdict === 'match' && proof.holds && (proof.inputs?.length ?? 0) >= 4) continue;
      const why = [proof.reason ?? '', ...undecided, ...layers.flatMap(differences)];
      wrong.push(`${file}: ${verdict}; ${why.join(', ')}`);
    }
    assert.deepEqual(wrong, []);
  }

  /**
   * Fails with each of the files that is no mismatch, or whose deviation is not told where it is. `expected` is by network and
   * variant: rows with their status or with the key that differs, `*` for a row that has no name in the scheme.
   */
  async assertDeviating(
    files: readonly string[],
    expected: Readonly<Record<string, readonly string[]>>,
  ): Promise<void> {
    const wrong: string[] = [];
    for (const file of files) {
      const { network, variant } = partsOf(file);
      const { verdict, layers } = await this.match(file);
      const seen = layers.flatMap(differences);
      const told = expected[`${network}.${variant}`]?.every((one) =>
        seen.some((other) => one === other || one === other.replace(/^\S+/, '*')),
      );
      if (verdict !== 'mismatch' || !told) wrong.push(`${file}: ${verdict}: ${seen.join(', ')}`);
    }
    assert.deepEqual(wrong, []);
  }
}

/**
 * What a script of `test/python` exports, made once for each content of the scripts it is made of: itself and `parts`.
 * `schemes` are handed to it as a file, for a script that exports networks of schemes.
 */
export function pythonExports(
  python: string,
  script: string,
  parts: readonly string[] = [],
  schemes?: string,
): Promise<string> {
  const hash = createHash('sha256')
    .update(python)
    .update(schemes ?? '');
  for (const name of [script, ...parts]) hash.update(readFileSync(scriptFile(name)));
  const name = `${path.basename(script, '.py').replaceAll('_', '-')}-${hash.digest('hex').slice(0, 12)}`;
  return cachedFolder(name, async (unfinished) => {
    const limits = { timeout: 1_490_000, maxBuffer: 1 << 26 };
    const file = path.join(unfinished, 'schemes.json');
    if (schemes !== undefined) writeFileSync(file, schemes);
    const rest = schemes === undefined ? [] : [file];
    await promisify(execFile)(python, [scriptFile(script), unfinished, ...rest], limits);
  });
}

function scriptFile(name: string): string {
  return path.join(projectRoot, 'test/python', name);
}

export function partsOf(file: string): { network: string; variant: string; exporter: string } {
  const [network = '', variant = '', exporter = ''] = file.split('.');
  return { network, variant, exporter };
}

/** `row status` and `row key` of everything that is different in a row. */
export function differences({ name, status, reasons }: MatchReport['layers'][number]): string[] {
  if (status === 'same' || status === 'equivalent' || status === 'cannot be told') return [];
  const keys = reasons.flatMap(({ kind, key }) => (kind === 'different' && key ? [`${name} ${key}`] : []));
  return [`${name} ${status}`, ...keys];
}

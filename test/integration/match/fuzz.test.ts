import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { processorSeconds } from '../../support/processorTime';
import { projectRoot } from '../../support/projectRoot';
import { fuzz } from './fuzzing';

/** A sample of what `test/benchmark/matchFuzz.bench.ts` does ten thousand times. */
describe('damaged models', () => {
  const folder = path.join(projectRoot, 'test/fixtures/keras');
  const files = readdirSync(folder).filter((file) => file.endsWith('.onnx'));

  it('neither crash nor hold up reader and matcher', () => {
    const seen = new Set<string>();
    for (let seed = 0; seed < 250; seed++) {
      const file = files[seed % files.length]!;
      const seconds = processorSeconds(() => {
        try {
          seen.add(fuzz(readFileSync(path.join(folder, file)), seed));
        } catch (error) {
          assert.fail(`${file}, seed ${seed}: ${error instanceof Error ? error.stack : error}`);
        }
      });
      assert.ok(seconds < 30, `${file}, seed ${seed} took ${seconds} s`);
    }
    assert.ok(seen.size >= 4, [...seen].join());
  });
});

import assert from 'node:assert/strict';
import { matchSides } from '../../../core/match/match';
import type { MatchReport, NumericProof } from '../../../core/match/report';
import { graphText, side } from './fixtures';

/** `Celu` with Mul stands for whatever no rule reads. */
const PLAIN = graphText('c = Conv(x, w)\n y = Celu(c)', 'float[2,2,3,3] w');
const OTHERWISE = graphText('c = Conv(x, w)\n d = Det(c)\n e = Where(d, c, c)\n y = Celu(e)', 'float[2,2,3,3] w');

async function verdict(a: string, b: string, proof: NumericProof): Promise<[MatchReport['verdict'], number]> {
  let runs = 0;
  const report = await matchSides(side(a), side(b), async () => {
    runs++;
    return proof;
  });
  return [report.verdict, runs];
}

describe('two files that differ in operators which no rule reads', () => {
  const holds: NumericProof = { done: true, holds: true };

  it('may be the same where they compute the same', async () => {
    assert.deepEqual(await verdict(PLAIN, OTHERWISE, holds), ['undecided', 1]);
  });

  it('are different where they do not, or where that cannot be found out', async () => {
    assert.deepEqual(await verdict(PLAIN, OTHERWISE, { done: true, holds: false, reason: 'why' }), ['mismatch', 1]);
    assert.deepEqual(await verdict(PLAIN, OTHERWISE, { done: false, reason: 'it crashed' }), ['mismatch', 1]);
  });

  it('are different where all that differs was read, or the input is another', async () => {
    const more = graphText('c = Conv(x, w)\n d = Relu(c)\n y = Celu(d)', 'float[2,2,3,3] w');
    assert.deepEqual(await verdict(PLAIN, more, holds), ['mismatch', 0]);
    const double = OTHERWISE.replaceAll('float', 'double');
    assert.deepEqual(await verdict(PLAIN, double, holds), ['mismatch', 0]);
  });
});

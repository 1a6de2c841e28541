import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { Snapshot } from '../../../core/language/snapshot';
import { applied, edits } from '../incremental/edits';
import { randomSchemes } from '../incremental/randomSchemes';
import { placeChecks, snapshotWithFacts, textChecks } from './featureChecks';

const sequences = fc.oneof({ weight: 2, arbitrary: fc.constant([]) }, fc.array(edits, { minLength: 1, maxLength: 3 }));
const texts = fc.tuple(randomSchemes, sequences).map(([text, sequence]) => sequence.reduce(applied, text));
/** Shares of the text, at which a feature is asked. */
const places = fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: 2, maxLength: 4 });

/** Of the processor, for one question about a small text: far more than any takes, and far less than a hang. */
const mostSeconds = 20;

const parameters = { numRuns: Number(process.env.MATCHDOWN_FUZZ_RUNS ?? 40), seed: 20261123 };

describe('in a random scheme nothing throws, and what comes back is right:', function () {
  this.timeout(0);
  for (const [name, check] of Object.entries(textChecks))
    it(name, () => {
      fc.assert(
        fc.property(texts, (text) => within(text, check)),
        parameters,
      );
    });
  for (const [name, check] of Object.entries(placeChecks))
    it(name, () =>
      fc.assert(
        fc.asyncProperty(texts, places, async (text, shares) => {
          for (const share of shares)
            await within(text, (snapshot) => check(snapshot, Math.floor(share * text.length)));
        }),
        parameters,
      ),
    );
});

function within<R>(text: string, check: (snapshot: Snapshot) => R): R {
  const before = process.cpuUsage();
  const result = check(snapshotWithFacts(text));
  const { user, system } = process.cpuUsage(before);
  assert.ok((user + system) / 1e6 < mostSeconds);
  return result;
}

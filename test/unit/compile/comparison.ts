import assert from 'node:assert/strict';
import { wholeGradient } from '../../../core/compile/applyStep';
import { compileEvaluation } from '../../../core/compile/evaluation';
import { compileInference } from '../../../core/compile/inference';
import { compileTraining } from '../../../core/compile/training';
import { type Case, direction, type Reference } from './reference';
import { outputsOf, run, stateFeeds, trainSteps } from './runtime';

/** Largest relative errors that float32 against float64 may have in these small networks. */
const tolerance = { output: 2e-5, gradient: 1e-4, difference: 2e-3, state: 1e-3 };

/** Loss, output, gradients and the state after some steps are those of the reference. */
export async function assertEqualsReference(each: Case, expected: Reference, fusions = true): Promise<void> {
  await assertInference(each, expected);
  await assertTraining(each, expected, fusions);
}

async function assertInference({ network, weights, batches: [batch] }: Case, expected: Reference): Promise<void> {
  const inference = await run(compileInference(network, weights), { input: batch.feeds.input });
  assertClose('output', inference.output.data, expected.output, tolerance.output);
  const graph = compileEvaluation(network);
  const { input, target } = batch.feeds;
  const results = await run(graph.model, { input, target, ...stateFeeds(graph, weights) });
  assertClose('evaluation loss', results.loss.data, [expected.evaluationLoss], tolerance.output);
}

async function assertTraining(case_: Case, expected: Reference, fusions: boolean): Promise<void> {
  const graph = compileTraining(case_.network, { fusions });
  const { first, losses, state } = await trainSteps(graph, case_.weights, case_.batches, case_.learningRate);
  for (const each of graph.gradients) {
    const { parameter } = each;
    const gradient = wholeGradient(each, state.get(parameter)!, outputsOf(first));
    assertClose(`gradient of ${parameter}`, gradient, expected.gradients.get(parameter)!, tolerance.gradient);
    const along = gradient.reduce((sum, value, index) => sum + value * direction(index), 0);
    const scale = Math.hypot(...gradient) * Math.sqrt(gradient.length / 2);
    const difference = Math.abs(along - expected.differences.get(parameter)!);
    assert.ok(
      difference <= tolerance.difference * Math.max(scale, 1e-3),
      `${parameter}: ${along} along the direction, off by ${difference}`,
    );
  }
  assertClose('losses', losses, expected.losses, tolerance.state);
  for (const { name, kind } of graph.state) {
    if (kind !== 'slot')
      assertClose(`${name} after the steps`, state.get(name)!, expected.state.get(name)!, tolerance.state);
  }
}

/** Relative to the largest value, and to 0.01 where all is tiny. */
export function assertClose(what: string, actual: unknown, expected: ArrayLike<number>, bound: number): void {
  const values = actual as ArrayLike<number>;
  assert.equal(values.length, expected.length, `${what}: number of values`);
  let [largest, error] = [1e-2, 0];
  for (let index = 0; index < expected.length; index++) {
    largest = Math.max(largest, Math.abs(expected[index]));
    const off = Math.abs(Number(values[index]) - expected[index]);
    error = Math.max(error, Number.isNaN(off) ? Number.POSITIVE_INFINITY : off);
  }
  assert.ok(error <= bound * largest, `${what}: off by ${error}, largest value ${largest}`);
}

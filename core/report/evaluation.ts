import type { LabelType } from '../scheme/types';
import { type Interval, wilsonInterval } from '../statistics/interval';

/** `evaluation.npz`: what a run predicted for every validation sample. */
export interface Evaluation {
  readonly labelType: LabelType;
  /** Class names in the order of the outputs, when the data has names. */
  readonly classes?: readonly string[];
  /** Classes `[n]`, or targets `[n, outputs]` row by row. */
  readonly truth: ArrayLike<number>;
  /** Probabilities or values `[n, outputs]`, row by row. */
  readonly prediction: ArrayLike<number>;
  readonly outputs: number;
  /** One stable id per row. */
  readonly samples: readonly string[];
}

export interface Accuracy {
  readonly correct: number;
  readonly total: number;
  readonly interval: Interval;
}

/** Share of samples whose likeliest class is the true one, with Wilson's 95 % interval. Classification only. */
export function accuracyOf(evaluation: Evaluation): Accuracy | undefined {
  const hits = correctSamples(evaluation);
  if (!hits) return undefined;
  const correct = hits.filter(Boolean).length;
  return { correct, total: hits.length, interval: wilsonInterval(correct, hits.length) };
}

/** Whether each sample is classified rightly; undefined where there are no classes. */
export function correctSamples(evaluation: Evaluation): boolean[] | undefined {
  if (evaluation.labelType !== 'classification') return undefined;
  return evaluation.samples.map((_, row) => predictedClass(evaluation, row) === evaluation.truth[row]);
}

/** `[truth][prediction]` counts. */
export function confusionMatrix(evaluation: Evaluation): number[][] | undefined {
  if (evaluation.labelType !== 'classification') return undefined;
  const matrix = Array.from({ length: evaluation.outputs }, () => new Array<number>(evaluation.outputs).fill(0));
  evaluation.samples.forEach((_, row) => {
    matrix[evaluation.truth[row]][predictedClass(evaluation, row)]++;
  });
  return matrix;
}

export interface Mistake {
  readonly sample: string;
  readonly truth: string;
  readonly predicted: string;
  /** Probability given to the wrong class. */
  readonly confidence: number;
}

/** The wrong answers that were given with the most confidence. */
export function worstMistakes(evaluation: Evaluation, count: number): Mistake[] {
  const hits = correctSamples(evaluation) ?? [];
  const rows = hits.flatMap((hit, row) => (hit ? [] : [row]));
  const confidence = (row: number) => evaluation.prediction[row * evaluation.outputs + predictedClass(evaluation, row)];
  return rows
    .sort((a, b) => confidence(b) - confidence(a))
    .slice(0, count)
    .map((row) => ({
      sample: evaluation.samples[row],
      truth: className(evaluation, evaluation.truth[row]),
      predicted: className(evaluation, predictedClass(evaluation, row)),
      confidence: confidence(row),
    }));
}

export function className(evaluation: Evaluation, index: number): string {
  return evaluation.classes?.[index] ?? String(index);
}

/** Root mean square and mean absolute error over all targets. Regression only. */
export function regressionErrors(evaluation: Evaluation): { rootMeanSquare: number; meanAbsolute: number } | undefined {
  if (evaluation.labelType !== 'regression' || evaluation.prediction.length === 0) return undefined;
  let squares = 0;
  let absolutes = 0;
  for (let i = 0; i < evaluation.prediction.length; i++) {
    const error = evaluation.prediction[i] - evaluation.truth[i];
    squares += error * error;
    absolutes += Math.abs(error);
  }
  const count = evaluation.prediction.length;
  return { rootMeanSquare: Math.sqrt(squares / count), meanAbsolute: absolutes / count };
}

function predictedClass({ prediction, outputs }: Evaluation, row: number): number {
  let best = 0;
  for (let k = 1; k < outputs; k++) if (prediction[row * outputs + k] > prediction[row * outputs + best]) best = k;
  return best;
}

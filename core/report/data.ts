import type { MatchReport } from '../match/report';
import type { Series } from '../protocol/runs';
import type { RunRecord } from '../runs/record';
import { mcnemar, type PairedOutcome } from '../statistics/mcnemar';
import { type Accuracy, accuracyOf, correctSamples, type Evaluation } from './evaluation';
import { type SchemeChange, schemeDifference } from './schemeDifference';

/** What is known of one run; everything but its name may be absent (a folder with nothing but TensorBoard logs is a run too). */
export interface RunMaterial {
  readonly name: string;
  readonly folder: string;
  readonly record?: RunRecord;
  readonly schemeText?: string;
  readonly series: readonly Series[];
  readonly evaluation?: Evaluation;
  /** Why the evaluation is absent, in a sentence. */
  readonly evaluationMissing?: string;
  readonly match?: MatchReport;
  /** Why the match is absent, in a sentence. */
  readonly matchMissing?: string;
}

/** The run that another one is held against: its parent by the record, else the run of the same scheme before it. */
export interface ParentMaterial extends RunMaterial {
  readonly relation: 'parent' | 'run before';
}

/** A report as data; renderers add nothing to it. */
export interface ReportData {
  readonly title: string;
  readonly purpose?: string;
  readonly runs: readonly RunReport[];
}

export interface RunReport extends RunMaterial {
  readonly parent?: ParentMaterial;
  readonly changes: readonly SchemeChange[];
  readonly accuracy?: Accuracy;
  readonly comparison?: ParentComparison;
}

/** Accuracy against the parent's on the same samples; `pairs` is absent when the samples are not the same. */
export interface ParentComparison {
  readonly accuracy: Accuracy;
  readonly pairs?: PairedOutcome;
}

export function buildReport(materials: readonly { run: RunMaterial; parent?: ParentMaterial }[]): ReportData {
  const runs = materials.map(({ run, parent }) => reportRun(run, parent));
  const purpose = runs.map((run) => run.record?.purpose).find(Boolean);
  return { title: runs.map((run) => run.name).join(', '), purpose, runs };
}

function reportRun(run: RunMaterial, parent: ParentMaterial | undefined): RunReport {
  const changes =
    parent?.schemeText !== undefined && run.schemeText !== undefined
      ? schemeDifference(parent.schemeText, run.schemeText)
      : [];
  const accuracy = run.evaluation && accuracyOf(run.evaluation);
  return { ...run, parent, changes, accuracy, comparison: compareWithParent(run.evaluation, parent?.evaluation) };
}

function compareWithParent(own: Evaluation | undefined, parents: Evaluation | undefined): ParentComparison | undefined {
  const accuracy = parents && accuracyOf(parents);
  if (!own || !parents || !accuracy) return undefined;
  const [first, second] = [correctSamples(parents), alignedHits(own, parents)];
  return { accuracy, pairs: first && second && mcnemar(first, second) };
}

/** Our hits in the order of the other evaluation's samples; undefined unless both hold exactly the same samples. */
function alignedHits(own: Evaluation, other: Evaluation): boolean[] | undefined {
  const hits = correctSamples(own);
  if (!hits || own.samples.length !== other.samples.length) return undefined;
  const bySample = new Map(own.samples.map((sample, row) => [sample, hits[row]]));
  const aligned = other.samples.map((sample) => bySample.get(sample));
  return aligned.every((hit) => hit !== undefined) ? aligned : undefined;
}

import { t } from '../l10n';
import { type MatchSide, quantizationOfSide, sideInfo } from './canonical/side';
import { type Comparison, compareSides, isAlike } from './compare/compare';
import { isWorthRunning, openDifferences } from './compare/unread';
import { type ProofPlan, planOwnProof, planProof, planUnrounded } from './proof/proof';
import type { MatchReport, NumericProof } from './report';

export interface MatchOptions {
  /** False: the numeric proof is left out. */
  readonly numeric?: boolean;
  /** Relative error that the proof allows; its absolute one is a tenth of it. */
  readonly tolerance?: number;
}

/** Runs what a proof needs; whatever goes wrong there is in the proof's `reason`. */
export type ProofRunner = (plan: ProofPlan) => Promise<NumericProof>;

/**
 * Is the exported graph the intended one? Structure first; where that agrees, the numeric proof, which `run` carries out.
 * `match` needs both (or the structure alone, when the proof is left out by request, which the report says).
 */
export async function matchSides(
  intended: MatchSide,
  exported: MatchSide,
  run: ProofRunner,
  options: MatchOptions = {},
): Promise<MatchReport> {
  const comparison = compareSides(intended, exported, options.numeric !== false);
  const alike = isAlike(comparison.rows);
  const proof = await prove(comparison, alike, run, options);
  const undecided = alike ? openQuestions(comparison, proof, options) : openMismatch(comparison, proof);
  return {
    verdict: verdictOf(alike, proof.holds === false && !isQuantized(comparison), undecided),
    intended: sideInfo(comparison.intended),
    exported: sideInfo(comparison.exported),
    layers: comparison.rows,
    proof,
    cannotBeTold: comparison.cannotBeTold,
    undecided: alike ? undecided : [...undecided, ...comparison.undecided],
    notes: [...comparison.notes, ...proofNotes(alike, proof, options)],
  };
}

async function prove(
  comparison: Comparison,
  alike: boolean,
  run: ProofRunner,
  { numeric = true, tolerance }: MatchOptions,
): Promise<NumericProof> {
  if (!numeric) return { done: false, reason: t('left out by request') };
  if (!alike) return proveUnaligned(comparison, run, tolerance);
  const plan = planProof(comparison, tolerance);
  if (!plan.ok) return { done: false, reason: plan.reason };
  const proof = await run(plan.value);
  return proof.holds === false ? ((await proveUnrounded(comparison, proof, run, tolerance)) ?? proof) : proof;
}

/** Relative error up to which 8 bits stand for the numbers that they are taken for. */
const LARGEST_ROUNDING = 0.5;

/** Outputs that roundings to 8 bits have moved beyond the tolerance: whether nothing else did. */
async function proveUnrounded(
  comparison: Comparison,
  { maxAbsoluteError = 0, maxRelativeError = 0 }: NumericProof,
  run: ProofRunner,
  tolerance: number | undefined,
): Promise<NumericProof | undefined> {
  const plan = maxRelativeError <= LARGEST_ROUNDING ? planUnrounded(comparison, tolerance) : undefined;
  const proof = plan?.ok ? await run(plan.value) : undefined;
  return proof?.holds ? { ...proof, rounding: { maxAbsoluteError, maxRelativeError } } : undefined;
}

/** Only that both compute the same says something here: graphs that differ need not compute the same. */
async function proveUnaligned(
  comparison: Comparison,
  run: ProofRunner,
  tolerance: number | undefined,
): Promise<NumericProof> {
  const plan = isWorthRunning(comparison) ? planOwnProof(comparison, tolerance) : undefined;
  const proof = plan?.ok ? await run(plan.value) : undefined;
  if (proof?.holds) return proof;
  return { done: false, reason: t('the graphs differ, so that the weights cannot be carried over') };
}

function openMismatch(comparison: Comparison, proof: NumericProof): string[] {
  if (!proof.holds) return openDifferences(comparison);
  return [
    t(
      'both files compute the same with the weights that they have, but one is written in a way that cannot be read yet: whether they are the same network, cannot be told',
    ),
  ];
}

function isQuantized({ intended, exported }: Comparison): boolean {
  return [intended, exported].some((side) => quantizationOfSide(side) !== undefined);
}

function verdictOf(alike: boolean, isRefuted: boolean, undecided: readonly string[]): MatchReport['verdict'] {
  if (isRefuted || (!alike && undecided.length === 0)) return 'mismatch';
  return undecided.length > 0 ? 'undecided' : 'match';
}

/** What stands between two graphs of the same structure and a match. */
function openQuestions(comparison: Comparison, proof: NumericProof, { numeric = true }: MatchOptions): string[] {
  const questions = [...comparison.undecided];
  if (numeric && !proof.done) questions.push(t('the numeric proof could not be done: {0}', proof.reason ?? ''));
  if (proof.holds === false && isQuantized(comparison)) {
    const reason = proof.reason ?? '';
    questions.push(
      t('rounding to 8 bits changes the outputs; whether it is the only reason, cannot be told: {0}', reason),
    );
  }
  if (!proof.done) {
    const unknown = comparison.intended.order.filter((node) => node.op.includes('::'));
    for (const op of new Set(unknown.map((node) => node.op))) {
      questions.push(t('{0} is an operator that is not known here: what it computes cannot be compared', op));
    }
  }
  return questions;
}

function proofNotes(alike: boolean, proof: NumericProof, { numeric = true }: MatchOptions): string[] {
  if (!numeric) return [t('The numeric proof was left out by request: the structure alone was compared.')];
  if (alike && proof.holds === false) {
    return [t('The structure is the same, but the graphs do not compute the same: {0}.', proof.reason ?? '')];
  }
  if (proof.rounding) {
    const error = proof.rounding.maxAbsoluteError.toPrecision(3);
    return [
      t('For the proof the roundings between layers were taken out: with them the outputs differ by up to {0}.', error),
    ];
  }
  return [];
}

import type { MatchSide } from '../../../core/match/canonical/side';
import { compareSides, isAlike } from '../../../core/match/compare/compare';
import { planProof, planUnrounded } from '../../../core/match/proof/proof';
import type { OnnxModel } from '../../../core/onnx/model';
import { readModel } from '../../../core/onnx/read';
import { encodeModel } from '../../../core/onnx/write';
import { MemorySource } from '../../unit/onnx/source';
import { mutatedBytes, mutatedModel, randomOf } from './mutations';

/** What reader and matcher made of a damaged model; a crash is an exception, and there must be none. */
export type FuzzOutcome =
  | 'not readable'
  | 'alike'
  | 'alike, no proof'
  | 'different'
  | 'different or not, cannot be told';

/** Damages a file, in its bytes or in what it says, and holds it against the whole one, in both directions in turn. */
export function fuzz(bytes: Uint8Array, seed: number): FuzzOutcome {
  const random = randomOf(seed);
  const whole = sideOf(bytes);
  if (!whole) return 'not readable';
  const damaged =
    random() < 0.4 ? sideOf(mutatedBytes(bytes, random)) : { ...whole, model: mutatedModel(whole.model, random) };
  if (!damaged) return 'not readable';
  return outcomeOf(seed % 2 === 0 ? [whole, damaged] : [damaged, whole]);
}

function outcomeOf([intended, exported]: readonly [MatchSide, MatchSide]): FuzzOutcome {
  const comparison = compareSides(intended, exported);
  if (!isAlike(comparison.rows))
    return comparison.undecided.length > 0 ? 'different or not, cannot be told' : 'different';
  const plan = planProof(comparison);
  if (!plan.ok) return 'alike, no proof';
  encodeModel(plan.value.model);
  const unrounded = planUnrounded(comparison);
  if (unrounded?.ok) encodeModel(unrounded.value.exportedModel!);
  return 'alike';
}

function sideOf(bytes: Uint8Array): MatchSide | undefined {
  const file = new MemorySource(bytes);
  const result = readModel(file);
  return result.ok ? { file: 'model.onnx', model: result.model as OnnxModel, source: { file } } : undefined;
}

import { t } from '../l10n';
import type { ModelSection } from '../scheme/types';
import type { SweepRecord, SweepTrial } from './record';

/** The trial of the rung below that a promoted one is the continuation of. */
export function promotedFrom(trials: readonly SweepTrial[], trial: SweepTrial): SweepTrial | undefined {
  const { configuration, rung, seed } = trial;
  return trials.find((each) => each.configuration === configuration && each.rung === rung - 1 && each.seed === seed);
}

/**
 * Why a promoted trial is trained from its beginning; undefined when it goes on from the checkpoint of the rung below, which
 * gives the same result, bit for bit.
 */
export function whyFromTheBeginning(
  { target, device = 'cpu' }: SweepRecord['launch'],
  { learningRateSchedule }: Pick<ModelSection, 'learningRateSchedule'>,
): string | undefined {
  if (target.kind !== 'embedded') return t('only the embedded trainer goes on from there to the same result');
  if (device !== 'cpu') return t('only on the processor does it go on to the same result');
  if (learningRateSchedule.type === 'cosine') return t('its cosine schedule depends on the number of epochs');
  return undefined;
}

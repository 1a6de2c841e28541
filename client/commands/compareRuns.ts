import { t } from '../../core/l10n';
import type { Services } from '../services';
import { requireTrust } from '../trust';
import { chooseRuns } from './arguments';

/** Opens Experiments with the curves of just these runs; of a sweep, those of its trials. */
export async function compareRuns(services: Services, ...args: unknown[]): Promise<void> {
  if (!(await requireTrust())) return;
  const runs = await chooseRuns(services.runs, args, () => true, t('There is no run in this workspace yet.'));
  if (runs.length > 0) services.experiments.show(runs.map(({ folder }) => folder));
}

import type { Services } from '../services';
import { requireTrust } from '../trust';

export async function openExperiments(services: Services): Promise<void> {
  if (!(await requireTrust())) return;
  await services.runs.ready();
  services.experiments.show();
}

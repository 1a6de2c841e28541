import { readFile } from 'node:fs/promises';
import path from 'node:path';
import type { RunRecord } from '../../core/runs/record';
import { analyze } from '../../core/shape/analyze';
import { fingerprint } from '../data/fingerprint';

/** Of the data that the scheme names, as far as it is there: a command may have data of its own. */
export async function fingerprints(
  folder: string,
  { launch }: RunRecord,
): Promise<Pick<RunRecord, 'data' | 'validationData'>> {
  const { scheme } = analyze(await readFile(path.join(folder, 'scheme.json'), 'utf8'));
  const [data, validationData] = await Promise.all([
    launch?.data && fingerprint(launch.data, scheme?.data.dataPath).catch(() => undefined),
    launch?.validationData && fingerprint(launch.validationData, scheme?.data.validationPath).catch(() => undefined),
  ]);
  return { ...(data && { data }), ...(validationData && { validationData }) };
}

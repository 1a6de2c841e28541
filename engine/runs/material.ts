import { readFile, stat } from 'node:fs/promises';
import path from 'node:path';
import { t } from '../../core/l10n';
import { parseMatchReport } from '../../core/match/readReport';
import type { MatchReport } from '../../core/match/report';
import type { Series } from '../../core/protocol/runs';
import type { ParentMaterial, RunMaterial } from '../../core/report/data';
import { analyze } from '../../core/shape/analyze';
import { errorCode, errorMessage, InputError } from '../errors';
import { EventFolder } from '../events';
import { writeJson } from '../files';
import { matchFiles } from '../match';
import { readEvaluation } from '../training/evaluationFile';
import { listRuns, readRun } from './store';

/** Points of a curve in a note. */
const maxPoints = 500;

/**
 * Everything that a run left behind, read for a report. The match is the run's own `match.json`, or is made now and kept
 * there. Throws `InputError` when there is no such run.
 */
export async function readMaterial(folder: string): Promise<RunMaterial> {
  const { record, name, folder: absolute } = await readRun(folder);
  const schemeText = await readOptional(path.join(absolute, 'scheme.json'));
  const [series, evaluation, match] = await Promise.all([
    readSeries(absolute),
    schemeText === undefined ? {} : readRunEvaluation(absolute, schemeText),
    schemeText === undefined ? {} : readMatch(absolute),
  ]);
  return { name: record?.id ?? name, folder: absolute, record, schemeText, series, ...evaluation, ...match };
}

/** The run that a report holds this one against: its parent, else the last finished run of the same scheme file before it. */
export async function readParent({ record, folder }: RunMaterial): Promise<ParentMaterial | undefined> {
  if (!record) return undefined;
  const siblings = await listRuns([path.dirname(folder)]);
  const parent = siblings.find((run) => run.record && run.record.id === record.parent);
  if (parent) return { ...(await readMaterial(parent.folder)), relation: 'parent' };
  const before = siblings
    .filter((run) => run.record?.state === 'finished' && run.record.id < record.id)
    .filter((run) => run.record?.scheme.path === record.scheme.path)
    .sort((a, b) => (a.folder < b.folder ? 1 : -1))[0];
  return before && { ...(await readMaterial(before.folder)), relation: 'run before' };
}

async function readSeries(folder: string): Promise<Series[]> {
  const log = new EventFolder(folder);
  await log.refresh();
  return log.read(
    log.tags().map(({ tag }) => tag),
    maxPoints,
  );
}

/** A run that has not finished, or a trainer of the user's own, has no evaluation; a damaged one leaves the rest of the note. */
async function readRunEvaluation(
  folder: string,
  schemeText: string,
): Promise<Pick<RunMaterial, 'evaluation' | 'evaluationMissing'>> {
  const labelType = analyze(schemeText).scheme?.data.labelType;
  if (!labelType) return {};
  try {
    return { evaluation: await readEvaluation(path.join(folder, 'evaluation.npz'), labelType) };
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    return { evaluationMissing: t('The evaluation cannot be read: {0}', errorMessage(error)) };
  }
}

async function readMatch(folder: string): Promise<Pick<RunMaterial, 'match' | 'matchMissing'>> {
  const model = path.join(folder, 'model.onnx');
  const modelTime = await changeTime(model);
  if (modelTime === undefined) return {};
  const kept = await readKeptMatch(path.join(folder, 'match.json'), modelTime);
  return kept ? { match: kept } : makeMatch(folder, model);
}

/** A match that is damaged, of another version of the program, or older than the model is made anew. */
async function readKeptMatch(file: string, modelTime: number): Promise<MatchReport | undefined> {
  const time = await changeTime(file);
  if (time === undefined || time < modelTime) return undefined;
  return parseMatchReport(await readFile(file, 'utf8').catch(() => ''));
}

/** Milliseconds since 1970; undefined where there is nothing. */
async function changeTime(file: string): Promise<number | undefined> {
  return stat(file).then(
    ({ mtimeMs }) => mtimeMs,
    () => undefined,
  );
}

async function makeMatch(folder: string, model: string): Promise<Pick<RunMaterial, 'match' | 'matchMissing'>> {
  try {
    const match = await matchFiles(path.join(folder, 'scheme.json'), model, { numeric: true });
    // A run in a folder that cannot be written to is reported all the same.
    await writeJson(path.join(folder, 'match.json'), match).catch(() => undefined);
    return { match };
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    return { matchMissing: t('It could not be checked: {0}', errorMessage(error)) };
  }
}

async function readOptional(file: string): Promise<string | undefined> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    const code = errorCode(error);
    if (code === 'ENOENT' || code === 'ENOTDIR') return undefined;
    if (code === undefined) throw error;
    throw new InputError({ file, problem: t('It cannot be read ({0}).', code), nextStep: t('Check its permissions.') });
  }
}

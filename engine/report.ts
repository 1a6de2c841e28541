import { mkdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { t } from '../core/l10n';
import { renderChart } from '../core/report/chart';
import { reportCharts } from '../core/report/charts';
import { buildReport, type ReportData } from '../core/report/data';
import { renderHtml, renderNotebook } from '../core/report/html';
import { renderMarkdown } from '../core/report/markdown';
import { errorCode, InputError } from './errors';
import { writeFileAtomically, writeOutputFile } from './files';
import { readMaterial, readParent } from './runs/material';

/**
 * Writes the lab note of some runs: Markdown with its charts in a folder beside it, one HTML page, or a Jupyter notebook,
 * as the output's name says. An existing Markdown note is refreshed; what a person wrote in it stays to the letter.
 * Throws `InputError` when a run cannot be read or the note cannot be written.
 *
 * @param signal aborting it gives the note up as long as nothing is written; then it throws the signal's reason
 */
export async function writeReport(
  folders: readonly string[],
  output: string,
  signal?: AbortSignal,
): Promise<{ file: string }> {
  const file = path.resolve(output);
  const write = writers[path.extname(file).toLowerCase()];
  if (!write) {
    throw new InputError({
      file: output,
      problem: t('A note ends in .md, .html or .ipynb.'),
      nextStep: t('Give it one of these names.'),
    });
  }
  const materials = await Promise.all(
    folders.map(async (folder) => {
      const run = await readMaterial(folder);
      return { run, parent: await readParent(run) };
    }),
  );
  signal?.throwIfAborted();
  try {
    await write(buildReport(materials), file);
  } catch (error) {
    const code = errorCode(error);
    if (code === undefined) throw error;
    throw new InputError({
      file: output,
      problem: t('It cannot be written ({0}).', code),
      nextStep: nextStep(code, file),
    });
  }
  return { file };
}

const writers: Readonly<Record<string, (report: ReportData, file: string) => Promise<void>>> = {
  '.md': writeMarkdown,
  '.html': (report, file) => writeOutputFile(file, renderHtml(report, reportCharts(report))),
  '.ipynb': (report, file) => writeOutputFile(file, renderNotebook(report, reportCharts(report))),
};

async function writeMarkdown(report: ReportData, file: string): Promise<void> {
  const pictures = `${path.basename(file, path.extname(file))}.pictures`;
  const existing = await readExisting(file);
  const text = renderMarkdown(report, { picturePath: (picture) => `${pictures}/${picture}`, existing });
  const charts = reportCharts(report);
  if (charts.length > 0) await makePictureFolder(path.join(path.dirname(file), pictures));
  for (const { file: picture, chart } of charts) {
    await writeFileAtomically(path.join(path.dirname(file), pictures, picture), renderChart(chart));
  }
  await writeOutputFile(file, text);
}

/** Never the folders above it: a mistyped path is told instead. */
async function makePictureFolder(folder: string): Promise<void> {
  await mkdir(folder).catch((error: unknown) => {
    if (errorCode(error) !== 'EEXIST') throw error;
  });
}

function nextStep(code: string, file: string): string {
  if (code === 'ENOENT' || code === 'ENOTDIR') return t('Make the folder {0} first.', path.dirname(file));
  if (code === 'ENOSPC' || code === 'EDQUOT') return t('The disk is full. Make room on it.');
  return t('Check its folder and permissions.');
}

async function readExisting(file: string): Promise<string | undefined> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return undefined;
    throw error;
  }
}

import { access, readFile } from 'node:fs/promises';
import path from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import * as vscode from 'vscode';
import { t } from '../../core/l10n';
import type { MatchReport } from '../../core/match/report';
import type { RunSummary } from '../../core/protocol/runs';
import type { MatchTarget } from '../panels/matchTitles';
import { runLabel } from '../runs/presentation';
import { isActive, schemePathOf } from '../runs/workspaceRuns';
import { activeScheme, chooseScheme } from '../schemes';
import type { Services } from '../services';
import { requireTrust } from '../trust';
import { activeModel, chooseRun, fileFromArgument, isModelFile, runFromArgument } from './arguments';
import { chooseModel } from './chooseFile';

/**
 * Holds a scheme against an exported model: a run's against its own, an ONNX file's (that of the active tab, where none is
 * named) against its run's or a chosen scheme, the active scheme against the model of its latest run. Returns the report; undefined when the user chose nothing, or when the
 * files could not be matched, which the panel tells.
 */
export async function openMatch(services: Services, argument?: unknown): Promise<MatchReport | undefined> {
  if (!(await requireTrust())) return undefined;
  const target = await targetOf(services, argument ?? activeModel());
  return target && services.matches.show(target).catch(() => undefined);
}

async function targetOf(services: Services, argument: unknown): Promise<MatchTarget | undefined> {
  if (isTarget(argument)) return argument;
  await services.runs.ready();
  const file = fileFromArgument(argument);
  const run = runFromArgument(services.runs, argument);
  const isModel = file !== undefined && isModelFile(file.path);
  if (isModel) return targetOfModel(file.fsPath, run);
  if (run) return targetOfRun(run);
  const scheme = file ?? activeScheme();
  return scheme ? targetOfScheme(services, scheme.fsPath) : targetOfChosenRun(services);
}

/** The scheme that is edited stands for the run's own while both say the same; else the run's frozen one. */
async function targetOfRun(run: RunSummary, model = modelOf(run)): Promise<MatchTarget | undefined> {
  if (!(await exists(model))) {
    void vscode.window.showInformationMessage(
      isActive(run)
        ? t('Run {0} is still training; its model is exported when it ends.', runLabel(run))
        : t('Run {0} has no exported model (model.onnx).', runLabel(run)),
    );
    return undefined;
  }
  return { intended: await schemeOfRun(run), exported: model };
}

async function targetOfModel(model: string, run: RunSummary | undefined): Promise<MatchTarget | undefined> {
  if (run?.record) return targetOfRun(run, model);
  const scheme = await chooseScheme();
  return scheme && { intended: scheme.fsPath, exported: model };
}

async function targetOfScheme(services: Services, scheme: string): Promise<MatchTarget | undefined> {
  const runs = services.runs.ofScheme(scheme);
  for (const run of runs) if (await exists(modelOf(run))) return { intended: scheme, exported: modelOf(run) };
  const model = await chooseModel(services, t('This scheme has no trained model yet. Which exported model is meant?'));
  return model === undefined ? undefined : { intended: scheme, exported: model };
}

async function targetOfChosenRun(services: Services): Promise<MatchTarget | undefined> {
  const none = t('There is no run to compare. Run a scheme first, or choose an ONNX file in the explorer.');
  const run = await chooseRun(services.runs, undefined, (candidate) => !isActive(candidate), none);
  return run && targetOfRun(run);
}

async function schemeOfRun(run: RunSummary): Promise<string> {
  const [frozen, edited] = [path.join(run.folder, 'scheme.json'), schemePathOf(run)];
  const [asItRan, now] = await Promise.all([schemeValue(frozen), schemeValue(edited)]);
  return now !== undefined && (asItRan === undefined || isDeepStrictEqual(asItRan, now)) ? edited : frozen;
}

function modelOf(run: RunSummary): string {
  return path.join(run.folder, 'model.onnx');
}

/** What a scheme says, however it is written; undefined when it cannot be read. */
async function schemeValue(file: string): Promise<unknown> {
  const { parse } = await import('jsonc-parser');
  const text = await readFile(file, 'utf8').catch(() => undefined);
  return text === undefined ? undefined : parse(text, [], { allowTrailingComma: true });
}

function exists(file: string): Promise<boolean> {
  return access(file).then(
    () => true,
    () => false,
  );
}

function isTarget(argument: unknown): argument is MatchTarget {
  if (typeof argument !== 'object' || argument === null) return false;
  const { intended, exported } = argument as Partial<MatchTarget>;
  return typeof intended === 'string' && typeof exported === 'string';
}

import { randomInt } from 'node:crypto';
import path from 'node:path';
import { t } from '../../core/l10n';
import { runFolderOf } from '../../core/runs/commandScript';
import { makeRunId } from '../../core/runs/id';
import { commandText, exportLines } from '../../core/runs/shell';
import { jobScript, submitCommand } from '../../core/runs/slurmJob';
import type { LocalTarget, RemoteTarget } from '../../core/runs/target';
import { entryPoint } from '../entryPoint';
import { InputError } from '../errors';
import { chooseGpus } from '../targets/chooseGpus';
import { gatherMaterial } from '../targets/material';
import { folderOf, shellOf } from '../targets/shells';
import { jobOf, startScript } from '../targets/start';
import { prepareScript } from '../targets/upload';
import { planScheme } from './create';
import { dataPaths } from './dataPaths';
import { findTarget, unknownTarget } from './launch';
import type { DryRun, DryRunOutcome, DryRunStep, RunOptions } from './options';
import { environmentOf, programOf } from './program';

/**
 * What `launchRun` would do with the same options: the commands and scripts to the letter, with a run's id that is made up, and
 * the files that would be brought to the target. Nothing is written, and no target is asked.
 */
export async function dryRun(options: RunOptions): Promise<DryRunOutcome> {
  const target = findTarget(options);
  if (!target) return { ok: false, message: unknownTarget(options) };
  const trainer = target.kind === 'embedded' ? 'embedded' : programOf(target, options.command).trainer;
  const dataElsewhere = 'dataRoot' in target && target.dataRoot !== undefined;
  const planned = await planScheme({ ...options, trainer, dataElsewhere });
  if (!planned.ok) return planned;
  const id = makeRunId(new Date(), randomInt(0x10000));
  const folder = path.join(path.resolve(options.runsFolder), id);
  try {
    if (target.kind === 'embedded') return { ok: true, dryRun: { target, steps: [embeddedStep(folder)] } };
    if (target.kind === 'local') return await localSteps(options, target, folder, planned.scheme);
    return { ok: true, dryRun: await remoteSteps(options, target, id, planned.scheme) };
  } catch (error) {
    if (error instanceof InputError) return { ok: false, message: error.message };
    throw error;
  }
}

type Scheme = Parameters<typeof dataPaths>[0];

const embeddedStep = (folder: string): DryRunStep => ({
  title: t('Command'),
  text: commandText([process.execPath, entryPoint('trainer'), folder]),
});

async function localSteps(
  options: RunOptions,
  target: LocalTarget,
  folder: string,
  scheme: Scheme,
): Promise<DryRunOutcome> {
  const gpus = await chooseGpus(options.gpus ?? target.gpus ?? 'auto', options.runsFolder);
  if (!gpus.ok) return gpus;
  const { trainer, argv } = programOf(target, options.command);
  const schemeFolder = path.dirname(path.resolve(options.schemeFile));
  const launch = { target, ...dataPaths(scheme, target.dataRoot ?? schemeFolder) };
  const environment = environmentOf({ id: path.basename(folder), trainer, launch, gpus: gpus.indices }, folder);
  const project = path.resolve(options.projectFolder ?? schemeFolder);
  const lines = [
    `cd ${commandText([trainer === 'command' ? project : folder])}`,
    ...exportLines({ ...environment, ...target.environment }),
    ...(target.setup ? [target.setup] : []),
    commandText(argv),
  ];
  return { ok: true, dryRun: { target, steps: [{ title: t('Command'), text: lines.join('\n') }] } };
}

async function remoteSteps(options: RunOptions, target: RemoteTarget, id: string, scheme: Scheme): Promise<DryRun> {
  const shell = shellOf(target, options.interactive);
  const { trainer } = programOf(target, options.command);
  const command = options.command ?? target.command;
  const schemeFolder = path.dirname(path.resolve(options.schemeFile));
  const gpus = dryGpus(options, target);
  const material = await gatherMaterial({
    id,
    target,
    trainer,
    ...(command && { command }),
    projectFolder: path.resolve(options.projectFolder ?? schemeFolder),
    schemeFolder,
    runsFolder: options.runsFolder,
    scheme,
    ...(gpus && { gpus }),
  });
  const { run } = material;
  const job = jobOf([run], [1]);
  const place = `${runFolderOf(run)}/supervisor`;
  const steps: DryRunStep[] = [
    { title: t('Prepares the folder on {0}', shell.host), text: prepareScript(folderOf(target), id) },
    { title: `${place}/command.sh`, text: material.commandScript },
    ...(job
      ? [
          { title: `${place}/job.sh`, text: jobScript(job) },
          { title: t('Queues the job'), text: submitCommand(job) },
        ]
      : [{ title: t('Starts the run'), text: startScript(run, 1) }]),
    { title: t('How {0} is reached', shell.host), text: commandText(await shell.command('...')) },
  ];
  return { target, steps, upload: material.preview };
}

/** Which GPUs are free is only known there. */
function dryGpus(options: RunOptions, target: RemoteTarget): readonly number[] | undefined {
  if (target.kind === 'slurm') return undefined;
  const choice = options.gpus ?? target.gpus ?? 'auto';
  if (choice === 'none') return [];
  if (typeof choice === 'object') return choice;
  return Array.from({ length: choice === 'auto' ? 1 : choice }, (_, index) => index);
}

import { existsSync } from 'node:fs';
import path from 'node:path';
import { t } from '../../core/l10n';
import { commandScript, type RemoteRun } from '../../core/runs/commandScript';
import type { RunRecord } from '../../core/runs/record';
import type { RemoteTarget } from '../../core/runs/target';
import type { Scheme } from '../../core/scheme/types';
import { trainerPackage } from '../entryPoint';
import { errorMessage, InputError } from '../errors';
import { languageOf } from '../language';
import type { UploadPreview } from '../runs/options';
import { allFiles, makeManifest, type ProjectFiles, previewOf, projectFiles, type UploadFile } from './projectFiles';
import { folderOf } from './shells';
import supervisorScript from './supervisor.sh';
import type { Tree } from './upload';

/** What a run on a target is about, before anything is brought there. */
export interface RemoteOrder {
  readonly id: string;
  readonly target: RemoteTarget;
  readonly trainer: 'pytorch' | 'command';
  readonly command?: readonly string[];
  readonly projectFolder: string;
  readonly schemeFolder: string;
  readonly runsFolder: string;
  readonly scheme: Scheme;
  readonly gpus?: readonly number[];
}

/** Everything that a run needs on its target. */
export interface RemoteMaterial {
  readonly run: RemoteRun;
  readonly trees: readonly Tree[];
  readonly preview: UploadPreview;
  readonly commandScript: string;
}

/** Reads and hashes what has to be uploaded. Throws `InputError` for what is not there. */
export async function gatherMaterial(order: RemoteOrder): Promise<RemoteMaterial> {
  const folder = folderOf(order.target);
  const { id, target, trainer, command, gpus } = order;
  const own = trainer === 'command' ? await readProject(order) : undefined;
  const trainerFiles = own ? undefined : await trainerTree();
  const data = await dataTrees(order, folder);
  const language = languageOf(process.env);
  const run: RemoteRun = {
    id,
    target,
    folder,
    trainer,
    ...(own && { command: command ?? target.command ?? [] }),
    ...(trainerFiles && { trainerFolder: `${folder}/${trainerFiles.destination}` }),
    data: data.paths,
    ...(gpus && { gpus }),
    ...(language && { language }),
  };
  const runFolder = `runs/${id}`;
  const project = own && {
    destination: `${runFolder}/project`,
    shared: false,
    entries: (await makeManifest(own.files, order.projectFolder)).entries,
  };
  const trees = [trainerFiles, project, ...data.trees].filter((tree) => tree !== undefined);
  const dataFiles = data.trees.flatMap(({ entries }) => entries);
  return {
    run,
    trees,
    preview: previewOf(own ?? noProject, [...(trainerFiles?.entries ?? []), ...dataFiles]),
    commandScript: commandScript(run),
  };
}

/** The run's own small files: its scheme, its record, and the scripts. `others`: path in the run's folder to content. */
export async function runTree(
  { run, commandScript: script }: Pick<RemoteMaterial, 'run' | 'commandScript'>,
  others: Readonly<Record<string, string>>,
): Promise<Tree> {
  const contents = { 'supervisor/supervisor.sh': supervisorScript, 'supervisor/command.sh': script, ...others };
  const files = Object.entries(contents).map(([name, text]): UploadFile => {
    const source = Buffer.from(text);
    return { path: name, bytes: source.length, executable: false, source };
  });
  return { destination: `runs/${run.id}`, shared: false, entries: (await makeManifest(files, run.id)).entries };
}

/** What the record of a run on a target says of how to start it again. */
export function launchSettings(order: RemoteOrder, { run }: RemoteMaterial): NonNullable<RunRecord['launch']> {
  const { target, command, projectFolder } = order;
  return { target, ...(command && { command }), projectFolder, ...run.data };
}

const noProject: ProjectFiles = { files: [], ignored: [], warnings: [] };

/** A folder of runs in the project is no part of it. */
async function readProject({ projectFolder, runsFolder }: RemoteOrder): Promise<ProjectFiles> {
  try {
    return await projectFiles(projectFolder, [runsFolder]);
  } catch (error) {
    throw new InputError({
      file: projectFolder,
      problem: t('It cannot be read: {0}.', errorMessage(error)),
      nextStep: t('Check the folder, or name in .matchdownignore what is not to be uploaded.'),
    });
  }
}

export async function trainerTree(): Promise<Tree> {
  const { files } = await projectFiles(trainerPackage());
  return sharedTree(await makeManifest(files, trainerPackage()));
}

const sharedTree = ({ id, entries }: Awaited<ReturnType<typeof makeManifest>>): Tree => ({
  destination: `trees/${id.slice(0, 32)}`,
  shared: true,
  entries,
});

interface DataTrees {
  readonly paths: RemoteRun['data'];
  readonly trees: readonly Tree[];
}

/** With a data root, and for absolute paths, the data is there already; else it is uploaded. */
async function dataTrees(order: RemoteOrder, folder: string): Promise<DataTrees> {
  const { dataPath, validationPath } = order.scheme.data;
  const own = await dataTree(order, folder, dataPath);
  const validation = await dataTree(order, folder, validationPath);
  return {
    paths: {
      ...(own.path !== undefined && { data: own.path }),
      ...(validation.path !== undefined && { validationData: validation.path }),
    },
    trees: [own.tree, validation.tree].filter((tree) => tree !== undefined),
  };
}

async function dataTree(
  { target, schemeFolder, trainer }: RemoteOrder,
  folder: string,
  written: string | undefined,
): Promise<{ path?: string; tree?: Tree }> {
  if (written === undefined) return {};
  if (/^([/~]|[A-Za-z]:[\\/])/.test(written)) return { path: written };
  if (target.dataRoot !== undefined) return { path: `${target.dataRoot.replace(/\/$/, '')}/${written}` };
  const source = path.resolve(schemeFolder, written);
  // A command may have data of its own.
  if (trainer === 'command' && !existsSync(source)) return {};
  const files = await allFiles(source).catch((error: unknown) => {
    const problem = t('The data cannot be read: {0}.', errorMessage(error));
    const nextStep = t('Set data.data_path, or "dataRoot" of the target where the data is there already.');
    throw new InputError({ file: source, problem, nextStep });
  });
  const tree = sharedTree(await makeManifest(files, source));
  const isFile = files.length === 1 && files[0]!.source === source;
  const path_ = `${folder}/${tree.destination}`;
  return { path: isFile ? `${path_}/${files[0]!.path}` : path_, tree };
}

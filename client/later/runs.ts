import '../messages';

/** Loaded when the workspace's runs are read for the first time, which is after the activation. */
export { launchEmbedded } from '../../engine/runs/launch';
export { stopRun } from '../../engine/runs/stop';
export { listRuns, readRun } from '../../engine/runs/store';

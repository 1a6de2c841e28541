import '../messages';

/** Loaded when the workspace's runs are read for the first time, which is after the activation. */
export { parseSweepFile } from '../../core/sweep/file';
export { attach } from '../../engine/runs/attach';
export { changing } from '../../engine/runs/change';
export { dryRun } from '../../engine/runs/dryRun';
export { followRun } from '../../engine/runs/follow';
export { cloneRun, launchRun, resumeRun } from '../../engine/runs/launch';
export { recordPurpose } from '../../engine/runs/purpose';
export { stopRun } from '../../engine/runs/stop';
export { listRuns, readRun } from '../../engine/runs/store';
export { stopSweep } from '../../engine/sweep/follow';
export { launchSweep, resumeSweep } from '../../engine/sweep/launch';
export { listSweeps, readSweep } from '../../engine/sweep/store';

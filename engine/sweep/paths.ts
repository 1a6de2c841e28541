import path from 'node:path';

/** A sweep's folder is `<runs folder>/sweeps/<id>`; its trials are runs in the folder of runs. */
export const sweepsFolder = (runsFolder: string): string => path.join(runsFolder, 'sweeps');
export const runsFolderOf = (sweepFolder: string): string => path.resolve(sweepFolder, '../..');
export const sweepFile = (folder: string): string => path.join(folder, 'sweep.json');
/** The scheme that every trial begins with, as it was written. */
export const frozenScheme = (folder: string): string => path.join(folder, 'scheme.json');
/** The scheme with the values of the best trial so far, otherwise as it was written. */
export const bestScheme = (folder: string): string => path.join(folder, 'best_scheme.json');
/** Asks the sweep to stop when it appears. */
export const stopFile = (folder: string): string => path.join(folder, 'stop');

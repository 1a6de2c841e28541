import type { Extension } from './context';
import { experiments } from './experiments';
import { match } from './match';
import { models } from './models';
import { report } from './report';

/** What the server answers beside the Language Server Protocol: one file each, one line each here. */
export const extensions: readonly Extension[] = [experiments, match, models, report];

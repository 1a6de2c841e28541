import type { Extension } from './context';
import { experiments } from './experiments';

/** What the server answers beside the Language Server Protocol: one file each, one line each here. */
export const extensions: readonly Extension[] = [experiments];

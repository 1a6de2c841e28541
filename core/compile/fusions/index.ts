import type { Fusion } from './fusion';

/** The first that applies is taken. */
export const fusions: readonly Fusion[] = [];

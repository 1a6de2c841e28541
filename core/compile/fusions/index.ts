import { convolutionNormalization } from './convolutionNormalization';
import type { Fusion } from './fusion';
import { poolBeforeActivation } from './poolBeforeActivation';
import { poolBeforeNormalization } from './poolBeforeNormalization';

/** The first that applies is taken. */
export const fusions: readonly Fusion[] = [poolBeforeNormalization, convolutionNormalization, poolBeforeActivation];

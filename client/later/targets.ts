import '../messages';

/** Loaded when somebody asks for targets. */
export { readTargets } from '../../core/runs/readTargets';
export { checkTarget } from '../../engine/targets/check';

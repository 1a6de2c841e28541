import { t } from './l10n';
import { countText } from './quantities';

/** A number of things in words, so that nobody reads "1 layers". Counts that are text already (a list's `[2, 3]`) stay as they are. */
type Count = number | string;

const text = (count: Count) => (typeof count === 'number' ? countText(count) : count);
const isOne = (count: Count) => Number(count) === 1;

export const channelsText = (count: Count) => (isOne(count) ? t('1 channel') : t('{0} channels', text(count)));
export const differencesText = (count: Count) => (isOne(count) ? t('1 difference') : t('{0} differences', text(count)));
export const elementsText = (count: Count) => (isOne(count) ? t('1 element') : t('{0} elements', text(count)));
export const errorsText = (count: Count) => (isOne(count) ? t('1 error') : t('{0} errors', text(count)));
export const filesText = (count: Count) => (isOne(count) ? t('1 file') : t('{0} files', text(count)));
export const groupsText = (count: Count) => (isOne(count) ? t('1 group') : t('{0} groups', text(count)));
export const headsText = (count: Count) => (isOne(count) ? t('1 head') : t('{0} heads', text(count)));
export const hintsText = (count: Count) => (isOne(count) ? t('1 hint') : t('{0} hints', text(count)));
export const inputsText = (count: Count) => (isOne(count) ? t('1 input') : t('{0} inputs', text(count)));
export const layersText = (count: Count) => (isOne(count) ? t('1 layer') : t('{0} layers', text(count)));
export const nodesText = (count: Count) => (isOne(count) ? t('1 node') : t('{0} nodes', text(count)));
export const parametersText = (count: Count) => (isOne(count) ? t('1 parameter') : t('{0} parameters', text(count)));
export const problemsText = (count: Count) => (isOne(count) ? t('1 problem') : t('{0} problems', text(count)));
export const runsText = (count: Count) => (isOne(count) ? t('1 run') : t('{0} runs', text(count)));
export const samplesText = (count: Count) => (isOne(count) ? t('1 sample') : t('{0} samples', text(count)));
export const threadsText = (count: Count) => (isOne(count) ? t('1 thread') : t('{0} threads', text(count)));
export const trialsText = (count: Count) => (isOne(count) ? t('1 trial') : t('{0} trials', text(count)));
export const unitsText = (count: Count) => (isOne(count) ? t('1 unit') : t('{0} units', text(count)));
export const valuesText = (count: Count) => (isOne(count) ? t('1 value') : t('{0} values', text(count)));
export const warningsText = (count: Count) => (isOne(count) ? t('1 warning') : t('{0} warnings', text(count)));

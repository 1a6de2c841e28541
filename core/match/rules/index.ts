import { activation } from './activation';
import { activationAfterPooling } from './activationAfterPooling';
import { attention } from './attention';
import { averageOfValues } from './averageOfValues';
import { batchNormalization } from './batchNormalization';
import { biasBehindRearrangement } from './biasBehindRearrangement';
import { biasBehindSplit } from './biasBehindSplit';
import { bothDirections } from './bothDirections';
import {
  gelu,
  geluByTanh,
  hardSwish,
  leakyReluAsMaximum,
  mish,
  silu,
  softplusWithThreshold,
} from './composedActivations';
import { computedSizes } from './computedSizes';
import { convolution } from './convolution';
import { cropBehind } from './cropBehind';
import { addAsBias, denseFromGemm, denseFromMatMul } from './dense';
import { densePerPosition } from './densePerPosition';
import { depthToSpace } from './depthToSpace';
import { dropout } from './dropout';
import { einsumAsProduct } from './einsumAsProduct';
import { embedding } from './embedding';
import { embeddingIndex } from './embeddingIndex';
import { expand } from './expand';
import { factorBehindProduct } from './factorBehindProduct';
import { factorOutside } from './factorOutside';
import { filled } from './filled';
import { flatten } from './flatten';
import { flattenOrder } from './flattenOrder';
import { foldedNormalization } from './foldedNormalization';
import { globalPooling, globalPoolingFlattened, globalPoolingUnflattened } from './globalPooling';
import { groupNormalization, groupNormalizationComposed } from './groupNormalization';
import { hardSigmoid } from './hardSigmoid';
import { integerWidth } from './integerWidth';
import { eluBySides, geluByComplement } from './kerasActivations';
import { lastStates } from './lastStates';
import { layerNormalization, layerNormalizationComposed } from './layerNormalization';
import { leadingOne } from './leadingOne';
import { meanAsSum } from './meanAsSum';
import { merge } from './merge';
import { mixedLayouts } from './mixedLayouts';
import { nanGuard } from './nanGuard';
import { needlessExpand } from './needlessExpand';
import { nestedConcat } from './nestedConcat';
import { groupNormalizationByMoments, layerNormalizationByMoments } from './normalizationByMoments';
import { nothing } from './nothing';
import { numbersFirst } from './numbersFirst';
import { oneDimension } from './oneDimension';
import { ownSamples } from './ownSamples';
import { padBeforeWindow } from './padBeforeWindow';
import { partOfConcat } from './partOfConcat';
import { pointwise } from './pointwise';
import { pooling } from './pooling';
import { poolingOfView } from './poolingOfView';
import { positionwise } from './positionwise';
import { prelu } from './prelu';
import { preluComposed } from './preluComposed';
import { quantizedEmbedding, quantizedProduct, quantizedValues } from './quantized';
import { quantizedRecurrent } from './quantizedRecurrent';
import { rearrangement } from './rearrangement';
import { lastStep, recurrent } from './recurrent';
import { gruCell, lstmCell } from './recurrentCell';
import { recurrentSteps } from './recurrentSteps';
import { reduction } from './reduction';
import { rejoined, rejoinedBackwards } from './rejoined';
import { reluAsMaximum } from './reluAsMaximum';
import { reshape } from './reshape';
import { reshapeAsTranspose } from './reshapeAsTranspose';
import { reversal, reversalInFront, reversalUndone } from './reversal';
import { reversedRecurrent } from './reversedRecurrent';
import { rmsNormalization, rmsNormalizationComposed } from './rmsNormalization';
import { rnnCell } from './rnnCell';
import type { Rule } from './rule';
import { scaleAndShift } from './scaleAndShift';
import { sharedNumbers } from './sharedNumbers';
import { sizeOfInput } from './sizeOfInput';
import { gatherOfOne, slice, splitAsSlices } from './slices';
import { spreadConstant } from './spreadConstant';
import { stridedGather } from './stridedGather';
import { transposeBehind } from './transposeBehind';
import { transposedConvolution } from './transposedConvolution';
import { transposePairs } from './transposePairs';
import { upsampling } from './upsampling';
import { upsamplingAsTile, upsamplingInSteps } from './upsamplingAsTile';
import { usualAttributes } from './usualAttributes';

/** What moves transpositions down until they meet their inverse. */
export const LAYOUT_RULES: readonly Rule[] = [nothing, reshapeAsTranspose, transposePairs, transposeBehind];

/** Tried in this order at each node: patterns of several operators before the operators that they are made of. */
export const RULES: readonly Rule[] = [
  dropout,
  computedSizes,
  expand,
  filled,
  needlessExpand,
  spreadConstant,
  ownSamples,
  depthToSpace,
  leadingOne,
  integerWidth,
  ...LAYOUT_RULES,
  quantizedValues,
  sharedNumbers,
  numbersFirst,
  quantizedRecurrent,
  quantizedEmbedding,
  quantizedProduct,
  padBeforeWindow,
  oneDimension,
  hardSwish,
  silu,
  mish,
  factorOutside,
  gelu,
  geluByTanh,
  geluByComplement,
  eluBySides,
  softplusWithThreshold,
  leakyReluAsMaximum,
  reluAsMaximum,
  meanAsSum,
  activation,
  preluComposed,
  prelu,
  layerNormalization,
  layerNormalizationComposed,
  rmsNormalization,
  rmsNormalizationComposed,
  groupNormalization,
  groupNormalizationComposed,
  layerNormalizationByMoments,
  groupNormalizationByMoments,
  convolution,
  transposedConvolution,
  cropBehind,
  upsampling,
  upsamplingAsTile,
  upsamplingInSteps,
  embeddingIndex,
  embedding,
  einsumAsProduct,
  denseFromGemm,
  denseFromMatMul,
  densePerPosition,
  flattenOrder,
  addAsBias,
  averageOfValues,
  biasBehindSplit,
  biasBehindRearrangement,
  attention,
  factorBehindProduct,
  nanGuard,
  recurrent,
  lstmCell,
  gruCell,
  rnnCell,
  recurrentSteps,
  reversedRecurrent,
  lastStep,
  lastStates,
  reversal,
  reversalUndone,
  reversalInFront,
  partOfConcat,
  bothDirections,
  positionwise,
  rearrangement,
  rejoined,
  rejoinedBackwards,
  stridedGather,
  scaleAndShift,
  batchNormalization,
  foldedNormalization,
  pooling,
  globalPooling,
  globalPoolingFlattened,
  globalPoolingUnflattened,
  poolingOfView,
  flatten,
  merge,
  mixedLayouts,
  activationAfterPooling,
  pointwise,
];

/** For what is left when nothing else applies any more. */
export const LAST_RULES: readonly Rule[] = [
  sizeOfInput,
  nestedConcat,
  slice,
  splitAsSlices,
  gatherOfOne,
  reshape,
  hardSigmoid,
  reduction,
  usualAttributes,
];

import { GraphBuilder } from '../onnx/builder';
import { DataType, type OnnxModel } from '../onnx/model';

/**
 * ONNX Runtime convolves twice as fast where channels stand together in blocks of the processor's vector length
 * (`[batch, channels / block, height, width, block]`). It brings graphs into that layout by itself only where weights are
 * constants; in training they are not, so a training graph does it with ONNX Runtime's own operators:
 * https://github.com/microsoft/onnxruntime/blob/main/onnxruntime/core/graph/contrib_ops/nchwc_schema_defs.cc
 *
 * A graph made so runs on the CPU of the kind of machine that it was made for. It is never stored.
 */
export const blockedDomain = 'com.microsoft.nchwc';

/** The smallest number of channels that the reordering operator takes. */
const probeChannels = 4;

/**
 * A graph that asks the runtime for its block size: fed with `blockSizeProbeDims` float32 values as `input`, the second
 * dimension of its `output` is the answer. A runtime that cannot load or run it has no blocked layout.
 */
export function blockSizeProbe(): OnnxModel {
  const graph = new GraphBuilder('probe', 17);
  graph.input('input', DataType.float, blockSizeProbeDims);
  graph.add('ReorderInput', ['input'], {}, { domain: blockedDomain, outputs: ['output'] });
  graph.output('output', DataType.float, [1, 'block', 1, 1]);
  return graph.model();
}

export const blockSizeProbeDims: readonly number[] = [1, probeChannels, 1, 1];

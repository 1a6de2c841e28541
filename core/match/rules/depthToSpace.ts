import { t } from '../../l10n';
import { arrange } from '../graph/arrange';
import { intAttribute, isKnown, stringAttribute } from '../graph/graph';
import type { Part } from '../graph/view';
import type { Rule } from './rule';

/**
 * `DepthToSpace` (`nn.PixelShuffle`) and `SpaceToDepth` move channels to places and back: the reshapes and the transposition
 * that people write for them themselves (https://onnx.ai/onnx/operators/onnx__DepthToSpace.html).
 *
 * Near miss: the other order of channels (`DCR` for `CRD`).
 */
export const depthToSpace: Rule = {
  name: 'depth-to-space',
  operators: ['DepthToSpace', 'SpaceToDepth'],
  apply(node, graph) {
    const [input] = node.inputs;
    const shape = graph.shape(input);
    const size = intAttribute(node, 'blocksize', 0);
    const [batch, ...sizes] = shape ?? [];
    if (!input || batch === undefined || sizes.length !== 3 || !isKnown(sizes)) return false;
    const [channels, height, width] = sizes as [number, number, number];
    const axes =
      node.op === 'DepthToSpace'
        ? toSpace(channels, height, width, size, stringAttribute(node, 'mode', 'DCR'))
        : toDepth(channels, height, width, size);
    if (!axes.flat().every((part) => isWhole(part.size) && isWhole(part.stride))) return false;
    const message = t('{0}, which is reshapes and a transposition', node.op);
    const placeholder = graph.replace(
      [node],
      { op: 'Identity', inputs: [input] },
      { name: depthToSpace.name, message },
    );
    arrange(graph, placeholder, input, [
      [{ axis: 0, stride: 1, size: batch }],
      ...axes.map((parts) => parts.filter((part) => part.size !== 1)),
    ]);
    return true;
  },
};

/** A damaged file may ask for anything. */
function isWhole(size: Part['size']): boolean {
  return Number.isInteger(size) && Number(size) > 0;
}

/** `DCR`: the channels are row and column in a block, then what is left; `CRD`: what is left comes first. */
function toSpace(channels: number, height: number, width: number, size: number, mode: string): Part[][] {
  const left = channels / size / size;
  const [depth, row, column] = mode === 'CRD' ? [size * size, size, 1] : [1, size * left, left];
  return [
    [{ axis: 1, stride: depth, size: left }],
    [
      { axis: 2, stride: 1, size: height },
      { axis: 1, stride: row, size },
    ],
    [
      { axis: 3, stride: 1, size: width },
      { axis: 1, stride: column, size },
    ],
  ];
}

function toDepth(channels: number, height: number, width: number, size: number): Part[][] {
  return [
    [
      { axis: 2, stride: 1, size },
      { axis: 3, stride: 1, size },
      { axis: 1, stride: 1, size: channels },
    ],
    [{ axis: 2, stride: size, size: height / size }],
    [{ axis: 3, stride: size, size: width / size }],
  ];
}

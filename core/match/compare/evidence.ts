import type { OnnxNode } from '../../onnx/model';
import type { GraphNode } from '../graph/graph';

/**
 * What an exporter left behind about a node, beside the function that it computes. It never makes two graphs the same; it
 * only decides between "different" and "cannot be told" where the function alone leaves that open.
 */
export type Trace = 'present' | 'absent' | 'unknown';

const FX_NODE = 'pkg.torch.onnx.fx_node';
const REWRITES = 'pkg.onnxscript.rewriter.rule_name';

/** Whether a batch normalization was folded into this convolution or dense layer. */
export function foldedNormalizationTrace(node: GraphNode, producer: Producer): Trace {
  const metadata = metadataOf(node);
  if (metadata.some((entry) => /FuseBatchNorm/.test(entry.get(REWRITES) ?? ''))) return 'present';
  if (metadata.some((entry) => /batch_norm/.test(entry.get(FX_NODE) ?? ''))) return 'present';
  return isDynamo(producer) && metadata.some((entry) => entry.has(FX_NODE)) ? 'absent' : 'unknown';
}

/**
 * Whether a layer without a bias had one, all zero, that the exporter removed: the dynamo exporter and tf2onnx do that.
 * PyTorch's TorchScript exporter and we keep zeros, so that there a missing bias was never there.
 */
export function removedBiasTrace(node: GraphNode, producer: Producer): Trace {
  const calls = metadataOf(node)
    .map((entry) => entry.get(FX_NODE))
    .filter((call) => call !== undefined);
  if (calls.length > 0) return calls.some((call) => /_bias\b|batch_norm/.test(call)) ? 'present' : 'absent';
  return /^(pytorch|matchdown)$/.test(producer.name) ? 'absent' : 'unknown';
}

export interface Producer {
  readonly name: string;
  readonly version: string;
}

/** Versions of PyTorch whose dynamo exporter was seen to write at a folded convolution that it was folded. */
function isDynamo({ name, version }: Producer): boolean {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  return name === 'pytorch' && (major > 2 || (major === 2 && minor >= 13));
}

function metadataOf(node: GraphNode): ReadonlyMap<string, string>[] {
  return node.origin.flatMap((part: OnnxNode) => (part.metadata ? [part.metadata] : []));
}

import type { Attribute, OnnxNode } from '../../onnx/model';
import type { UnrolledNodes } from './unrollLoops';

/**
 * scikit-learn's scalers in front of a network, `(x - offset) * scale` (https://onnx.ai/onnx/operators/onnx_aionnxml_Scaler.html),
 * as a `Sub` and a `Mul` by constants. One without either attribute, which is damaged, stays.
 */
export function expandScaler({ nodes, origins }: UnrolledNodes): UnrolledNodes {
  if (!nodes.some(isScaler)) return { nodes, origins };
  const all = new Map(origins);
  const result = nodes.flatMap((node) => {
    const expanded = isScaler(node) ? arithmeticOf(node) : [node];
    if (isScaler(node)) for (const each of expanded) all.set(each, origins.get(node) ?? node);
    return expanded;
  });
  return { nodes: result, origins: all };
}

function isScaler({ domain, opType, attributes }: OnnxNode): boolean {
  const isGiven = ['offset', 'scale'].every((name) => attributes.get(name)?.type === 'floats');
  return domain === 'ai.onnx.ml' && opType === 'Scaler' && isGiven;
}

function arithmeticOf(node: OnnxNode): OnnxNode[] {
  const output = node.outputs[0] ?? '';
  const made = (
    opType: string,
    inputs: readonly string[],
    into: string,
    attributes = new Map<string, Attribute>(),
  ) => ({
    ...node,
    domain: '',
    opType,
    inputs,
    outputs: [into],
    attributes,
  });
  const constant = (name: string): OnnxNode =>
    made('Constant', [], `${output}/${name}`, new Map([['value_floats', node.attributes.get(name)!]]));
  return [
    constant('offset'),
    constant('scale'),
    made('Sub', [node.inputs[0] ?? '', `${output}/offset`], `${output}/shifted`),
    made('Mul', [`${output}/shifted`, `${output}/scale`], output),
  ];
}

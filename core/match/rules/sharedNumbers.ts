import { intAttribute, outputOf } from '../graph/graph';
import { isSameQuantization, quantizationOf } from '../graph/quantized';
import type { Rule } from './rule';

/**
 * Integers of 8 bits that are made numbers once for each of their users are made numbers once: in graphs of operators on
 * integers, those who need numbers each have a `DequantizeLinear` of their own.
 *
 * Near miss: another scale or zero point, which gives other numbers.
 */
export const sharedNumbers: Rule = {
  name: 'shared-numbers',
  operators: ['DequantizeLinear'],
  apply(node, graph) {
    const [value, scale, zero] = node.inputs;
    const own = quantizationOf(scale, zero, graph);
    if (!value || !own) return false;
    const other = graph.users(value).find((user) => {
      if (user === node || user.op !== node.op || user.inputs[0] !== value) return false;
      const theirs = quantizationOf(user.inputs[1], user.inputs[2], graph);
      const isAlongSame = intAttribute(user, 'axis', 1) === intAttribute(node, 'axis', 1);
      return theirs !== undefined && isSameQuantization(own, theirs) && isAlongSame;
    });
    if (!other) return false;
    graph.bypass(graph.replace([node], { op: 'Identity', inputs: [outputOf(other)] }));
    return true;
  },
};

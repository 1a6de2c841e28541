import { type Cell, complement, split } from './cell';

/** `c' = f c + i g`, `h' = o tanh(c')`; gates input, output, forget, cell. */
export const lstm: Cell = {
  gates: 4,
  states: 2,
  sumsProducts: true,

  forward(body, { products: [sum], states: [, memory] }) {
    const [input, output, forget, cell] = split(body, sum, 4);
    const [opened, shownShare, kept] = [input, output, forget].map((gate) => body.add('Sigmoid', [gate]));
    const fresh = body.add('Tanh', [cell]);
    const keptMemory = body.add('Mul', [kept, memory]);
    const added = body.add('Mul', [opened, fresh]);
    const next = body.add('Add', [keptMemory, added]);
    const shown = body.add('Tanh', [next]);
    return {
      states: [body.add('Mul', [shownShare, shown]), next],
      saved: [opened, shownShare, kept, fresh, shown, keptMemory, added],
    };
  },

  prepareBackward(graph, { hidden, saved: [input, output, forget, cell, shown, keptMemory, added] }) {
    // The products with a sigmoid that the forward part made have one factor of its slope already.
    const throughShown = graph.add('Sub', [output, graph.add('Mul', [hidden, shown])]);
    const slopes = [
      graph.add('Mul', [added, complement(graph, input)]),
      graph.add('Mul', [hidden, complement(graph, output)]),
      graph.add('Mul', [keptMemory, complement(graph, forget)]),
      graph.add('Sub', [input, graph.add('Mul', [added, cell])]),
    ];
    return {
      perStep: [throughShown, forget, ...slopes],
      step(body, [shownSlope, kept, ...gateSlopes], [ofHidden, ofMemory]) {
        const whole = body.add('Add', [ofMemory, body.add('Mul', [ofHidden, shownSlope])]);
        const gates = [whole, ofHidden, whole, whole].map((each, gate) => body.add('Mul', [each, gateSlopes[gate]]));
        return { product: body.add('Concat', gates, { axis: 0 }), others: [body.add('Mul', [whole, kept])], saved: [] };
      },
      products: (_graph, last) => [last],
    };
  },
};

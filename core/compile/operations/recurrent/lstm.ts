import { type Cell, complement, sigmoidSlope, split, tanhSlope } from './cell';

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
    const next = body.add('Add', [keptMemory, body.add('Mul', [opened, fresh])]);
    const shown = body.add('Tanh', [next]);
    return {
      states: [body.add('Mul', [shownShare, shown]), next],
      saved: [opened, shownShare, kept, fresh, shown, keptMemory],
    };
  },

  prepareBackward(graph, { hidden, saved: [input, output, forget, cell, shown, keptMemory] }) {
    // The products with a sigmoid that the forward part made have one factor of its slope already.
    const throughShown = graph.add('Sub', [output, graph.add('Mul', [hidden, shown])]);
    const slopes = [
      graph.add('Mul', [cell, sigmoidSlope(graph, input)]),
      graph.add('Mul', [hidden, complement(graph, output)]),
      graph.add('Mul', [keptMemory, complement(graph, forget)]),
      graph.add('Mul', [input, tanhSlope(graph, cell)]),
    ];
    return {
      perStep: [throughShown, forget, graph.add('Concat', slopes, { axis: 2 })],
      step(body, [shownSlope, kept, gateSlopes], [ofHidden, ofMemory]) {
        const whole = body.add('Add', [ofMemory, body.add('Mul', [ofHidden, shownSlope])]);
        const perGate = body.add('Concat', [whole, ofHidden, whole, whole], { axis: 1 });
        return { product: body.add('Mul', [perGate, gateSlopes]), others: [body.add('Mul', [whole, kept])], saved: [] };
      },
      products: (_graph, last) => [last],
    };
  },
};

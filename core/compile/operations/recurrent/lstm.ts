import { type Cell, sigmoidSlope, split, tanhSlope } from './cell';

/** `c' = f c + i g`, `h' = o tanh(c')`; gates input, output, forget, cell. */
export const lstm: Cell = {
  gates: 4,
  states: 2,
  sumsProducts: true,

  forward(body, { projected, product, states: [, memory] }) {
    const [input, output, forget, cell] = split(body, product(projected), 4);
    const [opened, shownShare, kept] = [input, output, forget].map((gate) => body.add('Sigmoid', [gate]));
    const fresh = body.add('Tanh', [cell]);
    const next = body.add('Add', [body.add('Mul', [kept, memory]), body.add('Mul', [opened, fresh])]);
    const shown = body.add('Tanh', [next]);
    return { states: [body.add('Mul', [shownShare, shown]), next], saved: [opened, shownShare, kept, fresh, shown] };
  },

  prepareBackward(graph, { saved: [input, output, forget, cell, shown], before: [, memory] }) {
    const throughShown = graph.add('Mul', [output, tanhSlope(graph, shown)]);
    const slopes = [
      graph.add('Mul', [cell, sigmoidSlope(graph, input)]),
      graph.add('Mul', [shown, sigmoidSlope(graph, output)]),
      graph.add('Mul', [memory, sigmoidSlope(graph, forget)]),
      graph.add('Mul', [input, tanhSlope(graph, cell)]),
    ];
    return {
      perStep: [throughShown, forget, graph.add('Concat', slopes, { axis: 2 })],
      step(body, [shownSlope, kept, gateSlopes], [hidden, memoryGradient]) {
        const whole = body.add('Add', [memoryGradient, body.add('Mul', [hidden, shownSlope])]);
        const perGate = body.add('Concat', [whole, hidden, whole, whole], { axis: 1 });
        return {
          recurrent: body.add('Mul', [perGate, gateSlopes]),
          states: [undefined, body.add('Mul', [whole, kept])],
        };
      },
      projected: (_graph, recurrent) => recurrent,
    };
  },
};

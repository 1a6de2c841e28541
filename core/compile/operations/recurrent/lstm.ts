import { type Cell, split, throughSigmoid, throughTanh } from './cell';

/** `c' = f c + i g`, `h' = o tanh(c')`; gates input, output, forget, cell. */
export const lstm: Cell = {
  gates: 4,
  states: 2,
  saved: 6,

  forward(body, { projected, recurrent, states: [, memory] }) {
    const gates = split(body, body.add('Add', [projected, recurrent]), 4);
    const [input, output, forget] = gates.slice(0, 3).map((gate) => body.add('Sigmoid', [gate]));
    const cell = body.add('Tanh', [gates[3]]);
    const kept = body.add('Mul', [forget, memory]);
    const next = body.add('Add', [kept, body.add('Mul', [input, cell])]);
    const shown = body.add('Tanh', [next]);
    const hidden = body.add('Mul', [output, shown]);
    return { states: [hidden, next], saved: [input, output, forget, cell, memory, shown] };
  },

  backward(body, { saved, gradients: [hidden, memory], one }) {
    const [input, output, forget, cell, before, shown] = saved;
    const throughShown = throughTanh(body, body.add('Mul', [hidden, output]), shown, one);
    const whole = body.add('Add', [memory, throughShown]);
    const gates = [
      throughSigmoid(body, body.add('Mul', [whole, cell]), input, one),
      throughSigmoid(body, body.add('Mul', [hidden, shown]), output, one),
      throughSigmoid(body, body.add('Mul', [whole, before]), forget, one),
      throughTanh(body, body.add('Mul', [whole, input]), cell, one),
    ];
    const together = body.add('Concat', gates, { axis: 1 });
    return { projected: together, recurrent: together, states: [undefined, body.add('Mul', [whole, forget])] };
  },
};

import { type Cell, split, throughSigmoid, throughTanh } from './cell';

/** `n = tanh(x_n + r * q)` with `q` the recurrent product, `h' = n + z (h - n)`; gates update, reset, new. */
export const gru: Cell = {
  gates: 3,
  states: 1,
  saved: 5,

  forward(body, { projected, recurrent, states: [before] }) {
    const [updateIn, resetIn, newIn] = split(body, projected, 3);
    const [updateBack, resetBack, newBack] = split(body, recurrent, 3);
    const update = body.add('Sigmoid', [body.add('Add', [updateIn, updateBack])]);
    const reset = body.add('Sigmoid', [body.add('Add', [resetIn, resetBack])]);
    const fresh = body.add('Tanh', [body.add('Add', [newIn, body.add('Mul', [reset, newBack])])]);
    const kept = body.add('Mul', [update, body.add('Sub', [before, fresh])]);
    return { states: [body.add('Add', [fresh, kept])], saved: [update, reset, fresh, newBack, before] };
  },

  backward(body, { saved: [update, reset, fresh, newBack, before], gradients: [hidden], one }) {
    const freshShare = body.add('Mul', [hidden, body.add('Sub', [one, update])]);
    const newGate = throughTanh(body, freshShare, fresh, one);
    const updateShare = body.add('Mul', [hidden, body.add('Sub', [before, fresh])]);
    const updateGate = throughSigmoid(body, updateShare, update, one);
    const resetGate = throughSigmoid(body, body.add('Mul', [newGate, newBack]), reset, one);
    const newRecurrent = body.add('Mul', [newGate, reset]);
    return {
      projected: body.add('Concat', [updateGate, resetGate, newGate], { axis: 1 }),
      recurrent: body.add('Concat', [updateGate, resetGate, newRecurrent], { axis: 1 }),
      states: [body.add('Mul', [hidden, update])],
    };
  },
};

import { type Cell, complement, sigmoidSlope, split, tanhSlope } from './cell';

/** `n = tanh(x_n + r * q)` with `q` the recurrent product, `h' = n + z (h - n)`; gates update, reset, new. */
export const gru: Cell = {
  gates: 3,
  states: 1,
  sumsProducts: false,

  forward(body, { products: [ofInput, ofHidden], states: [before] }) {
    const [updateIn, resetIn, newIn] = split(body, ofInput, 3);
    const [updateBack, resetBack, newBack] = split(body, ofHidden, 3);
    const update = body.add('Sigmoid', [body.add('Add', [updateIn, updateBack])]);
    const reset = body.add('Sigmoid', [body.add('Add', [resetIn, resetBack])]);
    const fresh = body.add('Tanh', [body.add('Add', [newIn, body.add('Mul', [reset, newBack])])]);
    const kept = body.add('Mul', [update, body.add('Sub', [before, fresh])]);
    return { states: [body.add('Add', [fresh, kept])], saved: [update, reset, fresh, newBack] };
  },

  prepareBackward(graph, { saved: [update, reset, fresh, newBack], operands: before }) {
    const freshShare = complement(graph, update);
    const newSlope = graph.add('Mul', [freshShare, tanhSlope(graph, fresh)]);
    const updateSlope = graph.add('Mul', [graph.add('Sub', [before, fresh]), sigmoidSlope(graph, update)]);
    const throughReset = graph.add('Mul', [newBack, sigmoidSlope(graph, reset)]);
    const resetSlope = graph.add('Mul', [newSlope, throughReset]);
    const throughNew = graph.add('Mul', [newSlope, reset]);
    return {
      perStep: [update, graph.add('Concat', [updateSlope, resetSlope, throughNew], { axis: 1 })],
      step(body, [kept, slopes], [hidden]) {
        const perGate = body.add('Concat', [hidden, hidden, hidden], { axis: 0 });
        return {
          product: body.add('Mul', [perGate, slopes]),
          hidden: body.add('Mul', [hidden, kept]),
          others: [],
          saved: [hidden],
        };
      },
      products(graph, last, [hidden]) {
        const [updateGate, resetGate] = split(graph, last, 3);
        const gates = [updateGate, resetGate, graph.add('Mul', [hidden, newSlope])];
        return [graph.add('Concat', gates, { axis: 1 }), last];
      },
    };
  },
};

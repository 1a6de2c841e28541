/**
 * Adam's rule for some elements of a parameter, four at a time, in float32. This is AssemblyScript, which `esbuild.mjs` compiles
 * to WebAssembly: JavaScript takes more than twice as long. `core/compile/optimizers/adam.ts` brings the elements here and back.
 */

/** How many elements there is room for: few enough to stay in the processor's cache. */
export const capacity: usize = 4096;

/** The parameter's elements, behind them the gradient's, then those of the two moments. */
export const address: usize = heap.alloc(capacity * 16);

const gradientOffset: usize = capacity * 4;
const firstOffset: usize = capacity * 8;
const secondOffset: usize = capacity * 12;

/** `kept` is the share of the parameter that stays, `decay` its weight in its gradient; the shares are those that come new. */
export function moveByMoments(
  count: usize,
  beta1: f32,
  firstShare: f32,
  beta2: f32,
  secondShare: f32,
  stepSize: f32,
  deviationFactor: f32,
  epsilon: f32,
  kept: f32,
  decay: f32,
): void {
  const end = address + count * 4;
  for (let at = address; at < end; at += 16) {
    const parameter = v128.load(at);
    const slope = f32x4.add(v128.load(at, gradientOffset), f32x4.mul(f32x4.splat(decay), parameter));
    const mean = blend(beta1, v128.load(at, firstOffset), firstShare, slope);
    const square = blend(beta2, v128.load(at, secondOffset), secondShare, f32x4.mul(slope, slope));
    v128.store(at, mean, firstOffset);
    v128.store(at, square, secondOffset);
    const deviation = f32x4.mul(f32x4.sqrt(square), f32x4.splat(deviationFactor));
    const change = f32x4.div(f32x4.mul(f32x4.splat(stepSize), mean), f32x4.add(deviation, f32x4.splat(epsilon)));
    v128.store(at, f32x4.sub(f32x4.mul(f32x4.splat(kept), parameter), change));
  }
}

function blend(share: f32, value: v128, otherShare: f32, other: v128): v128 {
  return f32x4.add(f32x4.mul(f32x4.splat(share), value), f32x4.mul(f32x4.splat(otherShare), other));
}
